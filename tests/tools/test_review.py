"""The review of a pull request: a page for every stack, whatever becomes of it, and one comment of them all."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tools import review
from tools.review import LONGEST, Page, comment, fenced, main, verdict

HOUSE = Path(__file__).resolve().parents[2]
PROJECT = HOUSE / "tests" / "platformctl" / "project"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with two stacks, committed."""
    root = tmp_path / "checkout"
    shutil.copytree(PROJECT, root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "infra").mkdir()
    for name in ("__init__.py", "oci.py", "problems.py"):
        shutil.copy(HOUSE / "infra" / name, root / "infra")
    (root / "policies").mkdir()
    (root / "policies" / "__main__.py").write_text(
        f"import os, sys\nos.execv(sys.executable, [sys.executable, '-u', {str(HOUSE / 'policies' / '__main__.py')!r}])\n"
    )
    for name in ("one", "two"):
        (root / f"Pulumi.{name}.yaml").write_text("config:\n  sample:rules: 1\n")
    for stack in root.glob("Pulumi.*.yaml"):
        if stack.name.split(".")[1] not in ("one", "two"):
            stack.unlink()
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    return root


@pytest.mark.engine
def test_every_stack_has_its_page_and_the_worst_decides(checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "Pulumi.one.yaml").write_text("config:\n  sample:rules: 2\n")
    (checkout / "Pulumi.two.yaml").unlink()
    (checkout / "Pulumi.three.yaml").write_text("- config\n")
    to = tmp_path / "to"
    assert main(["HEAD", "--root", str(checkout), "--to", str(to)]) == 2
    whole = (to / "comment.md").read_text()
    assert "### `one`: **refused by policy**; 1 to create" in (to / "one.md").read_text()
    assert "### `three` cannot be previewed\n\n```text\n" in whole
    assert "### `two` loses its stack file" in whole
    assert json.loads((to / "one.sarif").read_text())["version"] == "2.1.0"
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=checkout, capture_output=True, text=True, check=True).stdout.strip()
    assert (to / "verdict.txt").read_text() == f"one: refused, exit code 1\nthree: refused, exit code 2\n{commit}: refused\n"
    assert capsys.readouterr().out.strip() == whole.strip()


def test_what_cannot_be_said_in_a_comment_is_headed_in_it() -> None:
    pages = [Page(stack=name, text=f"### `{name}`: changed\n\n{'x' * (LONGEST // 2)}\n", exit_code=0) for name in ("one", "two")]
    short = comment(pages, "### `gone` loses its stack file\n")
    assert short.splitlines() == [
        "### `one`: changed", "", "### `two`: changed", "",
        "Too long for a comment: the pages are in the run's summary.", "", "### `gone` loses its stack file",
    ]  # fmt: skip
    assert "x" * (LONGEST // 2) in comment(pages[:1], "")


def test_a_message_cannot_break_out_of_its_block() -> None:
    assert fenced("a\n```\n# b") == "````text\na\n```\n# b\n````"


def test_the_last_line_of_the_verdict_is_the_commit_and_one_word() -> None:
    fine, refused = Page(stack="one", text="", exit_code=0), Page(stack="two", text="", exit_code=1)
    assert verdict([fine, fine], "abc") == "one: accepted\none: accepted\nabc: accepted\n"
    assert verdict([fine, refused], "abc") == "one: accepted\ntwo: refused, exit code 1\nabc: refused\n"
    assert verdict([], "abc") == "abc: refused\n", "nothing was judged"


@pytest.mark.parametrize("ending", ["", "print('### `one`: nothing to change'); print('signed: exit code 0', file=sys.stderr); "])
def test_a_command_that_ends_otherwise_is_no_green_page(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    stand_in = tmp_path / "platformctl.py"
    stand_in.write_text(f"import os, sys\n{ending}sys.stdout.flush(); os._exit(0)\n")
    monkeypatch.setattr(review, "ROOT", tmp_path)
    assert main(["HEAD", "--root", str(checkout), "--to", str(tmp_path / "to")]) == 1
    assert "### `one` was not judged: the command ended before it had signed its answer" in (tmp_path / "to" / "one.md").read_text()
    assert (tmp_path / "to" / "verdict.txt").read_text().endswith(": refused\n")


def test_an_unknown_base_is_reported_for_every_stack(checkout: Path, tmp_path: Path) -> None:
    assert main(["nowhere", "--root", str(checkout), "--to", str(tmp_path / "to")]) == 2
    assert (tmp_path / "to" / "comment.md").read_text().count("nowhere") == 2
