"""`platformctl init`: from a few answers to a stack file that previews green, and every answer that makes none."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HOUSE = Path(__file__).resolve().parents[3]
Run = Callable[..., Any]


def ran(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "platformctl", *arguments]
    return subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)


@pytest.mark.engine
@pytest.mark.parametrize(
    "answers",
    [
        ["lab"],
        ["lab", "--gpu", "VM.GPU.A10.1=1", "--gpu", "VM.GPU3.1=2", "--region", "us-ashburn-1", "--email", "gpus@example.com"],
        ["lab", "--environment", "prod", "--gpu", "BM.GPU.L40S.4=1", "--gpu", "BM.GPU.H100.8=1"],
        ["lab", "--existing", "box", "--distribution", "k3s", "--gpu", "RTX 4060"],
    ],
    ids=["nothing-said", "dev", "prod", "existing"],
)
def test_what_it_writes_previews_green(answers: list[str], tmp_path: Path) -> None:
    written = ran("init", *answers, "--into", str(tmp_path))
    assert (written.returncode, written.stderr) == (0, f"wrote {tmp_path / 'Pulumi.lab.yaml'}\n")
    preview = ran("preview", str(tmp_path / "Pulumi.lab.yaml"))
    assert preview.returncode == 0, preview.stderr
    assert " policies, " in preview.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (["--region", "eu-frankfrt-1"], ["--region eu-frankfrt-1: no region of Oracle's; did you mean eu-frankfurt-1?"]),
        (
            ["--gpu", "VM.GPU.A11.1=2", "--region", "x"],
            ["--gpu VM.GPU.A11.1: no GPU shape of the catalogue; did you mean VM.GPU.A10.1?", "--region x: no region of Oracle's"],
        ),
        (["--gpu", "VM.Standard.E5.Flex=2"], ["--gpu VM.Standard.E5.Flex: no GPU shape"]),
        (["--gpu", "VM.GPU.A10.1=0"], ["--gpu VM.GPU.A10.1=0: must end with a number from 1 to 1000"]),
        (["--gpu", "VM.GPU.A10.1=x", "--gpu", "A=-1"], ["VM.GPU.A10.1=x: must end", "A=-1: must end"]),
        (["--from", "everywhere"], ["cluster.bastion.allowedCidrs"]),
        (["--tenancy", "mine"], ["cluster.tenancyId"]),
        (["--email", "nobody"], ["guardrails.recipients"]),
        (["--distribution", "k3s"], ["--distribution: only with --existing; take it out."]),
        (["--cluster-key", "x"], ["--cluster-key: only with --environment prod; take it out."]),
        (["--existing", "box", "--region", "x", "--from", "y"], ["--region, --from: only on OKE, without --existing; take them out."]),
        (["--existing", "box"], ["--existing needs --gpu"]),
        (["--existing", "", "--gpu", "H100 SXM5=1"], ["--existing: is empty, but must be a context of the kubeconfig"]),
        (["--existing", "box", "--gpu", "H100=1", "--distribution", "minikube"], ["cluster.distribution"]),
        (["--gpu", "BM.GPU.H100.8=1"], ["has H100, which policies keep out of dev; allowed there: P100, V100, A10."]),
        (["--gpu", "BM.GPU.MI300X.8=1"], ["--gpu BM.GPU.MI300X.8: Oracle publishes no node image for AMD's GPUs"]),
        (["--existing", "box", "--gpu", "H100=1"], ["nodePools.h100.gpuModel", "H100 SXM5"]),
        (["--environment", "test"], ["'test' is not one of 'dev', 'staging', 'prod'"]),
    ],
)
def test_an_answer_that_makes_no_stack_is_said_and_nothing_is_written(answers: list[str], words: list[str], tmp_path: Path) -> None:
    told = ran("init", "lab", *answers, "--into", str(tmp_path))
    assert told.returncode == 2
    assert all(word in told.stderr for word in words), told.stderr
    assert "Traceback" not in told.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["Lab", "a/b", "..", "lab lab", "x" * 40, "x" * 300])
def test_a_name_that_is_none_is_said(name: str, tmp_path: Path) -> None:
    told = ran("init", name, "--into", str(tmp_path))
    assert told.returncode == 2
    assert "is not a name of lower-case letters" in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.lab.yaml"
    file.write_text("config: {}\n")
    told = ran("init", "lab", "--into", str(tmp_path))
    assert told.returncode == 2
    assert told.stderr == f"{file}: is there already, and init overwrites nothing; choose another name, or take the file away.\n"
    assert file.read_text() == "config: {}\n"


def test_a_link_that_leads_nowhere_is_there(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.lab.yaml").symlink_to(tmp_path / "gone")
    told = ran("init", "lab", "--into", str(tmp_path))
    assert told.returncode == 2
    assert "is there already, and init overwrites nothing" in told.stderr
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize("key", ["ctrl-c", "ctrl-d"])
@pytest.mark.parametrize(
    ("answers", "question"), [(b"", "Region [eu-frankfurt-1]"), (b"us-ashburn-1\n", "[VM.GPU.A10.1=2]")], ids=["first", "second"]
)
def test_who_stops_its_questions_is_told_that_nothing_is_written(answers: bytes, question: str, key: str, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "platformctl", "init", "lab", "--into", str(tmp_path)]
    with subprocess.Popen(command, cwd=HOUSE, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        os.write(ours, answers)
        said = ""
        while question not in said and (more := os.read(running.stderr.fileno(), 4096)):  # type: ignore[union-attr]
            said += more.decode()
        if key == "ctrl-c":
            running.send_signal(signal.SIGINT)
        else:
            os.write(ours, b"\x04")
        rest = running.communicate(timeout=60)[1].decode()
    os.close(ours)
    os.close(theirs)
    assert running.returncode == 130, said + rest
    assert rest.endswith("\ninterrupted: init has written nothing; give it again, or --yes to be asked nothing.\n")
    assert list(tmp_path.iterdir()) == []


def test_on_a_terminal_it_asks(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "platformctl", "init", "lab", "--into", str(tmp_path)]
    running = subprocess.Popen(command, cwd=HOUSE, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    os.write(ours, b"us-ashburn-1\nVM.GPU.A10.2=1\n\n\n")
    _, asked = running.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert running.returncode == 0, asked
    for question in ("Region [eu-frankfurt-1]", "GPU nodes, as SHAPE=MOST [VM.GPU.A10.1=2]", "Mail address"):
        assert question in asked
    content = (tmp_path / "Pulumi.lab.yaml").read_text()
    assert "region: us-ashburn-1" in content
    assert "shape: VM.GPU.A10.2" in content
