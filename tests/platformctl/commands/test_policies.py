"""The policies in `preview`, `diff` and `rehearse`, in the real engine."""

import json
import os
import shutil
import subprocess
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.engine import stackfile
from platformctl.engine.session import OperationError, Session
from policies.registry import RULES
from simulator.simulated_state import SimulatedState

HOUSE = Path(__file__).resolve().parents[3]
STACKS = [*sorted(HOUSE.glob("Pulumi.*.yaml")), *sorted((HOUSE / "examples").glob("Pulumi.*.yaml"))]

pytestmark = pytest.mark.engine

Run = Callable[..., Any]

THIS_PACK = f"""import os, sys
os.execv(sys.executable, [sys.executable, "-u", {str(HOUSE / "policies" / "__main__.py")!r}])
"""


def dev(folder: Path, gpus: int, **pools: dict[str, Any]) -> str:
    """The development stack with other pools."""
    content = yaml.safe_load((HOUSE / "Pulumi.dev.yaml").read_text())
    content["config"]["oke-gpu-platform:spend"] = {"monthlyUsd": 20000, "gpus": {"A10": gpus}}
    content["config"]["oke-gpu-platform:cluster"]["nodePools"].update(pools)
    file = folder / "Pulumi.dev.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    return str(file)


def a10(most: int, domain: int = 1) -> dict[str, Any]:
    return {"shape": "VM.GPU.A10.1", "availabilityDomains": [domain], "minSize": 0, "maxSize": most}


@pytest.fixture
def oversized(tmp_path: Path) -> str:
    return dev(tmp_path, 2, a10=a10(6))


@pytest.mark.parametrize("stack", STACKS, ids=lambda path: path.name)
def test_no_stack_of_the_project_is_refused(platformctl: Run, stack: Path) -> None:
    ran = platformctl("preview", str(stack), "--json", root=HOUSE)
    assert [verdict for verdict in ran.document["verdicts"] if verdict["level"] == "mandatory"] == []
    assert ran.code == 0, ran.err
    assert ran.document["policies"] > 30


def test_an_oversized_pool_is_refused(platformctl: Run, oversized: str, tmp_path: Path) -> None:
    ran = platformctl("preview", oversized, "--sarif", str(tmp_path / "found.sarif"), root=HOUSE)
    assert ran.code == 1
    assert ran.err.splitlines()[-1] == f"dev is refused: {len(RULES)} policies, gpu-pool-size, gpu-total violated."
    assert ran.out.startswith(f"dev: 139 to create; {len(RULES)} policies, gpu-pool-size, gpu-total violated; ")
    assert ran.out.index("gpu-total  ") < ran.out.index("network  ")
    assert "together the stack may have 6 A10, but 2 are allowed: lower a pool's maxSize, or raise spend.gpus.A10" in ran.out
    assert "Lower `maxSize` of a pool, or raise `spend.gpus` in the stack file." in ran.out
    run = json.loads((tmp_path / "found.sarif").read_text())["runs"][0]
    assert len(run["tool"]["driver"]["rules"]) == len(RULES)
    lines = Path(oversized).read_text().splitlines()
    found = {
        (result["ruleId"], result["level"], lines[result["locations"][0]["physicalLocation"]["region"]["startLine"] - 1].strip())
        for result in run["results"]
    }
    assert found == {("gpu-pool-size", "error", "a10:"), ("gpu-total", "error", "A10: 2")}
    assert len(run["results"]) == len(found)
    assert "or raise `spend.gpus` in the stack file" in run["results"][0]["message"]["text"]


def test_the_tree_marks_what_is_refused(platformctl: Run, oversized: str) -> None:
    ran = platformctl("preview", oversized, "--all", root=HOUSE)
    assert ran.code == 1
    assert ran.out.startswith("dev  ✗ gpu-total\n")
    assert any("pool-a10-ad1  ContainerEngine.NodePool" in line and "✗ gpu-pool-size" in line for line in ran.out.splitlines())


