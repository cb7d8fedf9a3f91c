"""Rights from roles and bindings. `tests/apiserver/test_rights.py` asks the API server the same."""

from collections.abc import Mapping
from typing import Any

import pytest

from infra.pricing.resources import UNKNOWN
from platformctl.access.rights import Rights, Subject, rights

ANNA = Subject(kind="Group", name="anna")
Document = Mapping[str, Any]


def role(name: str, *rules: Document, namespace: str | None = None, labels: Document | None = None, **fields: Any) -> Document:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), "labels": labels or {}}
    return {"kind": "Role" if namespace else "ClusterRole", "metadata": metadata, "rules": list(rules), **fields}


def rule(group: str, resources: str, verbs: str, *names: str) -> Document:
    return {"apiGroups": [group], "resources": resources.split(), "verbs": verbs.split(), "resourceNames": list(names)}


def binding(to: str, *subjects: Document, namespace: str | None = None, kind: str = "ClusterRole", name: str = "") -> Document:
    metadata = {"name": name or to, **({"namespace": namespace} if namespace else {})}
    return {
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": metadata,
        "roleRef": {"kind": kind, "name": to},
        "subjects": list(subjects) or [{"kind": "Group", "name": "anna"}],
    }


SECRETS = rule("", "secrets", "get list")


def may(found: Rights, verb: str, group: str, resource: str, **place: str) -> bool:
    return found.may(ANNA, verb, group, resource, **place)


def test_a_cluster_role_bound_in_a_namespace_holds_there_alone() -> None:
    found = rights([role("reader", SECRETS), binding("reader", namespace="a")])
    assert may(found, "get", "", "secrets", namespace="a")
    assert not may(found, "get", "", "secrets", namespace="b")
    assert not may(found, "get", "", "secrets")
    assert not may(found, "delete", "", "secrets", namespace="a")


def test_a_role_of_one_namespace_is_not_that_of_another() -> None:
    found = rights([role("reader", SECRETS, namespace="a"), binding("reader", namespace="b", kind="Role")])
    assert found.rights == frozenset()
    assert [(each.role, each.namespace) for each in found.unread] == [("reader", "b")]


@pytest.mark.parametrize(
    ("given", "asked", "allowed"),
    [
        (rule("", "*", "get"), ("get", "", "pods/log"), True),
        (rule("", "pods", "get"), ("get", "", "pods/log"), False),
        (rule("*", "*/scale", "update"), ("update", "apps", "deployments/scale"), True),
        (rule("*", "*/scale", "update"), ("update", "apps", "deployments"), False),
        (rule("", "pods", "*"), ("escalate", "", "pods"), True),
        (rule("apps", "deployments", "get"), ("get", "", "deployments"), False),
    ],
)
def test_stars(given: Document, asked: tuple[str, str, str], allowed: bool) -> None:
    assert may(rights([role("r", given), binding("r")]), *asked) is allowed


def test_a_name_is_one_object() -> None:
    found = rights([role("r", rule("", "secrets", "get", "mine")), binding("r", namespace="a")])
    assert may(found, "get", "", "secrets", namespace="a", name="mine")
    assert not may(found, "get", "", "secrets", namespace="a", name="yours")
    assert not may(found, "get", "", "secrets", namespace="a")


def test_aggregated_roles_have_the_rules_of_others_and_none_of_their_own() -> None:
    selector = {"clusterRoleSelectors": [{"matchLabels": {"into": "one"}}, {"matchExpressions": [{"key": "odd", "operator": "Exists"}]}]}
    found = rights([
        role("one", rule("", "pods", "get"), aggregationRule=selector),
        role("labelled", SECRETS, labels={"into": "one"}),
        role("odd", rule("", "nodes", "get"), labels={"odd": "x"}),
        role("neither", rule("", "events", "get"), labels={"into": "two"}),
        binding("one"),
    ])  # fmt: skip
    assert [may(found, "get", "", each) for each in ("secrets", "nodes", "events", "pods")] == [True, True, False, False]


def test_a_label_adds_to_what_kubernetes_own_roles_allow() -> None:
    """`view` is taken into `edit`, and `edit` into `admin`."""
    added = role("of-a-chart", rule("example.org", "models", "create"), labels={"rbac.authorization.k8s.io/aggregate-to-view": "true"})
    assert may(rights([added, binding("admin", namespace="a")]), "create", "example.org", "models", namespace="a")
    assert not may(rights([binding("view", namespace="a")]), "create", "example.org", "models", namespace="a")
    assert may(rights([binding("edit", namespace="a")]), "get", "", "secrets", namespace="a")
    assert not may(rights([binding("view")]), "get", "", "secrets")


def test_circles_of_aggregation_end() -> None:
    selector = {"clusterRoleSelectors": [{"matchLabels": {"x": "y"}}]}
    both = [role(name, labels={"x": "y"}, aggregationRule=selector) for name in ("one", "two")]
    assert may(rights([*both, role("last", SECRETS, labels={"x": "y"}), binding("one")]), "get", "", "secrets")


def test_what_is_not_known_yet_counts_as_everything() -> None:
    open_verbs = {"apiGroups": [""], "resources": ["secrets"], "verbs": UNKNOWN}
    assert may(rights([role("r", open_verbs), binding("r")]), "delete", "", "secrets")
    unread = rights([{**role("r"), "rules": UNKNOWN}, binding("r")])
    assert [each.role for each in unread.unread] == ["r"]


