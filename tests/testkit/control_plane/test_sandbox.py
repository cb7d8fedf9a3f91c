"""The sandbox is the cluster that its stack file speaks of."""

from pathlib import Path

import pytest
import yaml

from infra.facts import Taint
from stacks.config import load
from stacks.config.cluster import ExistingCluster
from testkit.control_plane import sandbox
from testkit.control_plane.cluster import ROOT
from testkit.control_plane.errors import ControlPlaneError


def test_the_stack_file_finds_the_sandbox() -> None:
    cluster = load(sandbox.STACK_FILE).cluster
    assert isinstance(cluster, ExistingCluster)
    assert cluster.context == sandbox.NAME
    assert cluster.kubeconfig is not None
    assert ROOT / cluster.kubeconfig == sandbox.STATE / "kubeconfig"


def test_the_sandbox_has_the_nodes_of_the_stack_file() -> None:
    system, a10 = sandbox.pools_of()
    assert (system.name, system.max_nodes, system.gpus_per_node) == ("system", 1, 0)
    assert (a10.name, a10.max_nodes, a10.gpus_per_node, a10.gpu_model) == ("a10", 2, 1, "A10")
    assert a10.taints == (Taint(key="nvidia.com/gpu"),)
    assert a10.labels["nvidia.com/gpu.product"] == "NVIDIA-A10"


def test_a_stack_file_that_is_wrong_is_said_to_be(tmp_path: Path) -> None:
    wrong = tmp_path / "Pulumi.sandbox.yaml"
    wrong.write_text(sandbox.STACK_FILE.read_text(encoding="utf-8").replace("gpusPerNode: 1", "gpusPerNode: many"))
    with pytest.raises(ControlPlaneError, match=r"Pulumi\.sandbox\.yaml:\d+: cluster\.nodePools\.a10\.gpusPerNode"):
        sandbox.pools_of(wrong)


def test_state_that_nobody_locks_is_no_sandbox(tmp_path: Path) -> None:
    assert sandbox.running(tmp_path) is None
    (tmp_path / "lock").touch()
    assert sandbox.running(tmp_path) is None


def test_the_sandboxs_folder_is_a_project_that_keeps_to_itself(tmp_path: Path) -> None:
    sandbox.found_project(tmp_path, "http://127.0.0.1:8879")
    settings = yaml.safe_load((tmp_path / "Pulumi.yaml").read_text())
    assert settings["main"] == str(ROOT)
    assert settings["backend"] == {"url": f"file://{tmp_path / 'pulumi'}"}
    stack = load(tmp_path / "Pulumi.sandbox.yaml")
    assert stack.charts.mirror == "http://127.0.0.1:8879"
    assert isinstance(stack.cluster, ExistingCluster)
    assert stack.cluster.kubeconfig == str(tmp_path / "kubeconfig")
    assert stack.cluster.node_pools == load(sandbox.STACK_FILE).cluster.node_pools
