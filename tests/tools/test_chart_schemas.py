"""Chart schemas are derived from a pulled chart, in either layout, and of the pinned version alone."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from components.framework.chart import Chart
from components.gpu.operator.chart import GPU_OPERATOR
from tools.chart_schemas.__main__ import ChartSchemaError, derive, main
from tools.chart_schemas.schemas import WIDTH, closed
from tools.chart_schemas.shared_nodes import share
from tools.charts.pulled import read

CHART = Chart(key="engine", name="engine", repository="oci://r/engine", version="1.2.3", app_version="v9", crds="templates")

VALUES = """
# Number of engines.
replicas: 1
ratio: 0.5
name: ""
size: 50Gi
enabled: false
image:
  repository: example/engine
  # tag: v1
  # note: this is prose
nodeSelector:
  kubernetes.io/os: linux
resources: {}
extraArgs: []
labels: {a: b}
limits:
  sampleLimit: false
  maxUnavailable: 1
# config:
#   create: false
fuel:
  ## Fuel is what engines burn.
  kind: diesel
  # tank:
  #   litres: 5
  level:
"""

DEFINITION: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "engines.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Engine", "plural": "engines"},
        "versions": [
            {"name": "v1", "served": True, "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                "apiVersion": {"type": "string"}, "metadata": {"type": "object"}, "status": {"type": "object"},
                "spec": {"type": "object", "required": ["power", "gear"], "properties": {
                    "power": {"type": "integer"},
                    "gear": {"type": "string", "enum": ["low", "high"], "default": "low"},
                    "port": {"x-kubernetes-int-or-string": True},
                    "notes": {"type": "object", "additionalProperties": {"type": "string"}},
                    "parts": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}},
                    "extra": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                    "template": {"type": "object", "x-kubernetes-embedded-resource": True, "properties": {"spec": {"type": "object"}}},
                }},
            }}}},
            {"name": "v1alpha1", "served": False, "schema": {"openAPIV3Schema": {"type": "object"}}},
        ],
    },
}  # fmt: skip


@pytest.fixture
def pulled(tmp_path: Path) -> Path:
    """As `helm pull --untar` leaves a chart, its definition a template."""
    folder = tmp_path / "engine"
    (folder / "templates").mkdir(parents=True)
    dependency = {"name": "wheels", "alias": "rims", "version": "1.0.0", "condition": "rims.enabled"}
    (folder / "Chart.yaml").write_text(
        yaml.safe_dump({"name": "engine", "version": "1.2.3", "appVersion": "v9", "dependencies": [dependency]})
    )
    (folder / "values.yaml").write_text(VALUES)
    text = "{{- if .Values.crds }}\n" + yaml.safe_dump(DEFINITION) + "{{- end }}\n"
    (folder / "templates" / "crd.yaml").write_text(text)
    (folder / "templates" / "role.yaml").write_text("kind: Role\nrules: {{ toYaml .Values.rules }} # for a CustomResourceDefinition\n")
    wheels = folder / "charts" / "wheels"
    wheels.mkdir(parents=True)
    (wheels / "Chart.yaml").write_text(yaml.safe_dump({"name": "wheels", "version": "1.0.0"}))
    (wheels / "values.yaml").write_text("count: 4\n")
    return folder


def chart_schema(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(derive(CHART, read(folder)))
    jsonschema.Draft202012Validator.check_schema(found)
    return found


def values(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = chart_schema(folder)["$defs"]["values"]
    return found


def definitions(folder: Path) -> dict[str, Any]:
    return {name: schema for name, schema in chart_schema(folder)["$defs"].items() if "/" in name}


def test_defaults_comments_templates_and_dependencies_say_the_keys_of_values(pulled: Path) -> None:
    assert values(pulled) == closed(
        {
            "replicas": {"type": "integer"},
            "ratio": {"type": "number"},
            "name": {"type": ["boolean", "number", "string"]},
            "size": {"type": ["number", "string"]},
            "enabled": {"type": "boolean"},
            "image": closed({"repository": {"type": "string"}, "tag": {}}),
            "nodeSelector": {"type": "object"},
            "resources": {"type": "object"},
            "extraArgs": {"type": "array"},
            "labels": {"type": "object"},
            "limits": closed({"sampleLimit": {}, "maxUnavailable": {}}),
            "config": {},
            "crds": {},
            "rules": {},
            "fuel": closed({"kind": {"type": "string"}, "tank": {}, "level": {}}),
            "rims": closed({"enabled": {"type": "boolean"}, "count": {"type": "integer"}, "global": {"type": "object"}}),
            "global": {"type": "object"},
        }
    )


READS = """
{{- if kindIs "string" .Values.image }}
{{- range $key, $value := .Values.fuel }}
{{ $key }}: {{ $value }} {{ .Values.fuel.rate.hourly }} {{ .Values.limits.most }} {{ .Values.nodeSelector.zone }}
{{- end }}
{{- range $at, $value := .Values.limits.sampleLimit }}{{- end }}
"""


def test_a_template_says_what_else_a_value_takes(pulled: Path) -> None:
    (pulled / "templates" / "_helpers.tpl").write_text(READS)
    found = values(pulled)["properties"]
    assert found["image"] == {**closed({"repository": {"type": "string"}, "tag": {}}), "type": ["object", "string"]}
    assert found["fuel"] == closed({"kind": {"type": "string"}, "tank": {}, "level": {}, "rate": {}}, others=True)
    assert found["limits"] == closed({"sampleLimit": {}, "maxUnavailable": {}, "most": {}})
    assert found["nodeSelector"] == {"type": "object"}


def test_a_chart_schema_is_a_schema_of_the_charts_values(pulled: Path) -> None:
    found = chart_schema(pulled)
    jsonschema.validate({"replicas": 2, "rims": {"count": 3}}, found)
    with pytest.raises(jsonschema.ValidationError, match="'replica' was unexpected"):
        jsonschema.validate({"replica": 2}, found)


def test_a_key_is_a_line(pulled: Path) -> None:
    """Sorted, so that the change of one is the change of one line."""
    lines = derive(CHART, read(pulled)).splitlines()
    assert '    "enabled": {"type": "boolean"},' in lines
    found = values(pulled)["properties"]
    assert list(found) == sorted(found)
    assert max(map(len, lines)) <= WIDTH


def test_a_schema_of_values_adds_keys_and_choices(pulled: Path) -> None:
    schema = {
        "type": "object",
        "$defs": {"fuel": {"properties": {"kind": {"enum": ["diesel", "petrol"]}, "reserve": {"type": "boolean"}}}},
        "properties": {"fuel": {"$ref": "#/$defs/fuel"}, "replicas": {"type": ["integer", "null"]}},
    }
    (pulled / "values.schema.json").write_text(json.dumps(schema))
    found = values(pulled)["properties"]
    kind = {"enum": ["diesel", "petrol"]}
    assert found["fuel"] == closed({"kind": kind, "reserve": {"type": "boolean"}, "tank": {}, "level": {}})
    assert found["replicas"] == {"type": "integer"}


def test_a_definition_gives_the_structure_of_the_versions_that_are_served(pulled: Path) -> None:
    text = {"type": "string"}
    spec = closed(
        {
            "power": {"type": "integer"},
            "gear": {"enum": ["low", "high"]},
            "port": {"type": ["integer", "string"]},
            "notes": {"type": "object", "additionalProperties": text},
            "parts": {"type": "array", "items": closed({"id": text})},
            "extra": {},
            "template": {"type": "object"},
        },
        required=["power"],
    )
    every = {"apiVersion": text, "kind": text, "metadata": {"type": "object"}, "status": {}}
    assert definitions(pulled) == {"example.com/v1/Engine": closed({**every, "spec": spec})}


def test_definitions_listed_in_a_file_read_the_same(pulled: Path) -> None:
    (pulled / "templates" / "crd.yaml").write_text(yaml.safe_dump(DEFINITION))
    expected = chart_schema(pulled)
    (pulled / "templates" / "crd.yaml").unlink()
    (pulled / "Chart.yaml").rename(pulled / "old")
    (pulled / "charts").rename(pulled / "subcharts")
    chart = {**yaml.safe_load((pulled / "old").read_text())}
    (pulled / "chart.json").write_text(json.dumps(chart))
    (pulled / "crds.json").write_text(json.dumps([DEFINITION]))
    assert chart_schema(pulled) == expected


def test_definitions_of_a_dependency_without_values_are_read_too(pulled: Path) -> None:
    """As the definitions of Prometheus' operator are packed."""
    expected = definitions(pulled)
    below = pulled / "charts" / "crds"
    (below / "templates").mkdir(parents=True)
    (below / "Chart.yaml").write_text(yaml.safe_dump({"name": "crds", "version": "0.0.0"}))
    (pulled / "templates" / "crd.yaml").rename(below / "templates" / "crd.yaml")
    assert definitions(pulled) == expected


