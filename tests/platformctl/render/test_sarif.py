"""What policies found as SARIF: rules with their help, results where they were written."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from platformctl.engine.events import Violation
from platformctl.engine.plan import Plan, PlannedResource
from platformctl.engine.policies import PolicyRule
from platformctl.errors import WrongInput
from platformctl.render.sarif import sarif, write

Make = Callable[..., PlannedResource]
Plans = Callable[..., Plan]

POOL = "oci:ContainerEngine/nodePool:NodePool"
STACK = """config:
  sample:cluster:
    region: eu-frankfurt-1
    network: {vcnCidr: 10.0.0.0/16}
    nodePools:
      a10:
        maxSize: 6
      a10-large: {maxSize: 1}
  sample:spend:
    gpus:
      A10: 2
  sample:addons:
    gpuOperator: {}
"""
RULES = tuple(
    PolicyRule(name=name, title="A title", why="Why.", fix="The fix.", level=level, severity=severity, topic="spend", standards=standards)
    for name, level, severity, standards in (("tags", "advisory", "low", ""), ("gpu-total", "mandatory", "critical", "CIS 1.1"))
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: sample\nruntime: python\n")
    (tmp_path / "Pulumi.my stack.yaml").write_text(STACK)
    return tmp_path


@pytest.fixture
def results(root: Path, plan: Plans) -> Callable[..., dict[str, Any]]:
    """The log of a plan of these resources, each of which violates gpu-total with this message."""

    def make(*resources: PlannedResource, message: str = "too much", level: str = "mandatory", urn: str | None = None) -> dict[str, Any]:
        blamed = [urn] if urn is not None else [resource.urn for resource in resources if resource.custom]
        violations = tuple(Violation(policy="gpu-total", pack="p", level=level, message=message, urn=urn) for urn in blamed)
        made = replace(plan(*resources), violations=violations, rules=RULES)
        return sarif(made, root / "Pulumi.my stack.yaml", root)

    return make


def places(log: dict[str, Any]) -> list[tuple[str, int]]:
    found = [location["physicalLocation"] for result in log["runs"][0]["results"] for location in result["locations"]]
    return [(place["artifactLocation"]["uri"], place["region"]["startLine"]) for place in found]


def test_the_log_is_sarif(resource: Make, results: Callable[..., dict[str, Any]]) -> None:
    """What the schema of SARIF 2.1.0 asks for, and what GitHub's code scanning asks for beyond it."""
    log = results(resource("pool-a10-ad1", POOL, declared="infra/pool.py:7"))
    assert set(log) == {"$schema", "version", "runs"} and log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert set(run) <= {"tool", "automationDetails", "originalUriBaseIds", "columnKind", "results"}
    driver = run["tool"]["driver"]
    assert driver["name"] == "platformctl"
    assert [rule["id"] for rule in driver["rules"]] == ["tags", "gpu-total"]
    for rule in driver["rules"]:
        assert set(rule) <= {"id", "name", "shortDescription", "fullDescription", "help", "defaultConfiguration", "properties"}
        assert rule["shortDescription"]["text"] and rule["fullDescription"]["text"] and rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
    (result,) = run["results"]
    assert set(result) <= {"ruleId", "ruleIndex", "level", "message", "locations", "relatedLocations", "partialFingerprints"}
    assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "gpu-total"
    assert result["level"] == "error"
    assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
    for location in (*result["locations"], *result["relatedLocations"]):
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
        assert place["region"]["startLine"] >= 1


def test_a_rule_says_why_and_how_to_mend(results: Callable[..., dict[str, Any]]) -> None:
    second, first = results()["runs"][0]["tool"]["driver"]["rules"]
    assert first["help"]["text"] == "Why.\n\nThe fix.\n\nCIS 1.1"
    assert (first["defaultConfiguration"]["level"], second["defaultConfiguration"]["level"]) == ("error", "warning")
    assert (first["properties"]["security-severity"], second["properties"]["security-severity"]) == ("9.5", "3.0")


@pytest.mark.parametrize(
    ("name", "line"), [("pool-a10", 6), ("pool-a10-ad1", 6), ("pool-a10-large-ad3", 8)], ids=["one pool", "in a domain", "a longer name"]
)
def test_a_pool_is_found_in_the_stack_file(resource: Make, results: Callable[..., dict[str, Any]], name: str, line: int) -> None:
    log = results(resource(name, POOL, declared="infra/pool.py:7"))
    assert places(log) == [("Pulumi.my%20stack.yaml", line)]
    (related,) = log["runs"][0]["results"][0]["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "infra/pool.py"


def test_what_is_in_an_add_on_is_found_at_the_add_on(resource: Make, results: Callable[..., dict[str, Any]]) -> None:
    addon = resource("gpu-operator", "platform:addon:GpuOperator", custom=False)
    assert places(results(addon, resource("ns", "kubernetes:core/v1:Namespace", parent=addon.urn)))[0][1] == 13


def test_what_is_in_a_component_is_found_at_its_section(resource: Make, results: Callable[..., dict[str, Any]]) -> None:
    network = resource("network", "platform:oke:Network", custom=False)
    assert places(results(network, resource("vcn", "oci:Core/vcn:Vcn", parent=network.urn)))[0][1] == 4


@pytest.mark.parametrize(
    ("name", "message"), [("pool-h100-ad1", "x"), ("odd", "lower spend.gpus.A10")], ids=["not in the file", "of the resource alone"]
)
def test_what_the_stack_file_does_not_hold_is_found_in_the_program(
    resource: Make, results: Callable[..., dict[str, Any]], name: str, message: str
) -> None:
    assert places(results(resource(name, POOL, declared="infra/pool.py:7"), message=message)) == [("infra/pool.py", 7)]


def test_what_the_whole_stack_does_wrong_is_found_where_its_message_points(results: Callable[..., dict[str, Any]]) -> None:
    assert places(results(urn="", message="together 6: lower cluster.odd.maxSize, or raise spend.gpus.A10")) == [
        ("Pulumi.my%20stack.yaml", 11)
    ]
    assert places(results(urn="", message="too much, e.g. 3.5 times")) == [("Pulumi.my%20stack.yaml", 1)]


def test_a_stack_file_from_elsewhere_is_named_in_full(root: Path, tmp_path_factory: pytest.TempPathFactory, plan: Plans) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "Pulumi.dev.yaml"
    elsewhere.write_text(STACK)
    violation = Violation(policy="gone", pack="p", level="advisory", message="m")
    (result,) = sarif(replace(plan(), violations=(violation,), rules=RULES), elsewhere, root)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": elsewhere.as_uri()}
    assert result["level"] == "warning"
    assert "ruleIndex" not in result


def test_the_same_finding_keeps_its_fingerprint(resource: Make, results: Callable[..., dict[str, Any]]) -> None:
    def prints(message: str, name: str) -> Any:
        return results(resource(name, POOL), message=message)["runs"][0]["results"][0]["partialFingerprints"]

    assert prints("6 of 4", "pool-a10") == prints("7 of 4", "pool-a10") != prints("6 of 4", "pool-b")


def test_a_file_that_cannot_be_written_is_wrong_input(root: Path, plan: Plans) -> None:
    with pytest.raises(WrongInput, match=r"--sarif .*gone/x\.sarif: cannot be written"):
        write(root / "gone" / "x.sarif", plan(), root / "Pulumi.my stack.yaml", root)
    write(root / "x.sarif", plan(), root / "Pulumi.my stack.yaml", root)
    assert json.loads((root / "x.sarif").read_text())["runs"][0]["results"] == []
