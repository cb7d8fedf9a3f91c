"""A control plane that stays: started with the nodes of a stack file, ended by another command, nothing left behind."""

import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from testkit.control_plane import nodes
from testkit.control_plane.client import Client
from testkit.control_plane.cluster import ROOT, launch
from testkit.control_plane.errors import ControlPlaneError
from testkit.control_plane.keeper import CHARTS, DESCRIPTION
from testkit.controllers.table import KUEUE
from toolchain import built
from toolchain.progress import Progress

if TYPE_CHECKING:
    from infra.facts import Pool

STATE = ROOT / ".cache" / "sandbox"
STACK_FILE = ROOT / "examples" / "Pulumi.sandbox.yaml"
BACKEND = "pulumi"
"""In the sandbox's folder: Pulumi's state."""
NAME = "sandbox"
"""Name of the context in the kubeconfig file: what the stack file says."""
END_SECONDS = 20.0


def pools_of(stack_file: Path = STACK_FILE) -> tuple["Pool", ...]:
    """The pools that the stack file says the cluster has. Raises ControlPlaneError with what is wrong with it."""
    from stacks.config import StackFileError, load  # noqa: PLC0415 - ending a sandbox must not need a stack that loads
    from stacks.plan import plan  # noqa: PLC0415

    try:
        return plan(load(stack_file), stack_file).context.pools
    except StackFileError as error:
        raise ControlPlaneError(str(error)) from error


def found_project(state: Path, charts: str) -> None:
    """Make the sandbox's folder a Pulumi project that runs this checkout's program: its stack file, and its state, go with the folder.

    `charts` is the address that charts are pulled from.
    """
    from infra.project import PROJECT  # noqa: PLC0415 - as above

    settings = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    settings["runtime"]["options"]["virtualenv"] = str(ROOT / ".venv")
    settings |= {"main": str(ROOT), "backend": {"url": f"file://{state / BACKEND}"}}
    stack = yaml.safe_load(STACK_FILE.read_text(encoding="utf-8"))
    stack["config"][f"{PROJECT}:cluster"]["kubeconfig"] = str(state / "kubeconfig")
    stack["config"][f"{PROJECT}:charts"] = {"mirror": charts}
    (state / BACKEND).mkdir()
    (state / "Pulumi.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    (state / STACK_FILE.name).write_text(yaml.safe_dump(stack, sort_keys=False), encoding="utf-8")


def _pack_charts(state: Path) -> None:
    from testkit.control_plane.charts import pack  # noqa: PLC0415 - as above

    (state / CHARTS).mkdir()
    pack(state / CHARTS)


def up(progress: Progress, pools: Iterable["Pool"], state: Path = STATE) -> str:
    """Start the sandbox unless it runs already; what was started, and what to do with it. Raises ControlPlaneError."""
    if running(state) is not None:
        return f"The sandbox runs already.\n\n{_next(state)}"
    shutil.rmtree(state, ignore_errors=True)  # of one that ended with the machine
    state.mkdir(parents=True, mode=0o700)
    wanted = tuple(pools)
    try:
        with progress.step("Starting the sandbox"):
            _pack_charts(state)
            keeper, known = launch(state, name=NAME, stay=True, controllers=(KUEUE.name,))
            if keeper.stdout is not None:
                keeper.stdout.close()
            keeper.returncode = 0  # it stays: nobody here waits for it
            client = Client(known["url"], token=known["token"], ca=state / "certificates" / "apiserver.crt")
            nodes.add(client, [node for pool in wanted for node in nodes.nodes(pool)])
            found_project(state, known["charts"])
    except BaseException as error:
        down(state)
        if isinstance(error, TimeoutError):
            raise ControlPlaneError(f"The sandbox's nodes do not come up. {error}") from error
        raise
    return f"{_started(known, wanted)}\n\n{_next(state)}"


def down(state: Path = STATE) -> str:
    """End the sandbox and remove its folder; what was done. Raises ControlPlaneError when it does not end."""
    pid = running(state)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + END_SECONDS
        while running(state) is not None:
            if time.monotonic() > deadline:
                raise ControlPlaneError(f"The sandbox does not end. End process {pid} by hand, then run the command again.")
            time.sleep(0.05)
    there = state.exists()
    shutil.rmtree(state, ignore_errors=True)
    with suppress(OSError):  # unless others keep something there
        state.parent.rmdir()
    return "The sandbox is gone." if there else "There is no sandbox."


def running(state: Path = STATE) -> int | None:
    """Process id of the sandbox's keeper; None when it does not run. Its lock tells: an id alone may be another process's by now."""
    try:
        with (state / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        pass
    else:
        return None
    return int(described(state)["pid"])


def described(state: Path = STATE) -> dict[str, Any]:
    """What the keeper says of the sandbox that runs. Raises ControlPlaneError while it is not ready."""
    try:
        said: dict[str, Any] = json.loads((state / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ControlPlaneError("The sandbox is being started by another command. Wait for it.") from None
    return said


def _started(known: dict[str, Any], pools: Iterable["Pool"]) -> str:
    lines = [f"Kubernetes at {known['url']}, context {NAME}:"]
    for pool in pools:
        gpus = f", {pool.gpus_per_node} x {pool.gpu_model} each" if pool.gpus_per_node else ""
        lines.append(f"  {pool.name:10} {pool.max_nodes} simulated {'node' if pool.max_nodes == 1 else 'nodes'}{gpus}")
    lines.append("Processes: " + ", ".join(f"{name} {pid}" for name, pid in known["pids"].items()))
    return "\n".join(lines)


def _next(state: Path) -> str:
    shown = state.relative_to(ROOT) if state.is_relative_to(ROOT) else state
    kubectl = f"kubectl --kubeconfig {shown}/kubeconfig get nodes"
    if shutil.which("kubectl") is None:
        kubectl += "    (kubectl is not installed here yet)"
    return f"""Next:
  {kubectl}
  KUBECONFIG={shown}/kubeconfig {built.cached(KUEUE.program) / "kueuectl"} list clusterqueue
  make preview STACK={STACK_FILE.relative_to(ROOT)}
  make sandbox-down

Or a true `pulumi up` (docs/sandbox.md), with an official pulumi:
  export PULUMI_CONFIG_PASSPHRASE={NAME}
  pulumi -C {shown} stack init {NAME}
  pulumi -C {shown} up"""
