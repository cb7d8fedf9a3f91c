"""Node Feature Discovery tells GPUs by vendor, on the nodes that have them, and is there once."""

import json
from collections.abc import Callable

import pytest

from components.framework.compose import AddOnError, resolve
from components.framework.schema import unknown_keys
from components.gpu.node_feature_discovery.addon import NodeFeatureDiscoveryAddOn
from components.gpu.node_feature_discovery.chart import NODE_FEATURE_DISCOVERY
from components.gpu.node_feature_discovery.values import values
from infra.facts import ClusterContext, Pool, Taint

GPU_POOL = Pool(name="a10", min_nodes=0, max_nodes=1, gpus_per_node=1, gpu_model="A10", taints=(Taint(key="nvidia.com/gpu"),))
GROUND = ClusterContext(pools=(GPU_POOL,))


def test_values_are_as_they_were_reviewed(golden: Callable[[str, str], None]) -> None:
    golden("values/node-feature-discovery.json", json.dumps(values(GROUND), indent=1) + "\n")


def test_the_chart_knows_every_value() -> None:
    assert unknown_keys(NODE_FEATURE_DISCOVERY, values(GROUND)) == ()


def test_the_label_is_the_one_the_gpu_operator_looks_for() -> None:
    """feature.node.kubernetes.io/pci-10de.present: no device class in it, which `deviceLabelFields` would add."""
    pci = values(GROUND)["worker"]["config"]["sources"]["pci"]
    assert pci["deviceLabelFields"] == ["vendor"]
    assert "0302" in pci["deviceClassWhitelist"]


def test_its_workers_run_on_gpu_nodes() -> None:
    (toleration,) = values(GROUND)["worker"]["tolerations"]
    assert toleration == {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}


def test_it_is_wanted_with_gpus_and_where_nobody_brings_it() -> None:
    assert NodeFeatureDiscoveryAddOn.wanted(GROUND)
    assert not NodeFeatureDiscoveryAddOn.wanted(ClusterContext())
    assert not NodeFeatureDiscoveryAddOn.wanted(ClusterContext(pools=(GPU_POOL,), provided=frozenset({"node-feature-discovery"})))


def test_a_second_one_is_refused() -> None:
    with pytest.raises(AddOnError, match="nodeFeatureDiscovery: node-feature-discovery is there already, brought by the cluster"):
        resolve({"node-feature-discovery": NodeFeatureDiscoveryAddOn}, frozenset({"node-feature-discovery"}))
