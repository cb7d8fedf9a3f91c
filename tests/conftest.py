"""What all tests share: golden files, programs that stand for others, and an environment that holds no one's credentials."""

import asyncio
import io
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from toolchain import built
from toolchain.programs import ENGINE
from toolchain.progress import Progress

if TYPE_CHECKING:
    from pulumi.runtime import MockResourceArgs

    from testkit.registrations import Computed, Sent

GOLDEN = Path(__file__).resolve().parent / "golden"
CREDENTIALS = ("OCI_", "TF_VAR_", "AWS_", "KUBECONFIG", "PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE")

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("project", deadline=None)
hypothesis.settings.register_profile("quick", deadline=None, max_examples=10)  # of `make unit`
hypothesis.settings.load_profile("project")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden files anew instead of comparing with them")
    parser.addoption("--no-skips", action="store_true", help="fail where a test is skipped, and say why it was")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--no-skips"):
        config.pluginmanager.register(NoSkips(), "no-skips")


NEEDS = {"engine": "engine", "control_plane": "apiserver", "kueue": "kueue", "promtool": "promtool", "golden": "golden"}
"""By fixture, the marker of the tests that use it: whoever asks for a program that is built, or a golden file, says so."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture, marker in NEEDS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)


@cache
def _no_engine() -> bool:
    return built.find(ENGINE) is None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("engine") and _no_engine():
        pytest.skip("no Pulumi engine: run `make setup`")


class NoSkips:
    """Fails a run in which a test was skipped: every night, each must have what it needs. With xdist, told by the controller."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not hasattr(report, "wasxfail"):  # expected to fail, and did: it ran
            self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped:
            told = report.longrepr
            self.reasons[report.nodeid] = (told[2] if isinstance(told, tuple) else str(told)).removeprefix("Skipped: ")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.reasons and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.reasons:
            terminalreporter.section("skipped, which --no-skips does not allow", red=True)
            for test, reason in sorted(self.reasons.items()):
                terminalreporter.line(f"{test}: {reason}")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden("plans/dev.yaml", text)` holds `text` to the file under tests/golden."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        assert file.is_file(), f"tests/golden/{name} is missing: run `make golden`, and review it"
        assert text == file.read_text(), f"tests/golden/{name} differs: run `make golden`, and review the change"

    return compare


@pytest.fixture
def computed() -> "Computed":
    """By type, what the mocked provider adds to the inputs. Override it where a component reads outputs."""
    return {}


@pytest.fixture
def made(computed: "Computed") -> "dict[str, MockResourceArgs]":
    """What is declared from now on, by name, as the provider would get it."""
    from pulumi.runtime import set_mocks  # noqa: PLC0415 - planners' tests do without Pulumi

    from testkit.registrations import Recorder  # noqa: PLC0415

    recorder = Recorder(computed)
    set_mocks(recorder, preview=False)
    return recorder.made


@pytest.fixture
def sent(computed: "Computed") -> "Sent":
    """What is declared from now on, as the engine would get it, options and all."""
    from pulumi.runtime import set_mocks  # noqa: PLC0415

    from testkit.registrations import Sent  # noqa: PLC0415

    monitor = Sent(computed)
    set_mocks(monitor.mocks, preview=False, monitor=monitor)
    return monitor


@pytest.fixture
def fake(tmp_path: Path) -> Callable[[str, str], Path]:
    """An executable that answers whatever it is asked with one text: `fake("bin/pulumi", "v3.300.0")`."""

    def make(name: str, says: str) -> Path:
        program = tmp_path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\necho '{says}'\n")
        program.chmod(0o755)
        return program

    return make


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def progress(said: io.StringIO) -> Progress:
    return Progress(said, live=False)


@pytest.fixture(autouse=True, scope="session")
def _close_event_loops() -> Iterator[None]:
    """Pulumi's SDK makes an event loop in each thread that its mocks answer in, and closes none of them: they are closed here."""
    made: list[asyncio.AbstractEventLoop] = []
    make = asyncio.new_event_loop

    def kept() -> asyncio.AbstractEventLoop:
        made.append(make())
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "new_event_loop", kept)
        asyncio.set_event_loop(kept())
        yield
        asyncio.set_event_loop(None)
    left = [loop for loop in made if not loop.is_closed() and not loop.is_running()]
    for loop in left:
        loop.run_until_complete(loop.shutdown_default_executor())  # threads first: their loops are among the others
    for loop in left:
        loop.close()


@pytest.fixture(autouse=True)
def _open_event_loop(_close_event_loops: None) -> None:
    """Pulumi's mocks run on the thread's event loop, and a program that was stopped in an earlier test may have left a closed one."""
    try:
        closed = asyncio.get_event_loop().is_closed()
    except RuntimeError:  # none is set, as after `asyncio.run`
        closed = True
    if closed:
        asyncio.set_event_loop(asyncio.new_event_loop())


@pytest.fixture(autouse=True, scope="session")
def _bytecode() -> None:
    """Hundreds of processes start in the tests: each would compile the project anew where the machine says that none writes bytecode."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(autouse=True, scope="session")
def _no_credentials() -> Iterator[None]:
    """No test may reach a real account, whatever the machine has."""
    taken = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(CREDENTIALS)}
    yield
    os.environ.update(taken)
