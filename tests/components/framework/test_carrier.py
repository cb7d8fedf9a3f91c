"""Plans are carried out: each resource waits for what it needs and for nothing else, and secrets stay secret."""

from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi.runtime import MockResourceArgs

from components.framework.addon import AddOnType
from components.framework.carrier import Installed, install
from components.framework.compose import plan
from components.framework.plan import AddOnPlan, Confidential, Generated, Granted, Namespace, Object, Release, Secret, SecretValue
from components.gpu.operator.chart import GPU_OPERATOR
from infra.facts import ClusterContext, ClusterFacts
from infra.needs import LogAnalytics
from testkit.registrations import Computed, Sent
from tests.components.framework.addons import addon, chosen, planned, sections

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
"""What Pulumi's wire marks secrets with."""


def cluster_facts(**given: Any) -> ClusterFacts:
    return ClusterFacts(provider=k8s.Provider("cluster", kubeconfig="{}"), cluster=None, cluster_identifier="c", **given)


def installed(kinds: dict[str, AddOnType], facts: ClusterFacts, provided: frozenset[str] = frozenset()) -> dict[str, Installed]:
    return install(plan(kinds, sections(kinds), ClusterContext(provided=provided)), facts)


@pytest.fixture
def computed() -> Computed:
    return {"random:index/randomPassword:RandomPassword": {"result": "hush"}}


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_what_the_cluster_provides_is_waited_for_by_those_that_need_it(made: dict[str, MockResourceArgs]) -> None:
    brought = pulumi.CustomResource("test:index:AddOn", "brought", {})
    facts = cluster_facts(provided_by={"certs": brought})
    kinds = chosen(addon("needs", "certs"), addon("likes", after=("certs",)), addon("neither"))
    found = installed(kinds, facts, frozenset({"certs"}))
    assert {key: brought in each.waits_for for key, each in found.items()} == {"needs": True, "likes": True, "neither": False}


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_what_is_ready_is_waited_for_by_those_that_need_it_and_by_nobody_else(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    found = installed(
        chosen(addon("c", "a"), addon("b"), addon("a"), addon("d", "c", after=("b", "z")), addon("e", before=frozenset({"c"}))),
        cluster_facts(),
    )

    def verify(_: object) -> None:
        assert {key: [each._name for each in addon.waits_for] for key, addon in found.items()} == {
            "a": [], "b": [], "c": ["a-namespace", "e-namespace"], "d": ["b-namespace", "c-namespace"], "e": [],
        }  # fmt: skip

    return pulumi.Output.all(*(each.urn for addon in found.values() for each in addon.dependencies)).apply(verify)


def charted(values: dict[str, Any]) -> dict[str, AddOnType]:
    release = Release(name="gpu-operator", chart=GPU_OPERATOR, namespace="gpu-operator", values=values)
    made = AddOnPlan(namespaces=(Namespace(name="gpu-operator"),), releases=(release,))
    return chosen(addon("gpu-operator", charts=(GPU_OPERATOR,), plan=planned(made)))


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_a_release_is_pinned_bounded_and_cleaned_up(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    (release,) = installed(charted({"mig": {"strategy": "mixed"}}), cluster_facts())["gpu-operator"].dependencies

    def verify(_: object) -> None:
        assert made["gpu-operator"].inputs == {
            "name": "gpu-operator",
            "namespace": "gpu-operator",
            "createNamespace": False,
            "chart": "gpu-operator",
            "repositoryOpts": {"repo": "https://helm.ngc.nvidia.com/nvidia"},
            "version": "v26.7.0",
            "values": {"mig": {"strategy": "mixed"}},
            "skipCrds": False,
            "atomic": True,
            "cleanupOnFail": True,
            "maxHistory": 5,
            "timeout": 900,
            "compat": "true",
        }

    return release.urn.apply(verify)


@pytest.mark.parametrize(
    ("mirror", "source"),
    [
        ("oci://registry.example.com/charts", {"chart": "oci://registry.example.com/charts/gpu-operator"}),
        ("https://charts.example.com", {"chart": "gpu-operator", "repositoryOpts": {"repo": "https://charts.example.com"}}),
    ],
)
@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_a_release_is_pulled_from_the_mirror_in_the_same_version(
    made: dict[str, MockResourceArgs], mirror: str, source: dict[str, Any]
) -> pulumi.Output[None]:
    kinds = charted({})
    decided = plan(kinds, sections(kinds), ClusterContext())
    (release,) = install(decided, cluster_facts(), mirror)["gpu-operator"].dependencies

    def verify(_: object) -> None:
        inputs = made["gpu-operator"].inputs
        assert {key: inputs[key] for key in ("chart", "repositoryOpts") if key in inputs} == source
        assert inputs["version"] == "v26.7.0"

    return release.urn.apply(verify)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_two_releases_of_one_chart_are_two_resources(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    releases = tuple(Release(name=name, chart=GPU_OPERATOR, namespace="sets") for name in ("small", "large"))
    both = AddOnPlan(namespaces=(Namespace(name="sets"),), releases=releases)
    found = installed(chosen(addon("sets", charts=(GPU_OPERATOR,), plan=planned(both))), cluster_facts())["sets"]

    def verify(_: object) -> None:
        assert {name: made[name].inputs["chart"] for name in ("small", "large")} == {"small": "gpu-operator", "large": "gpu-operator"}

    return pulumi.Output.all(*(each.urn for each in found.dependencies)).apply(verify)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_what_is_granted_takes_the_place_of_its_reference(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    place = Granted(need=LogAnalytics, field="log_group_id")
    config = Object(id="config", document={"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"group": place}})
    known = pulumi.Output.from_input("ocid1.group")
    facts = cluster_facts(granted={LogAnalytics: {"log_group_id": known}})
    found = installed(chosen(addon("logs", plan=planned(AddOnPlan(objects=(config,), ready=("config",))))), facts)["logs"]

    def verify(_: object) -> None:
        assert made["logs-config"].inputs["data"] == {"group": "ocid1.group"}

    return found.dependencies[0].urn.apply(verify)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_what_is_confidential_or_generated_is_a_secret_to_the_engine(sent: Sent) -> pulumi.Output[None]:
    content: dict[str, SecretValue] = {"user": "admin", "password": Generated(id="password"), "token": Confidential(value="hush")}
    secret = Secret(name="login", namespace="web", content=content)
    made = AddOnPlan(namespaces=(Namespace(name="web"),), secrets=(secret,), ready=("login",))
    found = installed(chosen(addon("web", plan=planned(made))), cluster_facts())["web"]

    def verify(_: object) -> None:
        data = sent["web-login"].object["stringData"]
        assert data["user"] == "admin"
        for key in ("password", "token"):
            assert {**data[key], "value": None} == {**SECRET, "value": None}, key
        assert sent["web-password"].object["special"] is False

    return found.dependencies[0].urn.apply(verify)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_what_nobody_may_change_of_an_object_replaces_it(sent: Sent) -> pulumi.Output[None]:
    def queue(name: str) -> dict[str, Any]:
        return {"apiVersion": "example.org/v1", "kind": "Queue", "metadata": {"name": name}, "spec": {"of": "a"}}

    objects = (Object(id="fixed", document=queue("fixed"), fixed=("spec.of",)), Object(id="free", document=queue("free")))
    found = installed(chosen(addon("queues", plan=planned(AddOnPlan(objects=objects, ready=("fixed", "free"))))), cluster_facts())["queues"]

    def verify(_: object) -> None:
        said = {name: (list(sent[name].replaceOnChanges), sent[name].deleteBeforeReplace) for name in ("queues-fixed", "queues-free")}
        assert said == {"queues-fixed": (["spec.of"], True), "queues-free": ([], False)}

    return pulumi.Output.all(*(each.urn for each in found.dependencies)).apply(verify)
