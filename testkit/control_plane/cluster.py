"""A control plane to use: booted on loopback, gone with the one who asked for it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from testkit.control_plane.client import Client
from testkit.control_plane.errors import ControlPlaneError
from testkit.control_plane.keeper import CHARTS

ROOT = Path(__file__).resolve().parent.parent.parent


class ControlPlane:
    """`with ControlPlane() as control_plane: control_plane.client.list("v1", "Node")`.

    etcd, kube-apiserver (Node and RBAC authorization, default admission, Pod Security), kube-controller-manager, kube-scheduler, and
    kwok for the nodes. The programs must be built: see `toolchain.programs`. Everything ends and is removed when the block is left, and
    when this process is killed.
    """

    def __init__(
        self,
        env: Mapping[str, str] = os.environ,
        *,
        pack_charts: Callable[[Path], None] | None = None,
        controllers: Iterable[str] = (),
    ) -> None:
        """`pack_charts` fills a folder that is served as a Helm repository beside the control plane. `controllers` run beside it too:
        names of `testkit.controllers.table`, which must be built."""
        self._env = env
        self._controllers = tuple(controllers)
        self._pack_charts = pack_charts
        self._keeper: subprocess.Popen[str] | None = None
        self._described: Mapping[str, Any] = {}

    def __enter__(self) -> Self:
        """Boot. Raises ControlPlaneError with the last lines logged when it does not come up."""
        self.state = Path(tempfile.mkdtemp(prefix="control-plane-")).resolve()
        try:
            if self._pack_charts is not None:
                (self.state / CHARTS).mkdir()
                self._pack_charts(self.state / CHARTS)
            self._keeper, self._described = launch(self.state, env=self._env, controllers=self._controllers)
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        try:
            if self._keeper is not None:
                end(self._keeper)
        finally:
            self._remove()

    def _remove(self) -> None:
        shutil.rmtree(self.state, ignore_errors=True)

    @property
    def url(self) -> str:
        return str(self._described["url"])

    @property
    def charts(self) -> str:
        """Address of the Helm repository. Raises KeyError where there is none."""
        return str(self._described["charts"])

    @property
    def token(self) -> str:
        """The administrator's: of the group system:masters, so it may impersonate anybody."""
        return str(self._described["token"])

    @property
    def ca(self) -> Path:
        return self.state / "certificates" / "apiserver.crt"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's, with the one context `control-plane`."""
        return self.state / "kubeconfig"

    @property
    def logs(self) -> Path:
        """Folder with one file a program."""
        return self.state / "logs"

    @property
    def pids(self) -> Mapping[str, int]:
        """Process id of each program."""
        return dict(self._described["pids"])

    @property
    def keeper(self) -> int:
        """Process id of the keeper, which ends the others."""
        return int(self._described["pid"])

    @property
    def client(self) -> Client:
        """A new client that acts as the administrator."""
        return Client(self.url, token=self.token, ca=self.ca)


def launch(
    state: Path,
    *,
    name: str = "control-plane",
    stay: bool = False,
    env: Mapping[str, str] = os.environ,
    controllers: Iterable[str] = (),
) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """Start a keeper in the folder `state` and wait until its control plane is ready; the keeper, and what it says.

    With `stay` the control plane outlives this process. Raises ControlPlaneError.
    """
    command = [sys.executable, "-m", "testkit.control_plane.keeper", str(state), "--name", name, *(["--stay"] if stay else [])]
    command += [word for controller in controllers for word in ("--controller", controller)]
    with (state / "keeper.err").open("w") as errors:
        keeper = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**env, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL if stay else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,  # an interrupt at the terminal reaches the one who asked, and then the keeper is told
        )
    try:
        assert keeper.stdout is not None  # noqa: S101 - it was asked for above
        line = keeper.stdout.readline()
        described: dict[str, Any] = json.loads(line) if line else {}
        if "url" not in described:
            said = described.get("error") or f"It ended without a word:\n{(state / 'keeper.err').read_text(encoding='utf-8')}"
            raise ControlPlaneError(f"The control plane did not come up. {said}")
    except BaseException:
        end(keeper)
        raise
    return keeper, described


def end(keeper: subprocess.Popen[str]) -> None:
    """End a keeper, and with it every program it runs."""
    keeper.terminate()
    try:
        keeper.wait(timeout=20)
    except subprocess.TimeoutExpired:
        keeper.kill()
        keeper.wait()
    for pipe in (keeper.stdin, keeper.stdout):
        if pipe is not None:
            pipe.close()
