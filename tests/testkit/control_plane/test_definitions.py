"""A definition made from a contract has the structure that the contract was derived from."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.charts import CHARTS
from components.contract import Contract, Node, load
from testkit.control_plane.definitions import definition, definitions
from tools.contracts.definition_structure import names, structure

KINDS = [(chart.key, name) for chart in CHARTS for name in load(chart.key).names]


def resolved(node: Node, shared: Mapping[str, Node]) -> Node:
    """Without names; a mapping of which nothing more is known takes anything."""
    if node == "map":
        return "any"
    if isinstance(node, str) and node.startswith("@"):
        return resolved(shared[node[1:]], shared)
    return {key: resolved(item, shared) for key, item in node.items()} if isinstance(node, dict) else node


@pytest.mark.parametrize(("chart", "name"), KINDS, ids=[name for _, name in KINDS])
def test_contract_and_definition_say_the_same(chart: str, name: str) -> None:
    contract = load(chart)
    made = definition(contract, name)
    group, _, kind = name.partition("/")
    own = {key: node for key, node in contract.definitions.items() if key.startswith(f"{group}/") and key.endswith(f"/{kind}")}
    assert structure([made]) == {key: resolved(node, contract.shared) for key, node in own.items()}
    assert names([made]) == {name: contract.names[name]}


def test_the_definition_of_a_kind_has_what_a_server_needs() -> None:
    contract = Contract(
        chart="engine",
        version="1",
        app_version="1",
        values={},
        definitions={
            "example.com/v1/Engine": {"spec!": {"power!": "int", "gear": ["low", "high"], "notes": "@notes", "port": "int|string"}}
        },
        names={"example.com/Engine": {"plural": "engines", "scope": "Cluster", "stored": "v1", "status": True}},
        shared={"notes": {"*": "string"}},
    )
    made = definition(contract, "example.com/Engine")
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
        },
    }


def test_a_kind_that_two_charts_bring_is_defined_once() -> None:
    found = [made["metadata"]["name"] for made in definitions()]
    assert len(found) == len(set(found)) == len({name for _, name in KINDS})
