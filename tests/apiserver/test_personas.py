"""Every persona asks the API server for every verb and resource that the platform knows of: it answers as docs/access.md says.

The answers are the server's own (SelfSubjectAccessReview, asked as the person), whatever the roles look like.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from components.access.personas.addon import PersonasAddOn
from components.access.personas.escalations import ESCALATIONS
from components.access.personas.roles import ROLES, Persona, may
from components.access.personas.section import BreakGlass, Personas
from components.access.team_namespaces.addon import TeamNamespacesAddOn
from components.access.team_namespaces.section import TeamNamespaces
from infra.facts import ClusterContext, Team, TeamNamespace
from testkit.control_plane.client import Client

ADMINS, MAINTAINERS, ON_CALL = (f"ocid1.group.oc1..{name}" for name in ("admins", "maintainers", "oncall"))
VISION, SPEECH = "ocid1.group.oc1..vision", "ocid1.group.oc1..speech"

TEAMS = (
    Team(name="vision", namespaces=(TeamNamespace(name="vision"), TeamNamespace(name="vision-ci", ci=True)), members=VISION),
    Team(name="speech", namespaces=(TeamNamespace(name="speech"),), members=SPEECH),
)
CONTEXT = ClusterContext(teams=TEAMS, addons=frozenset({"team-namespaces", "personas"}))
SECTION = Personas(
    admins=ADMINS,
    maintainers=MAINTAINERS,
    break_glass=BreakGlass(group=ON_CALL, until="2026-12-01T18:00:00Z", reason="a drill"),
)

VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
OTHERS = (("", "endpoints"), ("", "podtemplates"), ("coordination.k8s.io", "leases"), ("policy", "poddisruptionbudgets"))
"""Resources that no role names."""


@dataclass(frozen=True)
class Asked:
    verb: str
    group: str
    resource: str


MATRIX = tuple(
    dict.fromkeys((
        *(Asked(verb, rule.group, each) for role in ROLES for rule in role.rules for each in rule.resources for verb in VERBS),
        *(Asked(verb, group, each) for group, each in OTHERS for verb in VERBS),
        *(Asked(each.verb, each.group, each.resource) for each in ESCALATIONS),
    ))
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def there(client: Client) -> Iterator[None]:
    plans = (TeamNamespacesAddOn.plan(CONTEXT, TeamNamespaces()), PersonasAddOn.plan(CONTEXT, SECTION))
    assert not list(PersonasAddOn.problems(CONTEXT, SECTION))
    manifests = [*(each.document for each in plans[0].namespaces), *(each.document for plan in plans for each in plan.objects)]
    client.apply_all(manifests)
    yield
    client.delete_all(manifests)


def person(client: Client, persona: Persona) -> Client:
    match persona:
        case "admin":
            return client.named("ocid1.user.oc1..someone", ADMINS)
        case "maintainer":
            return client.named("ocid1.user.oc1..someone", MAINTAINERS)
        case "member":
            return client.named("ocid1.user.oc1..someone", VISION)
        case "ci-submitter":
            return client.service_account("vision-ci", "ci-submitter")


OWN = {"admin": ("vision", "speech"), "maintainer": ("vision", "speech"), "member": ("vision", "vision-ci"), "ci-submitter": ("vision-ci",)}
ELSEWHERE = {
    "admin": ("kube-system",),
    "maintainer": ("kube-system",),
    "member": ("speech", "kube-system"),
    "ci-submitter": ("vision", "speech"),
}


def answered(asking: Client, asked: Asked, namespace: str = "") -> bool:
    resource, _, subresource = asked.resource.partition("/")
    return asking.allowed(asked.verb, resource, group=asked.group, subresource=subresource, namespace=namespace)


def wrong(asking: Client, persona: Persona, namespace: str, *, own: bool) -> list[str]:
    """Answers that are not the documented ones."""
    found = []
    for asked in MATRIX:
        documented = may(persona, asked.verb, asked.group, asked.resource, in_own_namespace=own)
        if answered(asking, asked, namespace) != documented:
            where = namespace or "the whole cluster"
            found.append(
                f"{persona} in {where}: {asked.verb} {asked.group}/{asked.resource} should be {'allowed' if documented else 'denied'}"
            )
    return found


@pytest.mark.parametrize("persona", ["admin", "maintainer", "member", "ci-submitter"])
def test_every_answer_is_the_documented_one(client: Client, persona: Persona) -> None:
    asking = person(client, persona)
    found = [problem for namespace in OWN[persona] for problem in wrong(asking, persona, namespace, own=True)]
    found += [problem for namespace in ELSEWHERE[persona] for problem in wrong(asking, persona, namespace, own=False)]
    found += wrong(asking, persona, "", own=False)
    assert found == []


MUST: list[tuple[Persona, str, str, str, str]] = [
    ("maintainer", "get", "", "pods/log", "vision"),
    ("maintainer", "delete", "", "pods", "speech"),
    ("maintainer", "list", "", "nodes", ""),
    ("maintainer", "list", "kueue.x-k8s.io", "clusterqueues", ""),
    ("member", "create", "batch", "jobs", "vision"),
    ("member", "create", "", "pods/exec", "vision"),
    ("member", "create", "", "secrets", "vision"),
    ("ci-submitter", "create", "batch", "jobs", "vision-ci"),
    ("ci-submitter", "get", "", "pods/log", "vision-ci"),
    ("admin", "create", "rbac.authorization.k8s.io", "clusterroles", ""),
]
MUST_NOT: list[tuple[Persona, str, str, str, str]] = [
    ("maintainer", "get", "", "secrets", "vision"),
    ("maintainer", "create", "batch", "jobs", "vision"),
    ("maintainer", "create", "", "pods/exec", "vision"),
    ("maintainer", "get", "", "configmaps", "kube-system"),
    ("maintainer", "get", "", "pods/log", "kube-system"),
    ("maintainer", "delete", "", "pods", "kube-system"),
    ("member", "get", "", "secrets", "vision"),
    ("member", "get", "", "pods", "speech"),
    ("member", "create", "batch", "jobs", "speech"),
    ("member", "list", "", "nodes", ""),
    ("member", "patch", "kueue.x-k8s.io", "workloads", "vision"),
    ("ci-submitter", "create", "batch", "jobs", "vision"),
    ("ci-submitter", "update", "batch", "jobs", "vision-ci"),
    ("ci-submitter", "get", "", "secrets", "vision-ci"),
    ("ci-submitter", "delete", "", "pods", "vision-ci"),
]


@pytest.mark.parametrize("right", MUST, ids=" ".join)
def test_what_a_persona_is_for_it_may(client: Client, right: tuple[Persona, str, str, str, str]) -> None:
    """Written by hand, so that a role that lost a rule is noticed though its page lost it too."""
    persona, verb, group, resource, namespace = right
    assert answered(person(client, persona), Asked(verb, group, resource), namespace)


@pytest.mark.parametrize("right", MUST_NOT, ids=" ".join)
def test_what_a_persona_is_not_for_it_may_not(client: Client, right: tuple[Persona, str, str, str, str]) -> None:
    persona, verb, group, resource, namespace = right
    assert not answered(person(client, persona), Asked(verb, group, resource), namespace)


@pytest.mark.parametrize("persona", ["maintainer", "member", "ci-submitter"])
def test_no_way_leads_to_more_rights(client: Client, persona: Persona) -> None:
    """Asked everywhere, and of names that exist, with the documentation left aside."""
    asking = person(client, persona)
    found = {
        f"{persona} {each.verb} {each.group}/{each.resource}"
        for namespace in ("", *OWN[persona], "speech", "kube-system")
        for each in ESCALATIONS
        if answered(asking, Asked(each.verb, each.group, each.resource), namespace)
    }
    assert found == set()


def test_who_breaks_the_glass_may_do_everything_while_it_lasts(client: Client) -> None:
    asking = client.named("ocid1.user.oc1..someone", ON_CALL)
    assert all(answered(asking, Asked(each.verb, each.group, each.resource)) for each in ESCALATIONS)


def test_who_is_in_no_group_may_nothing(client: Client) -> None:
    asking = client.named("ocid1.user.oc1..stranger", "ocid1.group.oc1..others")
    for namespace in ("", "vision", "kube-system"):
        assert [asked for asked in MATRIX if answered(asking, asked, namespace)] == []


def test_pods_of_a_team_have_no_token_of_the_submitter_by_themselves(client: Client) -> None:
    account = client.get("v1", "ServiceAccount", "ci-submitter", namespace="vision-ci")
    assert account["automountServiceAccountToken"] is False


def test_a_role_that_reads_secrets_would_be_noticed(client: Client) -> None:
    """The test above can fail: one more rule, and the matrix is no longer the documented one."""
    rule = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "leak", "namespace": "speech"},
        "rules": [rule],
    }
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "leak"}
    subject = {"kind": "Group", "name": MAINTAINERS, "apiGroup": "rbac.authorization.k8s.io"}
    binding = {**role, "kind": "RoleBinding", "roleRef": reference, "subjects": [subject]}
    del binding["rules"]
    client.apply_all([role, binding])
    try:
        asking = person(client, "maintainer")
        assert wrong(asking, "maintainer", "speech", own=True) == ["maintainer in speech: get /secrets should be denied"]
    finally:
        client.delete("rbac.authorization.k8s.io/v1", "RoleBinding", "leak", namespace="speech")
        client.delete("rbac.authorization.k8s.io/v1", "Role", "leak", namespace="speech")
