"""`platformctl queues`: what it shows of the example, and what it says of what is wrong. It needs no engine."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from testkit.stack_files import ROOT

EXAMPLE = ROOT / "examples" / "Pulumi.three-teams.yaml"
Run = Callable[..., Any]

pytestmark = pytest.mark.slow


def test_the_page_shows_what_the_command_prints(platformctl: Run) -> None:
    ran = platformctl("queues", str(EXAMPLE))
    assert ran.code == 0
    shown = [line.rstrip() for line in ran.out.splitlines()]
    page = (ROOT / "docs" / "queues.md").read_text(encoding="utf-8")
    block = page.partition("```text\n")[2].partition("```")[0].splitlines()
    assert shown[: len(block)] == block
    assert "serving is preempted by nobody." in shown


def test_scripts_get_every_resource(platformctl: Run) -> None:
    found = platformctl("queues", str(EXAMPLE), "--json").document
    rows = {(each["queue"], each["resource"]): each for each in found["queues"]}
    assert rows["pretrain", "nvidia.com/gpu"] == {
        "queue": "pretrain", "flavor": "h100", "resource": "nvidia.com/gpu", "own": "64", "kept": "0", "guaranteed": "64", "most": "96",
    }  # fmt: skip
    assert rows["pretrain", "cpu"]["most"] == "2419200m"
    assert {"flavor": "h100", "first": "pretrain", "took": "96", "other": "finetune", "atOnce": "16", "reclaimed": "32"} in found["cases"]
    assert {"queue": "finetune", "other": "pretrain", "onlyLowerPriority": False, "toBorrow": False} in found["preempts"]
    assert found["warnings"] == []


def job(file: Path, gpus: int, namespace: str = "finetune", **resources: str) -> str:
    requests = {**({"nvidia.com/gpu": str(gpus)} if gpus else {}), **resources}
    tolerations = [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}] if gpus else []
    container = {"name": "main", "image": "example.org/train:1", "resources": {"requests": requests}}
    spec = {"template": {"spec": {"restartPolicy": "Never", "containers": [container], "tolerations": tolerations}}}
    file.write_text(
        yaml.safe_dump({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "train", "namespace": namespace}, "spec": spec})
    )
    return str(file)


@pytest.mark.parametrize(
    ("gpus", "namespace", "resources", "code", "words"),
    [
        (32, "finetune", {}, 0, "finetune has room for it on h100: 32 nvidia.com/gpu"),
        (80, "pretrain", {}, 0, "80 nvidia.com/gpu, of which 16 are borrowed while others leave them"),
        (
            40, "finetune", {}, 1,
            "it stays suspended for ever: nvidia.com/gpu on h100: it asks for 40, and finetune reaches 32",
        ),
        (8, "finetune", {"example.org/fpga": "1"}, 1, "asks for example.org/fpga, of which default has no quota"),
        (
            0, "finetune", {"cpu": "1"}, 1,
            "it stays suspended for ever: h100 is for jobs with GPUs, which tolerate nvidia.com/gpu",
        ),
        (8, "elsewhere", {}, 1, "there is no queue default in its namespace; there are pretrain/default, finetune/default"),
    ],
)  # fmt: skip
def test_a_job_is_judged_before_it_is_submitted(  # noqa: PLR0917 - a row
    platformctl: Run, tmp_path: Path, gpus: int, namespace: str, resources: dict[str, str], code: int, words: str
) -> None:
    ran = platformctl("queues", str(EXAMPLE), "--job", job(tmp_path / "job.yaml", gpus, namespace, **resources))
    assert ran.code == code, ran.err
    assert f"Job {namespace}/train: " in ran.out
    assert words in ran.out


@pytest.mark.parametrize(
    ("text", "words"), [(None, "cannot be read"), ("a: [", "is not YAML"), ("", "has no manifest"), ("[1]", "has no manifest")]
)
def test_a_file_that_is_no_job_is_wrong_input(platformctl: Run, tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "job.yaml"
    if text is not None:
        file.write_text(text)
    ran = platformctl("queues", str(EXAMPLE), "--job", str(file))
    assert ran.code == 2
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_what_waits_in_a_cluster_is_shown_with_its_reason(platformctl: Run, tmp_path: Path) -> None:
    file = tmp_path / "workloads.json"
    waits = {"type": "QuotaReserved", "status": "False", "message": "maximum capacity (32)", "lastTransitionTime": "2026-11-28T10:00:00Z"}
    metadata = {"name": "job-train-1", "namespace": "finetune", "ownerReferences": [{"kind": "Job", "name": "train"}]}
    workload = {"apiVersion": "kueue.x-k8s.io/v1beta2", "kind": "Workload", "metadata": metadata, "spec": {"queueName": "default"}}
    file.write_text(json.dumps({"items": [{**workload, "status": {"conditions": [waits]}}]}))
    ran = platformctl("queues", str(EXAMPLE), "--workloads", str(file))
    assert ran.code == 0, ran.err
    heading, _, row = (line.split() for line in ran.out.splitlines())
    assert " ".join(heading) == "1 wait, 0 have quota, 0 ended"
    assert row == ["waits", "finetune", "Job", "finetune/train", "0", "2026-11-28T10:00:00Z", "maximum", "capacity", "(32)"]
    (found,) = platformctl("queues", str(EXAMPLE), "--workloads", str(file), "--json").document["workloads"]
    assert (found["state"], found["queue"], found["why"]) == ("waits", "finetune", "maximum capacity (32)")


def test_jobs_that_are_submitted_and_jobs_that_are_not_are_two_questions(platformctl: Run) -> None:
    ran = platformctl("queues", str(EXAMPLE), "--workloads", "-", "--job", "job.yaml")
    assert ran.code == 2
    assert "give one of them" in ran.err


def changed(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> str:
    document = yaml.safe_load(EXAMPLE.read_text())
    change(document["config"]["oke-gpu-platform:addons"])
    file = tmp_path / "Pulumi.changed.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    return str(file)


def test_a_stack_without_queues_says_how_to_have_some(platformctl: Run, tmp_path: Path) -> None:
    document = yaml.safe_load(EXAMPLE.read_text())
    document["config"]["oke-gpu-platform:addons"].pop("queues")
    document["config"]["oke-gpu-platform:teams"] = {"serving": {"quota": {"gpus": {"H100": 16}}}}
    file = tmp_path / "Pulumi.changed.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    ran = platformctl("queues", str(file))
    assert ran.code == 2
    assert "Pulumi.changed.yaml has no queues: set addons.queues.enabled to true" in ran.err


def test_mistakes_are_reported_with_their_line(platformctl: Run, tmp_path: Path) -> None:
    def typo(addons: dict[str, Any]) -> None:
        addons["queues"]["queues"] = {"pretrain": {"cohort": "team"}}

    ran = platformctl("queues", changed(tmp_path, typo))
    assert ran.code == 2
    assert "addons.queues.queues.pretrain.cohort: 'team' is no cohort; did you mean teams?" in ran.err
    assert json.dumps("Traceback") not in ran.err
