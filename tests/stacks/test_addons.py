"""The addons section says which add-ons there are and how, and is refused with its place."""

from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi.runtime import MockResourceArgs

from components.framework.addon import AddOnType, section_key
from components.framework.carrier import install
from components.gpu.operator.section import GpuOperator, Mig, Sharing
from components.registry import KINDS
from infra.facts import ClusterFacts
from stacks.config import StackFileError, load, parse
from stacks.config.addons import PlatformAddOns
from stacks.config.load import document
from stacks.plan import PlatformPlan, plan

ROOT = Path(__file__).resolve().parents[2]
DEV, PROD = document(ROOT / "Pulumi.dev.yaml"), document(ROOT / "Pulumi.prod.yaml")
WORKSTATION = document(ROOT / "examples/Pulumi.rtx4060.yaml")


def planned(stack: dict[str, Any], **sections: Any) -> PlatformPlan:
    return plan(parse({**stack, "addons": sections}))


def refusals(stack: dict[str, Any], **sections: Any) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        planned(stack, **sections)
    return [str(problem) for problem in refusal.value.problems]


def own_plugin(stack: dict[str, Any]) -> dict[str, Any]:
    """The stack with the GPU Operator as owner of the device plugin."""
    return {**stack, "cluster": {**stack["cluster"], "devicePlugin": "operator"}}


def test_every_section_is_an_add_ons_own() -> None:
    fields = {name: field.annotation for name, field in PlatformAddOns.model_fields.items()}
    assert fields == {kind.key.replace("-", "_"): kind.Section for kind in KINDS.values()}


def test_every_add_on_says_what_it_is_for() -> None:
    for kind in KINDS.values():
        assert PlatformAddOns.model_fields[kind.key.replace("-", "_")].description == kind.about
        assert kind.about.endswith(".")


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_a_section_that_says_nothing_is_valid(kind: AddOnType) -> None:
    assert kind.Section() == kind.Section(values={})


EXISTING: dict[str, Any] = {"name": "lab", "cluster": {"backend": "existing", "context": "lab", "nodePools": {"desk": {}}}}


def test_a_cluster_may_bring_what_an_add_on_says_it_may() -> None:
    names = {name for kind in KINDS.values() for name in kind.provided} | {"metrics-server"}
    stack = planned({**EXISTING, "cluster": {**EXISTING["cluster"], "provided": sorted(names)}})
    assert stack.context.provided == names
    assert not names & set(stack.addons.chosen)


def test_a_cluster_brings_nothing_else() -> None:
    with pytest.raises(StackFileError) as refusal:
        planned({**EXISTING, "cluster": {**EXISTING["cluster"], "provided": ["cert-manger", "monitoring"]}})
    names = (*(name for kind in KINDS.values() for name in kind.provided), "metrics-server")
    choices = ", ".join(map(repr, names))
    assert [str(problem) for problem in refusal.value.problems] == [
        f"cluster.provided.0: 'cert-manger' is not allowed; choose one of {choices}",
        f"cluster.provided.1: 'monitoring' is not allowed; choose one of {choices}",
    ]


def test_nothing_is_installed_twice_on_oke() -> None:
    """OKE's metrics server brings OKE's cert-manager, so the chart stays out."""
    decided = planned(DEV)
    assert "cert-manager" in decided.context.provided
    assert "cert-manager" not in decided.addons.chosen
    assert {"node-feature-discovery", "gpu-operator"} <= set(decided.addons.chosen)


def test_one_machine_gets_all_of_it() -> None:
    chosen = plan(load(ROOT / "examples/Pulumi.rtx4060.yaml")).addons.chosen
    assert {"cert-manager", "node-feature-discovery", "gpu-operator"} <= set(chosen)


def test_a_cluster_without_gpus_gets_nothing_for_them() -> None:
    stack = {**DEV, "cluster": {**DEV["cluster"], "nodePools": {"system": DEV["cluster"]["nodePools"]["system"]}}, "spend": {}}
    assert not {"node-feature-discovery", "gpu-operator"} & set(planned(stack).addons.chosen)


def test_guardrails_alone_install_nothing() -> None:
    assert plan(load(ROOT / "examples/Pulumi.guardrails.yaml")).addons.chosen == {}


def test_an_add_on_can_be_turned_off() -> None:
    assert "gpu-operator" not in planned(DEV, gpuOperator={"enabled": False}).addons.chosen


