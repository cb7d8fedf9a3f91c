"""One machine at home gets the same platform: its GPU is known by name, and Oracle is never asked."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs

from infra import gpus
from infra.existing.plan import ExistingPlanError, existing, plan, refused
from infra.existing.section import ExistingPool
from infra.facts import Pool, Taint
from infra.needs import Asked, ClusterAccess, LogAnalytics, NodeLabels


def pool(name: str, **given: Any) -> tuple[str, ExistingPool]:
    """An entry of `nodePools`, also one that the stack file's own checks would stop."""
    return name, ExistingPool.model_construct(**given)


def test_a_machine_with_one_rtx_4060_needs_no_more_than_its_name() -> None:
    (made,) = plan(dict([pool("home", gpu_model="RTX 4060", gpus_per_node=1)]))
    assert made == Pool(
        name="home",
        min_nodes=1,
        max_nodes=1,
        gpus_per_node=1,
        gpu_model="RTX 4060",
        gpu_memory_gib=8,
        labels={"nvidia.com/gpu.product": "NVIDIA-GeForce-RTX-4060"},
    )
    assert (made.shape, made.zone, made.max_gpus) == (None, None, 1)


@pytest.mark.parametrize("name", ["RTX 4090", "rtx4090", "NVIDIA GeForce RTX-4090", "GeForce RTX 4090"])
def test_a_model_is_known_however_it_is_spelled(name: str) -> None:
    model = gpus.find(name)
    assert model is not None
    assert (model.name, model.memory_gib, model.product) == ("RTX 4090", 24, "NVIDIA-GeForce-RTX-4090")


def test_no_two_models_are_one_by_name_or_label() -> None:
    names = [name for gpu in gpus.GPUS for name in (gpu.name, *gpu.aliases)]
    assert all(gpus.find(name) is gpus.named(name) for name in names)
    assert len({gpus._folded(name) for name in names}) == len(names) == len(gpus._BY_NAME)
    products = [gpu.product for gpu in gpus.GPUS if gpu.product is not None]
    assert len(set(products)) == len(products)
    assert all(gpus.find(gpu.product) in (gpu, None) for gpu in gpus.GPUS if gpu.product is not None)


@pytest.mark.parametrize("model", ["V100", "P100", "RTX PRO 6000", "H100 NVL", "H100", "nvidia-h100", "A100-40G", "a100 80g"])
def test_a_model_that_is_sold_in_several_forms_must_say_which(model: str) -> None:
    with pytest.raises(ExistingPlanError, match="gpuMemoryGib and gpuProduct"):
        plan(dict([pool("n", gpu_model=model, gpus_per_node=1)]))


