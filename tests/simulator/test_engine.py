"""The real engine takes the simulated providers for real ones: attached to, and as plugins on PATH."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from simulator import plugins
from simulator.simulated_state import SimulatedState
from simulator.wire import SECRET, SIGNATURE

pytestmark = pytest.mark.engine

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
VCN = "oci:Core/vcn:Vcn"


class Stack:
    """The stack of stack.py, and the simulated state it is made in."""

    def __init__(self, process: "subprocess.Popen[str]", simulated: SimulatedState) -> None:
        self._process, self.simulated = process, simulated
        self.subnet: dict[str, Any] = {"cidr_block": "10.0.0.0/24"}
        self.groups = 0

    def do(self, what: str) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": what, "subnet": self.subnet, "groups": self.groups}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def failure(self, what: str) -> str:
        return str(self.do(what)["error"])


@pytest.fixture(params=["attached", "on PATH"])
def stack(request: pytest.FixtureRequest, engine: Path, tmp_path: Path) -> Iterator[Stack]:
    simulated, folders = tmp_path / "simulated.json", [str(engine.parent), "/usr/bin", "/bin"]
    environment = {
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "PULUMI_CONFIG_PASSPHRASE": "rehearsal",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    with ExitStack() as processes:
        if request.param == "attached":
            command = [sys.executable, "-m", "simulator", "serve", "--state", str(simulated)]
            served = processes.enter_context(subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, text=True))
            assert served.stdout is not None
            ports = json.loads(served.stdout.readline())
            environment["PULUMI_DEBUG_PROVIDERS"] = ",".join(f"{name}:{port}" for name, port in ports.items())
        else:
            plugins.install(tmp_path / "bin", simulated)
            folders.insert(0, str(tmp_path / "bin"))
        environment["PATH"] = os.pathsep.join(folders)
        command = [sys.executable, str(HERE / "stack.py")]
        yield Stack(
            processes.enter_context(subprocess.Popen(command, env=environment, stdin=-1, stdout=-1, text=True)), SimulatedState(simulated)
        )


def test_a_stack_lives_and_dies(stack: Stack) -> None:
    assert stack.do("preview")["changes"] == {"create": 10}
    made = stack.do("up")
    assert made["outputs"]["password"][1], "a password is a secret"
    assert made["outputs"]["endpoint"][0].startswith("10.0.0.")
    assert made["state"]["password"]["outputs"]["result"][SIGNATURE] == SECRET
    assert made["state"]["nodes"]["inputs"]["vcnId"] == made["state"]["main"]["id"]
    assert stack.do("preview")["changes"] == {"same": 10}

    stack.subnet = {"cidr_block": "10.0.0.0/25"}
    assert stack.do("preview")["planned"] == {"nodes": ["update", []]}
    stack.subnet = {"cidr_block": "10.0.1.0/24"}
    assert "leaves addresses in use outside: 10.0.0.111/32 of the Cluster gpu" in stack.failure("preview")
    stack.subnet = {"cidr_block": "10.0.0.0/24", "dns_label": "nodes"}
    planned = stack.do("preview")["planned"]
    assert planned["nodes"] == ["replace", ["dnsLabel"]]
    assert {name: operation for name, (operation, _) in planned.items()} == dict.fromkeys(("nodes", "gpu", "kueue"), "replace")

    stack.subnet = {"cidr_block": "10.0.0.0/24"}
    stack.simulated.drift(VCN, "main", dnsLabel="clicked")
    stack.do("refresh")
    assert stack.do("preview")["planned"]["main"] == ["replace", ["dnsLabel"]]
    stack.simulated.drift(VCN, "main", dnsLabel="gpu")
    stack.simulated.lose("kubernetes:helm.sh/v3:Release", "kueue")
    stack.do("refresh")
    assert stack.do("preview")["planned"] == {"kueue": ["create", []]}

    assert stack.do("destroy")["state"] == {}
    with stack.simulated.locked():
        assert not stack.simulated.state.records


def test_mistakes_and_faults_are_reported(stack: Stack) -> None:
    stack.subnet = {"cidr_block": "10.0.0.0/24", "dns_label": 5}
    assert "property dnsLabel value {5} has a problem: must be a string, not the number 5" in stack.failure("preview")

    stack.subnet = {"cidr_block": "10.1.0.0/24"}
    refusal = stack.failure("up")
    assert "400-InvalidParameter, The requested CIDR 10.1.0.0/24 is not within the VCN's CIDR 10.0.0.0/16" in refusal
    assert "Traceback" not in refusal

    stack.subnet, stack.groups = {"cidr_block": "10.0.0.0/24"}, 1
    stack.simulated.fail("429-TooManyRequests, slow down", type="oci:Core/networkSecurityGroup:*", name="group0")
    assert "429-TooManyRequests, slow down" in stack.failure("up")
    stack.do("up")
    assert stack.do("preview")["changes"] == {"same": 11}
