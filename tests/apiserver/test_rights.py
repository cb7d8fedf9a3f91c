"""What is computed of roles and bindings is what the API server answers: the rights that a review shows are those that there will be."""

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from platformctl.access import built_in
from platformctl.access.rights import Rights, Subject, rights
from testkit.control_plane.client import TIMEOUT_SECONDS, Client

API = "rbac.authorization.k8s.io"
V = f"{API}/v1"
SEED = 20261128
PEOPLE = tuple(f"rights-person-{number}" for number in range(8))
SPACES = ("rights-a", "rights-b")
GROUPS, RESOURCES = ("", "apps", "batch", "*"), ("pods", "pods/log", "deployments", "deployments/scale", "secrets", "*", "*/scale")
VERBS, NAMES = ("get", "list", "create", "delete", "*"), ("one", "two")
KUBERNETES_OWN = ("view", "edit", "admin", "system:aggregate-to-view", "system:basic-user", "system:kube-scheduler")


def _rule(draw: random.Random) -> dict[str, Any]:
    def some(given: tuple[str, ...]) -> list[str]:
        return draw.sample(given, draw.randint(1, 2))

    names = {"resourceNames": some(NAMES)} if draw.random() < 0.2 else {}
    return {"apiGroups": some(GROUPS), "resources": some(RESOURCES), "verbs": some(VERBS), **names}


def _object(kind: str, name: str, namespace: str = "", labels: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **({"labels": labels} if labels else {})}
    return {"apiVersion": V, "kind": kind, "metadata": metadata, **fields}


def drawn(draw: random.Random) -> list[dict[str, Any]]:
    """Roles, aggregated ones among them, some of which add to Kubernetes' own; then who has them, and where."""
    made = []
    for number in range(12):
        labels = draw.choice(({}, {}, {"rights/into": "one"}, {"rights/into": "two"}, {f"{API}/aggregate-to-view": "true"}))
        rules = [_rule(draw) for _ in range(draw.randint(0, 2))]
        made.append(_object("ClusterRole", f"rights-{number}", labels=labels, rules=rules))
    for into in ("one", "two"):
        by_expression = {"matchExpressions": [{"key": "rights/into", "operator": "In", "values": [into]}]}
        selectors = [{"matchLabels": {"rights/into": into}}, by_expression]
        made.append(_object("ClusterRole", f"rights-all-{into}", aggregationRule={"clusterRoleSelectors": selectors}))
    made += [_object("Role", f"rights-{number}", draw.choice(SPACES), rules=[_rule(draw)]) for number in range(4)]
    cluster_roles = [each["metadata"]["name"] for each in made if each["kind"] == "ClusterRole"] + list(KUBERNETES_OWN)
    for number in range(24):
        subject = {"apiGroup": API, "kind": "Group", "name": draw.choice(PEOPLE)}
        namespace = draw.choice(("", *SPACES, *SPACES))
        own = [each["metadata"]["name"] for each in made if each["kind"] == "Role" and each["metadata"]["namespace"] == namespace]
        kind, role = ("Role", draw.choice(own)) if own and draw.random() < 0.3 else ("ClusterRole", draw.choice(cluster_roles))
        reference = {"apiGroup": API, "kind": kind, "name": role}
        bound = "RoleBinding" if namespace else "ClusterRoleBinding"
        made.append(_object(bound, f"rights-{number}", namespace, roleRef=reference, subjects=[subject]))
    return made


@pytest.fixture(scope="module")
def there(client: Client) -> Iterator[Rights]:
    found = drawn(random.Random(SEED))  # noqa: S311 - the same ones each time
    spaces = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in SPACES]
    client.apply_all([*spaces, *found])
    for name in ("rights-all-one", "rights-all-two"):
        client.wait(V, "ClusterRole", name, lambda role: role.get("rules"))
    yield rights(found)
    client.delete_all([*spaces, *found])


def _asked() -> Iterator[tuple[str, str, str, str, str, str]]:
    for person in PEOPLE:
        for namespace in ("", *SPACES):
            for group, resource in (("", "pods"), ("", "pods/log"), ("apps", "deployments/scale"), ("", "secrets"), ("batch", "jobs")):
                for verb in ("get", "create", "escalate"):
                    yield person, verb, group, resource, namespace, "one" if resource == "secrets" else ""


def test_the_server_gives_the_same_answers(client: Client, there: Rights) -> None:
    """Once the server has taken in the last of them, which it does a moment later."""
    asked = list(_asked())
    said = [
        there.may(Subject(kind="Group", name=person), verb, group, resource, namespace=namespace, name=name)
        for person, verb, group, resource, namespace, name in asked
    ]
    assert 50 < sum(said) < len(said) - 50, "the draw has answers of both kinds"
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while wrong := [each for each, allowed in zip(asked, said, strict=True) if _answer(client, *each) is not allowed]:
        assert time.monotonic() < deadline, wrong
        time.sleep(0.5)


def _answer(client: Client, person: str, verb: str, group: str, resource: str, namespace: str, name: str) -> bool:  # noqa: PLR0917 - a question
    kind, _, subresource = resource.partition("/")
    asking = client.named("somebody", person)
    return asking.allowed(verb, kind, group=group, subresource=subresource, namespace=namespace, name=name)


def test_kubernetes_own_roles_are_those_of_the_server(client: Client) -> None:
    """A new version of Kubernetes may have others: write them anew from its answer."""
    for name, role in built_in.roles().items():
        found = client.get(V, "ClusterRole", name)
        assert found.get("aggregationRule") == role.get("aggregationRule"), name
        labels = {key: value for key, value in found["metadata"].get("labels", {}).items() if "aggregate-to" in key}
        assert labels == role.get("labels", {}), name
        if "aggregationRule" not in role:
            assert (found.get("rules") or []) == role["rules"], name
    own = {each["metadata"]["name"] for each in client.list(V, "ClusterRole", labels="kubernetes.io/bootstrapping=rbac-defaults")}
    assert own <= built_in.roles().keys()