def test_an_operator_that_yaml_has_a_meaning_for_is_text(pulled: Path) -> None:
    """Prometheus' definitions have `=` among the values of an enum."""
    text = (pulled / "templates" / "crd.yaml").read_text()
    assert "- low" in text
    (pulled / "templates" / "crd.yaml").write_text(text.replace("- low", "- ="))
    spec = definitions(pulled)["example.com/v1/Engine"]["properties"]["spec"]
    assert spec["properties"]["gear"] == {"enum": ["=", "high"]}


def test_definitions_of_a_chart_of_their_own_are_not_kept_twice(pulled: Path) -> None:
    separate = Chart(key="engine", name="engine", repository="oci://r/engine", version="1.2.3", app_version="v9", crds="separate")
    assert list(json.loads(derive(separate, read(pulled)))["$defs"]) == ["values"]


def test_another_version_than_the_pinned_one_is_refused(pulled: Path) -> None:
    newer = Chart(key="engine", name="engine", repository="oci://r/engine", version="1.3.0", app_version="v9", crds="none")
    with pytest.raises(ChartSchemaError, match=r"engine: .* has 1\.2\.3 \(of v9\), but its chart\.py pins 1\.3\.0 \(of v9\)"):
        derive(newer, read(pulled))


def test_what_occurs_twice_is_kept_once() -> None:
    text = {"type": "string"}
    selector = {"type": "object", "additionalProperties": text}
    container = closed({f"field{number}": text for number in range(12)})
    pod = closed({"containers": {"type": "array", "items": container}, "nodeSelector": selector})
    engine = closed({"template": pod})
    schemas, shared = share({"g/v1/A": engine, "g/v1/B": closed({"template": pod, "size": text})}, taken={"template"})
    referred = {"$ref": "#/$defs/template-2"}
    assert schemas == {"g/v1/A": closed({"template": referred}), "g/v1/B": closed({"template": referred, "size": text})}
    assert shared["template-2"] == closed({"containers": {"$ref": "#/$defs/containers"}, "nodeSelector": selector})
    assert shared["containers-2"] == container


def test_a_chart_that_is_not_in_the_table_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kueueue"]) == 1
    assert "not in the registry: kueueue; there are cert-manager, " in capsys.readouterr().out


def test_a_chart_that_was_not_pulled_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CHARTS", str(tmp_path))
    assert main([GPU_OPERATOR.key]) == 1
    assert capsys.readouterr().out == f"gpu-operator {GPU_OPERATOR.version} is not in {tmp_path}; run `make charts`\n"
