"""How a command fails: in words, and as JSON for who asked for JSON."""

import json
from pathlib import Path

import pytest

from infra.problems import Problem
from infra.stack_file import located
from platformctl.__main__ import main
from platformctl.errors import Refused, WrongInput


def test_a_problem_of_a_file_says_where_it_is_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.x.yaml"
    file.write_text("config:\n  p:cluster:\n    region: here\n")
    stop = WrongInput("first, in words", *located(file, "Pulumi.x.yaml", "p", [Problem("cluster.region", "is odd")]))
    assert stop.lines == ("first, in words", "Pulumi.x.yaml:3: cluster.region: is odd")
    assert stop.to_json() == {
        "error": {
            "exitCode": 2,
            "problems": [
                {"message": "first, in words"},
                {"file": "Pulumi.x.yaml", "line": 3, "path": "cluster.region", "message": "is odd"},
            ],
        }
    }
    assert Refused("no").to_json()["error"]["exitCode"] == 1


@pytest.mark.parametrize("command", ["preview", "rehearse", "cost", "graph", "timeline", "queues"])
def test_who_asks_for_json_gets_the_error_as_json(command: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "gone", "--root", str(project), "--json"]) == 2
    said = capsys.readouterr()
    (problem,) = json.loads(said.out)["error"]["problems"]
    assert problem["message"].startswith("gone: no such stack")
    assert said.err.strip() == problem["message"]


def test_who_does_not_gets_words_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "gone", "--root", str(project)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.startswith("gone: no such stack")) == ("", True)