def test_options_reach_the_add_on_as_they_are_typed() -> None:
    sections = {
        "sharing": {"a10": {"mode": "mps", "replicas": 2}},
        "values": {"operator": {"logging": {"level": "debug"}}},
    }
    assert planned(own_plugin(DEV), gpuOperator=sections).addons.sections["gpu-operator"] == GpuOperator(
        sharing={"a10": Sharing(mode="mps", replicas=2)}, values={"operator": {"logging": {"level": "debug"}}}
    )


def test_partitions_reach_the_nodes_as_labels_at_birth() -> None:
    stack = own_plugin(PROD)
    h100 = {**stack["cluster"]["nodePools"]["h100"], "minSize": 1, "maxSize": 1}
    stack["cluster"] = {**stack["cluster"], "nodePools": {**stack["cluster"]["nodePools"], "h100": h100}}
    partitions = {"h100": {"perGpu": {"3g.40gb": 1, "2g.20gb": 2}}}
    decided = planned(stack, gpuOperator={"mig": partitions, "sharing": {"a10": {"mode": "time-slicing", "replicas": 4}}})
    assert decided.addons.sections["gpu-operator"] == GpuOperator(
        mig={"h100": Mig(per_gpu={"3g.40gb": 1, "2g.20gb": 2})}, sharing={"a10": Sharing(mode="time-slicing", replicas=4)}
    )
    labels = {pool.name: pool.labels for pool in decided.context.pools}
    assert labels["h100-ad1"]["nvidia.com/mig.config"] == "h100"
    assert labels["a10-ad2"]["nvidia.com/device-plugin.config"] == "time-slicing-4"
    assert labels["a10-ad2"]["nvidia.com/gpu.product"] == "NVIDIA-A10-SHARED"
    assert "nvidia.com/mig.config" not in labels["l40s-ad1"]


def test_labels_go_when_the_operator_does() -> None:
    shared = {"enabled": False, "sharing": {"a10": {"mode": "time-slicing", "replicas": 4}}}
    labels = [pool.labels for pool in planned(own_plugin(DEV), gpuOperator=shared).context.gpu_pools]
    assert not any("nvidia.com/device-plugin.config" in each for each in labels)


