"""A value or a field that would be lost on the way is refused, with what was probably meant."""

import json
import subprocess
import sys
from typing import Any

import jsonschema
import pulumi
import pytest
import yaml

from components.framework import schema
from components.framework.chart import Chart
from components.framework.schema import check_custom_resource, unknown_keys
from components.gpu.operator.chart import GPU_OPERATOR
from components.registry import CHARTS


def refusals(chart: Chart, values: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in unknown_keys(chart, values)]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.key)
def test_every_chart_schema_is_of_the_version_that_is_pinned(chart: Chart) -> None:
    of = schema.load(chart.key)
    pinned = (chart.version, chart.app_version)
    assert (of.version, of.app_version) == pinned, "run python -m tools.chart_schemas on the pulled charts (docs/upgrade-a-chart.md)"


def test_every_chart_schema_belongs_to_a_chart_and_can_be_read_as_a_change() -> None:
    files = {key: file.stat().st_size for key, file in schema.files().items()}
    assert set(files) == {chart.key for chart in CHARTS}
    assert max(files.values()) < 300_000


def test_a_chart_schema_holds_structure_and_no_prose() -> None:
    for file in schema.files().values():
        texts = list(_leaves(json.loads(file.read_text())))
        assert max(map(len, texts)) < 80, file


def _leaves(node: Any) -> Any:
    if isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            yield from _leaves(item)
    else:
        yield str(node)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.key)
def test_a_chart_schema_is_a_json_schema_of_its_charts_values(chart: Chart) -> None:
    """Which any validator and editor reads; `$defs` has no reference that leads nowhere, and nothing that nothing refers to."""
    raw = json.loads(schema.files()[chart.key].read_text())
    jsonschema.Draft202012Validator.check_schema(raw)
    assert jsonschema.Draft202012Validator(raw).is_valid({})
    texts = [text.removeprefix("#/$defs/") for text in _leaves(raw) if text.startswith("#/")]
    of = schema.load(chart.key)
    assert set(texts) == {schema.VALUES, *of.shared}
    assert "$ref" not in json.dumps(of.values), "values refer to nothing, so that they can stand alone"


def test_jsonschema_is_loaded_when_something_is_checked_and_not_before() -> None:
    code = "import sys, components.framework.schema; sys.exit('jsonschema' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_values_the_chart_knows_pass() -> None:
    known = {"driver": {"enabled": False}, "daemonsets": {"tolerations": []}, "node-feature-discovery": {"worker": {"tolerations": []}}}
    assert refusals(GPU_OPERATOR, known) == []


def test_an_open_mapping_takes_any_key_and_a_null_takes_a_default_out() -> None:
    assert refusals(GPU_OPERATOR, {"daemonsets": {"annotations": {"any/key": "x"}}, "operator": {"affinity": None}}) == []


def test_an_output_is_not_known_yet_and_passes() -> None:
    assert refusals(GPU_OPERATOR, {"driver": {"version": pulumi.Output.from_input("x")}}) == []


def test_all_that_is_wrong_is_reported_in_the_order_of_the_values() -> None:
    found = refusals(GPU_OPERATOR, {"xyz": 1, "driver": {"version": [], "enabledd": None, "enabled": 1}, "abc": 1, "cdi": 0})
    assert [problem.partition(":")[0] for problem in found] == ["xyz", "driver.version", "driver.enabledd", "driver.enabled", "abc", "cdi"]


@pytest.mark.parametrize("value", [None, pulumi.Output.from_input("x")], ids=["null", "output"])
def test_what_is_not_known_yet_stands_anywhere(value: Any) -> None:
    document = yaml.safe_load(CERTIFICATE)
    document["spec"] |= {"usages": [value], "secretName": value, "keystores": value, "privateKey": {"algorithm": value}}
    assert check_custom_resource(document) == ()


def test_every_field_that_is_missing_is_named_after_what_is_there() -> None:
    document = yaml.safe_load(CERTIFICATE)
    document["spec"] = {"issuerRef": {"nam": "x"}}
    assert [problem.path for problem in check_custom_resource(document)] == ["spec.issuerRef.nam", "spec.issuerRef.name", "spec.secretName"]


