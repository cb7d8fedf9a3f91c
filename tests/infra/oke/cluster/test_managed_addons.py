"""Which of Oracle's add-ons a cluster gets, in what order, and who owns the device plugin."""

import pulumi
import pytest
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]

from infra.oci import oci
from infra.oke.cluster.managed_addons import ManagedAddOnPlanError, ManagedAddOns, ManagedAddOnsArgs, ManagedAddOnsRequest, plan, provided
from testkit.registrations import Sent


def names(spec: ManagedAddOnsRequest) -> list[str]:
    return [addon.name for addon in plan(spec)]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (ManagedAddOnsRequest(metrics_server=False), ["CoreDNS", "KubeProxy", "OciVcnIpNative"]),
        (ManagedAddOnsRequest(metrics_server=False, pod_network="flannel"), ["CoreDNS", "Flannel", "KubeProxy"]),
        (ManagedAddOnsRequest(metrics_server=False, cert_manager=True), ["CertManager", "CoreDNS", "KubeProxy", "OciVcnIpNative"]),
        (ManagedAddOnsRequest(), ["CertManager", "CoreDNS", "KubeProxy", "KubernetesMetricsServer", "OciVcnIpNative"]),
        (ManagedAddOnsRequest(metrics_server=False, nvidia_gpus=True), ["CoreDNS", "KubeProxy", "NvidiaGpuPlugin", "OciVcnIpNative"]),
        (
            ManagedAddOnsRequest(metrics_server=False, nvidia_gpus=True, device_plugin="operator"),
            ["CoreDNS", "KubeProxy", "OciVcnIpNative"],
        ),
        (ManagedAddOnsRequest(metrics_server=False, amd_gpus=True), ["AmdGpuPlugin", "CoreDNS", "KubeProxy", "OciVcnIpNative"]),
        (
            # The GPU Operator is NVIDIA's: AMD's plugin stays OKE's.
            ManagedAddOnsRequest(metrics_server=False, amd_gpus=True, nvidia_gpus=True, device_plugin="operator"),
            ["AmdGpuPlugin", "CoreDNS", "KubeProxy", "OciVcnIpNative"],
        ),
        (
            ManagedAddOnsRequest(metrics_server=False, amd_gpus=True, nvidia_gpus=True),
            ["AmdGpuPlugin", "CoreDNS", "KubeProxy", "NvidiaGpuPlugin", "OciVcnIpNative"],
        ),
    ],
)
def test_a_cluster_gets_what_it_needs_and_what_was_asked(spec: ManagedAddOnsRequest, expected: list[str]) -> None:
    assert names(spec) == expected


def test_cert_manager_stands_before_what_needs_it() -> None:
    made = {addon.name: addon.after for addon in plan(ManagedAddOnsRequest(nvidia_gpus=True))}
    assert next(iter(made)) == "CertManager"
    assert {name: after for name, after in made.items() if after} == {"KubernetesMetricsServer": ("CertManager",)}


def test_what_the_add_ons_bring_is_not_installed_again() -> None:
    made = plan(ManagedAddOnsRequest(nvidia_gpus=True))
    assert provided(made) == {"cert-manager", "metrics-server", "nvidia-device-plugin"}
    assert provided(plan(ManagedAddOnsRequest(metrics_server=False, nvidia_gpus=True, device_plugin="operator"))) == frozenset()
    assert provided(plan(ManagedAddOnsRequest(metrics_server=False, amd_gpus=True))) == {"amd-device-plugin"}


def test_what_is_handed_over_leaves_nothing_behind_and_what_the_cluster_needs_stays() -> None:
    made = {addon.name: addon for addon in plan(ManagedAddOnsRequest(cert_manager=True, nvidia_gpus=True, amd_gpus=True))}
    assert {name for name, addon in made.items() if addon.essential} == {"CoreDNS", "KubeProxy", "OciVcnIpNative"}
    assert {name for name, addon in made.items() if addon.taken_over and not addon.essential} == {"NvidiaGpuPlugin", "AmdGpuPlugin"}


def test_settings_of_an_add_on_that_is_not_there_are_refused() -> None:
    spec = ManagedAddOnsRequest(
        metrics_server=False, versions={"CertManager": "v1.20.2"}, configurations={"NvidiaGpuPlugin": {"migStrategy": "mixed"}}
    )
    with pytest.raises(ManagedAddOnPlanError) as error:
        plan(spec)
    assert [str(problem) for problem in error.value.problems] == [
        "okeAddons.versions.CertManager: the add-on is not installed; installed are CoreDNS, KubeProxy, OciVcnIpNative",
        "okeAddons.configurations.NvidiaGpuPlugin: the add-on is not installed; installed are CoreDNS, KubeProxy, OciVcnIpNative",
    ]


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_add_ons_wait_for_nodes_and_go_with_the_cluster(sent: Sent) -> pulumi.Output[None]:
    cluster = oci.containerengine.Cluster("cluster", compartment_id="c", kubernetes_version="v1.34.2", vcn_id="v")
    pool = oci.containerengine.NodePool("pool-system", cluster_id="c", compartment_id="c", node_shape="VM.Standard.E5.Flex")
    spec = ManagedAddOnsRequest(
        nvidia_gpus=True,
        versions={"NvidiaGpuPlugin": "v0.18.1"},
        configurations={"NvidiaGpuPlugin": {"migStrategy": "mixed", "failOnInitError": "false"}},
    )
    made = ManagedAddOns("addons", ManagedAddOnsArgs(cluster=cluster, plans=plan(spec), after=[pool]))

    def check(_: object) -> None:
        core, plugin = sent["addons-core-dns"], sent["addons-nvidia-gpu-plugin"]
        assert MessageToDict(core.object) == {
            "addonName": "CoreDNS",
            "clusterId": "cluster-id",
            "overrideExisting": True,
            "removeAddonResourcesOnDelete": False,
        }
        assert core.deletedWith.endswith("::cluster")
        assert (core.customTimeouts.create, core.customTimeouts.update, core.customTimeouts.delete) == ("30m", "30m", "30m")
        assert MessageToDict(plugin.object) == {
            "addonName": "NvidiaGpuPlugin",
            "clusterId": "cluster-id",
            "version": "v0.18.1",
            "configurations": [{"key": "failOnInitError", "value": "false"}, {"key": "migStrategy", "value": "mixed"}],
            "overrideExisting": True,
            "removeAddonResourcesOnDelete": True,
        }
        metrics = sent["addons-kubernetes-metrics-server"]
        waits = sorted(urn.rsplit("::", 1)[1] for urn in metrics.dependencies)
        assert waits == ["addons-cert-manager", "cluster", "pool-system"]
        assert MessageToDict(metrics.object)["overrideExisting"] is False
        assert MessageToDict(metrics.object)["removeAddonResourcesOnDelete"] is True

    return pulumi.Output.all(*[addon.urn for addon in made.resources.by_name.values()]).apply(check)
