"""However a control plane's user ends, its processes end too, and its files are gone."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from infra.facts import Pool
from testkit.control_plane import sandbox
from testkit.control_plane.client import Client, UnreachableError
from testkit.control_plane.cluster import ROOT, ControlPlane
from toolchain import built
from toolchain.programs import KUEUE
from toolchain.progress import Progress

pytestmark = pytest.mark.usefixtures("control_plane")  # built by then, and told while it is


def alive(pids: Iterable[int]) -> list[int]:
    """Which of the processes still run; one that ended and that nobody asked after does not."""
    said = subprocess.run(["ps", "-o", "pid=,stat=", "-p", ",".join(map(str, pids))], capture_output=True, text=True, check=False)
    return [int(line.split()[0]) for line in said.stdout.splitlines() if not line.split()[1].startswith("Z")]


def assert_end(pids: Iterable[int]) -> None:
    wanted, deadline = list(pids), time.monotonic() + 10
    while alive(wanted) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert alive(wanted) == []


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_leaving_the_block_ends_everything(scratch: Path) -> None:
    with pytest.raises(KeyboardInterrupt), ControlPlane() as here:
        pids, client = [*here.pids.values()], here.client
        assert alive(pids) == sorted(pids)
        raise KeyboardInterrupt
    assert_end(pids)
    assert list(scratch.iterdir()) == []
    with pytest.raises(UnreachableError):
        client.ready()


@pytest.mark.usefixtures("scratch")
def test_a_user_that_is_killed_takes_everything_along() -> None:
    program = (
        "import time\n"
        "from testkit.control_plane.cluster import ControlPlane\n"
        "with ControlPlane() as here:\n"
        "    print(*here.pids.values(), flush=True)\n"
        "    time.sleep(600)\n"
    )
    user = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with user:
        assert user.stdout is not None
        pids = [int(word) for word in user.stdout.readline().split()]
        assert alive(pids) == sorted(pids)
        user.kill()
    assert_end(pids)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
@pytest.mark.usefixtures("scratch")
def test_a_keeper_that_is_killed_takes_everything_along() -> None:
    with ControlPlane() as here:
        pids = [*here.pids.values()]
        os.kill(here.keeper, signal.SIGKILL)
        assert_end(pids)


@pytest.mark.usefixtures("scratch")
def test_a_program_that_ends_takes_the_others_along() -> None:
    with ControlPlane() as here:
        os.kill(here.pids["etcd"], signal.SIGKILL)
        assert_end([*here.pids.values(), here.keeper])
        assert (here.logs / "keeper.log").read_text() == "etcd ended by itself, so the rest was ended.\n"


@pytest.mark.kueue
def test_a_sandbox_stays_until_it_is_ended(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "sandbox"
    a10 = Pool(name="a10", min_nodes=2, max_nodes=2, gpus_per_node=1, gpu_model="A10")
    assert sandbox.down(state) == "There is no sandbox."
    built.ensure_all(KUEUE, Progress())
    try:
        said = sandbox.up(Progress(), [a10], state)
        assert "a10        2 simulated nodes, 1 x A10 each" in said
        assert f"--kubeconfig {state}/kubeconfig" in said
        keeper = sandbox.running(state)
        assert keeper is not None
        described = sandbox.described(state)
        pids = [keeper, *described["pids"].values()]
        assert described["pids"].keys() >= {"kueue", "kube-apiserver"}
        client = Client(described["url"], token=described["token"], ca=state / "certificates" / "apiserver.crt")
        assert [node["metadata"]["name"] for node in client.list("v1", "Node")] == ["a10-0", "a10-1"]
        assert sandbox.up(Progress(), [a10], state).startswith("The sandbox runs already.")
        assert sandbox.running(state) == keeper
    finally:
        assert sandbox.down(state) == "The sandbox is gone."
    assert_end(pids)
    assert list(tmp_path.iterdir()) == []


def test_what_a_sandbox_left_that_ended_with_the_machine_is_removed(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "sandbox"
    state.mkdir(parents=True)
    (state / "lock").touch()
    (state / "control-plane.json").write_text('{"pid": 1}')
    assert sandbox.running(state) is None
    assert sandbox.down(state) == "The sandbox is gone."
    assert list(tmp_path.iterdir()) == []
