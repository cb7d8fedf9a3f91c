"""What a change gives and takes, in words: the dangerous first."""

from collections.abc import Callable
from typing import Any

import pytest

from infra import pricing
from infra.pricing.resources import UNKNOWN
from platformctl.access.words import RightsChange, danger, of_plan
from platformctl.engine.plan import Made, Plan, PlannedResource
from platformctl.render.markdown import of_diff

Make = Callable[..., PlannedResource]
MakePlan = Callable[..., Plan]

RBAC = "kubernetes:rbac.authorization.k8s.io/v1"
POLICY = "oci:Identity/policy:Policy"
GROUP = "ocid1.group.oc1..maintainers"
USE = f"Allow group id {GROUP} to use clusters in compartment id ocid1.compartment.oc1..x"
MANAGE = USE.replace("use", "manage")


def role(*rules: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"kind": "ClusterRole", "metadata": {"name": "platform-maintainer-workloads", **metadata}, "rules": list(rules)}


def rule(resources: str, verbs: str) -> dict[str, Any]:
    return {"apiGroups": [""], "resources": resources.split(), "verbs": verbs.split()}


def bound(make: Make, *namespaces: str) -> list[PlannedResource]:
    made = []
    for namespace in namespaces:
        inputs = {
            "kind": "RoleBinding", "metadata": {"name": "m", "namespace": namespace},
            "roleRef": {"kind": "ClusterRole", "name": "platform-maintainer-workloads"}, "subjects": [{"kind": "Group", "name": GROUP}],
        }  # fmt: skip
        made.append(make(f"{namespace}-binding", f"{RBAC}:RoleBinding", op="same", inputs=inputs, old_inputs=inputs))
    return made


def test_a_change_that_lets_maintainers_read_secrets(plan: MakePlan, resource: Make) -> None:
    old, new = role(rule("pods", "delete")), role(rule("pods", "delete"), rule("secrets", "get list watch"), rule("events", "get"))
    changed = resource("role", f"{RBAC}:ClusterRole", op="update", inputs=new, old_inputs=old)
    found = of_plan(plan(changed, *bound(resource, "vision", "speech")))
    first, second = found.added
    assert first.sentence == f"maintainers (Group {GROUP}) may read secrets in speech, vision"
    assert first.why == "reads tokens and passwords"
    assert second.sentence == f"maintainers (Group {GROUP}) may get events in speech, vision"
    assert (second.why, found.removed, found.dangerous) == ("", (), (first,))


def test_the_review_shows_it_before_everything_else(plan: MakePlan, resource: Make) -> None:
    changed = resource("role", f"{RBAC}:ClusterRole", op="update", inputs=role(rule("secrets events", "get")), old_inputs=role())
    whole = plan(changed, *bound(resource, "vision"))
    none = pricing.estimate([])
    shown = of_diff(whole, pricing.compare(none, none), of_plan(whole), "main")
    lets = f"**This change lets**\n\n- maintainers (Group {GROUP}) `get secrets` in vision: **reads tokens and passwords**\n"
    assert lets in shown
    assert shown.index(lets) < shown.index("All 1 changes")
    assert "<details><summary>1 more rights that it gives</summary>" in shown
    assert "Not shown: who administers the tenancy." in shown


def test_what_is_taken_is_said_too(plan: MakePlan, resource: Make) -> None:
    old = role(rule("pods", "delete"))
    gone = resource("role", f"{RBAC}:ClusterRole", op="delete", inputs=old, old_inputs=old)
    found = of_plan(plan(gone, *bound(resource, "vision")))
    assert [each.sentence for each in found.removed] == [f"maintainers (Group {GROUP}) may delete pods in vision"]
    assert [each.why for each in found.added] == ["the plan does not say what that is"]


def test_a_right_that_a_wider_one_held_already_is_no_news(plan: MakePlan, resource: Make) -> None:
    old, new = role(rule("*", "*")), role(rule("*", "*"), rule("secrets", "get"))
    changed = resource("role", f"{RBAC}:ClusterRole", op="update", inputs=new, old_inputs=old)
    assert of_plan(plan(changed, *bound(resource, "vision"))).added == ()


