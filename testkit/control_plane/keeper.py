"""Runs the control plane's programs, and controllers beside it, and ends them with itself.

`python -m testkit.control_plane.keeper STATE --name NAME [--controller CONTROLLER ...] [--stay]`

A process of its own, so that nothing is left behind when the one that started it is killed: then its standard input closes, and it
ends every program by its id. Prints one line of JSON when the control plane is ready, or when it will not be.
"""

import argparse
import ctypes
import fcntl
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import NoReturn

from testkit.control_plane import commands, credentials
from testkit.control_plane.client import ApiError, Client, UnreachableError
from testkit.control_plane.commands import Programs
from testkit.control_plane.errors import ControlPlaneError
from testkit.controllers import install
from testkit.controllers.controller import Controller, Place
from testkit.controllers.table import CONTROLLERS
from toolchain import built
from toolchain.process import SetupError
from toolchain.programs import CONTROL_PLANE

READY_SECONDS = 120.0
"""How long the control plane may take to come up: 20 times what it takes on two idle cores."""
ATTEMPTS = 3
"""How often another port is tried when somebody else took the one that was free a moment ago."""
LAST_LINES = 12
DESCRIPTION = "control-plane.json"
"""In the state folder, once the control plane is ready: its address, and the ids of its processes."""
CHARTS = "charts"
"""A folder in the state folder. If it is there at the start, it is served as a Helm repository."""
PORT = re.compile(r" port (\d+) ")
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Keeper:
    """The programs that run in one state folder."""

    def __init__(self, state: Path, found: Programs, name: str, controllers: Iterable[Controller] = ()) -> None:
        self.state = state
        self._programs = found
        self._name = name
        self._controllers = tuple(controllers)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        (state / "logs").mkdir()
        self._accounts = credentials.accounts()
        credentials.write(state / "tokens.csv", credentials.token_file(self._accounts))
        credentials.write(state / "service-accounts.key", credentials.signing_key())

    def start(self, seconds: float = READY_SECONDS) -> dict[str, object]:
        """Start everything and wait until it serves; what a client must know. Raises ControlPlaneError with the last lines logged."""
        deadline = time.monotonic() + seconds
        self._run("etcd", commands.etcd(self._programs))
        client = self._serve(deadline)
        for account in self._accounts.values():
            text = credentials.kubeconfig(account, name=self._name, url=client.url, ca=self.ca.read_bytes())
            credentials.write(self.state / ("kubeconfig" if account.name == "admin" else f"{account.name}.kubeconfig"), text)
        self._run("kube-controller-manager", commands.kube_controller_manager(self._programs))
        self._run("kube-scheduler", commands.kube_scheduler(self._programs))
        self._run("kwok", commands.kwok(self._programs))
        if (self.state / CHARTS).is_dir():
            self._run("charts", commands.charts(CHARTS))
        # Written by the controller manager, and needed by every pod.
        self._until(lambda: client.find("v1", "ServiceAccount", "default", namespace="default") is not None, deadline, "controllers")
        for controller in self._controllers:
            self._control(controller, client, deadline)
        return {
            "name": self._name,
            "url": client.url,
            **({"charts": self._charts(deadline)} if "charts" in self._running else {}),
            "token": self._accounts["admin"].token,
            "pid": os.getpid(),
            "pids": {name: process.pid for name, process in self._running.items()},
        }

    @property
    def ca(self) -> Path:
        return self.state / "certificates" / "apiserver.crt"

    def _serve(self, deadline: float) -> Client:
        for attempt in range(1, ATTEMPTS + 1):
            port = free_port()
            self._run("kube-apiserver", commands.kube_apiserver(self._programs, port))
            client = Client(f"https://127.0.0.1:{port}", token=self._accounts["admin"].token, ca=self.ca)
            try:
                self._until(partial(_serves, client, self.ca), deadline, "the API server")
            except ControlPlaneError:
                if attempt == ATTEMPTS or "address already in use" not in self._log("kube-apiserver"):
                    raise
                self._running.pop("kube-apiserver")
            else:
                return client
        raise AssertionError("the last attempt returns or raises")

    def _control(self, controller: Controller, client: Client, deadline: float) -> None:
        """Start a controller with the rights of its own service account, and wait until its webhooks answer."""
        for attempt in range(1, ATTEMPTS + 1):
            place = Place(folder=self.state / controller.name, port=free_port())
            place.folder.mkdir(mode=0o700, exist_ok=True)
            install.install(client, controller, place)
            account = credentials.Account(name=controller.name, user="", token=install.token(client, controller))
            text = credentials.kubeconfig(account, name=self._name, url=client.url, ca=self.ca.read_bytes())
            credentials.write(place.kubeconfig, text)
            credentials.write(place.settings, json.dumps(controller.settings(place)))
            found = built.find_all(controller.program)
            if found is None:
                raise ControlPlaneError(f"{controller.program.name} is not built. Run: python -m toolchain build {controller.program.key}")
            command = [str(found[controller.name]), *controller.arguments(place)]
            self._run(controller.name, command, {"KUBECONFIG": str(place.kubeconfig), "POD_NAMESPACE": controller.namespace})
            try:
                self._until(partial(_answers, client, controller, place), deadline, controller.program.name)
            except ControlPlaneError:
                if attempt == ATTEMPTS or "address already in use" not in self._log(controller.name):
                    raise
                self._running.pop(controller.name)
            else:
                return
        raise AssertionError("the last attempt returns or raises")

    def _charts(self, deadline: float) -> str:
        """Address of the chart repository: its server takes a port that is free, and says which."""
        log = self.state / "logs" / "charts.log"
        self._until(lambda: PORT.search(log.read_text(encoding="utf-8")) is not None, deadline, "the chart repository")
        found = PORT.search(log.read_text(encoding="utf-8"))
        assert found is not None  # noqa: S101 - it was there a moment ago, and logs only grow
        return f"http://127.0.0.1:{found[1]}"

    def _until(self, holds: Callable[[], bool], deadline: float, what: str) -> None:
        while time.monotonic() < deadline:
            with suppress(ApiError, UnreachableError):
                if holds():
                    return
            if (ended := self.ended()) is not None:
                raise ControlPlaneError(f"{ended} ended while the control plane was starting.\n{self.last_lines(ended)}")
            time.sleep(0.05)
        raise ControlPlaneError(f"The control plane is not ready: waited too long for {what}.\n{self.last_lines(*self._running)}")

    def _run(self, name: str, command: list[str], env: Mapping[str, str] = MappingProxyType({})) -> None:
        with (self.state / "logs" / f"{name}.log").open("ab") as log:
            try:
                self._running[name] = subprocess.Popen(
                    command,
                    cwd=self.state,
                    env={**_environment(os.environ), **env},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - this process has one thread
                )
            except OSError as error:
                raise ControlPlaneError(f"{command[0]} cannot be run ({error.strerror}).") from error

    def ended(self) -> str | None:
        """A program that ended by itself; None while all run."""
        return next((name for name, process in self._running.items() if process.poll() is not None), None)

    def end(self) -> None:
        """End every program at once: what they know is thrown away."""
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)  # nothing stops it half-way
        for process in self._running.values():
            process.kill()
        for process in self._running.values():
            process.wait()
        self._running.clear()

    def last_lines(self, *names: str) -> str:
        """The last lines that the programs logged."""
        return "\n".join(f"Last lines of {self.state / 'logs' / f'{name}.log'}:\n{self._log(name)}" for name in names)

    def _log(self, name: str) -> str:
        lines = (self.state / "logs" / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-LAST_LINES:]) or "    (nothing was logged)"


