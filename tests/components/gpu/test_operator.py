"""The GPU Operator takes over what nobody else does, and refuses what a node would only find out."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from components.framework.compose import AddOnError, resolve
from components.framework.schema import unknown_keys
from components.gpu.operator import counters, host_paths
from components.gpu.operator.addon import GpuOperatorAddOn
from components.gpu.operator.chart import GPU_OPERATOR
from components.gpu.operator.device_plugin import default_config, plugin_configs
from components.gpu.operator.labels import needed, node_labels
from components.gpu.operator.mig_plans import mig_parted, plan
from components.gpu.operator.section import GpuOperator, Mig, Sharing
from components.gpu.operator.values import values
from infra.existing.section import ExistingCluster
from infra.facts import ClusterContext, Pool, Taint

TAINT = Taint(key="nvidia.com/gpu")


def pool(name: str, gpu_model: str, gpus: int = 1, nodes: tuple[int, int] = (0, 4), **given: Any) -> Pool:
    least, most = nodes
    return Pool(name=name, min_nodes=least, max_nodes=most, gpus_per_node=gpus, gpu_model=gpu_model, **{"taints": (TAINT,), **given})


A10 = pool("a10-ad1", "A10", entry="a10")
H100 = pool("h100", "H100", gpus=8, nodes=(2, 2))
P100 = pool("p100", "P100")
MI300X = pool("mi300x", "MI300X", gpu_vendor="amd")
SYSTEM = Pool(name="system", min_nodes=1, max_nodes=1)

OKE = ClusterContext(pools=(SYSTEM, A10), host_has_gpu_driver=True, provided=frozenset({"nvidia-device-plugin", "cert-manager"}))
HOST_DRIVER = ClusterContext(pools=(SYSTEM, A10, H100, P100, MI300X), host_has_gpu_driver=True)
WORKSTATION = ClusterContext(pools=(pool("workstation", "RTX 4060", nodes=(1, 1)),))

TIME_4, MPS_4 = Sharing(mode="time-slicing", replicas=4), Sharing(mode="mps", replicas=4)
BALANCED = Mig(per_gpu={"3g.40gb": 1, "2g.20gb": 2})

CASES: Mapping[str, tuple[ClusterContext, GpuOperator]] = {
    "oke-owns-the-plugin": (OKE, GpuOperator()),
    "operator-owns-the-plugin": (HOST_DRIVER, GpuOperator(sharing={"a10": MPS_4}, mig={"h100": BALANCED})),
    "operator-brings-the-driver": (WORKSTATION, GpuOperator(sharing={"workstation": TIME_4}, driver_version="580.95.05")),
}


@pytest.mark.parametrize("case", CASES)
def test_values_are_as_they_were_reviewed(case: str, golden: Callable[[str, str], None]) -> None:
    golden(f"values/gpu-operator-{case}.json", json.dumps(values(*CASES[case]), indent=1) + "\n")


@pytest.mark.parametrize("case", CASES)
def test_the_chart_knows_every_value(case: str) -> None:
    assert unknown_keys(GPU_OPERATOR, values(*CASES[case])) == ()


@pytest.mark.parametrize("case", CASES)
def test_the_reviewed_cases_have_no_problems(case: str) -> None:
    assert refusals(*CASES[case]) == []


def refusals(cluster: ClusterContext, settings: GpuOperator) -> list[str]:
    return [str(problem) for problem in GpuOperatorAddOn.problems(cluster, settings)]


def parts(cluster: ClusterContext) -> dict[str, bool]:
    """Which parts are on."""
    names = ("driver", "toolkit", "devicePlugin", "migManager", "gfd", "dcgmExporter", "nfd")
    return {name: values(cluster, GpuOperator())[name]["enabled"] for name in names}


ALWAYS = {"gfd": True, "dcgmExporter": True, "nfd": False}


def test_beside_okes_own_plugin_the_operator_measures_and_labels_alone() -> None:
    assert parts(OKE) == {"driver": False, "toolkit": False, "devicePlugin": False, "migManager": False, **ALWAYS}


def test_on_images_with_the_driver_the_operator_leaves_it_alone() -> None:
    assert parts(HOST_DRIVER) == {"driver": False, "toolkit": True, "devicePlugin": True, "migManager": False, **ALWAYS}


def test_on_a_plain_machine_the_operator_brings_the_driver() -> None:
    assert parts(WORKSTATION) == {"driver": True, "toolkit": True, "devicePlugin": True, "migManager": False, **ALWAYS}
    assert values(WORKSTATION, GpuOperator(driver_version="580.95.05"))["driver"]["version"] == "580.95.05"


def test_a_driver_from_the_operator_comes_with_the_toolkit_whoever_owns_the_plugin() -> None:
    cluster = ClusterContext(pools=WORKSTATION.pools, provided=frozenset({"nvidia-device-plugin"}))
    assert parts(cluster) == {"driver": True, "toolkit": True, "devicePlugin": False, "migManager": False, **ALWAYS}


@pytest.mark.parametrize(
    "cluster", [OKE, HOST_DRIVER, WORKSTATION, ClusterContext(pools=WORKSTATION.pools, provided=frozenset({"nvidia-device-plugin"}))]
)
def test_cdi_is_on_where_the_operator_sets_the_runtime_up_and_only_there(cluster: ClusterContext) -> None:
    decided = values(cluster, GpuOperator())
    assert decided["cdi"] == decided["toolkit"]


@pytest.mark.parametrize(
    ("cluster", "overrides", "refusal"),
    [
        (
            OKE,
            {"cdi": {"enabled": True}},
            "values.cdi.enabled: is true, but the operator installs no toolkit here: its pods would ask for the runtime nvidia, which only "
            "its toolkit sets up; take it out, or turn toolkit on as well",
        ),
        (
            HOST_DRIVER,
            {"toolkit": {"enabled": False}},
            "values.toolkit.enabled: is false, but CDI is on: its pods would ask for the runtime nvidia, which only its toolkit sets up; "
            "take it out",
        ),
        (
            WORKSTATION,
            {"toolkit": {"enabled": False}, "cdi": {"enabled": True}},
            "values.toolkit.enabled: is false, but CDI is on: its pods would ask for the runtime nvidia, which only its toolkit sets up; "
            "take it out",
        ),
        (
            OKE,
            {"cdi": {"enabled": None}},
            "values.cdi.enabled: is true, but the operator installs no toolkit here: its pods would ask for the runtime nvidia, which only "
            "its toolkit sets up; take it out, or turn toolkit on as well",
        ),
        (OKE, {"cdi": {"enabled": True}, "toolkit": {"enabled": True}}, None),
        (HOST_DRIVER, {"cdi": {"enabled": False}}, None),
        (HOST_DRIVER, {"cdi": {"enabled": False}, "toolkit": {"enabled": False}}, None),
        (OKE, {"toolkit": {"enabled": True}}, None),
    ],
)
def test_cdi_without_the_toolkit_is_refused(cluster: ClusterContext, overrides: dict[str, Any], refusal: str | None) -> None:
    assert refusals(cluster, GpuOperator(values=overrides)) == ([refusal] if refusal else [])


def test_the_deprecated_cdi_default_that_drifts_for_ever_is_never_set() -> None:
    assert values(*CASES["operator-owns-the-plugin"])["cdi"] == {"enabled": True}


def test_pods_of_the_operator_tolerate_what_gpu_nodes_carry() -> None:
    spot = Taint(key="oci.oraclecloud.com/oke-is-preemptible")
    cluster = ClusterContext(pools=(A10, pool("spot", "A10", taints=(TAINT, spot))))
    assert values(cluster, GpuOperator())["daemonsets"]["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"},
        spot.toleration,
    ]


def test_gpus_are_scraped_where_somebody_can() -> None:
    watched = ClusterContext(pools=(A10,), addons=frozenset({"prometheus-operator-crds"}))
    monitor = values(watched, GpuOperator())["dcgmExporter"]["serviceMonitor"]
    assert monitor["enabled"]
    assert monitor["honorLabels"]
    assert not values(OKE, GpuOperator())["dcgmExporter"]["serviceMonitor"]["enabled"]


def test_it_needs_node_feature_discovery() -> None:
    with pytest.raises(AddOnError, match="gpuOperator: gpu-operator requires node-feature-discovery, which is not enabled"):
        resolve({"gpu-operator": GpuOperatorAddOn})
    assert resolve({"gpu-operator": GpuOperatorAddOn}, frozenset({"node-feature-discovery"})) == ["gpu-operator"]


@pytest.mark.parametrize(
    ("cluster", "wanted"),
    [(OKE, True), (ClusterContext(pools=(SYSTEM,)), False), (ClusterContext(pools=(MI300X,)), False), (WORKSTATION, True)],
)
def test_it_is_wanted_where_there_are_gpus_of_nvidia(cluster: ClusterContext, wanted: bool) -> None:
    assert GpuOperatorAddOn.wanted(cluster) is wanted


# Refusals


@pytest.mark.parametrize(
    ("cluster", "settings", "messages"),
    [
        (
            OKE,
            GpuOperator(device_plugin="operator"),
            ["devicePlugin: is operator, but the cluster runs NVIDIA's device plugin too, and two would register every GPU; "
             "set cluster.devicePlugin to operator, or take it out of cluster.provided"],
        ),
        (
            HOST_DRIVER,
            GpuOperator(device_plugin="cluster"),
            ["devicePlugin: is cluster, but the cluster does not run NVIDIA's device plugin, so no GPU would be advertised; use operator"],
        ),
        (
            OKE,
            GpuOperator(sharing={"a10": TIME_4}, mig={"a10": BALANCED}),
            ["sharing: is done by the device plugin, which is the cluster's own here; set cluster.devicePlugin to operator",
             "mig: is done by the device plugin, which is the cluster's own here; set cluster.devicePlugin to operator",
             "mig.a10: A10 has no MIG; share it under `sharing` instead, or partition one of A30, "],
        ),
        (
            HOST_DRIVER,
            GpuOperator(driver_version="580"),
            ["driverVersion: is 580, but the nodes' images carry the driver; leave it out"],
        ),
        (
            HOST_DRIVER,
            GpuOperator(sharing={"a11": TIME_4}, mig={"system": BALANCED}),
            ["sharing.a11: there is no GPU pool a11; those of the stack file are a10, h100, p100, mi300x",
             "mig.system: there is no GPU pool system"],
        ),
        (HOST_DRIVER, GpuOperator(sharing={"p100": MPS_4}),
         ["sharing.p100.mode: mps needs a GPU of the Volta generation or newer, P100 is older; use time-slicing"]),
        (HOST_DRIVER, GpuOperator(sharing={"a10": Sharing(mode="mps", replicas=64)}),
         ["sharing.a10.replicas: is 64, but MPS serves at most 48 pods per GPU"]),
        (HOST_DRIVER, GpuOperator(sharing={"mi300x": TIME_4}),
         ["sharing.mi300x: MI300X is not shared by NVIDIA's device plugin; leave the pool out"]),
        (HOST_DRIVER, GpuOperator(sharing={"h100": MPS_4}, mig={"h100": BALANCED}),
         ["sharing.h100.mode: mps shares whole GPUs, and this pool's are partitioned under `mig`; use time-slicing"]),
        (HOST_DRIVER, GpuOperator(values={"nfd": {"enabled": True}}),
         ["values.nfd.enabled: is true, but node-feature-discovery is an add-on of its own, and there would be two; take it out"]),
        (HOST_DRIVER, GpuOperator(values={"driver": {"enabled": True}}),
         ["values.driver.enabled: is true, but the nodes' images carry the driver, and there would be two; take it out"]),
        (OKE, GpuOperator(values={"devicePlugin": {"enabled": True}}),
         ["values.devicePlugin.enabled: is true, but the cluster runs NVIDIA's device plugin, and there would be two; take it out"]),
        (OKE, GpuOperator(values={"nfd": {"enabled": None}, "devicePlugin": None}),
         ["values.nfd.enabled: is null, which takes out that it is off, but node-feature-discovery is an add-on of its own",
          "values.devicePlugin: is null, which takes out that it is off, but the cluster runs NVIDIA's device plugin"]),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused(cluster: ClusterContext, settings: GpuOperator, messages: list[str]) -> None:
    found = refusals(cluster, settings)
    assert len(found) == len(messages), found
    for problem, message in zip(found, messages, strict=True):
        assert problem.startswith(message)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Mig(), "mig.h100: needs either perGpu or perNode: "),
        (Mig(per_gpu={"7g.80gb": 1}, per_node={"7g.80gb": 1}), "mig.h100: needs either perGpu or perNode: "),
        (Mig(per_gpu={}), "mig.h100.perGpu: is empty; give counts by profile, or leave the pool out. H100 has 1g.10gb, "),
        (Mig(per_gpu={"1g.5gb": 1}), "mig.h100.perGpu.1g.5gb: H100 has no such profile; did you mean "),
        (Mig(per_gpu={"3g.40gb": 0}), "mig.h100.perGpu.3g.40gb: is 0, but must be at least 1; leave the profile out for none"),
        (
            Mig(per_gpu={"3g.40gb": 2, "1g.10gb": 1}),
            "mig.h100.perGpu: 3g.40gb x2, 1g.10gb x1 does not fit on one H100: it takes 9 memory slices of 8. "
            "The most of it that fits is 3g.40gb x2",
        ),
        (
            Mig(per_gpu={"4g.40gb": 1, "1g.10gb": 4}),
            "mig.h100.perGpu: 4g.40gb x1, 1g.10gb x4 does not fit on one H100: it takes 8 compute slices of 7. "
            "The most of it that fits is 4g.40gb x1, 1g.10gb x3",
        ),
        (
            Mig(per_gpu={"1g.10gb+me": 2}),
            "mig.h100.perGpu: 1g.10gb+me x2 does not fit on one H100: there can be 1 1g.10gb+me. The most of it that fits is 1g.10gb+me x1",
        ),
        (
            Mig(per_node={"4g.40gb": 9}),
            "mig.h100.perNode: 4g.40gb x9 does not fit on the 8 H100 of a node: there can be 8 4g.40gb. "
            "The most of it that fits is 4g.40gb x8",
        ),
        (
            Mig(per_node={"7g.80gb": 7, "4g.40gb": 1, "3g.40gb": 1, "1g.10gb": 1}),
            "mig.h100.perNode: 7g.80gb x7, 4g.40gb x1, 3g.40gb x1, 1g.10gb x1 does not fit on the 8 H100 of a node: "
            "it takes 57 compute slices of 56. The most of it that fits is 7g.80gb x7, 4g.40gb x1, 3g.40gb x1",
        ),
        (
            Mig(per_node={"4g.40gb": 8, "2g.20gb": 12}),
            "mig.h100.perNode: 4g.40gb x8, 2g.20gb x12 does not fit on the 8 H100 of a node: "
            "its instances cannot be dealt to the GPUs so that each has room for its own. "
            "The most of it that fits is 4g.40gb x6, 2g.20gb x12",
        ),
    ],
)
def test_a_partition_that_cannot_be_is_refused_with_the_most_of_it_that_can(request_: Mig, message: str) -> None:
    (problem,) = refusals(HOST_DRIVER, GpuOperator(mig={"h100": request_}))
    assert problem.startswith(message)


def test_slices_on_a_pool_that_scales_would_never_get_a_node() -> None:
    scaling = ClusterContext(pools=(pool("h100", "H100", gpus=8, nodes=(0, 2)),), host_has_gpu_driver=True)
    (problem,) = refusals(scaling, GpuOperator(mig={"h100": BALANCED}))
    assert problem == (
        "mig.h100: the pool has 0 to 2 nodes, but the autoscaler makes none for slices, which pods ask for as nvidia.com/mig-3g.40gb; "
        "make minSize and maxSize equal, or set migStrategy to single"
    )
    alike = GpuOperator(mig={"h100": Mig(per_gpu={"1g.10gb": 7})}, mig_strategy="single")
    assert refusals(scaling, alike) == []


@pytest.mark.parametrize("request_", [BALANCED, Mig(per_node={"1g.10gb": 56})])
def test_slices_that_all_are_gpus_must_be_alike(request_: Mig) -> None:
    (problem,) = refusals(HOST_DRIVER, GpuOperator(mig={"h100": request_}, mig_strategy="single"))
    assert (
        problem == "mig.h100: migStrategy single makes every slice an nvidia.com/gpu, so they must be alike: give one profile under perGpu"
    )


# Partitions, as mig-parted reads them


def test_a_partition_of_every_gpu_is_a_configuration_of_the_pools_name() -> None:
    assert mig_parted([plan("h100", H100, BALANCED)]) == {
        "version": "v1",
        "mig-configs": {
            "all-disabled": [{"devices": "all", "mig-enabled": False}],
            "h100": [{"devices": "all", "mig-enabled": True, "mig-devices": {"3g.40gb": 1, "2g.20gb": 2}}],
        },
    }


def test_a_demand_of_a_node_is_dealt_to_its_gpus_and_the_rest_stay_whole() -> None:
    config = mig_parted([plan("h100", H100, Mig(per_node={"3g.40gb": 4, "1g.10gb": 7}))])["mig-configs"]["h100"]
    assert config == [
        {"devices": [0], "mig-enabled": True, "mig-devices": {"3g.40gb": 1, "1g.10gb": 4}},
        {"devices": [1], "mig-enabled": True, "mig-devices": {"3g.40gb": 2}},
        {"devices": [2], "mig-enabled": True, "mig-devices": {"3g.40gb": 1, "1g.10gb": 3}},
        {"devices": [3, 4, 5, 6, 7], "mig-enabled": False},
    ]


def test_the_operator_is_given_partitions_under_the_one_key_it_reads() -> None:
    manager = values(*CASES["operator-owns-the-plugin"])["migManager"]
    assert manager["config"]["default"] == "all-disabled"
    assert list(manager["config"]["data"]) == ["config.yaml"]
    assert list(yaml.safe_load(manager["config"]["data"]["config.yaml"])["mig-configs"]) == ["all-disabled", "h100"]


# Sharing, as the device plugin reads it


def test_time_slicing_refuses_pods_that_take_two_turns() -> None:
    configs = plugin_configs(WORKSTATION, CASES["operator-brings-the-driver"][1])
    assert configs["time-slicing-4"]["sharing"] == {
        "timeSlicing": {"failRequestsGreaterThanOne": True, "resources": [{"name": "nvidia.com/gpu", "replicas": 4}]}
    }
    assert "sharing" not in configs["exclusive"]


def test_mps_divides_whole_gpus() -> None:
    configs = plugin_configs(HOST_DRIVER, GpuOperator(sharing={"a10": MPS_4}))
    assert configs["mps-4"]["sharing"] == {"mps": {"resources": [{"name": "nvidia.com/gpu", "replicas": 4}]}}


def test_slices_are_shared_by_their_own_names() -> None:
    settings = GpuOperator(sharing={"h100": Sharing(mode="time-slicing", replicas=2)}, mig={"h100": BALANCED})
    resources = plugin_configs(HOST_DRIVER, settings)["time-slicing-2-h100"]["sharing"]["timeSlicing"]["resources"]
    assert resources == [{"name": "nvidia.com/mig-3g.40gb", "replicas": 2}, {"name": "nvidia.com/mig-2g.20gb", "replicas": 2}]


def test_nodes_without_a_label_share_only_where_all_pools_do_alike() -> None:
    shared = GpuOperator(sharing={"workstation": TIME_4})
    assert default_config(WORKSTATION, shared) == "time-slicing-4"
    two = ClusterContext(pools=(*WORKSTATION.pools, A10))
    assert default_config(two, shared) == "exclusive"
    assert default_config(two, GpuOperator(sharing={"workstation": TIME_4, "a10": TIME_4})) == "time-slicing-4"


# Labels of nodes


def test_initial_labels_of_nodes_say_what_cuts_and_shares_their_gpus() -> None:
    settings = GpuOperator(sharing={"a10": TIME_4, "h100": TIME_4}, mig={"h100": BALANCED})
    assert node_labels(settings, "a10", "NVIDIA-A10") == {
        "nvidia.com/device-plugin.config": "time-slicing-4", "nvidia.com/gpu.product": "NVIDIA-A10-SHARED",
    }  # fmt: skip
    assert node_labels(settings, "h100", "NVIDIA-H100-80GB-HBM3") == {
        "nvidia.com/mig.config": "h100",
        "nvidia.com/device-plugin.config": "time-slicing-4-h100",
        "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3",
    }
    assert node_labels(settings, "system", None) == {}


def test_slices_that_are_gpus_have_their_profile_in_the_products_name() -> None:
    settings = GpuOperator(mig={"h100": Mig(per_gpu={"1g.10gb+me": 1})}, mig_strategy="single")
    assert node_labels(settings, "h100", "NVIDIA-H100")["nvidia.com/gpu.product"] == "NVIDIA-H100-MIG-1g.10gb.me"


@pytest.mark.parametrize("settings", [case[1] for case in CASES.values()])
def test_every_label_names_a_configuration_that_there_is(settings: GpuOperator) -> None:
    cluster = ClusterContext(pools=(*HOST_DRIVER.pools, *WORKSTATION.pools), host_has_gpu_driver=True)
    configs = plugin_configs(cluster, settings)
    for entry in settings.sharing:
        assert node_labels(settings, entry)["nvidia.com/device-plugin.config"] in configs


def by_hand(cluster: ClusterContext, section: GpuOperator) -> dict[str, dict[str, str]]:
    return {need.entry: dict(need.by_hand) for need in needed(cluster, section) if need.by_hand}


def test_an_existing_clusters_owner_is_told_the_labels_that_no_default_covers() -> None:
    shared = GpuOperator(sharing={"workstation": TIME_4})
    assert by_hand(WORKSTATION, shared) == {}
    assert by_hand(ClusterContext(pools=(*WORKSTATION.pools, A10)), shared) == {
        "workstation": {"nvidia.com/device-plugin.config": "time-slicing-4"}
    }
    assert by_hand(HOST_DRIVER, GpuOperator(mig={"h100": BALANCED})) == {"h100": {"nvidia.com/mig.config": "h100"}}


# Counters


def test_the_counter_list_is_what_dcgm_exporter_reads() -> None:
    lines = [line.split(", ", 2) for line in counters.csv().splitlines()]
    assert all(len(line) == 3 and line[1] in ("gauge", "counter", "label") and "," not in line[2] for line in lines)
    assert len({line[0] for line in lines}) == len(lines)


@pytest.mark.parametrize(
    "field", ["DCGM_FI_PROF_GR_ENGINE_ACTIVE", "DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_FB_USED", "DCGM_EXP_XID_ERRORS_COUNT"]
)
def test_what_rules_are_made_of_is_measured(field: str) -> None:
    assert field in counters.METRICS


def on(distribution: str | None, **given: Any) -> ClusterContext:
    return ClusterContext(pools=WORKSTATION.pools, distribution=distribution, **given)


@pytest.mark.parametrize("distribution", [None, *host_paths.PATHS])
def test_the_toolkit_is_told_where_a_distribution_keeps_its_containerd(distribution: str | None) -> None:
    decided = values(on(distribution), GpuOperator())
    told = {each["name"]: each["value"] for each in decided["toolkit"].get("env", ())}
    assert told == host_paths.PATHS.get(distribution or "kubeadm")
    assert unknown_keys(GPU_OPERATOR, decided) == ()
    assert refusals(on(distribution), GpuOperator()) == []


def test_where_no_toolkit_is_installed_it_is_told_nothing() -> None:
    provided = on("k3s", host_has_gpu_driver=True, provided=frozenset({"nvidia-device-plugin"}))
    assert values(provided, GpuOperator())["toolkit"] == {"enabled": False}


def test_every_distribution_of_the_stack_file_has_its_paths_or_asks_for_them() -> None:
    (literal, _) = ExistingCluster.model_fields["distribution"].annotation.__args__  # type: ignore[union-attr]
    assert set(literal.__args__) == {*host_paths.PATHS, "other"}


@pytest.mark.parametrize(
    ("env", "missing"),
    [
        (None, "CONTAINERD_CONFIG and CONTAINERD_SOCKET"),
        ([{"name": "CONTAINERD_CONFIG", "value": "/etc/k0s/containerd.d/nvidia.toml"}], "CONTAINERD_SOCKET"),
        ("CONTAINERD_CONFIG=x", "CONTAINERD_CONFIG and CONTAINERD_SOCKET"),
        ([{"name": "CONTAINERD_CONFIG", "value": "/a"}, {"name": "CONTAINERD_SOCKET", "value": "/b"}], None),
    ],
)
def test_another_distribution_says_where_its_containerd_is(env: Any, missing: str | None) -> None:
    found = refusals(on("other"), GpuOperator(values={} if env is None else {"toolkit": {"env": env}}))
    assert len(found) == (missing is not None)
    assert all(text.startswith("values.toolkit.env: is needed with cluster.distribution: other") for text in found)
    assert all(text.endswith(f"set {missing} to its files on the nodes") for text in found)


def test_another_distribution_needs_no_paths_where_no_toolkit_is_installed() -> None:
    cluster = on("other", host_has_gpu_driver=True, provided=frozenset({"nvidia-device-plugin"}))
    assert refusals(cluster, GpuOperator()) == []
