"""Add-ons are checked together, ordered by their needs, and wait for those alone."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from components.addon import AddOn, AddOnError, AddOnSettings, AddOnType, check, install, resolve, section
from components.charts import GPU_OPERATOR, Chart
from components.manifest import Manifest
from components.release import release
from pulumi.runtime import MockResourceArgs

from infra.facts import ClusterContext, ClusterFacts, Pool
from infra.problems import Problem


@dataclass(frozen=True)
class OneNamespace:
    space: Manifest

    @property
    def leaves(self) -> tuple[pulumi.Resource, ...]:
        return (self.space,)


class Plain(AddOn[AddOnSettings]):
    namespace = "plain"

    def declare(self) -> OneNamespace:
        return OneNamespace(self.make_namespace())


def addon(
    key: str, *requires: str, after: tuple[str, ...] = (), conflicts: tuple[str, ...] = (), charts: tuple[Chart, ...] = ()
) -> AddOnType:
    facts = {"requires": frozenset(requires), "after": frozenset(after), "conflicts": frozenset(conflicts), "charts": charts}
    return type(section(key), (Plain,), {"key": key, "namespace": key, **facts})


def chosen(*kinds: AddOnType) -> dict[str, AddOnType]:
    return {kind.key: kind for kind in kinds}


def settings(kinds: dict[str, AddOnType], **values: dict[str, Any]) -> dict[str, AddOnSettings]:
    return {key: AddOnSettings(values=values.get(section(key), {})) for key in kinds}


def cluster_facts(**given: Any) -> ClusterFacts:
    provider = k8s.Provider("cluster", kubeconfig="{}")
    return ClusterFacts(provider=provider, cluster=None, cluster_identifier="c", pools=(), host_has_gpu_driver=True, **given)


def refusals(kinds: dict[str, AddOnType], provided: frozenset[str] = frozenset()) -> list[str]:
    with pytest.raises(AddOnError) as refusal:
        resolve(kinds, provided)
    return [str(problem) for problem in refusal.value.problems]


def test_an_add_on_comes_after_what_it_requires() -> None:
    assert resolve(chosen(addon("c", "b"), addon("b", "a"), addon("a"))) == ["a", "b", "c"]


def test_an_add_on_comes_after_what_it_would_like_only_where_that_is_chosen() -> None:
    last = addon("a", after=("b",))
    assert resolve(chosen(last, addon("b"))) == ["b", "a"]
    assert resolve(chosen(last)) == ["a"]


def test_the_cluster_may_provide_what_is_required() -> None:
    assert resolve(chosen(addon("b", "a")), frozenset({"a"})) == ["b"]


def test_a_missing_requirement_names_both_and_the_fix() -> None:
    assert refusals(chosen(addon("gpu-operator", "node-feature-discovery"))) == [
        "gpuOperator: gpu-operator requires node-feature-discovery, which is not enabled; "
        "set addons.nodeFeatureDiscovery.enabled to true, or turn gpu-operator off"
    ]


def test_every_mistake_of_a_choice_is_said_at_once() -> None:
    found = refusals(
        chosen(addon("a", "b"), addon("b", "a"), addon("c", "x"), addon("d", conflicts=("a", "e")), addon("f")), frozenset({"e", "f"})
    )
    assert found[:4] == [
        "c: c requires x, which is not enabled; set addons.x.enabled to true, or turn c off",
        "d: d cannot run beside a; turn one of them off",
        "d: d cannot run beside e; turn one of them off",
        "f: f is there already, brought by the cluster; turn one of the two sources off",
    ]
    assert "add-ons wait for each other: " in found[4]


def test_a_chart_outside_its_set_is_refused() -> None:
    def kserve(key: str, version: str) -> Chart:
        return Chart(key=key, name=key, repository="oci://r", version=version, app_version=version, crds="none", set="kserve")

    mixed = chosen(addon("serving", charts=(kserve("kserve-crd", "v0.20.0"), kserve("kserve-resources", "v0.19.0"))))
    (problem,) = refusals(mixed)
    assert problem == (
        "kserve-crd v0.20.0 (of v0.20.0) but kserve-resources v0.19.0 (of v0.19.0): "
        "charts of the set kserve work in one version only; pin one in components/charts.py"
    )


def test_the_check_says_the_place_of_each_add_ons_own_refusal() -> None:
    class Picky(Plain):
        key = "picky-one"

        @classmethod
        def problems(cls, cluster: ClusterContext, settings: AddOnSettings) -> list[Problem]:
            return [Problem("size", f"is too much for {len(cluster.pools)} pools")]

    kinds = chosen(Picky, addon("b", "nothing"))
    cluster = ClusterContext(pools=(Pool(name="a", min_nodes=0, max_nodes=1),))
    assert [str(problem).split(";")[0] for problem in check(kinds, settings(kinds), cluster)] == [
        "b: b requires nothing, which is not enabled",
        "pickyOne.size: is too much for 1 pools",
    ]


def test_an_unknown_value_is_refused_before_anything_is_planned() -> None:
    kinds = chosen(addon("gpu-operator", charts=(GPU_OPERATOR,)))
    (problem,) = check(kinds, settings(kinds, gpuOperator={"devicePlugn": {"enabled": False}}), ClusterContext())
    assert str(problem) == (
        "gpuOperator.values.devicePlugn: unknown key, which gpu-operator v26.7.0 would ignore; "
        "did you mean devicePlugin or sandboxDevicePlugin?"
    )


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_what_the_cluster_provides_is_waited_for_by_those_that_need_it(made: dict[str, MockResourceArgs]) -> None:
    brought = pulumi.CustomResource("test:index:AddOn", "brought", {})
    facts = cluster_facts(provided=frozenset({"certs"}), provided_by={"certs": brought})
    kinds = chosen(addon("needs", "certs"), addon("likes", after=("certs",)), addon("neither"))
    installed = install(kinds, facts, settings(kinds))
    assert {key: brought in found.waits_for for key, found in installed.items()} == {"needs": True, "likes": True, "neither": False}


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_leaves_wait_for_what_is_needed_and_for_nothing_else(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    facts = cluster_facts()
    installed = install(chosen(addon("c", "a"), addon("b"), addon("a"), addon("d", "c", after=("b", "z"))), facts, {})

    def verify(_: object) -> None:
        assert {key: [leaf._name for leaf in found.waits_for] for key, found in installed.items()} == {
            "a": [], "b": [], "c": ["a-namespace"], "d": ["b-namespace", "c-namespace"],
        }  # fmt: skip

    return pulumi.Output.all(*(leaf.urn for found in installed.values() for leaf in found.leaves)).apply(verify)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_a_namespace_says_what_its_pods_may_do(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    (leaf,) = install(chosen(addon("a")), cluster_facts(), {})["a"].leaves

    def verify(_: object) -> None:
        labels = made["a-namespace"].inputs["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/enforce"] == "baseline"
        assert labels["pod-security.kubernetes.io/warn"] == "restricted"

    return leaf.urn.apply(verify)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_a_release_is_pinned_bounded_and_cleaned_up(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    class Charted(Plain):
        key = "gpu-operator"
        namespace = "gpu-operator"

        def declare(self) -> OneNamespace:
            space = self.make_namespace()
            return OneNamespace(release(self, GPU_OPERATOR, {"mig": {"strategy": "mixed"}}, waits_for=[space]))  # type: ignore[arg-type]

    (leaf,) = install(chosen(Charted), cluster_facts(), {})["gpu-operator"].leaves

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

    return leaf.urn.apply(verify)


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
    class Charted(Plain):
        key = "gpu-operator"
        namespace = "gpu-operator"

        def declare(self) -> OneNamespace:
            return OneNamespace(release(self, GPU_OPERATOR, {}))  # type: ignore[arg-type]

    (leaf,) = install(chosen(Charted), cluster_facts(), {}, mirror)["gpu-operator"].leaves

    def verify(_: object) -> None:
        inputs = made["gpu-operator"].inputs
        assert {key: inputs[key] for key in ("chart", "repositoryOpts") if key in inputs} == source
        assert inputs["version"] == "v26.7.0"

    return leaf.urn.apply(verify)
