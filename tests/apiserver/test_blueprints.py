"""The Job of a blueprint, on the API server with the policies of its stack: taken as it is, refused where it is changed."""

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from components.access.admission.policies import documents
from components.access.admission.section import Admission
from components.access.team_namespaces.addon import TeamNamespacesAddOn
from components.access.team_namespaces.section import TeamNamespaces
from infra.facts import ClusterContext
from platformctl.blueprints.job import Wanted, render
from platformctl.blueprints.load import load as load_blueprint
from stacks.config import load
from stacks.plan import plan
from testkit.control_plane.client import ApiError, Client
from testkit.stack_files import ROOT

FILE = ROOT / "examples" / "Pulumi.teams.yaml"
PLAN = plan(load(FILE), FILE)
IMAGE = f"ghcr.io/acme/runner@sha256:{'a' * 64}"
NAMES = ("image-lora", "lora", "serve", "smoke", "t5")
"""Those that fit the stack's pools."""


def manifests(name: str) -> tuple[Mapping[str, Any], ...]:
    rendered, problems = render(load_blueprint(ROOT / "blueprints" / name), PLAN, Wanted(namespace="vision", image=IMAGE))
    assert rendered is not None, problems
    return rendered.documents


def refusal(client: Client, manifest: Mapping[str, Any]) -> str:
    """What the server says against it; nothing where it takes it. Nothing is written."""
    try:
        client.create(manifest, dry_run=True)
    except ApiError as error:
        return error.message
    return ""


def changed(name: str, change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    job = copy.deepcopy(dict(manifests(name)[1]))
    change(job)
    return job


@pytest.fixture(scope="module", autouse=True)
def there(client: Client) -> Iterator[None]:
    context = ClusterContext(
        pools=PLAN.context.pools, teams=PLAN.context.teams, addons=frozenset({*PLAN.addons.chosen}), network_policies=True
    )
    section = PLAN.addons.sections["admission"]
    assert isinstance(section, Admission)
    spaces = TeamNamespacesAddOn.plan(context, TeamNamespaces())
    made: list[Mapping[str, Any]] = [
        *(each.document for each in spaces.namespaces), *(each.document for each in spaces.objects), *documents(context, section)
    ]  # fmt: skip
    client.apply_all(made)
    client.wait("v1", "ServiceAccount", "default", bool, namespace="vision")
    deadline = time.monotonic() + 60
    while not refusal(client, changed("smoke", lambda job: job["spec"].pop("activeDeadlineSeconds"))):
        assert time.monotonic() < deadline, "the policies are not enforced"
        time.sleep(0.2)
    yield
    client.delete_all(made)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_taken_as_it_is(client: Client, name: str) -> None:
    assert [refusal(client, each) for each in manifests(name)] == ["", ""]


@pytest.mark.parametrize("name", NAMES)
def test_its_pod_is_restricted(client: Client, name: str) -> None:
    """A Job's template is only warned of; its pod is what Pod Security refuses. Kueue's label is what lets a pod by itself in."""
    _, job = manifests(name)
    template = job["spec"]["template"]
    labels = {**template["metadata"]["labels"], "kueue.x-k8s.io/queue-name": "default"}
    metadata = {**template["metadata"], "name": "one", "namespace": "vision", "labels": labels}
    assert refusal(client, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}) == ""


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no queue": (lambda job: job["metadata"]["labels"].pop("kueue.x-k8s.io/queue-name"), "rule queue"),
    "no priority": (lambda job: job["spec"]["template"]["spec"].pop("priorityClassName"), "rule priority"),
    "a day and more": (lambda job: job["spec"].update(activeDeadlineSeconds=25 * 3600), "rule deadline"),
    "tries without end": (lambda job: job["spec"].update(backoffLimit=10), "rule retries"),
    "more than the team may have": (lambda job: job["spec"].update(parallelism=8, completions=8), "rule gpus-per-job"),
}


@pytest.mark.parametrize(("change", "words"), CHANGES.values(), ids=CHANGES)
def test_the_policies_are_there_that_would_refuse_it(client: Client, change: Callable[[dict[str, Any]], object], words: str) -> None:
    assert words in refusal(client, changed("lora", change))
