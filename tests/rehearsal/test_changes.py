"""The changes people make, and what Oracle's provider would do to each resource: in place or replaced, and by which property."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from platformctl.comparing import FAILS, compared, tried
from platformctl.engine import stackfile
from platformctl.engine.losses import judged
from platformctl.engine.plan import Plan
from platformctl.engine.session import Session
from simulator.simulated_state import SimulatedState
from tests.rehearsal.conftest import FILES, ROOT

TODAY = date(2026, 11, 28)
After = Callable[[str, dict[str, Any]], Plan]


def reported(plan: Plan) -> dict[str, str]:
    """Operations by name, the stack and what stays the same left out."""
    return {resource.name: resource.op for resource in plan.changes if resource.custom}


def test_a_larger_maximum_touches_the_pool_and_the_autoscaler_only(after: After) -> None:
    plan = after("dev", {"cluster.nodePools.a10.maxSize": 4})
    assert reported(plan) == {"pool-a10-ad1": "update", "autoscaler": "update"}


def test_another_gpu_shape_replaces_its_pools_and_says_why(after: After) -> None:
    plan = after("dev", {"cluster.nodePools.a10.shape": "VM.GPU.A10.2"})
    assert reported(plan) == {"pool-a10-ad1": "replace", "autoscaler": "update", "monitoring-rules-costs": "update"}
    (pool,) = [resource for resource in plan.changes if resource.op == "replace"]
    assert pool.replace_keys == ("nodeShape",)


def test_a_new_kubernetes_version_upgrades_in_place(after: After) -> None:
    plan = after("dev", {"cluster.kubernetesVersion": "v1.35.2"})
    changes = reported(plan)
    assert {name for name, op in changes.items() if op == "update"} >= {"cluster", "pool-system", "pool-a10-ad1"}
    assert "replace" not in changes.values()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cluster.kubernetesVersion": "v1.33.1"}, "cluster: Preview failed: 400-InvalidParameter, kubernetesVersion cannot go back from"),
        ({"cluster.kubernetesVersion": "v1.36.1"}, "cluster: Preview failed: 400-InvalidParameter, kubernetesVersion can go up one minor"),
        ({"cluster.nodePools.system.labels": {"team": "ml"}}, "pool-system: Preview failed: 400-InvalidParameter, cycling with BOOT_VOL"),
        ({"cluster.region": "us-ashburn-1"}, "the provider goes from the region eu-frankfurt-1 to us-ashburn-1"),
        ({"guardrails.compartmentPath": "sandbox:nobody"}, "but Oracle calls the cluster's compartment platform:gpu-dev, so quotas would"),
        ({"cluster.network.vcnCidr": "10.30.0.0/16"}, "the blocks 10.30.0.0/16 leave subnets of the VCN outside: network-"),
    ],
)
def test_what_the_cloud_would_refuse_fails_the_preview(after: After, changes: dict[str, Any], said: str) -> None:
    from platformctl.engine.failure import reasons  # noqa: PLC0415
    from platformctl.engine.session import OperationError  # noqa: PLC0415

    with pytest.raises(OperationError) as refusal:
        after("dev", changes)
    assert any(said in reason for reason in reasons(refusal.value)), reasons(refusal.value)


@pytest.mark.parametrize("cycling", ["instance", "off"])
def test_another_way_of_cycling_carries_a_label(after: After, cycling: str) -> None:
    plan = after("dev", {"cluster.nodePools.system.labels": {"team": "ml"}, "cluster.nodePools.system.cycling": cycling})
    assert reported(plan) == {"pool-system": "update"}


def test_another_services_block_replaces_the_cluster_and_all_that_is_in_it(after: After) -> None:
    plan = after("dev", {"cluster.network.servicesCidr": "10.97.0.0/16"})
    changes = reported(plan)
    assert changes["cluster"] == "replace"
    assert changes["pool-system"] == "replace"
    (cluster,) = [resource for resource in plan.changes if resource.name == "cluster" and resource.custom]
    assert [path for path, kind in cluster.diffs.items() if kind.endswith("replace")] == ["options.kubernetesNetworkConfig.servicesCidr"]


def test_a_new_pool_leaves_the_others_alone(after: After) -> None:
    changes = reported(after("dev", {"cluster.nodePools.batch": {"shape": "VM.GPU.A10.1", "minSize": 0, "maxSize": 1}}))
    # The cap on A10s is dealt out over the availability domains that have a pool of them: now all three.
    assert changes.pop("guardrails-gpus") == "update"
    assert changes.pop("monitoring-rules-costs") == "update"  # its price
    assert changes == {"pool-batch-ad1": "create", "pool-batch-ad2": "create", "pool-batch-ad3": "create", "autoscaler": "update"}


def test_a_bastion_comes_without_moving_a_subnet(after: After) -> None:
    changes = reported(after("dev", {"cluster.bastion": {"enabled": False}, "cluster.kubeconfig.endpoint": "private"}))
    assert changes.pop("bastion") == "delete"
    assert all(name.startswith("network-") or name == "kubernetes" for name in changes), changes
    assert [name for name, op in changes.items() if op == "update"] in (["kubernetes"], [])


@pytest.mark.parametrize(
    "changes",
    [
        {"cluster.network.loadBalancers": {"public": True, "allowedCidrs": ["198.51.100.0/24"]}},
        {"cluster.storage.fileStorage.enabled": True},
        {
            "cluster.bastion.nodes": True,
            "cluster.nodePools.system.sshPublicKey": f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'A' * 43}",
        },
    ],
    ids=["public load balancers", "file storage", "logins to nodes"],
)
def test_what_is_added_later_replaces_nothing_that_costs(after: After, changes: dict[str, Any]) -> None:
    ops = reported(after("dev", changes))
    assert "replace" not in ops.values()
    assert "cluster" not in ops


def test_a_protected_cluster_is_not_replaced(after: After) -> None:
    from platformctl.engine.session import OperationError  # noqa: PLC0415

    with pytest.raises(OperationError) as refusal:
        after("prod", {"cluster.network.servicesCidr": "10.97.0.0/16"})
    assert any("protect" in str(error) for error in refusal.value.outcome.log.errors)


@pytest.mark.parametrize(
    ("changes", "where", "said"),
    [
        (
            {"cluster.endpoint": {"public": True, "allowedCidrs": ["198.51.100.0/24"]}},
            "network-endpoint",
            "The requested CIDR 10.20.80.192/28 overlaps the CIDR 10.20.80.192/28 of the subnet network-endpoint",
        ),
    ],
    ids=["a subnet beside the one that it replaces"],
)
def test_what_fails_half_way_is_refused_before(changed: Callable[..., Path], changes: dict[str, Any], where: str, said: str) -> None:
    with Session(ROOT, stackfile.locate(str(FILES["dev"]), ROOT)) as session:
        session.run("up")
        file = stackfile.locate(str(changed("dev", changes)), ROOT)
        session.change(file)
        plan = compared(session, file)
        assert not [violation for violation in plan.violations if violation.policy == FAILS], "no preview knows it"
        found = [violation for violation in tried(session, plan).refusals if violation.policy == FAILS]
    assert [violation.urn.rpartition("::")[2] for violation in found] == [where]
    assert said in found[0].message


def test_a_new_tag_reaches_everything_in_place(after: After) -> None:
    changes = reported(after("guardrails", {"tags": {"team": "ml"}}))
    assert set(changes.values()) == {"update"}


@pytest.mark.parametrize(
    "changes",
    [
        {"cluster.network.servicesCidr": "10.97.0.0/16"},
        {"cluster.network.podNetwork": "flannel"},
        {"cluster.encryption.clusterKeyId": "ocid1.key.oc1.eu-frankfurt-1.v.k"},
        {"name": "gpu-other"},  # the network's DNS label
    ],
    ids=["services", "pods", "key", "name"],
)
def test_a_replaced_cluster_takes_its_objects_along_and_they_come_back(changed: Callable[..., Path], changes: dict[str, Any]) -> None:
    with Session(ROOT, stackfile.locate(str(FILES["dev"]), ROOT)) as session:
        session.run("up")
        before = _objects(session)
        session.change(stackfile.locate(str(changed("dev", changes)), ROOT))
        session.run("up")
        after = _objects(session)
        assert len(before) == len(after) == 1, "one cluster holds all objects"
        assert before.keys() != after.keys(), "another cluster"
        assert set().union(*before.values()) == set().union(*after.values())
        assert not session.preview().changes


def _objects(session: Session) -> dict[str, set[str]]:
    """Names of the objects in each cluster."""
    found: dict[str, set[str]] = {}
    for record in SimulatedState(session.simulated).state.records.values():
        if record.scope:
            found.setdefault(record.scope, set()).add(record.name)
    return found


def test_the_default_subnet_of_load_balancers_cannot_be_taken_away(after: After) -> None:
    """Oracle deletes no subnet that a cluster names, and a cluster keeps those that it was made with."""
    plan = judged(after("dev", {"cluster.network.loadBalancers": {"internal": False}}), (), TODAY)
    assert [(violation.policy, violation.urn.rpartition("::")[2]) for violation in plan.refusals] == [("in-use", "network-internal-lb")]


def test_all_that_the_cloud_refuses_is_reported_at_once(after: After) -> None:
    """The engine stops at the first."""
    from platformctl.engine.failure import reasons  # noqa: PLC0415
    from platformctl.engine.session import OperationError  # noqa: PLC0415

    with pytest.raises(OperationError) as refusal:
        after("dev", {"cluster.kubernetesVersion": "v1.33.1", "cluster.nodePools.a10.labels": {"team": "ml"}})
    said = reasons(refusal.value)
    assert [reason.partition(": Preview failed")[0].rpartition(" ")[2] for reason in said] == ["cluster", "pool-a10-ad1"]
