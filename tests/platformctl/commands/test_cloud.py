"""`platformctl cloud`: one process a folder, started, found, and ended."""

import json
import os
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import oci  # type: ignore[import-untyped]
import pytest

from simulator.simulated_state import VERSION, SimulatedState
from tests.platformctl.commands.conftest import HOUSE, Ran

Run = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cloud"


@pytest.fixture
def cloud(platformctl: Run, folder: Path) -> Iterator[Run]:
    """`cloud("start")` in a folder of its own; whatever it leaves running is ended."""

    def run(*arguments: str) -> Ran:
        return platformctl("cloud", *arguments, "--folder", str(folder))

    yield run
    if (folder / "server.json").exists():
        run("stop")


@pytest.mark.slow
def test_it_is_started_used_and_ended_and_keeps_its_state(cloud: Run, folder: Path) -> None:
    started = cloud("start", "--json")
    assert (started.code, started.err) == (0, "")
    said = started.document
    assert said["endpoint"].startswith("http://127.0.0.1:")

    config = oci.config.from_file(said["config"])
    oci.config.validate_config(config)
    network = oci.core.VirtualNetworkClient(config, service_endpoint=said["endpoint"])
    details = oci.core.models.CreateVcnDetails(compartment_id="ocid1.compartment.oc1..a", cidr_blocks=["10.0.0.0/16"], display_name="net")
    made = network.create_vcn(details).data

    shown = cloud("state", "--json").document
    assert (shown["running"], shown["holds"]["Vcn"]) == (True, 1)
    again = cloud("start")
    assert (again.code, again.out) == (1, "")
    assert again.err.startswith(f"a simulated cloud runs in {folder} already: {said['endpoint']}, process {said['pid']}.")

    stopped = cloud("stop")
    assert (stopped.code, stopped.out) == (0, f"stopped; its state is in {folder / 'simulated.json'}\n")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(said["endpoint"].rpartition(":")[2])))
    assert SimulatedState(folder / "simulated.json").state.records.keys() >= {f"|oci:Core/vcn:Vcn|{made.id}"}
    assert cloud("state").out.splitlines()[:2] == ["does not run", "     1  Vcn"]


@pytest.mark.slow
def test_the_example_of_the_page_works(cloud: Run, capsys: pytest.CaptureFixture[str]) -> None:
    said = cloud("start", "--json").document
    page = (HOUSE / "docs" / "simulated-cloud.md").read_text(encoding="utf-8")
    code = page.partition("```python\n")[2].partition("```")[0]
    assert ".cache/cloud/config" in code
    assert "http://127.0.0.1:4590" in code
    exec(code.replace(".cache/cloud/config", said["config"]).replace("http://127.0.0.1:4590", said["endpoint"]), {})  # noqa: S102
    assert capsys.readouterr().out.startswith("ocid1.vcn.oc1.eu-frankfurt-1.")


@pytest.mark.slow
def test_what_it_writes_is_its_owners_alone(cloud: Run, folder: Path) -> None:
    assert cloud("start").code == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("key.pem", "config", "fingerprint"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name
    assert (folder / "bin" / "pulumi-resource-oci").stat().st_mode & stat.S_IXUSR


@pytest.mark.slow
def test_one_that_was_killed_does_not_stand_in_the_way(cloud: Run) -> None:
    first = cloud("start", "--json").document
    os.kill(first["pid"], signal.SIGKILL)
    end = time.monotonic() + 10
    while cloud("state", "--json").document["running"] and time.monotonic() < end:
        time.sleep(0.05)
    second = cloud("start", "--json")
    assert second.code == 0
    assert second.document["pid"] != first["pid"]


@pytest.mark.slow
def test_of_two_that_are_started_at_once_one_runs(cloud: Run) -> None:
    with ThreadPoolExecutor(2) as pool:
        codes = sorted(ran.code for ran in pool.map(lambda _: cloud("start"), range(2)))
    assert codes == [0, 1]
    assert cloud("stop").code == 0


def test_there_is_nothing_to_stop(cloud: Run, folder: Path) -> None:
    ran = cloud("stop")
    assert (ran.code, ran.err) == (2, f"no simulated cloud runs in {folder}. Start one with: platformctl cloud start\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--region", "mars-north-1"), "--region mars-north-1: no region that the simulated cloud knows; allowed: af-casablanca-1, "),
        (("--port", "70000"), "--port 70000: no port; allowed: 0 (any that is free) to 65535."),
        (("--folder", "/dev/null/cloud"), "--folder /dev/null/cloud: cannot be made (Not a directory)."),
    ],
)
def test_what_cannot_be_served_is_said(platformctl: Run, folder: Path, arguments: tuple[str, ...], words: str) -> None:
    ran = platformctl("cloud", "start", *(() if "--folder" in arguments else ("--folder", str(folder))), *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(words)
    assert "Traceback" not in ran.err


def test_a_folder_that_holds_other_things_is_left_alone(cloud: Run, folder: Path) -> None:
    folder.mkdir(mode=0o755)
    (folder / "mine.txt").touch()
    ran = cloud("start")
    assert (ran.code, ran.err) == (2, f"--folder {folder}: has other things in it. Name one that is empty, or not there yet.\n")
    assert (stat.S_IMODE(folder.stat().st_mode), [path.name for path in folder.iterdir()]) == (0o755, ["mine.txt"])


def test_a_port_that_is_taken_is_said_to_be(cloud: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = cloud("start", "--port", str(port))
    assert (ran.code, ran.err) == (2, f"port {port} of 127.0.0.1 cannot be served: Address already in use\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (json.dumps({"version": VERSION + 1}), f"it has version {VERSION + 1}, and this checkout reads version {VERSION}"),
        ("[]", "is not a simulated state file"),
        ("{", "is not a simulated state file"),
    ],
)
def test_a_state_of_another_kind_is_refused_and_not_touched(cloud: Run, tmp_path: Path, text: str, words: str) -> None:
    state = tmp_path / "other.json"
    state.write_text(text)
    ran = cloud("start", "--state", str(state))
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert state.read_text() == text