def test_a_role_that_nobody_knows_is_said() -> None:
    found = rights([binding("of-a-chart", namespace="a")])
    assert [(str(each.subject), each.namespace, each.role) for each in found.unread] == [("Group anna", "a", "of-a-chart")]


def test_a_service_account_is_one_under_either_name() -> None:
    account = Subject(kind="ServiceAccount", name="runner", namespace="ci")
    as_user = binding("r", {"kind": "User", "name": "system:serviceaccount:ci:runner"})
    as_itself = binding("r", {"kind": "ServiceAccount", "name": "runner", "namespace": "ci"})
    for bound in (as_user, as_itself):
        assert rights([role("r", SECRETS), bound]).may(account, "get", "", "secrets")


def test_personas_are_known_by_what_they_are_bound_to() -> None:
    team = {"kind": "Namespace", "metadata": {"name": "vision-ci", "labels": {"oke-gpu-platform/team": "vision"}}}
    found = rights([
        team,
        binding("team-member", {"kind": "Group", "name": "v"}, namespace="vision-ci"),
        binding("platform-maintainer-read", {"kind": "Group", "name": "m"}),
        binding("cluster-admin", {"kind": "Group", "name": "a"}),
        binding("cluster-admin", {"kind": "Group", "name": "o"}, name="break-glass"),
    ])  # fmt: skip
    assert {subject.name: name for subject, name in found.personas.items()} == {
        "v": "members of vision", "m": "maintainers", "a": "admins", "o": "break-glass",
    }  # fmt: skip


def test_a_wider_right_has_the_narrower() -> None:
    wide = rights([binding("cluster-admin")])
    for right in rights([role("r", SECRETS), binding("r", namespace="a")]).rights:
        assert wide.has(right)
        assert not rights([]).has(right)


SOMEBODY = "named by the update"
CLUSTER_BINDING = binding("reader")


@pytest.mark.parametrize(
    "subjects", [UNKNOWN, [UNKNOWN], [{"kind": "Group", "name": UNKNOWN}]], ids=["all of them", "one", "the name of one"]
)
def test_whoever_is_named_by_the_update_has_the_rights_all_the_same(subjects: Any) -> None:
    found = rights([role("reader", SECRETS), {**CLUSTER_BINDING, "subjects": subjects}])
    assert found.may(Subject(kind="Group", name=SOMEBODY), "get", "", "secrets")


@pytest.mark.parametrize("reference", [UNKNOWN, {"kind": "ClusterRole", "name": UNKNOWN}])
def test_a_role_that_is_named_by_the_update_may_be_any(reference: Any) -> None:
    found = rights([role("reader", SECRETS), {**CLUSTER_BINDING, "roleRef": reference}])
    assert [(each.subject, each.role) for each in found.unread] == [(ANNA, SOMEBODY)]


def test_a_namespace_that_is_named_by_the_update_may_be_any() -> None:
    found = rights([role("reader", SECRETS), binding("reader", namespace=UNKNOWN)])
    assert may(found, "get", "", "secrets", namespace="a")


def test_one_object_that_is_named_by_the_update_may_be_any() -> None:
    assert may(rights([role("reader", rule("", "secrets", "get", UNKNOWN)), CLUSTER_BINDING]), "get", "", "secrets", name="token")


@pytest.mark.parametrize("rules", [UNKNOWN, [UNKNOWN], ["get secrets"]])
def test_rules_that_cannot_be_read_are_reported_as_such(rules: Any) -> None:
    found = rights([{**role("reader"), "rules": rules}, CLUSTER_BINDING])
    assert [each.role for each in found.unread] == ["reader"]


@pytest.mark.parametrize("labels", [UNKNOWN, {"add-to": UNKNOWN}, {"other": UNKNOWN}])
def test_labels_that_are_not_known_may_be_those_that_are_looked_for(labels: Any) -> None:
    wide = {**role("wide", SECRETS), "metadata": {"name": "wide", "labels": labels}}
    aggregated = role("reader", aggregationRule={"clusterRoleSelectors": [{"matchLabels": {"add-to": "reader"}}]})
    assert may(rights([wide, aggregated, CLUSTER_BINDING]), "get", "", "secrets")


@pytest.mark.parametrize("selectors", [UNKNOWN, [UNKNOWN]])
def test_what_a_role_gathers_by_a_selector_that_is_not_known_is_reported(selectors: Any) -> None:
    found = rights([role("wide", SECRETS), role("reader", aggregationRule={"clusterRoleSelectors": selectors}), CLUSTER_BINDING])
    assert [each.role for each in found.unread] == ["reader"]


def test_two_roles_of_one_name_count_as_what_both_may() -> None:
    for pair in ([role("reader", SECRETS), role("reader")], [role("reader"), role("reader", SECRETS)]):
        assert may(rights([*pair, CLUSTER_BINDING]), "get", "", "secrets")
    gathered = role("reader", aggregationRule={"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]})
    assert [each.role for each in rights([role("reader"), gathered, CLUSTER_BINDING]).unread] == ["reader"]
