"""What node pools a stack file makes, and everything it may not ask for, in the words it is told so."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.facts import Taint
from infra.oke.pools import plan as pools
from infra.oke.pools.plan import PoolPlanError
from infra.oke.pools.pool_plan import PoolPlan
from tests.infra.oke.pools.entries import Entry, altered, entry, sections

SYSTEM = entry("system", shape="VM.Standard.E5.Flex", ocpus=4, memory_gib=32, size=3)
A10 = entry("a10", shape="VM.GPU.A10.1", min_size=0, max_size=4)
H100 = entry("h100", shape="BM.GPU.H100.8", max_size=2, rdma=True, imported_image="gpu")
NEVER: Any = Taint.model_construct(key="team", value="present", effect="Never")  # type: ignore[arg-type]
IMAGE = "ocid1.image.oc1.iad.mine"
GPU_IMAGE = "Oracle-Linux-8.10-Gen2-GPU-2026.08.31-0-OKE-1.34.2-1311"


def plan(*specs: Entry, **context: Any) -> dict[str, PoolPlan]:
    defaults: dict[str, Any] = {
        "region": "us-ashburn-1",
        "region_ads": 3,
        "cluster_version": "v1.34.2",
        "imported_images": {"gpu": "ubuntu-22.04-cuda-12.8"},
    }
    return {made.name: made for made in pools.plan(sections(specs), **(defaults | context))}


def refused(spec: Entry, **context: Any) -> list[str]:
    with pytest.raises(PoolPlanError) as error:
        plan(SYSTEM, spec, **context)
    return [str(problem) for problem in error.value.problems]


def test_a_gpu_pool_becomes_one_pool_in_each_availability_domain() -> None:
    made = plan(SYSTEM, A10)
    assert list(made) == ["a10-ad1", "a10-ad2", "a10-ad3", "system"]
    assert [made[f"a10-ad{number}"].availability_domains for number in (1, 2, 3)] == [(1,), (2,), (3,)]
    assert made["system"].availability_domains == (1, 2, 3)
    assert made["system"].availability_domain is None


def test_a_gpu_pool_keeps_its_name_in_a_region_of_one_availability_domain() -> None:
    assert list(plan(SYSTEM, A10, region_ads=1)) == ["a10", "system"]


def test_a_gpu_pool_of_one_domain_is_called_after_it_so_that_more_can_follow() -> None:
    made = plan(SYSTEM, altered(A10, availability_domains=(2,)))
    assert made["a10-ad2"] == plan(SYSTEM, altered(A10, availability_domains=(2, 3)))["a10-ad2"]


def test_a_gpu_pool_starts_at_its_minimum_and_is_left_to_the_autoscaler() -> None:
    made = plan(SYSTEM, A10)["a10-ad1"]
    assert (made.size, made.min_size, made.max_size, made.autoscaled) == (0, 0, 4, True)
    assert made.tags == {"autoscaler-max": "4", "autoscaler-min": "0", "cluster-autoscaler/node-ephemeral-storage": "160Gi"}


def test_a_pool_of_fixed_size_has_no_bounds_but_its_size() -> None:
    made = plan(SYSTEM)["system"]
    assert (made.size, made.min_size, made.max_size, made.autoscaled) == (3, 3, 3, False)
    assert made.tags == {}


def test_a_gpu_node_boots_with_the_labels_that_workloads_select_on() -> None:
    made = plan(SYSTEM, altered(A10, labels={"team": "vision"}))["a10-ad1"]
    assert dict(made.labels) == {
        "nvidia.com/gpu.count": "1",
        "nvidia.com/gpu.present": "true",
        "nvidia.com/gpu.product": "NVIDIA-A10",
        "oke-gpu-platform/pool": "a10",
        "team": "vision",
    }
    assert list(made.labels) == sorted(made.labels)


def test_okes_device_plugin_is_kept_off_the_nodes_only_when_the_operator_owns_it() -> None:
    made = plan(SYSTEM, A10, device_plugin="operator")
    assert made["a10-ad1"].labels["oci.oraclecloud.com/disable-gpu-device-plugin"] == "true"
    assert "oci.oraclecloud.com/disable-gpu-device-plugin" not in made["system"].labels
    assert "oci.oraclecloud.com/disable-gpu-device-plugin" not in plan(SYSTEM, A10)["a10-ad1"].labels


def test_the_kubelet_is_told_the_taints_that_the_autoscaler_cannot_know() -> None:
    own = Taint(key="team", value="vision")
    spot = "oci.oraclecloud.com/oke-is-preemptible"
    made = plan(
        SYSTEM,
        entry("v100", shape="VM.GPU3.1", max_size=1, preemptible=True, taints=(own,)),
        entry("spot", shape="VM.Standard.E5.Flex", ocpus=2, memory_gib=16, max_size=2, preemptible=True),
        altered(A10, taints=(own,)),
    )
    gpus = made["v100-ad1"]
    assert [taint.key for taint in gpus.taints] == ["nvidia.com/gpu", spot, "team"]
    assert gpus.kubelet_extra_args == f"--register-with-taints={spot}=present:NoSchedule,team=vision:NoSchedule"
    assert made["spot"].kubelet_extra_args == f"--register-with-taints={spot}=present:NoSchedule"
    assert made["a10-ad1"].kubelet_extra_args == "--register-with-taints=team=vision:NoSchedule"
    assert made["system"].kubelet_extra_args is None


def test_preemptible_nodes_have_their_label_before_there_are_any() -> None:
    made = plan(SYSTEM, A10, entry("spot", shape="VM.Standard.E5.Flex", ocpus=2, memory_gib=16, max_size=2, preemptible=True))
    assert made["spot"].labels["oci.oraclecloud.com/oke-is-preemptible"] == "true"
    assert not any("oci.oraclecloud.com/oke-is-preemptible" in made[name].labels for name in ("system", "a10-ad1"))


def test_an_amd_pool_has_amds_taint_and_no_labels_of_nvidia() -> None:
    made = plan(SYSTEM, entry("mi300x", shape="BM.GPU.MI300X.8", min_size=1, max_size=1, availability_domains=(1,)))["mi300x-ad1"]
    assert [taint.key for taint in made.taints] == ["amd.com/gpu"]
    assert not [key for key in made.labels if key.startswith("nvidia.com/")]


@pytest.mark.parametrize(("ocpus", "pods"), [(1, 31), (2, 31), (3, 62), (4, 93), (5, 110), (64, 110)])
def test_a_node_carries_the_pods_that_its_network_interfaces_allow(ocpus: float, pods: int) -> None:
    assert plan(altered(SYSTEM, ocpus=ocpus, memory_gib=64))["system"].max_pods_per_node == pods


def test_an_overlay_has_no_such_limit() -> None:
    assert plan(altered(SYSTEM, ocpus=1), pod_network="flannel")["system"].max_pods_per_node == 110


def test_boot_volumes_of_gpu_nodes_are_larger() -> None:
    made = plan(SYSTEM, A10)
    assert (made["system"].boot_volume_gib, made["a10-ad1"].boot_volume_gib) == (100, 200)


def test_an_image_named_outright_wins_and_is_not_looked_up() -> None:
    named = plan(SYSTEM, altered(A10, image_id=IMAGE, image_name=GPU_IMAGE))["a10-ad1"]
    assert (named.image_id, named.boots_oke_image) == (IMAGE, False)


def test_an_imported_image_brings_its_system() -> None:
    made = plan(SYSTEM, altered(A10, imported_image="gpu"))
    assert (made["a10-ad1"].os, made["system"].os) == ("ubuntu", "oracle-linux")
    named = plan(SYSTEM, altered(A10, image_id=IMAGE, image_name="Canonical-Ubuntu-22.04-GPU-570-CUDA-12.8"))
    assert named["a10-ad1"].os == "ubuntu"


def test_the_system_pool_is_the_first_that_system_pods_can_live_on() -> None:
    tainted = altered(SYSTEM, name="build", taints=(Taint(key="build"),))
    reluctant = altered(SYSTEM, name="edge", taints=(Taint(key="edge", effect="PreferNoSchedule"),))
    made = pools.system_plan(tuple(plan(A10, SYSTEM, tainted, reluctant).values()))
    assert made is not None
    assert made.name == "edge"


@pytest.mark.parametrize(
    "spec",
    [
        A10,
        altered(SYSTEM, size=0),
        altered(SYSTEM, taints=(Taint(key="a"),)),
        altered(SYSTEM, preemptible=True),
        altered(SYSTEM, size=None, max_size=3),
    ],
)
def test_system_pods_need_nodes_that_stay(spec: Entry) -> None:
    with pytest.raises(PoolPlanError, match="nodePools: has no pool that system pods can live on; give one a size of at least 1"):
        plan(spec)


def test_the_platform_in_the_cluster_sees_every_plan_as_a_pool() -> None:
    made = pools.facts_pool(plan(SYSTEM, H100)["h100-ad2"], zone="US-ASHBURN-AD-2")
    assert (made.name, made.shape, made.zone, made.architecture) == ("h100-ad2", "BM.GPU.H100.8", "US-ASHBURN-AD-2", "amd64")
    assert (made.min_nodes, made.max_nodes, made.gpus_per_node, made.max_gpus) == (0, 2, 8, 16)
    assert (made.gpu_model, made.gpu_memory_gib, made.rdma) == ("H100", 80, True)
    assert made.labels["nvidia.com/gpu.product"] == "NVIDIA-H100-80GB-HBM3"
    assert made.taints == (Taint(key="nvidia.com/gpu"),)


SPECS = st.lists(
    st.builds(
        lambda name, spec, domains: altered(spec, name=name, availability_domains=domains),
        st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True),
        st.sampled_from([SYSTEM, A10, H100]),
        st.none() | st.sets(st.integers(1, 3), min_size=1).map(tuple),
    ),
    unique_by=lambda spec: spec.name,
    max_size=5,
).map(lambda specs: [*specs, altered(SYSTEM, name="zz-system")])


@given(specs=SPECS, data=st.data())
def test_the_order_of_the_stack_file_moves_no_name(specs: list[Entry], data: st.DataObject) -> None:
    assert plan(*data.draw(st.permutations(specs))) == plan(*specs)


@given(specs=SPECS)
def test_a_pool_more_changes_no_other(specs: list[Entry]) -> None:
    before, after = plan(*specs), plan(*specs, altered(A10, name="another"))
    assert all(after[name] == pool for name, pool in before.items())


@given(specs=SPECS)
def test_names_are_unique_and_gpu_pools_live_in_one_domain(specs: list[Entry]) -> None:
    made = pools.plan(
        sections(specs), region="r", region_ads=3, cluster_version="v1.34.2", imported_images={"gpu": "ubuntu-22.04-cuda-12.8"}
    )
    assert len({pool.name for pool in made}) == len(made)
    assert all(pool.availability_domain is not None for pool in made if pool.shape.is_gpu)


@pytest.mark.parametrize(
    ("spec", "path", "message"),
    [
        (altered(A10, shape="VM.GPU.A10.3"), "a10.shape", "'VM.GPU.A10.3' is not a shape of the catalogue; did you mean VM.GPU.A10"),
        (altered(A10, shape="toaster"), "a10.shape", "'toaster' is not a shape of the catalogue; known: VM.GPU2.1"),
        (altered(SYSTEM, name="b", ocpus=None), "b.ocpus", "is missing: VM.Standard.E5.Flex is a flexible shape and needs ocpus and"),
        (altered(SYSTEM, name="b", memory_gib=None), "b.memoryGib", "is missing: VM.Standard.E5.Flex is a flexible shape"),
        (altered(SYSTEM, name="b", ocpus=0), "b.ocpus", "is 0, but must be more than 0"),
        (altered(SYSTEM, name="b", ocpus=999), "b.ocpus", "is 999, but VM.Standard.E5.Flex has 1 to"),
        (altered(SYSTEM, name="b", ocpus=2, memory_gib=1), "b.memoryGib", "is 1, but VM.Standard.E5.Flex with 2 OCPUs has 2 to"),
        (altered(A10, ocpus=15), "a10.ocpus", "is 15, but VM.GPU.A10.1 is a fixed shape: leave it out"),
        (altered(A10, memory_gib=240), "a10.memoryGib", "is 240, but VM.GPU.A10.1 is a fixed shape: leave it out"),
        (altered(A10, size=1), "a10.size", "is given beside minSize or maxSize: a pool has one owner of its size"),
        (
            altered(A10, size=2, min_size=None, max_size=None),
            "a10.size",
            "is 2, but the autoscaler owns the size of GPU pools: set minSize: 2 and maxSize: 2 instead",
        ),
        (altered(A10, min_size=None, max_size=None), "a10.size", "is missing: give size, or minSize and maxSize"),
        (altered(A10, max_size=None), "a10.maxSize", "is missing: give size, or minSize and maxSize"),
        (altered(A10, min_size=5), "a10.maxSize", "is 4, less than minSize, which is 5"),
        (altered(A10, min_size=-1), "a10.minSize", "is -1, but must be at least 0"),
        (altered(A10, max_size=0), "a10.maxSize", "is 0, but must be at least 1"),
        (altered(A10, shape="BM.GPU.MI300X.8"), "a10.minSize", "is 0, but the autoscaler knows only NVIDIA's GPUs on nodes that do not"),
        (altered(A10, availability_domains=()), "a10.availabilityDomains", "is empty: leave it out to use all of the region's"),
        (altered(A10, availability_domains=(1, 1)), "a10.availabilityDomains", "names one twice: 1, 1"),
        (altered(A10, availability_domains=(0, 1)), "a10.availabilityDomains", "is 0, 1, but availability domains count from 1"),
        (altered(A10, availability_domains=(4,)), "a10.availabilityDomains", "region us-ashburn-1 has 3 availability domains, 4 asked"),
        (altered(A10, preemptible=True), "a10.preemptible", "is true, but VM.GPU.A10.1 has no preemptible capacity"),
        (
            altered(
                A10, shape="VM.GPU3.1", preemptible=True, capacity_reservation_id="ocid1.capacityreservation.x", availability_domains=(1,)
            ),
            "a10.preemptible",
            "is true beside capacityReservationId: reserved nodes are not preempted, so keep one of them",
        ),
        (
            altered(A10, capacity_reservation_id="ocid1.capacityreservation.x"),
            "a10.capacityReservationId",
            "belongs to one availability domain, the pool uses 1, 2, 3: set availabilityDomains to that one",
        ),
        (altered(A10, rdma=True), "a10.rdma", "is true, but VM.GPU.A10.1 is not on an RDMA network"),
        (altered(H100, imported_image=None), "h100.rdma", "is true, but OKE's own images lack the RDMA drivers: set image.imported or"),
        (altered(SYSTEM, name="b", boot_volume_gib=49), "b.bootVolumeGib", "is 49, but must be at least 50"),
        (altered(A10, boot_volume_gib=99), "a10.bootVolumeGib", "is 99, but must be at least 100 for GPU nodes, whose images are large"),
        (
            altered(SYSTEM, name="b", max_pods_per_node=30),
            "b.maxPodsPerNode",
            "is 30; the network interfaces of VM.Standard.E5.Flex with 4 OCPUs allow 31 to 93",
        ),
        (
            altered(SYSTEM, name="b", ocpus=2, max_pods_per_node=62),
            "b.maxPodsPerNode",
            "is 62; the network interfaces of VM.Standard.E5.Flex with 2 OCPUs allow 31",
        ),
        (
            altered(A10, max_pods_per_node=111),
            "a10.maxPodsPerNode",
            "is 111; the network interfaces of VM.GPU.A10.1 with 15 OCPUs allow 31 to 110",
        ),
        (altered(A10, labels={"node.kubernetes.io/x": "y"}), "a10.labels.node.kubernetes.io/x", "is Kubernetes's to set; choose another"),
        (altered(A10, labels={"nvidia.com/gpu.product": "B200"}), "a10.labels.nvidia.com/gpu.product", "is the platform's to set"),
        (altered(A10, labels={"oke-gpu-platform/pool": "b"}), "a10.labels.oke-gpu-platform/pool", "is the platform's to set"),
        (altered(A10, labels={"a b": "y"}), "a10.labels.a b", "is not a label key; allowed: [domain/]name"),
        (altered(A10, labels={"team": "a b"}), "a10.labels.team", "has the value 'a b'; allowed: at most 63 letters"),
        (
            altered(A10, taints=(Taint(key="nvidia.com/gpu"),)),
            "a10.taints.0.key",
            "'nvidia.com/gpu' is OKE's to set, which taints GPU and preemptible nodes itself: leave it out",
        ),
        (
            altered(A10, taints=(Taint(key="node.kubernetes.io/not-ready"),)),
            "a10.taints.0.key",
            "'node.kubernetes.io/not-ready' is Kubernetes's to set, which taints nodes in trouble itself",
        ),
        (altered(A10, taints=(Taint(key="oci.oraclecloud.com/oke-is-preemptible"),)), "a10.taints.0.key", "is OKE's to set"),
        (altered(A10, taints=(Taint(key="team,x"),)), "a10.taints.0.key", "'team,x' is not a taint key"),
        (altered(A10, taints=(Taint(key="team", value="a,b=c"),)), "a10.taints.0.value", "'a,b=c' is not allowed"),
        (
            altered(A10, taints=(NEVER,)),
            "a10.taints.0.effect",
            "'Never' is not known; choose one of NoSchedule",
        ),
        (altered(A10, taints=(Taint(key="t"), Taint(key="t", value="x"))), "a10.taints.1", "t with the effect NoSchedule is there twice"),
        (altered(A10, kubernetes_version="1.34"), "a10.kubernetesVersion", "'1.34' is not a version as OKE names it, such as v1.34.2"),
        (
            altered(A10, kubernetes_version="v1.34.10"),
            "a10.kubernetesVersion",
            "is v1.34.10, newer than the cluster, which is v1.34.2: upgrade the cluster first",
        ),
        (altered(A10, kubernetes_version="v1.30.9"), "a10.kubernetesVersion", "is v1.30.9, more than 3 minor versions behind the cluster"),
        (altered(A10, image_id=IMAGE, imported_image="gpu"), "a10.image.imported", "is given beside image.id: a node boots one image"),
        (altered(A10, image_name=GPU_IMAGE), "a10.image.name", "is the name of the image in image.id, which is missing"),
        (
            altered(A10, image_id=IMAGE, image_name=GPU_IMAGE.replace("Gen2-GPU-", "")),
            "a10.image.name",
            "carries no GPU driver, but VM.GPU.A10.1 has GPUs",
        ),
        (
            altered(A10, image_id=IMAGE, image_name=GPU_IMAGE.replace("Gen2-GPU", "Gen2-GPU-aarch64")),
            "a10.image.name",
            "is an image for arm64, but VM.GPU.A10.1 is amd64",
        ),
        (
            altered(A10, image_id=IMAGE, image_name="Canonical-Ubuntu-22.04-AMD-ROCM-632"),
            "a10.image.name",
            "carries the driver for amd GPUs, but VM.GPU.A10.1 has nvidia GPUs",
        ),
        (
            altered(A10, image_id=IMAGE, image_name=GPU_IMAGE.replace("1.34.2", "1.33.1")),
            "a10.image.name",
            "is for Kubernetes v1.33.1, but the pool's nodes are v1.34.2",
        ),
        (altered(A10, imported_image="mine"), "a10.image.imported", "'mine' is not an entry of importedImages; there are: gpu"),
        (
            altered(A10, shape="BM.GPU.GB200.4", imported_image="gpu"),
            "a10.image.imported",
            "'gpu' is an image for amd64, but BM.GPU.GB200.4 is arm64",
        ),
        (altered(A10, eviction_grace_minutes=61), "a10.evictionGraceMinutes", "is 61, but must be 0 to 60"),
        (altered(A10, fault_domains=("FAULT-DOMAIN-1",) * 2), "a10.faultDomains", "names one twice: FAULT-DOMAIN-1, FAULT-DOMAIN-1"),
        (altered(A10, nsg_ids=("a", "a")), "a10.nsgIds", "names one twice: take one out"),
        (altered(A10, nsg_ids=tuple("abcde")), "a10.nsgIds", "has 5 groups; at most 4 fit: a network interface takes 5, and one is the"),
        (altered(A10, pod_nsg_ids=tuple("abcde")), "a10.podNsgIds", "has 5 groups; at most 4 fit"),
        (altered(A10, name="A10"), "A10", "the name 'A10' is not allowed; allowed: lower-case letters, digits and dashes"),
        (altered(A10, name="a" * 29), "a" * 29, f"the pool would be called '{'a' * 29}-ad3', 33 characters; at most 32 are allowed"),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_a_pool_that_cannot_be_is_refused(spec: Entry, path: str, message: str) -> None:
    (found,) = refused(spec)
    assert found.startswith(f"nodePools.{path}: ")
    assert message in found


def test_a_region_of_one_domain_says_so() -> None:
    (found,) = refused(altered(A10, availability_domains=(1, 2, 3)), region="eu-frankfurt-1", region_ads=1)
    assert found == "nodePools.a10.availabilityDomains: region eu-frankfurt-1 has 1 availability domain, 3 asked"


def test_names_may_not_meet_after_the_domain_is_added() -> None:
    with pytest.raises(PoolPlanError) as error:
        plan(SYSTEM, A10, altered(SYSTEM, name="a10-ad1"))
    (found,) = map(str, error.value.problems)
    assert found == "nodePools.a10-ad1: makes a pool called 'a10-ad1', but nodePools.a10 makes one of that name too: rename one of them"


def test_flannel_nodes_carry_what_they_carry() -> None:
    (found,) = refused(altered(A10, max_pods_per_node=64), pod_network="flannel")
    assert found == "nodePools.a10.maxPodsPerNode: is 64, but nodes under flannel carry 110 pods: leave it out"


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        ("ubuntu-24.04-cuda-13.2", None),
        ("ubuntu-24.04-aarch64-cuda-13.2", "'gpu' is an image for arm64, but VM.GPU.A10.1 is amd64"),
        ("ubuntu-24.04-rocm-7.2.4", "'gpu' carries the driver for amd GPUs, but VM.GPU.A10.1 has nvidia GPUs"),
    ],
)
def test_an_imported_image_is_for_the_machines_that_boot_it(variant: str, message: str | None) -> None:
    entry, imported = altered(A10, imported_image="gpu"), {"gpu": variant}
    if message is None:
        assert {made.os for made in plan(SYSTEM, entry, imported_images=imported).values() if made.entry == "a10"} == {"ubuntu"}
    else:
        assert refused(entry, imported_images=imported) == [f"nodePools.a10.image.imported: {message}"]


def test_all_problems_of_all_pools_are_said_at_once() -> None:
    with pytest.raises(PoolPlanError) as error:
        plan(altered(SYSTEM, boot_volume_gib=1), altered(A10, rdma=True, ocpus=1), altered(A10, name="b", shape="x"))
    assert [problem.path for problem in error.value.problems] == [
        "nodePools.a10.ocpus",
        "nodePools.a10.rdma",
        "nodePools.b.shape",
        "nodePools.system.bootVolumeGib",
    ]


@pytest.mark.parametrize(
    ("prefix", "name", "allowed"),
    [
        ("a" * 24, "a10", True),  # with -a10-ad1 it is 32
        ("a" * 25, "a10", False),
        ("a" * 32, "a10", False),
    ],
)
def test_the_name_that_oke_sees_is_measured(prefix: str, name: str, allowed: bool) -> None:
    spec = altered(A10, name=name)
    if allowed:
        assert plan(SYSTEM, spec, prefix=prefix)
        return
    with pytest.raises(PoolPlanError) as refusal:
        plan(SYSTEM, spec, prefix=prefix)
    (said,) = [problem.message for problem in refusal.value.problems if problem.path == f"nodePools.{name}"]
    whole = f"{prefix}-{name}-ad3"
    assert said == (
        f"the pool would be called {whole!r}, {len(whole)} characters, of which {prefix!r} is `name`; at most 32 are allowed: "
        f"shorten one of them by {len(whole) - 32}"
    )


def test_pods_behind_their_node_have_no_subnet_or_group_of_their_own() -> None:
    found = refused(altered(A10, pod_subnet_id="s", pod_nsg_ids=("n",)), pod_network="flannel")
    assert [text.partition(":")[0] for text in found] == ["nodePools.a10.podSubnetId", "nodePools.a10.podNsgIds"]
    assert all(text.endswith("is given, but pods under flannel have no network interface of their own: take it out") for text in found)
