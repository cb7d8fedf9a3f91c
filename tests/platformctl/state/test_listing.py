"""What has no name is found by what it belongs to, and by all that it was asked to be."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from platformctl.errors import Refused
from platformctl.state.listing import fitting, listed, owner, read
from platformctl.state.pending import Pending

NSG, BUDGET = "ocid1.networksecuritygroup.oc1..a", "ocid1.budget.oc1..a"


def creating(type_: str, **inputs: Any) -> Pending:
    return Pending(urn=f"urn:pulumi:dev::project::{type_}::it", what="creating", inputs=inputs, region="eu-frankfurt-1")


RULE = creating(
    "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule",
    networkSecurityGroupId=NSG, direction="INGRESS", protocol="6", source="10.0.0.0/24", sourceType="CIDR_BLOCK", stateless=False,
    tcpOptions={"destinationPortRange": {"min": 6443, "max": 6443}}, description="Nodes ask the API server.",
)  # fmt: skip
ALERT = creating("oci:Budget/rule:Rule", budgetId=BUDGET, displayName="gpu-dev-50", type="ACTUAL", threshold=50, freeformTags={"a": "b"})


def printed(**fields: Any) -> dict[str, Any]:
    """A rule as `oci network nsg rules list` prints it."""
    ports = {"destination-port-range": {"max": 6443, "min": 6443}, "source-port-range": None}
    rule = {
        "description": "Nodes ask the API server.", "destination": None, "destination-type": None, "direction": "INGRESS",
        "icmp-options": None, "id": "3A1D", "is-stateless": False, "is-valid": True, "protocol": "6", "source": "10.0.0.0/24",
        "source-type": "CIDR_BLOCK", "tcp-options": ports, "time-created": "2026-11-28T20:00:00Z", "udp-options": None,
    }  # fmt: skip
    return {**rule, **fields}


def answer(*rules: dict[str, Any]) -> str:
    return json.dumps({"data": list(rules)})


OTHERS = (
    printed(id="1", direction="EGRESS"),
    printed(id="2", protocol="17"),
    printed(id="3", source="10.0.1.0/24"),
    printed(id="4", **{"tcp-options": {"destination-port-range": {"max": 6444, "min": 6443}}}),
    printed(id="5", **{"tcp-options": None}),
    printed(id="6", **{"is-stateless": True}),
    printed(id="7", description="Another."),
)


def test_the_one_that_is_as_it_was_asked_for_is_found() -> None:
    assert owner(RULE) == NSG
    assert fitting(RULE, read(answer(*OTHERS, printed()), "network"), known=()) == "3A1D"


@pytest.mark.parametrize("rules", [(), OTHERS, (printed(), printed(id="again"))])
def test_none_or_several_are_no_answer(rules: tuple[dict[str, Any], ...]) -> None:
    assert fitting(RULE, read(answer(*rules), "network"), known=()) == ""


def test_what_a_state_has_is_another() -> None:
    rules = read(answer(printed(), printed(id="held")), "network")
    assert fitting(RULE, rules, known={"held"}) == "3A1D"


def test_an_alert_is_found_whatever_tags_and_numbers_look_like() -> None:
    alert = {"id": "ocid1.alertrule.oc1..a", "budget-id": BUDGET, "display-name": "gpu-dev-50", "type": "ACTUAL", "threshold": 50.0}
    assert owner(ALERT) == BUDGET
    assert fitting(ALERT, read(answer({**alert, "freeform-tags": {}}), "budgets"), known=()) == alert["id"]
    assert fitting(ALERT, read(answer({**alert, "threshold": 80.0}), "budgets"), known=()) == ""


@pytest.mark.parametrize(
    "pending",
    [
        creating("oci:Core/vcn:Vcn", displayName="gpu-dev"),
        creating(RULE.type, networkSecurityGroupId={"4dabf18193072939515e22adb298388d": "secret"}),
    ],
)
def test_what_is_not_listed_or_of_nobody_known_has_no_owner(pending: Pending) -> None:
    assert owner(pending) == ""


def test_the_owner_is_asked_in_the_region_of_the_resource(tmp_path: Path) -> None:
    program, asked = tmp_path / "oci", tmp_path / "asked"
    program.write_text(
        f"#!{sys.executable}\nimport json, sys\nopen({str(asked)!r}, 'w').write(json.dumps(sys.argv[1:]))\nprint({answer(printed())!r})\n"
    )
    program.chmod(0o755)
    assert [each["id"] for each in listed(RULE, {"PATH": str(tmp_path)})] == ["3A1D"]
    words = ["network", "nsg", "rules", "list", "--all", "--nsg-id", NSG, "--output", "json", "--region", "eu-frankfurt-1"]
    assert json.loads(asked.read_text()) == words


def test_without_the_program_nothing_is_found(tmp_path: Path) -> None:
    assert listed(RULE, {"PATH": str(tmp_path)}) == ()


@pytest.mark.parametrize("text", ["{", "[]", '{"data": [{}]}', '{"data": 3}', '{"data": ["x"]}'])
def test_an_answer_that_is_none_is_refused_and_not_taken_for_nothing(text: str) -> None:
    with pytest.raises(Refused, match="`oci network` answered something else"):
        read(text, "network")