def test_a_schema_for_an_editor_takes_a_null_anywhere() -> None:
    given: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "gear": {"enum": ["low", "high"]},
            "sizes": {"type": "array", "items": {"type": ["integer", "string"]}},
            "notes": {"type": "object", "additionalProperties": {"type": "string"}},
            "any": {},
        },
    }
    found = jsonschema.Draft202012Validator(schema.nullable(given))
    assert found.is_valid(None)
    assert found.is_valid({"gear": None, "sizes": [None, 1, "x"], "notes": {"a": None}, "any": None})
    assert not found.is_valid({"gear": "middle"})
    assert not found.is_valid({"sizes": [1.5]})
    assert not found.is_valid({"other": None})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"driver": {"enabledd": False}},
            "driver.enabledd: unknown key, which gpu-operator v26.7.0 would ignore; did you mean enabled?",
        ),
        ({"xyz": 1}, "xyz: unknown key, which gpu-operator v26.7.0 would ignore; it knows ccManager, cdi, clusterPolicy, "),
        ({"driver": {"enabled": "false"}}, "driver.enabled: is 'false', but gpu-operator v26.7.0 takes true or false"),
        ({"driver": {"enabled": 0}}, "driver.enabled: is 0, but gpu-operator v26.7.0 takes true or false"),
        ({"driver": False}, "driver: is false, but gpu-operator v26.7.0 takes a mapping"),
        ({"daemonsets": {"tolerations": {}}}, "daemonsets.tolerations: is a mapping, but gpu-operator v26.7.0 takes a list"),
        ({"driver": {"startupProbe": []}}, "driver.startupProbe: is a list, but gpu-operator v26.7.0 takes a mapping"),
        ({"node-feature-discovery": {"wrker": {}}}, "node-feature-discovery.wrker: unknown key, "),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_value_that_would_be_lost_is_refused(values: dict[str, Any], message: str) -> None:
    (problem,) = refusals(GPU_OPERATOR, values)
    assert problem.startswith(message)


ISSUER = """
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: internal}
spec:
  ca: {secretName: root}
"""
CERTIFICATE = """
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: web}
spec:
  secretName: web-tls
  duration: 2160h
  dnsNames: [a.example.com]
  usages: [digital signature]
  issuerRef: {name: internal, kind: ClusterIssuer}
"""


@pytest.mark.parametrize("text", [ISSUER, CERTIFICATE])
def test_a_custom_resource_as_its_definition_has_it_passes(text: str) -> None:
    assert check_custom_resource(yaml.safe_load(text)) == ()


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("secretNames", "x", "spec.secretNames: unknown key, which cert-manager.io/v1/Certificate would ignore; did you mean secretName"),
        ("secretName", ..., "spec.secretName: is missing; cert-manager.io/v1/Certificate needs it"),
        ("isCA", "true", "spec.isCA: is 'true', but cert-manager.io/v1/Certificate takes true or false"),
        ("dnsNames", "a.example.com", "spec.dnsNames: is 'a.example.com', but cert-manager.io/v1/Certificate takes a list"),
        ("dnsNames", [1], "spec.dnsNames.0: is 1, but cert-manager.io/v1/Certificate takes text"),
        ("usages", ["flying"], "spec.usages.0: is 'flying', but cert-manager.io/v1/Certificate takes one of 'signing', "),
        ("revisionHistoryLimit", 1.5, "spec.revisionHistoryLimit: is 1.5, but cert-manager.io/v1/Certificate takes a whole number"),
    ],
)
def test_a_field_that_would_be_pruned_or_refused_is_named(path: str, value: Any, message: str) -> None:
    document = yaml.safe_load(CERTIFICATE)
    document["spec"][path] = value
    if value is ...:
        del document["spec"][path]
    (problem,) = check_custom_resource(document)
    assert str(problem).startswith(message)


def test_a_field_beside_spec_is_refused_too() -> None:
    (problem,) = check_custom_resource({**yaml.safe_load(ISSUER), "sepc": {}})
    assert str(problem).startswith("sepc: unknown key, which cert-manager.io/v1/ClusterIssuer would ignore; did you mean spec?")


def test_a_kind_of_no_chart_is_refused() -> None:
    (problem,) = check_custom_resource({"apiVersion": "nvidia.com/v1alpha1", "kind": "MIGConfig", "metadata": {"name": "x"}})
    assert str(problem).startswith("kind: no chart of the registry defines nvidia.com/v1alpha1/MIGConfig")