def test_an_administrator_by_iam_is_the_first_line(plan: MakePlan, resource: Make) -> None:
    policy = resource("people", POLICY, op="update", inputs={"statements": [USE, MANAGE]}, old_inputs={"statements": [USE]})
    changed = resource("role", f"{RBAC}:ClusterRole", op="update", inputs=role(rule("secrets", "get")), old_inputs=role())
    first, second = of_plan(plan(changed, policy, *bound(resource, "vision"))).added
    assert (first.by, first.sentence) == ("IAM", f"group {GROUP} may manage clusters in compartment ocid1.compartment.oc1..x")
    assert first.why == "is an administrator of the cluster, whatever its roles say"
    assert first.text == MANAGE
    assert second.by == "Kubernetes"


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("Allow group id ocid1.group.oc1..x to manage all-resources in tenancy", "is an administrator of the cluster"),
        ("Allow any-user to read buckets in compartment c", "lets any principal in"),
        ("Endorse group x to read buckets in tenancy y", "is of the kind endorse, which reaches other tenancies"),
        (f"Allow group id {GROUP} to manage instance-family in compartment c", "is not known to need"),
    ],
)
def test_a_dangerous_statement(plan: MakePlan, resource: Make, statement: str, why: str) -> None:
    (line,) = of_plan(plan(resource("p", POLICY, inputs={"statements": [statement]}))).added
    assert why in line.why


def test_a_condition_that_goes_is_a_right_that_comes(plan: MakePlan, resource: Make) -> None:
    narrow = f"{USE} where ALL {{request.utc-timestamp before '2026-12-01T18:00:00Z'}}"
    found = of_plan(plan(resource("p", POLICY, op="update", inputs={"statements": [USE]}, old_inputs={"statements": [narrow]})))
    assert [each.text for each in found.added] == [USE]
    assert [each.text for each in found.removed] == [narrow]
    assert "before '2026-12-01T18:00:00Z'" in found.removed[0].where


def test_a_denial_that_goes_is_a_right_that_comes(plan: MakePlan, resource: Make) -> None:
    deny = USE.replace("Allow", "Deny")
    found = of_plan(plan(resource("p", POLICY, op="update", inputs={"statements": []}, old_inputs={"statements": [deny]})))
    assert [(each.text, each.why) for each in found.added] == [(deny, "the statement that denied it goes")]
    assert found.removed == ()


def test_a_dynamic_group_that_grows(plan: MakePlan, resource: Make) -> None:
    type_, name = "oci:Identity/dynamicGroup:DynamicGroup", "nodes"
    old = {"name": name, "matchingRule": "ALL {instance.compartment.id = 'ocid1.compartment.oc1..x'}"}
    new = {"name": name, "matchingRule": "ANY {instance.compartment.id != 'ocid1.compartment.oc1..x'}"}
    (line,) = of_plan(plan(resource("g", type_, op="update", inputs=new, old_inputs=old))).added
    assert line.what == "be of dynamic group nodes"
    assert line.why


def test_statements_that_only_the_update_knows_are_those_of_the_simulated_cloud(plan: MakePlan, resource: Make) -> None:
    policy = resource("people", POLICY, inputs={"statements": UNKNOWN})
    cluster = resource("cluster", "oci:ContainerEngine/cluster:Cluster")
    unknown = plan(policy, cluster)
    assert "Not known before the update: what people grants." in of_plan(unknown).unseen
    ocid = "ocid1.cluster.oc1..simulated"
    made = {
        policy.urn: Made(inputs={"statements": [f"{USE} where ALL {{target.cluster.id = '{ocid}'}}"]}, id="ocid1.policy.oc1..simulated"),
        cluster.urn: Made(inputs={}, id=ocid),
    }
    (line,) = of_plan(Plan(stack="sample", resources=unknown.resources, made=made)).added
    assert line.where.endswith("where ALL {target.cluster.id = '<cluster>'}")


def test_objects_in_lists_and_in_values_of_charts_count(plan: MakePlan, resource: Make) -> None:
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "b"},
        "roleRef": {"kind": "ClusterRole", "name": "cluster-admin"}, "subjects": [{"kind": "Group", "name": "everybody"}],
    }  # fmt: skip
    release = resource("chart", "kubernetes:helm.sh/v3:Release", inputs={"values": {"extraObjects": [binding]}})
    listed = resource("list", "kubernetes:core/v1:List", inputs={"apiVersion": "v1", "kind": "List", "items": [binding]})
    for each in (release, listed):
        found = of_plan(plan(each))
        assert "admins (Group everybody) may do anything with everything everywhere" in [line.sentence for line in found.added]
    assert of_plan(plan(release)).unseen == ("Not shown: roles that charts make by themselves (chart), and who administers the tenancy.",)


@pytest.mark.parametrize(
    ("right", "why"),
    [
        (("*", "*", "*"), "may do everything"),
        (("get", "", "*"), "reads tokens and passwords"),
        (("*", "batch", "jobs"), "lets a job go that its queue holds"),
        (("impersonate", "", "users"), "acts as anybody"),
        (("create", "", "pods/exec"), "runs commands in the pods there"),
        (("get", "", "pods"), ""),
    ],
)
def test_what_is_dangerous(right: tuple[str, str, str], why: str) -> None:
    assert danger(*right) == why


def test_no_change_says_nothing() -> None:
    assert RightsChange().document == {"added": [], "removed": [], "unseen": ()}
