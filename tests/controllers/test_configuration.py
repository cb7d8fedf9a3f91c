"""The configuration that the chart would mount, given to the real Kueue: it starts with ours, and not with what the platform refuses.

No cluster is needed: Kueue reads its file, then looks for a cluster, and finds none here.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.queues.kueue import configuration
from components.queues.kueue.section import SPARK, Kueue
from stacks.config import load
from stacks.plan import plan
from testkit.stack_files import STACK_FILES
from toolchain import built
from toolchain.programs import KUEUE
from toolchain.progress import Progress

READ = "unable to get kubeconfig"
"""What it says next, once its file is read."""
REFUSED = "Unable to load the configuration", "Unable to set flag gates for known features"

STARTS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "fair sharing": {"fairSharing": ["LessThanOrEqualToFinalShare", "LessThanInitialShare"]},
    "one strategy": {"fairSharing": ["LessThanInitialShare"]},
    "some frameworks": {"frameworks": ["batch/job", "pod"], "keepFinished": "0s"},
    "readiness": {"podsReady": {"timeout": "10m", "attempts": 3, "blockAdmission": True, "recoveryTimeout": "0s"}},
    "partitions": {
        "transformations": [{"input": "nvidia.com/mig-1g.10gb", "strategy": "Replace", "outputs": {"nvidia.com/gpu": "1"}}],
        "excludeResourcePrefixes": ["example.org/"],
    },
    "a gate": {"featureGates": {"ElasticJobsViaWorkloadSlices": True}},
}
DOES_NOT_START: dict[str, dict[str, Any]] = {
    "a framework twice": {"frameworks": ["batch/job", "batch/job"]},
    "strategies in another order": {"fairSharing": ["LessThanInitialShare", "LessThanOrEqualToFinalShare"]},
    "no quantity": {"transformations": [{"input": "nvidia.com/mig-1g.10gb", "outputs": {"example.org/slices": "one"}}]},
    "an unknown gate": {"featureGates": {"NoSuchGate": True}},
    "a locked gate": {"featureGates": {"ObjectRetentionPolicies": False}},
    "a transformation twice": {"transformations": [{"input": "a/b"}, {"input": "a/b"}]},
}
OURS: dict[str, dict[str, Any]] = {
    "the longest wait is the shorter": {"podsReady": {"backoffSeconds": 60, "backoffMaxSeconds": 30}},
    "a framework behind a gate": {"frameworks": ["batch/job", SPARK]},
}
"""What it reads, and does not do as it says: the platform alone refuses it."""


@pytest.fixture(scope="module")
def binary(pytestconfig: pytest.Config) -> Path:
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        return built.ensure(KUEUE, Progress())


def said(binary: Path, folder: Path, document: dict[str, Any]) -> str:
    file = folder / "settings.yaml"
    file.write_text(yaml.safe_dump(json.loads(json.dumps(document))), encoding="utf-8")
    ran = subprocess.run(
        [str(binary), f"--config={file}"], env={"HOME": str(folder), "KUBECONFIG": str(folder / "none")},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    return ran.stderr + ran.stdout


@pytest.mark.parametrize("name", STARTS)
def test_it_reads_what_the_platform_takes(binary: Path, tmp_path: Path, name: str) -> None:
    section = Kueue.model_validate(STARTS[name])
    assert list(configuration.problems(section)) == []
    found = said(binary, tmp_path, configuration.document(section))
    assert READ in found
    assert not any(words in found for words in REFUSED)


@pytest.mark.parametrize("name", DOES_NOT_START)
def test_it_does_not_start_with_what_the_platform_refuses(binary: Path, tmp_path: Path, name: str) -> None:
    section = Kueue.model_validate(DOES_NOT_START[name])
    assert list(configuration.problems(section))
    found = said(binary, tmp_path, configuration.document(section))
    assert any(words in found for words in REFUSED), found


@pytest.mark.parametrize("name", OURS)
def test_what_the_platform_refuses_beside_it(binary: Path, tmp_path: Path, name: str) -> None:
    section = Kueue.model_validate(OURS[name])
    assert list(configuration.problems(section))
    assert READ in said(binary, tmp_path, configuration.document(section))


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.stem)
def test_it_reads_that_of_every_stack(binary: Path, tmp_path: Path, file: Path) -> None:
    made = plan(load(file), file).addons.plans.get("kueue")
    if made is None:
        return  # the stack has no Kueue
    values: Any = made.release("kueue").values
    assert READ in said(binary, tmp_path, yaml.safe_load(values["managerConfig"]["controllerManagerConfigYaml"]))
