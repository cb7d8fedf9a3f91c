"""The engine's events become a plan: a resource once, with what is unknown and what forces a replacement."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from platformctl.engine.events import EventLog, Violation
from platformctl.engine.options import Options
from platformctl.engine.plan import UNKNOWN, Plan, PlannedResource, breaches, name_of, plan, root_of, type_of

VCN = "urn:pulumi:dev::p::platform:oke:Network$oci:Core/vcn:Vcn::vcn"


def pre(op: str, urn: str = VCN, **more: Any) -> dict[str, Any]:
    state = {"urn": urn, "custom": True, "parent": "", "inputs": {"cidrBlocks": ["10.0.0.0/16"]}}
    return {"resourcePreEvent": {"metadata": {"op": op, "urn": urn, "type": type_of(urn), "old": None, "new": state, **more}}}


def read(path: Path, *events: dict[str, Any]) -> EventLog:
    path.write_text("".join(f"{json.dumps(event)}\n" for event in events))
    log = EventLog(path)
    log.poll()
    return log


def planned(path: Path, *events: dict[str, Any]) -> Plan:
    return plan("dev", read(path, *events), lambda urn: Options(protect=urn == VCN))


def test_a_created_resource_has_its_inputs_and_its_options(tmp_path: Path) -> None:
    (vcn,) = planned(tmp_path / "log", pre("create")).resources
    assert (vcn.name, vcn.type, vcn.op) == ("vcn", "oci:Core/vcn:Vcn", "create")
    assert vcn.inputs == {"cidrBlocks": ["10.0.0.0/16"]}
    assert vcn.options.protect
    assert vcn.old_inputs is None


def test_the_steps_of_a_replacement_are_one_resource_with_its_reason(tmp_path: Path) -> None:
    old = {"urn": VCN, "custom": True, "inputs": {"cidrBlocks": ["10.9.0.0/16"]}}
    logical = pre("replace", old=old, keys=["cidrBlocks"], detailedDiff={"cidrBlocks[0]": {"diffKind": "update-replace"}})
    for steps in (["create-replacement", "replace", "delete-replaced"], ["delete-replaced", "replace", "create-replacement"]):
        events = [logical if op == "replace" else pre(op) for op in steps]
        (vcn,) = planned(tmp_path / "log", *events).resources
        assert (vcn.op, vcn.replace_keys) == ("replace", ("cidrBlocks",))
        assert vcn.old_inputs == {"cidrBlocks": ["10.9.0.0/16"]}
        assert vcn.diffs == {"cidrBlocks[0]": "update-replace"}


def test_a_deleted_resource_keeps_what_it_was(tmp_path: Path) -> None:
    old = {"urn": VCN, "custom": True, "inputs": {"a": 1}}
    made = planned(tmp_path / "log", pre("delete", old=old, new=None))
    assert made.changes[0].inputs == {"a": 1}
    assert made.custom == ()


def test_half_a_line_is_left_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "log"
    text = json.dumps(pre("create")) + "\n"
    path.write_text(text + text[:40])
    log = EventLog(path)
    assert log.poll() == 1
    path.write_text(text + text)
    assert log.poll() == 1
    assert log.poll() == 0


def test_debug_and_passing_messages_are_not_kept(tmp_path: Path) -> None:
    said = [{"diagnosticEvent": {"severity": severity, "message": severity}} for severity in ("debug", "info#err", "warning", "error")]
    log = read(tmp_path / "log", *said, {"diagnosticEvent": {"severity": "info", "message": "x", "ephemeral": True}})
    assert [(entry.severity, entry.message) for entry in log.diagnostics] == [
        ("info", "info#err"),
        ("warning", "warning"),
        ("error", "error"),
    ]
    assert [entry.message for entry in log.errors] == ["error"]


def resource(inputs: dict[str, Any], **property_dependencies: tuple[str, ...]) -> PlannedResource:
    options = Options(property_dependencies=property_dependencies)
    return PlannedResource(urn=VCN, type="t", name="n", parent="", custom=True, op="create", inputs=inputs, options=options)


def test_unknown_inputs_are_found_however_deep() -> None:
    inputs = {"a": UNKNOWN, "b": {"c": [1, {"d": UNKNOWN}]}, "e": "known", "__internal": {"f": UNKNOWN}}
    assert resource(inputs).unknown == ("a", "b.c[1].d")


def test_an_unknown_input_waits_for_what_its_property_depends_on() -> None:
    assert resource({}, b=("urn:x",)).suppliers("b.c[1].d") == ("urn:x",)


@given(name=st.text(alphabet="abc[0].", min_size=0), urn=st.text())
def test_paths_and_urns_of_any_form_are_survived(name: str, urn: str) -> None:
    root_of(name)
    name_of(urn)
    type_of(urn)


def test_violations_are_in_one_order_whatever_the_engines_what_refuses_first(tmp_path: Path) -> None:
    def found(policy: str, level: str, name: str) -> dict[str, Any]:
        return {"policyEvent": {"policyName": policy, "enforcementLevel": level, "message": "m", "resourceUrn": f"{VCN}-{name}"}}

    events = [found("tags", "advisory", "1"), found("b", "mandatory", "10"), found("b", "mandatory", "2"), found("z", "mandatory", "1")]
    for order in (events, events[::-1]):
        judged = planned(tmp_path / "log", pre("create"), *order)
        assert [(violation.policy, name_of(violation.urn)) for violation in judged.violations] == [
            ("b", "vcn-2"), ("b", "vcn-10"), ("z", "vcn-1"), ("tags", "vcn-1"),
        ]  # fmt: skip
        assert [violation.policy for violation in judged.refusals] == ["b", "b", "z"]
        assert judged.found[VCN if VCN in judged.found else ""] == judged.violations
    assert judged.rules is None


def test_a_breach_is_reported_once() -> None:
    """A sum is told of at each resource that makes it larger, and once more of the whole stack."""

    def found(message: str, urn: str, policy: str = "gpu-total") -> Violation:
        return Violation(policy=policy, pack="p", level="mandatory", message=message, urn=urn)

    sums = [
        found("with this resource the stack may have 6 A10, but 4 are allowed: lower it; the largest parts: a 6", "urn:b"),
        found("together the stack may have 8 A10, but 4 are allowed: lower it; the largest parts: a 6", "urn:a"),
        found("with this resource the stack may have 8 A10, but 4 are allowed: lower it; the largest parts: a 6", "urn:c"),
    ]
    other = found("together the stack may have 9 H100, but 8 are allowed: lower it; the largest parts: h 9", "urn:h")
    plain = found("is public", "urn:a", "open")
    for order in ([*sums, plain, other, plain], [plain, other, *reversed(sums)]):
        assert breaches(order) == (sums[1], other, plain)
    assert breaches(sums[::2]) == (sums[0],)
