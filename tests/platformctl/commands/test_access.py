"""`platformctl access`, and what `diff` says of rights: the example with teams on the real engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from testkit.stack_files import ROOT

EXAMPLE = ROOT / "examples" / "Pulumi.teams.yaml"
Run = Callable[..., Any]

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def test_the_example_lets_the_documented_people_do_the_documented_things(platformctl: Run) -> None:
    ran = platformctl("access", str(EXAMPLE), "--json", root=ROOT)
    assert ran.code == 0, ran.err
    lines = {(each["who"], each["what"], each["where"]): each["why"] for each in ran.document["access"]}
    admins, vision = "admins (Group ocid1.group.oc1..exampleadmins)", "members of vision (Group ocid1.group.oc1..examplevision)"
    assert lines[admins, "do anything with everything", "everywhere"] == "may do everything"
    assert lines[vision, "create pods/exec", "in vision"] == "runs commands in the pods there"
    assert not any(why for (who, _, _), why in lines.items() if who.startswith("maintainers"))
    use = [each for each in ran.document["access"] if each["by"] == "IAM" and each["what"] == "use clusters"]
    assert [each["who"] for each in use] == [
        f"group ocid1.group.oc1..example{name}" for name in ("admins", "maintainers", "speech", "vision")
    ]
    assert all(each["where"].endswith("where ALL {target.cluster.id = '<cluster>'}") for each in use)
    assert "roles that charts make by themselves" in ran.document["unseen"][0]


def test_a_change_of_people_shows_in_the_comparison(platformctl: Run, tmp_path: Path) -> None:
    changed = tmp_path / EXAMPLE.name
    text = EXAMPLE.read_text(encoding="utf-8").replace("..examplemaintainers", "..exampleall")
    changed.write_text(text, encoding="utf-8")
    ran = platformctl("diff", str(changed), "--base-stack", str(EXAMPLE), "--json", root=ROOT)
    assert ran.code == 0, ran.err
    added, removed = ({each["who"] for each in ran.document["access"][side]} for side in ("added", "removed"))
    assert added == {"maintainers (Group ocid1.group.oc1..exampleall)", "group ocid1.group.oc1..exampleall"}
    assert removed == {"maintainers (Group ocid1.group.oc1..examplemaintainers)", "group ocid1.group.oc1..examplemaintainers"}


def test_a_stack_file_that_is_wrong_is_wrong_input(platformctl: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "Pulumi.wrong.yaml"
    wrong.write_text(EXAMPLE.read_text(encoding="utf-8").replace("maintainers:", "maintainer:"), encoding="utf-8")
    ran = platformctl("access", str(wrong), root=ROOT)
    assert ran.code == 2
    assert "addons.personas.maintainer: unknown key; did you mean maintainers?" in ran.err