def _serves(client: Client, ca: Path) -> bool:
    return ca.exists() and client.ready()


def _answers(client: Client, controller: Controller, place: Place) -> bool:
    if controller.secret:
        install.mount_certificate(client, controller, place)
    client.apply(controller.canary, dry_run=True)
    return True


def free_port() -> int:
    """A port on loopback that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    """Loopback is never reached through a proxy, and no program looks for another cluster."""
    return {name: value for name, value in env.items() if name.lower() not in {"http_proxy", "https_proxy", "all_proxy", "kubeconfig"}}


def _die_with_parent() -> None:
    """Linux ends the program when this process is killed: PR_SET_PDEATHSIG is 1."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _say(document: Mapping[str, object]) -> None:
    with suppress(BrokenPipeError):
        print(json.dumps(document), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="testkit.control_plane.keeper")
    parser.add_argument("state", type=Path, help="an empty folder that only its owner may read")
    parser.add_argument("--name", default="control-plane", help="name of the context in the kubeconfig files")
    parser.add_argument("--controller", action="append", default=[], choices=CONTROLLERS, help="run this controller too")
    parser.add_argument("--stay", action="store_true", help="run until told to end, not until standard input closes")
    chosen = parser.parse_args()
    for number in ENDING:
        signal.signal(number, _end)
    state: Path = chosen.state.resolve()
    try:
        found = built.find_all(CONTROL_PLANE)
        if found is None:
            raise ControlPlaneError("The control plane is not built yet. Run: python -m toolchain build control-plane")
        with (state / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held as long as this process lives: whoever asks knows that it does
            controllers = [CONTROLLERS[name] for name in chosen.controller]
            return _keep(Keeper(state, found, chosen.name, controllers), stay=chosen.stay)
    except SetupError as error:
        _say({"error": str(error)})
        return 1


def _keep(keeper: Keeper, *, stay: bool) -> int:
    try:
        described = keeper.start()
        credentials.write(keeper.state / DESCRIPTION, json.dumps(described, indent=2) + "\n")
        _say(described)
        watched = [] if stay else [sys.stdin.fileno()]
        while (ended := keeper.ended()) is None:
            if select.select(watched, [], [], 1.0)[0]:
                return 0
        (keeper.state / "logs" / "keeper.log").write_text(f"{ended} ended by itself, so the rest was ended.\n", encoding="utf-8")
        return 1
    finally:
        keeper.end()


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
