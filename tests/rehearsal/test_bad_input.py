"""A mistake in a stack file ends the command with one message per mistake, its place, exit code 2, and no traceback."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
    answer = platformctl("preview", str(changed("dev", changes)))
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr + answer.stdout
    told = [line for line in answer.stderr.splitlines() if line.startswith("Pulumi.dev.yaml:")]
    assert len(told) == 1, answer.stderr
    assert told[0].partition(": ")[2].startswith(message), told


def test_all_mistakes_are_told_at_once(changed: Changed) -> None:
    changes = {
        "cluster.nodePools.a10.shape": "VM.GPU.A11.1",
        "cluster.nodePools.system.preemptible": True,
        "cluster.bastion.allowedCidrs": ["0.0.0.0/0"],
        "cluster.region": "mars-1",
        "tags": {"a.b": "c"},
    }
    answer = platformctl("preview", str(changed("dev", changes)))
    assert answer.returncode == 2
    assert sum(line.startswith("Pulumi.dev.yaml:") for line in answer.stderr.splitlines()) >= 4


@pytest.mark.parametrize("command", [("preview",), ("rehearse",), ("cost",), ("graph",), ("diff", "--base", "HEAD")])
def test_every_command_refuses_a_stack_that_does_not_exist(command: tuple[str, ...]) -> None:
    answer = platformctl(command[0], "nowhere", *command[1:])
    assert answer.returncode == 2
    assert answer.stderr.startswith("nowhere: no such stack")
