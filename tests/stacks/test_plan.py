"""Planners refuse what cannot be, all of it at once, before an engine starts."""

import copy
from pathlib import Path
from typing import Any

import pytest

from stacks.config import StackFileError, load, parse
from stacks.config.load import document
from stacks.plan import PlatformPlan, plan
from testkit.stack_files import STACK_FILES

ROOT = Path(__file__).resolve().parents[2]
DEV = document(ROOT / "Pulumi.dev.yaml")


def changed(**changes: Any) -> dict[str, Any]:
    """dev with the values at the given paths (`__` for the dot) set, or removed where they are `...`."""
    stack = copy.deepcopy(DEV)
    for path, value in changes.items():
        section = stack
        *above, key = path.split("__")
        for part in above:
            section = section.setdefault(part, {})
        if value is ...:
            del section[key]
        else:
            section[key] = value
    return stack


def refusals(stack: dict[str, Any]) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        plan(parse(stack))
    return [str(problem) for problem in refusal.value.problems]


def planned(stack: dict[str, Any]) -> PlatformPlan:
    return plan(parse(stack))


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.name)
def test_every_stack_file_of_the_project_has_a_plan(file: Path) -> None:
    assert plan(load(file)).stack.name


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cluster__region": "mars-1"}, "cluster.region: 'mars-1' is not a region known here"),
        ({"cluster__kubernetesVersion": "v1.99.0"}, "cluster.kubernetesVersion: "),
        ({"cluster__nodePools__a10__shape": "VM.GPU.A11.1"}, "cluster.nodePools.a10.shape: 'VM.GPU.A11.1'"),
        ({"cluster__nodePools__a10__preemptible": True}, "cluster.nodePools.a10.preemptible: "),
        ({"cluster__nodePools__a10__availabilityDomains": [1, 3], "cluster__region": "eu-amsterdam-1"}, "cluster.nodePools.a10.avail"),
        ({"cluster__nodePools__a10__maxSize": 0, "cluster__nodePools__a10__minSize": 0}, "cluster.nodePools.a10.maxSize: "),
        ({"cluster__nodePools__a10__minSize": 5}, "cluster.nodePools.a10.m"),
        ({"cluster__nodePools__system__size": 0}, "cluster.nodePools: has no pool that system pods can live on"),
        ({"cluster__nodePools__system__ocpus": ...}, "cluster.nodePools.system.ocpus: "),
        (
            {"cluster__nodePools__a10__image": {"id": "ocid1.image.oc1..a", "name": "Oracle-Linux-8.10-2026.08.31-0-OKE-1.34.2-1311"}},
            "cluster.nodePools.a10.image",
        ),
        ({"cluster__nodePools__a10__image": {"imported": "nothing"}}, "cluster.nodePools.a10.image"),
        ({"cluster__nodePools__a10__maxSize": 500}, "cluster.network.subnets.pods.prefix: the pools need "),
        ({"cluster__network__servicesCidr": "10.20.128.0/18"}, "cluster.network.servicesCidr: 10.20.128.0/18 overlaps the VCN"),
        ({"cluster__network__subnets": {"pods": {"cidr": "10.30.0.0/18"}}}, "cluster.network.subnets.pods.cidr: 10.30.0.0/18 is outside"),
        (
            {"cluster__network__subnets": {"pods": {"cidr": "10.20.0.0/18"}, "workers": {"cidr": "10.20.16.0/20"}}},
            "cluster.network.subnets.workers.cidr: 10.20.16.0/20 overlaps",
        ),
        (
            {"cluster__endpoint": {"public": True, "allowedCidrs": ["0.0.0.0/0"]}},
            "cluster.endpoint.allowedCidrs: ",
        ),
        ({"cluster__endpoint": {"public": True}}, "cluster.endpoint.allowedCidrs: "),
        ({"cluster__bastion__allowedCidrs": ["0.0.0.0/0"]}, "cluster.bastion.allowedCidrs: "),
        ({"cluster__bastion__nodes": True}, "cluster.bastion.nodes: is true, but no pool has an sshPublicKey"),
        ({"cluster__network__vcnId": "ocid1.vcn.oc1.fra.theirs"}, "cluster.network.subnets.workers.id: is missing, but nothing is made"),
        ({"cluster__bastion__enabled": False}, "cluster.kubeconfig.endpoint: is 'tunnel', but bastion.enabled is false"),
        ({"cluster__kubeconfig__endpoint": "public"}, "cluster.kubeconfig.endpoint: is 'public', but endpoint.public is false"),
        ({"cluster__auth": {"method": "InstancePrincipal", "profile": "X"}}, "cluster.auth.profile: 'X' is not used by InstancePrincipal"),
        ({"cluster__storage__fileStorage": {"enabled": True, "availabilityDomain": 2}, "cluster__region": "eu-amsterdam-1"},
         "cluster.storage.fileStorage.availabilityDomain: is 2, but eu-amsterdam-1 has 1 availability domain"),
        ({"tags": {f"tag{number}": "x" for number in range(9)}}, "tags: has 9 tags, but at most"),
        ({"cluster__nodePools__a10__subnetId": "ocid1.subnet.oc1.eu-frankfurt-1.a", "cluster__storage__fileStorage": {"enabled": True}},
         "cluster.nodePools.a10.subnetId: is given beside storage.fileStorage.enabled, which reaches nodes in network.subnets.workers"),
        ({"cluster__nodePools__a10__subnetId": "ocid1.subnet.oc1.uk-london-1.a"},
         "cluster.nodePools.a10.subnetId: is of the region uk-london-1, but the cluster is in eu-frankfurt-1"),
        ({"cluster__nodePools__a10__nsgIds": ["ocid1.networksecuritygroup.oc2.eu-frankfurt-1.a"]},
         "cluster.nodePools.a10.nsgIds.0: is of the realm oc2, but the tenancy is of oc1"),
        ({"cluster__network__extraRules": [{"name": "a", "group": "workers", "direction": "ingress", "protocol": "tcp", "port": 22,
                                            "peerCidr": "0.0.0.0/0", "reason": "x"}]},
         "cluster.network.extraRules.0.peerCidr: 0.0.0.0/0 would let the internet in"),
        ({"cluster__network__loadBalancers": {"public": True, "ports": [443, 6443]}},
         "cluster.network.loadBalancers.ports.1: 6443 is a port of nodes or of the Kubernetes API"),
        ({"definedTags": {"CostCenter": "42"}}, "definedTags.CostCenter: 'CostCenter' is no defined tag; write Namespace.Key"),
        ({"ignoreDefinedTags": ["Finance"]}, "ignoreDefinedTags.0: 'Finance' is no defined tag; "),
        ({"guardrails": ...}, "guardrails: is missing, but `layers` has guardrails"),
        ({"layers": ["cluster"]}, "guardrails: is given, but `layers` has no guardrails"),
        ({"guardrails__compartmentPath": ...}, "guardrails.compartmentPath: is missing, but quotas name the compartment by its path"),
        ({"spend__gpus": {"A11": 1}}, "spend.gpus.A11: 'A11' is no GPU model of the catalogue; known: "),
        ({"spend__gpus": {"L40S": 4}}, "spend.gpus.L40S: Oracle publishes no quota name for L40S"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(changes: dict[str, Any], message: str) -> None:
    found = refusals(changed(**changes))
    assert any(problem.startswith(message) for problem in found), found


def test_planners_say_their_problems_together() -> None:
    found = refusals(
        changed(
            cluster__region="mars-1",
            cluster__nodePools__a10__shape="VM.GPU.A11.1",
            cluster__bastion__allowedCidrs=["0.0.0.0/0"],
            cluster__network__servicesCidr="10.20.0.0/16",
            tags={"a.b": "c"},
        )
    )
    sections = {problem.split(": ")[0] for problem in found}
    assert {
        "cluster.region", "cluster.nodePools.a10.shape", "cluster.bastion.allowedCidrs", "cluster.network.servicesCidr", "tags.a.b"
    } <= sections  # fmt: skip


def test_a_cap_is_dealt_to_the_domains_that_its_pools_use() -> None:
    (cap,) = planned(DEV).caps
    assert (cap.quota, cap.gpus, cap.domains) == ("gpu-a10-count", 2, (1,))


def test_one_machine_needs_no_cloud() -> None:
    decided = plan(load(ROOT / "examples/Pulumi.rtx4060.yaml"))
    assert decided.oke is None
    assert [(pool.gpu_model, pool.gpu_memory_gib) for pool in decided.context.pools] == [("RTX 4060", 8)]


def test_an_unknown_gpu_needs_its_facts() -> None:
    stack = document(ROOT / "examples/Pulumi.rtx4060.yaml")
    stack["cluster"]["nodePools"]["workstation"]["gpuModel"] = "RTX 9999"
    (problem,) = refusals(stack)
    assert problem.startswith("cluster.nodePools.workstation.gpuModel: 'RTX 9999' is not a model known here")


def test_guardrails_need_a_cluster_on_oke() -> None:
    stack = document(ROOT / "examples/Pulumi.rtx4060.yaml")
    (problem,) = refusals({**stack, "addons": {}, "layers": ["guardrails"], "guardrails": {"recipients": ["a@example.com"]}})
    assert problem.startswith("layers: has guardrails, which cap an OKE cluster")


NO_EGRESS = {**DEV, "cluster": {**DEV["cluster"], "network": {**DEV["cluster"]["network"], "internetEgress": False}}}
OFF = {"enabled": False}


def test_images_that_no_node_can_pull_are_refused_with_the_add_ons_that_want_them() -> None:
    (told,) = refusals(NO_EGRESS)
    assert told.startswith("cluster.network.internetEgress: is false, but no node reaches the registries of the images of ")
    assert "gpu-operator" in told
    assert "prometheus-operator-crds" not in told  # it runs nothing


def test_without_the_internet_add_ons_are_off_or_have_a_registry_of_their_own() -> None:
    off = dict.fromkeys(("gpuOperator", "monitoring", "kserve"), OFF)
    discovery = {"values": {"image": {"repository": "fra.ocir.io/acme/nfd/node-feature-discovery"}}}
    assert plan(parse({**NO_EGRESS, "addons": {**off, "nodeFeatureDiscovery": discovery}})).addons.plans
    (told,) = refusals({**NO_EGRESS, "addons": {**off, "nodeFeatureDiscovery": {"values": {"worker": {"hostNetwork": False}}}}})
    assert "the images of node-feature-discovery;" in told


def test_a_pool_that_lags_behind_is_left_to_oracle() -> None:
    """Its nodes run: whether there still are images for new ones, the cloud says (tests/rehearsal/test_images.py)."""
    pools = {**DEV["cluster"]["nodePools"], "a10": {**DEV["cluster"]["nodePools"]["a10"], "kubernetesVersion": "v1.32.1"}}
    assert plan(parse({**DEV, "cluster": {**DEV["cluster"], "nodePools": pools}})).oke


def test_an_image_of_another_region_is_refused_where_it_is_written() -> None:
    image = {"id": "ocid1.image.oc1.iad.a", "name": "Oracle-Linux-8.10-Gen2-GPU-2026.08.31-0-OKE-1.34.2-1311"}
    pools = {**DEV["cluster"]["nodePools"], "a10": {**DEV["cluster"]["nodePools"]["a10"], "image": image}}
    (told,) = refusals({**DEV, "cluster": {**DEV["cluster"], "nodePools": pools}})
    assert told.startswith("cluster.nodePools.a10.image.id: is of the region us-ashburn-1, but the cluster is in eu-frankfurt-1")
