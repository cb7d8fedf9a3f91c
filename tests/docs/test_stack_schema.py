"""The schema of the stack file knows the Helm values of every add-on, so that an editor completes and checks them."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from components.framework import schema as chart_schemas
from components.framework.addon import AddOnType, section_key
from components.registry import KINDS as ADD_ONS

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs/stack.schema.json"
SCHEMA: dict[str, Any] = json.loads(FILE.read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
KINDS = [pytest.param(kind, id=key) for key, kind in ADD_ONS.items()]


def completed(*path: str) -> dict[str, Any]:
    """What an editor offers at a path of the project's keys: it follows references and properties, and nothing else."""
    schema = SCHEMA["properties"]["config"]
    for key in (f"oke-gpu-platform:{path[0]}", *path[1:]):
        schema = schema["properties"][key]
        while "$ref" in schema:
            schema = SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return dict(schema.get("properties", {}))


def of(values: dict[str, Any], name: str = "gpuOperator") -> dict[str, Any]:
    """The dev stack with these values for an add-on."""
    stack = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())
    return {"config": {**stack["config"], "oke-gpu-platform:addons": {name: {"values": values}}}}


def test_it_is_a_schema_that_editors_load_at_once_and_without_another_file() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert FILE.stat().st_size < 2_000_000
    referred = {text.removeprefix("#/$defs/") for text in _references(SCHEMA)}
    assert referred == set(SCHEMA["$defs"]), "a reference leads nowhere, or something is there that nothing refers to"


def _references(node: Any) -> Any:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for item in node.values():
            yield from _references(item)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


def test_an_editor_completes_keys_inside_the_values_of_an_add_on() -> None:
    assert {"driver", "daemonsets", "toolkit"} <= completed("addons", "gpuOperator", "values").keys()
    assert {"enabled", "version"} <= completed("addons", "gpuOperator", "values", "driver").keys()
    assert "worker" in completed("addons", "gpuOperator", "values", "node-feature-discovery")


@pytest.mark.parametrize("kind", KINDS)
def test_the_values_of_every_add_on_are_those_of_its_charts(kind: AddOnType) -> None:
    """Of one chart as they are, of several by the name of the release."""
    path = ("addons", section_key(kind.key), "values")
    several = len(kind.charts) > 1
    if several:
        assert set(completed(*path)) == {chart.key for chart in kind.charts}
    for chart in kind.charts:
        assert set(completed(*path, *((chart.key,) if several else ()))) == set(chart_schemas.load(chart.key).values["properties"])


@pytest.mark.parametrize(
    "values",
    [
        {"driver": {"enabled": True, "version": "580.95.05"}},
        {"driver": None, "toolkit": {"enabled": None}},
        {"daemonsets": {"annotations": {"any/key": "x"}}},
    ],
    ids=["plain", "null", "open"],
)
def test_values_that_the_chart_takes_pass(values: dict[str, Any]) -> None:
    VALIDATOR.validate(of(values))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"driver": {"enabledd": True}}, "'enabledd' was unexpected"),
        ({"drivers": {}}, "'drivers' was unexpected"),
        ({"driver": {"enabled": "yes"}}, "'yes' is not of type 'boolean', 'null'"),
        ({"driver": []}, "[] is not of type 'object', 'null'"),
        ({"driver": {"version": {"secure": "AAABAA=="}}}, "{'secure': 'AAABAA=='} is not of type 'number', 'string', 'null'"),
    ],
    ids=["deep", "outermost", "type", "list", "secret"],
)
def test_values_that_the_chart_would_ignore_are_refused(values: dict[str, Any], message: str) -> None:
    (error,) = VALIDATOR.iter_errors(of(values))
    assert message in error.message
    assert list(error.absolute_path)[:4] == ["config", "oke-gpu-platform:addons", "gpuOperator", "values"]


def test_what_may_be_secret_may_be_encrypted_and_nothing_else() -> None:
    receivers = {"slack": {"url": {"secure": "AAABAA=="}, "channel": "#gpu"}, "webhook": {"secure": "AAABAA=="}}
    stack = of({}, "monitoring")
    stack["config"]["oke-gpu-platform:addons"] = {"monitoring": {"receivers": receivers}}
    VALIDATOR.validate(stack)
    stack["config"]["oke-gpu-platform:addons"]["monitoring"]["receivers"]["slack"]["channel"] = {"secure": "AAABAA=="}
    assert not VALIDATOR.is_valid(stack)


def test_values_of_a_release_that_an_add_on_does_not_have_are_refused() -> None:
    VALIDATOR.validate(of({"kserve-resources": {"kserve": {}}}, "kserve"))
    (error,) = VALIDATOR.iter_errors(of({"kserve-resource": {}}, "kserve"))
    assert "'kserve-resource' was unexpected" in error.message
