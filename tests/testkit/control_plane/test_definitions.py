"""A definition made from a chart schema has the structure that the schema was derived from."""

from typing import Any

import pytest

from components.framework.schema import ChartSchema, Schema, below, load
from components.registry import CHARTS
from testkit.control_plane.definitions import definition, definitions
from tools.chart_schemas.definition_structure import names, structure
from tools.chart_schemas.schemas import closed

KINDS = [(chart.key, name) for chart in CHARTS for name in load(chart.key).names]


def resolved(schema: Schema, chart_schema: ChartSchema) -> Schema:
    """Without references; a list or a mapping of which nothing more is known takes anything."""
    schema = chart_schema.resolved(schema)
    if schema == {"type": "object"}:
        return {}
    whole = {"items": {}, **schema} if schema.get("type") == "array" else schema
    return below(whole, lambda _, item: resolved(item, chart_schema))


@pytest.mark.parametrize(("chart", "name"), KINDS, ids=[name for _, name in KINDS])
def test_chart_schema_and_definition_say_the_same(chart: str, name: str) -> None:
    chart_schema = load(chart)
    made = definition(chart_schema, name)
    group, _, kind = name.partition("/")
    own = {key: schema for key, schema in chart_schema.definitions.items() if key.startswith(f"{group}/") and key.endswith(f"/{kind}")}
    given = {key: resolved(schema, chart_schema) for key, schema in own.items()}
    assert {key: resolved(schema, chart_schema) for key, schema in structure([made]).items()} == given
    assert names([made]) == {name: chart_schema.names[name]}


def test_the_definition_of_a_kind_has_what_a_server_needs() -> None:
    spec = closed(
        {
            "power": {"type": "integer"},
            "gear": {"enum": ["low", "high"]},
            "notes": {"$ref": "#/$defs/notes"},
            "port": {"type": ["integer", "string"]},
            "parts": {"type": "array"},
            "extra": closed({"size": {"type": "integer"}}, others=True),
        },
        required=["power"],
    )
    chart_schema = ChartSchema(
        chart="engine",
        version="1",
        app_version="1",
        values={},
        definitions={"example.com/v1/Engine": closed({"spec": spec, "status": {}}, required=["spec"])},
        names={"example.com/Engine": {"plural": "engines", "scope": "Cluster", "stored": "v1", "status": True}},
        shared={"notes": {"type": "object", "additionalProperties": {"type": "string"}}},
    )
    made = definition(chart_schema, "example.com/Engine")
    assert made["metadata"]["name"] == "engines.example.com"
    assert made["spec"]["names"] == {"kind": "Engine", "listKind": "EngineList", "plural": "engines", "singular": "engine"}
    (version,) = made["spec"]["versions"]
    assert (version["storage"], version["subresources"]) == (True, {"status": {}})
    schema: dict[str, Any] = version["schema"]["openAPIV3Schema"]
    assert schema["required"] == ["spec"]
    assert schema["properties"]["spec"] == {
        "type": "object",
        "required": ["power"],
        "properties": {
            "power": {"type": "integer"},
            "gear": {"type": "string", "enum": ["low", "high"]},
            "notes": {"type": "object", "additionalProperties": {"type": "string"}},
            "port": {"x-kubernetes-int-or-string": True},
            "parts": {"type": "array", "items": {"x-kubernetes-preserve-unknown-fields": True}},
            "extra": {"type": "object", "properties": {"size": {"type": "integer"}}, "x-kubernetes-preserve-unknown-fields": True},
        },
    }


def test_a_kind_that_two_charts_bring_is_defined_once() -> None:
    found = [made["metadata"]["name"] for made in definitions()]
    assert len(found) == len(set(found)) == len({name for _, name in KINDS})
