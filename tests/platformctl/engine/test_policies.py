"""A checkout's policy pack, handed to the engine."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc  # type: ignore[import-untyped]
import pytest
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from platformctl.engine import server
from platformctl.engine.policies import PolicyPack, has_pack
from platformctl.engine.server import ServerError

pytestmark = pytest.mark.slow

HOUSE = Path(__file__).resolve().parents[3]

Start = Callable[[Path], PolicyPack]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[PolicyPack] = []

    def make(root: Path) -> PolicyPack:
        started.append(PolicyPack(root, os.environ, tmp_path / "executable", tmp_path / "log"))
        return started[-1]

    yield make
    for pack in started:
        pack.stop()


@pytest.fixture
def checkout(tmp_path: Path) -> Callable[[str], Path]:
    """A checkout whose pack is the lines given."""

    def make(lines: str) -> Path:
        root = tmp_path / "checkout"
        (root / "policies").mkdir(parents=True)
        (root / "policies" / "__main__.py").write_text(lines)
        return root

    return make


def test_an_older_checkout_has_no_pack(tmp_path: Path) -> None:
    assert not has_pack(tmp_path)
    assert has_pack(HOUSE)


def test_every_rule_tells_why_it_is_and_how_to_mend_what_breaks_it(start: Start) -> None:
    rules = {rule.name: rule for rule in start(HOUSE).rules()}
    assert len(rules) > 30
    assert rules["gpu-total"].title == "All GPU pools together stay within the cap"
    assert (rules["gpu-total"].level, rules["gpu-total"].severity, rules["gpu-total"].topic) == ("mandatory", "critical", "spend")
    assert "CIS OKE" in rules["api-endpoint"].standards
    for rule in rules.values():
        assert rule.why and rule.fix and rule.why != rule.title, rule.name
        assert (rule.level in ("mandatory", "advisory")) and rule.severity in ("low", "medium", "high", "critical"), rule.name


def test_a_rules_level_is_that_of_the_operation(start: Start) -> None:
    pack = start(HOUSE)
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    request.policyConfig["gpu-total"].enforcementLevel = analyzer_pb2.ADVISORY
    with grpc.insecure_channel(f"127.0.0.1:{pack.port}") as channel:
        analyzer_pb2_grpc.AnalyzerStub(channel).Configure(request)
    assert {rule.name: rule.level for rule in pack.rules()}["gpu-total"] == "advisory"


def test_what_the_engine_starts_says_the_port_and_ends_with_the_engine(start: Start) -> None:
    pack = start(HOUSE)
    flag, executable = pack.flags
    assert flag == "--policy-pack"
    ran = subprocess.run([executable, "127.0.0.1:1"], input="", capture_output=True, text=True, timeout=10, check=True)
    assert ran.stdout == f"{pack.port}\n"


def test_the_next_operation_is_judged_by_the_next_process(start: Start) -> None:
    pack = start(HOUSE)
    _, first = pack.port, pack.flags
    judging = pack.port
    assert pack.flags == first
    assert pack.port != judging


def test_a_pack_that_breaks_as_it_starts_is_quoted(start: Start, checkout: Callable[[str], Path]) -> None:
    with pytest.raises(ServerError, match=r"`python -m policies` did not start:\n(.*\n)*ZeroDivisionError: division by zero"):
        _ = start(checkout("1 / 0\n")).flags


def test_a_pack_that_says_no_port_is_quoted(start: Start, checkout: Callable[[str], Path]) -> None:
    with pytest.raises(ServerError, match=r"the policy pack said 'welcome' where its port belongs:\n.it printed nothing."):
        _ = start(checkout("print('welcome', flush=True)\nimport time; time.sleep(60)\n")).flags


def test_a_pack_that_never_answers_is_not_waited_for(
    start: Start, checkout: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "START_SECONDS", 0.5)
    with pytest.raises(ServerError, match="`python -m policies` did not start"):
        _ = start(checkout("import time; time.sleep(60)\n")).flags


def test_a_pack_that_is_gone_is_missed(start: Start) -> None:
    pack = start(HOUSE)
    assert pack.port
    pack._server._process.kill()
    with pytest.raises(ServerError, match="the policy pack does not answer: UNAVAILABLE"):
        pack.rules()