def test_a_name_that_several_parts_share_leads_to_those_that_say_which() -> None:
    with pytest.raises(ExistingPlanError, match=r"'H100' is sold with other memory or labels too; say which: H100 SXM5, H100 PCIe; else"):
        plan(dict([pool("n", gpu_model="H100", gpus_per_node=1)]))
    (made,) = plan(dict([pool("n", gpu_model="H100 SXM5", gpus_per_node=1)]))
    assert made.labels == {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"}


def test_gpus_of_another_vendor_are_told_apart_and_need_no_label() -> None:
    (made,) = plan(dict([pool("n", gpu_model="MI300X", gpus_per_node=8)]))
    assert (made.gpu_vendor, made.gpu_memory_gib, made.labels) == ("amd", 192, {})


def test_the_owner_knows_better_than_the_table() -> None:
    shared = pool("lab", gpu_model="T4", gpus_per_node=2, gpu_memory_gib=15, gpu_product="Tesla-T4-SHARED", labels={"zone": "lab"})
    (made,) = plan(dict([shared]))
    assert (made.gpu_memory_gib, made.labels) == (15, {"nvidia.com/gpu.product": "Tesla-T4-SHARED", "zone": "lab"})


def test_nodes_without_gpus_keep_what_they_are_given() -> None:
    taint = Taint(key="node-role.kubernetes.io/control-plane")
    (made,) = plan(dict([pool("cpu", nodes=3, architecture="arm64", labels={"a": "b"}, taints=(taint,))]))
    assert made == Pool(name="cpu", min_nodes=3, max_nodes=3, architecture="arm64", labels={"a": "b"}, taints=(taint,))


@pytest.mark.parametrize(("nodes", "message"), [
    (pool("n", gpu_model="RTX 406", gpus_per_node=1), r"gpuModel: 'RTX 406' is not .* did you mean RTX 4060.* Else give"),
    (pool("n", gpu_model="Voodoo", gpus_per_node=1), r"'Voodoo' is not a model known here; give gpuMemoryGib and gpuProduct"),
    (pool("n", gpu_model="Voodoo", gpus_per_node=1, gpu_memory_gib=8), r"not a model known here; give gpuProduct$"),
    (pool("n", gpu_model="V100", gpus_per_node=1), r"'V100' does not say how much memory .* give gpuMemoryGib and gpuProduct$"),
    (pool("n", gpu_model="H20", gpus_per_node=1, gpu_product="x"), r"'H20' does not say how much memory .* give gpuMemoryGib$"),
    (pool("n", gpu_model="A100", gpus_per_node=1), r"say which: A100 SXM4 40GB, A100 SXM4 80GB, A100 PCIe 40GB, A100 PCIe 80GB; else give"),
    (pool("n", labels={"a b": "x"}), r"nodePools\.n\.labels\.a b: is not a label key"),
    (pool("n", labels={"a": "x y"}), r"nodePools\.n\.labels\.a: has the value 'x y'; allowed: at most 63 letters"),
    (pool("n", labels={"nvidia.com/gpu.product": "x"}), r"labels\.nvidia\.com/gpu\.product: is what gpuProduct is for"),
    (pool("n", labels={"kubernetes.io/arch": "arm64"}), r"labels\.kubernetes\.io/arch: is what architecture is for"),
    (pool("n", taints=(Taint(key="a b"),)), r"nodePools\.n\.taints\.0\.key: 'a b' is not a taint key"),
    (pool("n", taints=(Taint(key="a", value="x y"),)), r"nodePools\.n\.taints\.0\.value: 'x y' is not allowed"),
    (pool("n", gpus_per_node=2), r"nodePools\.n\.gpuModel: is missing; nodes with 2 GPUs need their model"),
    (pool("n", gpu_model="T4"), r"nodePools\.n\.gpuModel: is given, but gpusPerNode is 0; say how many GPUs a node has"),
    (pool("n", gpu_model="T4", gpus_per_node=-1), r"nodePools\.n\.gpusPerNode: is -1, but must be at least 0"),
    (pool("n", gpu_model="T4", gpus_per_node=1, gpu_product="Tesla T4"), r"n\.gpuProduct: 'Tesla T4' is not a label's value"),
    (pool("n", gpu_model="T4", gpus_per_node=1, gpu_memory_gib=0), r"nodePools\.n\.gpuMemoryGib: is 0, but must be at least 1"),
    (pool("n", nodes=0), r"nodePools\.n\.nodes: is 0, but must be at least 1"),
])  # fmt: skip
def test_a_table_that_says_too_little_is_refused(nodes: tuple[str, ExistingPool], message: str) -> None:
    with pytest.raises(ExistingPlanError, match=message):
        plan(dict([nodes]))


def test_every_line_of_the_table_is_reported_at_once() -> None:
    with pytest.raises(ExistingPlanError) as refusal:
        plan(dict([pool("a", nodes=0), pool("b", gpus_per_node=1)]))
    assert [problem.path for problem in refusal.value.problems] == ["nodePools.a.nodes", "nodePools.b.gpuModel"]


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_the_provider_is_told_apart_by_the_clusters_name_and_hides_the_kubeconfig(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    facts = existing("kind: Config", "home", "lab")
    assert (facts.cluster, facts.cluster_identifier) == (None, "lab")

    def verify(_: object) -> None:
        inputs = made["kubernetes"].inputs
        assert (inputs["clusterIdentifier"], inputs["context"], inputs["enableServerSideApply"]) == ("lab", "home", "true")
        assert inputs["kubeconfig"]["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270"

    return facts.provider.urn.apply(verify)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_without_a_kubeconfig_the_environment_decides(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    facts = existing(None, "home", "lab")

    def verify(_: object) -> None:
        assert "kubeconfig" not in made["kubernetes"].inputs

    return facts.provider.urn.apply(verify)


def test_a_place_for_logs_is_refused_and_labels_are_left_to_the_owner() -> None:
    place = Asked(by="oci-onm", section="ociOnm", need=LogAnalytics(path="target"))
    labels = Asked(by="gpu-operator", section="gpuOperator", need=NodeLabels(entry="home", initial={"a": "b"}))
    assert [str(problem) for problem in refused([place, labels])] == [
        "addons.ociOnm.target: is missing; say which log group and entity of Log Analytics the logs go to"
    ]


def test_access_that_ends_is_refused_where_its_group_is_named_whoever_asks() -> None:
    needs = (ClusterAccess(group="a", path="addons.other.guests.group", until="2026-12-01T18:00:00Z"), ClusterAccess(group="b", path="b"))
    (problem,) = refused(Asked(by="other", section="other", need=need) for need in needs)
    assert problem.path == "addons.other.guests"


def test_oracles_sdk_is_not_even_imported() -> None:
    code = "import sys, infra.existing.plan; print(sorted(name for name in sys.modules if name.startswith('pulumi_oci')))"
    root = Path(gpus.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
