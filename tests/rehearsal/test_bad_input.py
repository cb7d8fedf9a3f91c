"""A mistake in a stack file ends the command with one message per mistake, its place, exit code 2, and no traceback."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.serving.kserve.addon import KServeAddOn
from components.serving.kserve.chart import KSERVE_CRD, KSERVE_RESOURCES
from stacks.config import StackFileError, load
from stacks.plan import plan

ROOT = Path(__file__).resolve().parents[2]
Changed = Callable[[str, dict[str, Any]], Path]


def platformctl(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "platformctl", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cluster.nodePools.a10.maxsize": 3}, "cluster.nodePools.a10.maxsize: unknown key; did you mean maxSize?"),
        ({"cluster.nodePools.a10.maxSize": "3"}, "cluster.nodePools.a10.maxSize: is '3', but must be a whole number"),
        ({"cluster.nodePools.a10.shape": "VM.GPU.A11.1"}, "cluster.nodePools.a10.shape: 'VM.GPU.A11.1' is not a shape of the catalogue"),
        ({"cluster.network.servicesCidr": "10.20.0.0/16"}, "cluster.network.servicesCidr: 10.20.0.0/16 overlaps the VCN 10.20.0.0/16"),
        ({"cluster.nodePools.a10.maxSize": 200}, "cluster.network.subnets.pods.prefix: the pools need "),
        (
            {"cluster.nodePools.a10.image": {"id": "ocid1.image.oc1..a", "name": "Oracle-Linux-8.10-2026.08.31-0-OKE-1.34.2-1311"}},
            "cluster.nodePools.a10.image",
        ),
        ({"cluster.endpoint": {"public": True, "allowedCidrs": ["0.0.0.0/0"]}}, "cluster.endpoint.allowedCidrs: 0.0.0.0/0 would open"),
        ({"cluster.nodePools.a10.preemptible": True}, "cluster.nodePools.a10.preemptible: "),
        ({"cluster.region": "eu-amsterdam-1", "cluster.nodePools.a10.availabilityDomains": [3]}, "cluster.nodePools.a10.availabilityDom"),
    ],
    ids=["unknown key", "wrong type", "unknown shape", "overlap", "pods do not fit", "image without GPU", "open API", "preemptible", "AD"],
)
def test_one_mistake_gives_one_message(changes: dict[str, Any], message: str, changed: Changed) -> None:
    file = changed("dev", changes)
    answer = platformctl("preview", str(file))
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr + answer.stdout
    told = [line for line in answer.stderr.splitlines() if line.startswith(f"{file}:")]
    assert len(told) == 1, answer.stderr
    assert told[0].partition(": ")[2].startswith(message), told


LLAMA = {"source": "hf://meta-llama/Llama-3.1-70B-Instruct", "parametersBillion": 70}

# The mistakes with add-ons that must be told before anything is planned. A chart's version is no key of the stack file: see below.
WITH_ADD_ONS = {
    "an unknown value key": (
        "dev",
        {"addons.gpuOperator.values": {"dcgmExportr": {"enabled": False}}},
        "addons.gpuOperator.values.dcgmExportr: unknown key, which gpu-operator v26.7.0 would ignore; did you mean dcgmExporter?",
    ),
    "two owners of the device plugin": (
        "dev",
        {"addons.gpuOperator.devicePlugin": "operator"},
        "addons.gpuOperator.devicePlugin: is operator, but the cluster runs NVIDIA's device plugin too, and two would register every GPU; "
        "set cluster.devicePlugin to operator, or take it out of cluster.provided",
    ),
    "a serving runtime that needs more GPU memory than any pool has": (
        "dev",
        {"addons.kserve.models": {"large": LLAMA}},
        "addons.kserve.models.large: needs 158.0 GiB of GPU memory (weights 130.4, cache 26.1, server 1.5), but the largest GPU here, "
        "A10 of pool a10, has 24 GiB, of which a model may use 20.2; models that fit one: ",
    ),
    "a sharing profile on a GPU too old for it": (
        "rtx4060",
        {
            "cluster.nodePools.workstation": {
                "nodes": 1, "gpuModel": "P100", "gpusPerNode": 1, "gpuMemoryGib": 16, "gpuProduct": "Tesla-P100-PCIE-16GB",
            },
            "addons.gpuOperator.sharing.workstation": {"mode": "mps", "replicas": 4},
        },
        "addons.gpuOperator.sharing.workstation.mode: mps needs a GPU of the Volta generation or newer, P100 is older; use time-slicing",
    ),
    "a partition of a GPU that has none": (
        "rtx4060",
        {"addons.gpuOperator.sharing": {}, "addons.gpuOperator.mig.workstation": {"perGpu": {"1g.5gb": 1}}},
        "addons.gpuOperator.mig.workstation: RTX 4060 has no MIG; share it under `sharing` instead, or partition one of ",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("stack", "changes", "message"), WITH_ADD_ONS.values(), ids=WITH_ADD_ONS.keys())
def test_one_mistake_with_an_add_on_gives_one_message(stack: str, changes: dict[str, Any], message: str, changed: Changed) -> None:
    file = changed(stack, changes)
    answer = platformctl("preview", str(file))
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr + answer.stdout
    told = [line for line in answer.stderr.splitlines() if line.startswith(f"{file}:")]
    assert len(told) == 1, answer.stderr
    assert told[0].partition(": ")[2].startswith(message), told


def test_a_chart_version_outside_its_set_gives_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of two that must move together, bumped alone in its `chart.py`."""
    newer = replace(KSERVE_RESOURCES, version="v0.21.0", app_version="v0.21.0")
    monkeypatch.setattr(KServeAddOn, "charts", (KSERVE_CRD, newer))
    with pytest.raises(StackFileError) as refusal:
        plan(load(ROOT / "Pulumi.dev.yaml"))
    assert [str(problem) for problem in refusal.value.problems] == [
        "addons: kserve-crd v0.20.0 (of v0.20.0) but kserve-resources v0.21.0 (of v0.21.0): "
        "charts of the set kserve work in one version only; pin one version in their chart.py"
    ]


def test_all_mistakes_are_reported_at_once(changed: Changed) -> None:
    changes = {
        "cluster.nodePools.a10.shape": "VM.GPU.A11.1",
        "cluster.nodePools.system.preemptible": True,
        "cluster.bastion.allowedCidrs": ["0.0.0.0/0"],
        "cluster.region": "mars-1",
        "tags": {"a.b": "c"},
    }
    file = changed("dev", changes)
    answer = platformctl("preview", str(file))
    assert answer.returncode == 2
    assert sum(line.startswith(f"{file}:") for line in answer.stderr.splitlines()) >= 4


@pytest.mark.parametrize("command", [("preview",), ("rehearse",), ("cost",), ("graph",), ("diff", "--base", "HEAD")])
def test_every_command_refuses_a_stack_that_does_not_exist(command: tuple[str, ...]) -> None:
    answer = platformctl(command[0], "nowhere", *command[1:])
    assert answer.returncode == 2
    assert answer.stderr.startswith("nowhere: no such stack")
