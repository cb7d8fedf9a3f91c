"""Starting, finding and ending the simulated cloud. Everything that it needs lies in one private folder."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformctl.cloud import key
from platformctl.engine.environment import KEPT
from platformctl.errors import Refused, WrongInput
from platformctl.root import ROOT

SECONDS = 30.0
"""How long a start or an end may take."""
USER = "ocid1.user.oc1..simulated"


@dataclass(frozen=True, kw_only=True)
class Running:
    """A simulated cloud that answers."""

    folder: Path
    pid: int
    endpoint: str
    region: str
    state: Path

    @property
    def config(self) -> Path:
        """What the OCI SDK and CLI read."""
        return self.folder / "config"

    @property
    def plugins(self) -> Path:
        """Pulumi's providers over the same state, for PATH."""
        return self.folder / "bin"


def start(folder: Path, *, state: Path | None = None, region: str, port: int = 0) -> Running:
    """Raises Refused when one runs there already, and WrongInput for what cannot be served."""
    from simulator.api.__main__ import TAKEN  # noqa: PLC0415 - the cloud, for the commands that need it
    from simulator.oci import region as model  # noqa: PLC0415

    if region not in model.KEYS:
        raise WrongInput(f"--region {region}: no region that the simulated cloud knows; allowed: {', '.join(sorted(model.KEYS))}.")
    if not 0 <= port <= 65535:
        raise WrongInput(f"--port {port}: no port; allowed: 0 (any that is free) to 65535.")
    file = (state or folder / "simulated.json").resolve()
    _private(folder)
    _taken(found(folder))
    log = folder / "server.log"
    command = [sys.executable, "-m", "simulator.api", "--folder", folder, "--state", file, "--region", region, "--port", port, "--verbose"]
    with log.open("w") as printed:
        process = subprocess.Popen(
            list(map(str, command)), cwd=ROOT, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=printed,
            text=True, start_new_session=True,
        )  # fmt: skip
    assert process.stdout is not None  # noqa: S101 - it was asked for
    with process.stdout:
        line = process.stdout.readline()
    if not line:
        code = process.wait()
        if code == TAKEN:
            _taken(found(folder))
        said = log.read_text(encoding="utf-8", errors="replace").strip()
        raise WrongInput(said.splitlines()[-1] if said else f"the simulated cloud ended with exit code {code}, and said nothing.")
    running = _read(folder, json.loads(line))
    _configure(running)
    return running


def _taken(running: Running | None) -> None:
    if running is not None:
        raise Refused(f"a simulated cloud runs in {running.folder} already: {running.endpoint}, process {running.pid}. Stop it first.")


def found(folder: Path) -> Running | None:
    """The simulated cloud that runs in a folder. One that was killed leaves its file behind, and not its lock."""
    if not _locked(folder):
        return None
    for _ in range(50):  # it has its lock before it has said where it is
        with contextlib.suppress(OSError, ValueError):
            return _read(folder, json.loads((folder / "server.json").read_text(encoding="utf-8")))
        time.sleep(0.1)
    raise Refused(f"a simulated cloud is starting in {folder}, and does not say where it is. Its words: {folder / 'server.log'}")


def stop(folder: Path) -> Running:
    """Raises WrongInput when none runs there."""
    running = found(folder)
    if running is None:
        raise WrongInput(f"no simulated cloud runs in {folder}. Start one with: platformctl cloud start")
    with contextlib.suppress(ProcessLookupError):
        os.kill(running.pid, signal.SIGTERM)
    end = time.monotonic() + SECONDS
    while _locked(folder):
        if time.monotonic() > end:
            raise Refused(f"the simulated cloud in {folder} does not end. End process {running.pid} by hand.")
        time.sleep(0.05)
    return running


def _locked(folder: Path) -> bool:
    try:
        with (folder / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _read(folder: Path, said: Mapping[str, object]) -> Running:
    return Running(
        folder=folder, pid=int(str(said["pid"])), endpoint=str(said["endpoint"]), region=str(said["region"]), state=Path(str(said["state"]))
    )


def _private(folder: Path) -> None:
    """A folder that nobody else reads: there is a key in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = {path.name for path in folder.iterdir()}
        if there and "lock" not in there:
            raise WrongInput(f"--folder {folder}: has other things in it. Name one that is empty, or not there yet.")
        folder.chmod(0o700)
        (folder / "lock").touch()  # before anything else, so that another that starts now knows the folder
    except OSError as error:
        raise WrongInput(f"--folder {folder}: cannot be made ({error.strerror}).") from None


def _configure(running: Running) -> None:
    """A profile for SDKs, and providers for Pulumi."""
    from simulator import plugins  # noqa: PLC0415
    from simulator.oci.ids import TENANCY  # noqa: PLC0415

    private = running.folder / "key.pem"
    mark = running.folder / "fingerprint"
    if not (private.exists() and mark.exists()):
        text, fingerprint = key.make()
        _write(private, text)
        _write(mark, fingerprint)
    profile = {
        "user": USER,
        "fingerprint": mark.read_text(encoding="utf-8"),
        "tenancy": TENANCY,
        "region": running.region,
        "key_file": str(private.resolve()),
    }
    _write(running.config, "[DEFAULT]\n" + "".join(f"{name}={value}\n" for name, value in profile.items()))
    plugins.install(running.plugins, running.state)


def _write(path: Path, text: str) -> None:
    """A file for its owner alone, from its first byte on."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in (*KEPT, "HOME") if name in os.environ}
