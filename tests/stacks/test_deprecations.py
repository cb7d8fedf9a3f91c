"""A key that has moved is still read, its user is told of the new one, and mistakes in it are told where it is written."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.config import StackFileError, parse
from stacks.config.deprecations import DEPRECATIONS, Deprecation, current
from stacks.config.load import document
from stacks.plan import plan

ROOT = Path(__file__).resolve().parents[2]
DEV = document(ROOT / "Pulumi.dev.yaml")
MOVED = Deprecation(old="a.b.old", new="c.new", since="0.1.0", until="1.0.0", why="it is clearer")
GONE = Deprecation(old="gone", new=None, since="0.1.0", until="1.0.0", why="nothing read it")


def refusals(stack: dict[str, Any]) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        plan(parse(stack))
    return [str(problem) for problem in refusal.value.problems]


def with_monitoring(**keys: Any) -> dict[str, Any]:
    return {**DEV, "addons": {"monitoring": keys}}


def test_a_moved_key_is_read_in_its_new_place_and_the_file_is_left_as_it_is() -> None:
    given: dict[str, Any] = {"a": {"b": {"old": 3, "other": 4}}, "c": {"kept": 5}}
    found = current(given, [MOVED])
    assert found.document == {"a": {"b": {"other": 4}}, "c": {"kept": 5, "new": 3}}
    assert found.notices == ("deprecated: a.b.old is now c.new: it is clearer. It is read until 1.0.0.",)
    assert given["a"]["b"]["old"] == 3


def test_a_key_without_effect_is_left_out_and_named() -> None:
    found = current({"gone": 3}, [GONE])
    assert (found.document, found.notices) == (
        {},
        ("deprecated: gone has no effect; take it out: nothing read it. It is read until 1.0.0.",),
    )


def test_todays_keys_say_nothing() -> None:
    given = {"c": {"new": 3}, "a": None}
    found = current(given, [MOVED])
    assert (found.document, found.notices, found.problems) == (given, (), ())


def test_both_keys_are_one_too_many() -> None:
    (problem,) = current({"a": {"b": {"old": 3}}, "c": {"new": 4}}, [MOVED]).problems
    assert str(problem) == "a.b.old: is given beside c.new, which has taken its place; keep c.new alone"


def test_a_place_that_is_taken_is_reported_once_as_the_mistake_that_it_is() -> None:
    found = current({"a": {"b": {"old": 3}}, "c": "text"}, [MOVED])
    assert (found.document, found.problems, found.moved) == ({"a": {"b": {}}, "c": "text"}, (), ())
    stack = {**DEV, "addons": {"monitoring": {"idleMinutes": 45}, "gpuOperator": []}}
    assert refusals(stack) == ["addons.gpuOperator: is [], but must be a mapping"]
    stack["addons"]["gpuOperator"] = None
    assert refusals(stack) == ["addons.gpuOperator: is null, but must be a mapping"]


def test_old_keys_of_alerts_reach_the_rules() -> None:
    objects = plan(parse(with_monitoring(idleMinutes=45, hardwareXids=[79], queueSeconds=500))).addons.plans["monitoring"].objects
    rules = json.dumps({each.id: each.document for each in objects}["rules-gpus"])
    assert "[45m]" in rules
    assert '=~\\"79\\"' in rules


def test_a_mistake_in_an_old_key_is_reported_at_the_old_key() -> None:
    assert refusals(with_monitoring(idleMinutes=0)) == ["addons.monitoring.idleMinutes: is 0, but must be at least 1"]
    old = {**DEV, "cluster": {**DEV["cluster"], "addOns": {"metricsServr": True}}}
    assert refusals(old) == ["cluster.addOns.metricsServr: unknown key; did you mean metricsServer? allowed: certManager, metricsServer"]


def test_a_mistake_in_the_new_key_beside_an_old_one_is_reported_at_the_new_key() -> None:
    both = {**DEV, "addons": {"monitoring": {"idleMinutes": 5}, "gpuOperator": {"idleMinutes": "x"}}}
    assert [problem.partition(":")[0] for problem in refusals(both)] == ["addons.monitoring.idleMinutes", "addons.gpuOperator.idleMinutes"]


def test_every_mistake_is_reported_at_once_beside_a_deprecated_key() -> None:
    stack = {**with_monitoring(idleMinutes=45), "nmae": "x"}
    stack["addons"] = {**stack["addons"], "gpuOperator": {"idleMinutes": 30}}
    found = refusals(stack)
    assert "addons.monitoring.idleMinutes: is given beside addons.gpuOperator.idleMinutes, which has taken its place; " in found[0]
    assert any(problem.startswith("nmae: unknown key") for problem in found)


@pytest.mark.parametrize("row", DEPRECATIONS, ids=lambda row: row.old)
def test_every_row_leads_to_a_key_that_there_is_and_away_from_one_that_there_is_not(row: Deprecation) -> None:
    schema = json.loads((ROOT / "docs/stack.schema.json").read_text())
    changelog = (ROOT / "CHANGELOG.md").read_text()
    (old,) = _found(schema, row.old)
    assert old["deprecated"] is True
    assert old["description"] == row.notice
    if row.new is not None:
        (new,) = _found(schema, row.new)
        assert "deprecated" not in new
    assert f"`{row.old}`" in changelog, "CHANGELOG.md says nothing of it"


def test_no_row_is_undone_by_another() -> None:
    """No key is moved to or from below another that moves, nor on from where it has been moved to."""
    old = [row.old for row in DEPRECATIONS]
    assert len(set(old)) == len(old)
    for each in old:
        others = [path for row in DEPRECATIONS for path in (row.old, row.new) if path is not None and path != each]
        assert not any(f"{path}.".startswith(f"{each}.") for path in others)


def _found(schema: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """What the stack file's schema says of the key, on any kind of cluster."""
    root, *parts = path.split(".")
    here = [schema["properties"]["config"]["properties"][f"oke-gpu-platform:{root}"]]
    for part in parts:
        here = [below for each in here for option in _options(schema, each) if (below := option.get("properties", {}).get(part))]
    return here


def _options(schema: dict[str, Any], node: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in node:
        return _options(schema, schema["$defs"][node["$ref"].rpartition("/")[2]])
    below = [*node.get("anyOf", ()), *node.get("oneOf", ())]
    return [option for each in below for option in _options(schema, each)] or [node]


@pytest.mark.engine
def test_whoever_previews_is_reported_once(tmp_path: Path) -> None:
    content = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())
    content["config"]["oke-gpu-platform:addons"] = {"monitoring": {"idleMinutes": 45}}
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    answer = subprocess.run(
        [sys.executable, "-m", "platformctl", "preview", str(file), "--no-policies"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    told = [line for line in answer.stderr.splitlines() if "deprecated" in line]
    assert told == [
        f"{file}: deprecated: addons.monitoring.idleMinutes is now addons.gpuOperator.idleMinutes: "
        "alerts on GPUs belong to the add-on that measures them. It is read until 1.0.0."
    ]