@pytest.mark.parametrize(
    ("stack", "sections", "messages"),
    [
        (DEV, {"certManager": {"enabled": True}}, ["addons.certManager: cert-manager is there already, brought by the cluster"]),
        (
            DEV,
            {"nodeFeatureDiscovery": {"enabled": False}},
            ["addons.gpuOperator: gpu-operator requires node-feature-discovery, which is not enabled; "
             "set addons.nodeFeatureDiscovery.enabled to true, or turn gpu-operator off"],
        ),
        (DEV, {"gpuOperator": {"devicePlugin": "operator"}}, ["addons.gpuOperator.devicePlugin: is operator, but the cluster runs "]),
        (
            own_plugin(DEV),
            {"gpuOperator": {"mig": {"a10": {"perGpu": {"1g.5gb": 1}}}}},
            ["addons.gpuOperator.mig.a10: A10 has no MIG; share it under `sharing` instead"],
        ),
        (
            own_plugin(PROD),
            {"gpuOperator": {"mig": {"h100": {"perGpu": {"4g.40gb": 2}}}}},
            ["addons.gpuOperator.mig.h100.perGpu: 4g.40gb x2 does not fit on one H100: it takes 8 compute slices of 7. "
             "The most of it that fits is 4g.40gb x1",
             "addons.gpuOperator.mig.h100: the pool has 0 to 2 nodes, but the autoscaler makes none for slices"],
        ),
        (
            DEV,
            {"gpuOperator": {"values": {"dcgmExporter": {"enabeld": True}}}},
            ["addons.gpuOperator.values.dcgmExporter.enabeld: unknown key, which gpu-operator v26.7.0 would ignore; did you mean enabled"],
        ),
        (DEV, {"kserve": {"idleMinutes": 5}}, ["addons.kserve.idleMinutes: unknown key; it is a setting of addons.gpuOperator; allowed: "]),
        (DEV, {"ociOnm": {"replicas": 2}}, ["addons.ociOnm.replicas: unknown key; it is a setting of addons.certManager and "]),
        (
            WORKSTATION,
            {"certManager": {"replicas": 0}, "gpuOperator": {"sharing": {"workstation": {"mode": "mps", "replicas": 1}}}},
            ["addons.certManager.replicas: is 0, but must be at least 1",
             "addons.gpuOperator.sharing.workstation.replicas: is 1, but must be at least 2"],
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(stack: dict[str, Any], sections: dict[str, Any], messages: list[str]) -> None:
    found = refusals(stack, **sections)
    assert len(found) == len(messages), found
    for problem, message in zip(found, messages, strict=True):
        assert problem.startswith(message)


def test_add_ons_are_checked_beside_everything_else() -> None:
    found = refusals({**DEV, "tags": {"a.b": "c"}}, certManager={"enabled": True})
    assert {problem.split(": ")[0] for problem in found} == {"tags.a.b", "addons.certManager"}


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_what_is_planned_is_declared_each_chart_in_its_namespace(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    decided = plan(parse(WORKSTATION))
    provider = k8s.Provider("kubernetes", kubeconfig="{}")
    facts = ClusterFacts(provider=provider, cluster=None, cluster_identifier="c")
    installed = install(decided.addons, facts)

    def verify(_: object) -> None:
        for key in ("cert-manager", "node-feature-discovery", "gpu-operator"):
            assert made[key].inputs["namespace"] == made[f"{key}-namespace"].inputs["metadata"]["name"]
            assert made[key].inputs["version"] == installed[key].charts[-1].version

    return pulumi.Output.all(*(leaf.urn for found in installed.values() for leaf in found.dependencies)).apply(verify)


def test_monitoring_knows_what_a_node_of_each_pool_costs() -> None:
    rules = {each.id: each.document for each in planned(DEV).addons.plans["monitoring"].objects}["rules-costs"]
    recorded = [rule for group in rules["spec"]["groups"] for rule in group["rules"]]
    priced = {rule["labels"]["pool"] for rule in recorded if rule.get("record") == "gpu_platform:node_usd_per_hour"}
    assert priced == set(DEV["cluster"]["nodePools"])
    assert any(str(DEV["spend"]["monthlyUsd"]) in rule["expr"] for rule in recorded if "alert" in rule)


def test_one_switch_sends_logs_and_lets_the_nodes_do_so() -> None:
    silent, sends = planned(DEV), planned(DEV, ociOnm={"enabled": True})
    assert "oci-onm" not in silent.addons.chosen
    assert "oci-onm" in sends.addons.chosen
    assert silent.oke is not None
    assert sends.oke is not None
    assert (silent.oke.needs.logs_tenancy_id, sends.oke.needs.logs_tenancy_id) == (None, DEV["cluster"]["tenancyId"])


TARGET = {"namespace": "n", "logGroupId": "ocid1.loganalyticsloggroup.oc1..g", "entityId": "ocid1.loganalyticsentity.oc1..e",
          "clusterId": "ocid1.cluster.oc1..c", "clusterName": "gpu"}  # fmt: skip


def test_logs_that_go_to_a_group_of_ones_own_get_no_rights_from_this_stack() -> None:
    decided = planned(DEV, ociOnm={"enabled": True, "target": TARGET})
    assert decided.oke is not None
    assert decided.oke.needs.logs_tenancy_id is None


def test_on_a_cluster_that_exists_logs_go_where_the_stack_file_says() -> None:
    (problem,) = refusals(WORKSTATION, ociOnm={"enabled": True})
    assert problem == "addons.ociOnm.target: is missing; say which log group and entity of Log Analytics the logs go to"
    assert "oci-onm" in planned(WORKSTATION, ociOnm={"enabled": True, "target": TARGET}).addons.chosen


def test_a_service_monitor_without_its_definition_is_refused() -> None:
    (problem,) = refusals(DEV, prometheusOperatorCrds={"enabled": False})
    assert problem == (
        "addons.monitoring: monitoring requires prometheus-operator-crds, which is not enabled; "
        "set addons.prometheusOperatorCrds.enabled to true, or turn monitoring off"
    )


WITHOUT_GPUS = {**DEV, "cluster": {**DEV["cluster"], "nodePools": {"system": DEV["cluster"]["nodePools"]["system"]}}}
GUARDRAILS_ALONE = {**DEV, "layers": ["guardrails"]}
MODEL = {"source": "hf://a/b", "parametersBillion": 1}


@pytest.mark.parametrize(
    ("stack", "sections", "messages"),
    [
        (DEV, {"kueue": {"replicas": 1}}, ["addons.kueue.replicas: is set, but kueue is not installed here, because who waits for whom"]),
        (DEV, {"queues": {"cohorts": {}}}, ["addons.queues.cohorts: is set, but queues is not installed here, because who shares what"]),
        (DEV, {"keda": {"replicas": 3}}, ["addons.keda.replicas: is set, but keda is not installed here, because a second server"]),
        (
            DEV,
            {"certManager": {"values": {"replicaCount": 2}, "replicas": 2}},
            ["addons.certManager.replicas: is set, but cert-manager is not installed here, because the cluster brings its own; take it",
             "addons.certManager.values: is set, but cert-manager is not installed here"],
        ),
        (WITHOUT_GPUS, {"kserve": {"models": {"m": MODEL}}}, ["addons.kserve.models: is set, but kserve is not installed here"]),
        (WITHOUT_GPUS, {"gpuOperator": {"idleMinutes": 5}}, ["addons.gpuOperator.idleMinutes: is set, but gpu-operator is not installed"]),
        (
            WORKSTATION,
            {"ociOnm": {"target": TARGET}},
            ["addons.ociOnm.target: is set, but oci-onm is not installed here, because Log Analytics costs money"],
        ),
        (GUARDRAILS_ALONE, {"monitoring": {"retentionDays": 3}}, ["addons.monitoring.retentionDays: is set, but `layers` has no cluster"]),
        (GUARDRAILS_ALONE, {"keda": {"enabled": True}}, ["addons.keda: keda is on, but `layers` has no cluster"]),
        (
            DEV,
            {"gpuOperator": {"enabled": False}, "kserve": {"enabled": False}, "monitoring": {"idleMinutes": 45}},
            ["addons.monitoring.idleMinutes: is set, but gpu-operator is turned off; take it out"],
        ),
        (
            WITHOUT_GPUS,
            {"monitoring": {"hardwareXids": [79]}},
            ["addons.monitoring.hardwareXids: is set, but gpu-operator is not installed here, because no pool has NVIDIA's GPUs; set"],
        ),
    ],
)  # fmt: skip
def test_settings_of_an_add_on_that_is_not_installed_are_refused(
    stack: dict[str, Any], sections: dict[str, Any], messages: list[str]
) -> None:
    found = refusals(stack, **sections)
    assert len(found) == len(messages)
    for problem, message in zip(found, messages, strict=True):
        assert problem.startswith(message)


@pytest.mark.parametrize("stack", [DEV, WITHOUT_GPUS, GUARDRAILS_ALONE], ids=["dev", "without GPUs", "guardrails alone"])
def test_what_is_turned_off_by_name_keeps_its_settings(stack: dict[str, Any]) -> None:
    off = {"enabled": False}
    given = {"keda": {**off, "replicas": 3}, "gpuOperator": {**off, "idleMinutes": 5}, "kserve": {**off, "models": {"m": MODEL}}}
    assert planned(stack, **given).addons.chosen.keys().isdisjoint({"keda", "gpu-operator", "kserve"})


def test_what_is_turned_off_by_name_is_named_with_what_it_keeps() -> None:
    off = {"enabled": False}
    found = planned(DEV, keda={**off, "replicas": 3, "values": {"asciiArt": False}}, gpuOperator={**off, "idleMinutes": 5}, kserve=off)
    assert found.notices == (
        "not read: addons.gpuOperator is turned off, so its idleMinutes has no effect until it is on",
        "not read: addons.keda is turned off, so its replicas, values have no effect until it is on",
    )


def test_overrides_of_what_is_turned_off_are_of_its_chart() -> None:
    (found,) = refusals(DEV, keda={"enabled": False, "values": {"operatr": {"replicaCount": 3}}})
    assert found.startswith("addons.keda.values.operatr: unknown key, which keda 2.20.2 would ignore; did you mean operator?")
    (found,) = refusals(DEV, keda={"enabled": False, "values": {"watchNamespace": "research"}})
    assert found.startswith("addons.keda.values.watchNamespace: is 'research', but nothing would be scaled in any other namespace")
    (found,) = refusals(DEV, kserve={"enabled": False, "values": {"kserve": {}}})
    assert found.startswith("addons.kserve.values.kserve: kserve has no release kserve; ")


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_every_setting_of_every_add_on_is_read_or_refused_where_there_is_no_cluster(kind: AddOnType) -> None:
    """The class, not the examples: a section of its defaults, each of them given."""
    given = kind.Section().model_dump(mode="json", by_alias=True, exclude={"enabled"})
    name = section_key(kind.key)
    told = refusals(GUARDRAILS_ALONE, **{name: given})
    assert {problem.partition(":")[0] for problem in told} == {f"addons.{name}.{key}" for key in given}