def test_json_tells_each_verdict(platformctl: Run, oversized: str) -> None:
    ran = platformctl("preview", oversized, "--json", root=HOUSE)
    assert ran.code == 1
    (verdict,) = [verdict for verdict in ran.document["verdicts"] if verdict["policy"] == "gpu-total"]
    assert verdict["level"] == "mandatory"
    assert verdict["severity"] == "critical"
    assert verdict["urn"].endswith("::oke-gpu-platform-dev")
    assert verdict["message"].endswith("lower a pool's maxSize, or raise spend.gpus.A10; the largest parts: pool-a10-ad1 6")
    assert verdict["new"] is None
    assert verdict["fix"] == "Lower `maxSize` of a pool, or raise `spend.gpus` in the stack file."
    assert ran.document["cost"]["currency"] == "USD"


def test_policies_may_be_left_out_and_that_is_said(platformctl: Run, oversized: str) -> None:
    ran = platformctl("preview", oversized, "--no-policies", root=HOUSE)
    assert ran.code == 0, ran.err
    assert "; no policies were checked; " in ran.out.splitlines()[0]
    assert "gpu-total" not in ran.out


def test_a_comment_on_a_pull_request_begins_with_what_is_refused(platformctl: Run, oversized: str, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    ran = platformctl("diff", oversized, "--base-stack", dev(tmp_path / "base", 2), "--markdown", root=HOUSE)
    assert ran.code == 1
    assert ran.out.startswith("### `dev`: **refused by policy**; 2 to update; ")
    assert "| `gpu-total` | critical | `the stack` | together the stack may have 6 A10" in ran.out
    assert "_Lower 'maxSize' of a pool, or raise 'spend.gpus' in the stack file._" in ran.out


def test_a_diff_tells_what_is_new_from_what_the_base_violates_too(platformctl: Run, oversized: str, tmp_path: Path) -> None:
    (tmp_path / "changed").mkdir()
    changed = dev(tmp_path / "changed", 2, a10=a10(6), l40s={"shape": "BM.GPU.L40S.4", "minSize": 0, "maxSize": 1})
    ran = platformctl("diff", changed, "--base-stack", oversized, "--json", "--sarif", str(tmp_path / "found.sarif"), root=HOUSE)
    assert ran.code == 1
    by_policy: dict[str, set[bool]] = {}
    for verdict in ran.document["verdicts"]:
        by_policy.setdefault(f"{verdict['policy']} {verdict['urn'].rpartition('::')[2][:9]}", set()).add(verdict["new"])
    assert by_policy["gpu-pool-size pool-a10-"] == {False}
    assert by_policy["gpu-total oke-gpu-p"] == {False, True}, "of A10 and of L40S"
    assert by_policy["gpu-models pool-l40s"] == by_policy["gpu-pool-size pool-l40s"] == {True}
    results = json.loads((tmp_path / "found.sarif").read_text())["runs"][0]["results"]
    assert {result["baselineState"] for result in results} == {"new", "unchanged"}


def test_a_change_that_mends_nothing_and_breaks_nothing_is_still_refused(platformctl: Run, oversized: str) -> None:
    ran = platformctl("diff", oversized, "--base-stack", oversized, root=HOUSE)
    assert ran.code == 1
    assert "Violated by the base already: gpu-pool-size, gpu-total" in ran.out
    assert "how to fix it" not in ran.out
    assert ran.err.splitlines()[-1].endswith("gpu-pool-size, gpu-total violated; none of them new.")


def test_a_preview_is_a_comment_too(platformctl: Run, oversized: str) -> None:
    ran = platformctl("preview", oversized, "--markdown", root=HOUSE)
    assert ran.code == 1
    assert ran.out.startswith("### `dev`: **refused by policy**; ")
    assert "**Refused by policy**\n\n| policy | severity | resource |" in ran.out
    assert "| `pool-a10-ad1` | ContainerEngine.NodePool | ✗ `gpu-pool-size` |" in ran.out
    assert "| `pool-a10-ad1` | VM.GPU.A10.1, 1 x A10 | 0-6 |" in ran.out
    fine = platformctl("preview", dev(Path(oversized).parent, 6, a10=a10(6)), "--markdown", "--no-policies", root=HOUSE)
    assert fine.code == 0
    assert "refused" not in fine.out
    assert "Checked: no policies were checked." in fine.out


def test_a_rehearsal_stops_at_what_policies_refuse(platformctl: Run, oversized: str) -> None:
    ran = platformctl("rehearse", oversized, "--json", root=HOUSE)
    assert ran.code == 1
    (phase,) = ran.document["phases"]
    assert (phase["name"], phase["passed"]) == ("preview", False)
    assert any(reason.startswith("the stack: gpu-total: together the stack may have 6 A10, but 2 ") for reason in phase["reasons"])


def test_an_update_is_stopped_before_the_pool_that_is_too_many_exists(tmp_path: Path) -> None:
    file = dev(tmp_path, 4, a10=a10(2), second=a10(2, 2), third=a10(2, 3))
    with Session(HOUSE, stackfile.locate(file, HOUSE), policies=True) as session:
        with pytest.raises(OperationError) as failed:
            session.run("up", with_policies=True)
        made = {record.name for record in SimulatedState(session.simulated).state.records.values() if record.type.endswith(":NodePool")}
    assert {violation.policy for violation in failed.value.outcome.log.violations} == {"gpu-total"}
    assert len(made & {"pool-a10-ad1", "pool-second-ad2", "pool-third-ad3"}) <= 2


@pytest.fixture
def checkout(tmp_path: Path, project: Path) -> Path:
    """A repository with the sample project."""
    root = tmp_path / "checkout"
    shutil.copytree(project, root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "infra").mkdir()
    for name in ("__init__.py", "oci.py", "problems.py"):
        shutil.copy(HOUSE / "infra" / name, root / "infra")
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    return root


def pack(root: Path, lines: str) -> None:
    (root / "policies").mkdir()
    (root / "policies" / "__main__.py").write_text(lines)


def test_a_base_from_before_the_policies_is_no_obstacle(platformctl: Run, checkout: Path) -> None:
    pack(checkout, THIS_PACK)
    ran = platformctl("diff", "sample", "--base", "HEAD", "--json", root=checkout)
    assert ran.code == 1
    assert {verdict["policy"] for verdict in ran.document["verdicts"] if verdict["level"] == "mandatory"} >= {"open-ingress"}
    assert ran.document["changes"] == []


@pytest.mark.parametrize("command", [("preview",), ("rehearse",), ("diff", "--base-stack", "sample")])
def test_a_project_without_policies_is_not_judged_by_none(platformctl: Run, command: tuple[str, ...]) -> None:
    name, *options = command
    ran = platformctl(name, "sample", *options, judged=True)
    assert (ran.code, ran.out) == (2, "")
    assert "has no policies/__main__.py, so nothing would judge this stack: check it out whole, or give --no-policies" in ran.err


def test_a_project_without_policies_is_previewed_if_it_is_asked_for(platformctl: Run) -> None:
    document = platformctl("preview", "sample", "--json", "--no-policies").document
    assert (document["policies"], document["verdicts"]) == (None, [])


FORGED = """
import platformctl.engine.operation
platformctl.engine.operation.EventLog.violations = property(lambda log: [], lambda log, given: None)
print("sample: 54 policies, all kept")
"""
"""In the process of the command it empties every plan of its violations: seen when the program still ran there."""


def program(root: Path, lines: str) -> None:
    """Put `lines` before the sample program."""
    entry = root / "__main__.py"
    entry.write_text(f"{lines}\n{entry.read_text()}")


def test_a_program_does_not_reach_the_process_that_reports_on_it(platformctl: Run, checkout: Path) -> None:
    pack(checkout, THIS_PACK)
    honest = platformctl("preview", "sample", root=checkout)
    assert honest.code == 1
    program(checkout, FORGED)
    ran = platformctl("preview", "sample", root=checkout)
    assert (ran.code, ran.out) == (honest.code, honest.out)


@pytest.mark.parametrize("ending", ["import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_a_program_that_ends_its_process_is_no_green_preview(platformctl: Run, checkout: Path, ending: str) -> None:
    pack(checkout, THIS_PACK)
    program(checkout, f"if __name__ == '__main__':\n    {ending}")
    ran = platformctl("preview", "sample", root=checkout)
    assert ran.code == 1
    assert "preview failed: the program ended its own process" in ran.err


LOOSER = """
import grpc, os, pathlib
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
tables = [pathlib.Path("/proc/net/tcp").read_text(), pathlib.Path("/proc/net/tcp6").read_text()]
listening = [line.split() for table in tables for line in table.splitlines()[1:]]
for process in pathlib.Path("/proc").glob("[0-9]*"):
    try:
        parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
        if parent != str(os.getppid()) or b"policies" not in (process / "cmdline").read_bytes():
            continue
        held = {os.readlink(entry) for entry in (process / "fd").iterdir()}
    except OSError:
        continue
    for columns in listening:
        if columns[3] == "0A" and f"socket:[{columns[9]}]" in held:
            with grpc.insecure_channel(f"127.0.0.1:{int(columns[1].split(':')[1], 16)}") as channel:
                try:
                    analyzer_pb2_grpc.AnalyzerStub(channel).Configure(analyzer_pb2.ConfigureAnalyzerRequest(), timeout=5)
                except grpc.RpcError:
                    pass
"""


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="looks the pack's port up as Linux tells it")
def test_a_program_that_speaks_to_the_pack_is_refused_for_that(platformctl: Run, checkout: Path) -> None:
    pack(checkout, THIS_PACK)
    program(checkout, f"if __name__ == '__main__':\n{textwrap.indent(LOOSER, '    ')}")
    ran = platformctl("preview", "sample", "--json", root=checkout)
    assert ran.code == 1
    messages = [verdict["message"] for verdict in ran.document["verdicts"] if verdict["policy"] == "policy-configuration"]
    assert any("cannot be trusted any more, for Configure was called by another" in message for message in messages), messages


@pytest.mark.parametrize("command", ["preview", "rehearse"])
def test_a_pack_that_does_not_start_stops_the_command_with_its_own_words(platformctl: Run, checkout: Path, command: str) -> None:
    pack(checkout, "raise RuntimeError('the price book is torn')\n")
    ran = platformctl(command, "sample", root=checkout)
    assert ran.code == 1
    assert "`python -m policies` did not start:\n" in ran.err
    assert ran.err.splitlines()[-1] == "RuntimeError: the price book is torn"
    assert "platformctl" not in ran.err


def test_a_pack_that_breaks_on_the_way_never_passes(platformctl: Run, checkout: Path) -> None:
    """It says a port, and nobody is there."""
    pack(checkout, "import time\nprint(9, flush=True)\ntime.sleep(60)\n")
    began = time.monotonic()
    ran = platformctl("preview", "sample", root=checkout)
    assert ran.code == 1
    assert "did not begin responding" in ran.err
    assert time.monotonic() - began < 60


def test_nothing_of_the_pack_is_left_running(platformctl: Run, checkout: Path) -> None:
    noted = checkout / "pid"
    pack(checkout, f"import os\nopen({str(noted)!r}, 'w').write(str(os.getpid()))\n{THIS_PACK}")
    platformctl("preview", "sample", root=checkout)
    with pytest.raises(ProcessLookupError):
        os.kill(int(noted.read_text()), 0)
