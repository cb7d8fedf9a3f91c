"""The pack in the real engine: every stack of the project passes, and a bad program is stopped before anything of it exists."""

import copy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from platformctl.engine import stackfile
from platformctl.engine.events import EventLog, Violation
from platformctl.engine.session import OperationError, Session

ROOT = Path(__file__).resolve().parents[2]
STACKS = sorted(str(path.relative_to(ROOT)) for folder in (ROOT, ROOT / "examples") for path in folder.glob("Pulumi.*.yaml"))

pytestmark = pytest.mark.engine

PROGRAM = """
import pulumi

from infra.oci import oci

cloud = oci.Provider("cloud", region="eu-frankfurt-1")


def pool(name, most, **given):
    return oci.containerengine.NodePool(
        name,
        name=name,
        compartment_id="ocid1.compartment.oc1..gpu",
        cluster_id="ocid1.cluster.oc1.eu-frankfurt-1.c",
        kubernetes_version="v1.34.2",
        node_shape="VM.GPU.A10.1",
        node_config_details={
            "size": 0,
            "is_pv_encryption_in_transit_enabled": True,
            "placement_configs": [{"availability_domain": "x:EU-FRANKFURT-1-AD-1", "subnet_id": "ocid1.subnet.oc1.eu-frankfurt-1.s"}],
        },
        node_source_details={"source_type": "IMAGE", "image_id": "ocid1.image.oc1.eu-frankfurt-1.i", "boot_volume_size_in_gbs": "100"},
        node_metadata={"areLegacyImdsEndpointsDisabled": "true"},
        freeform_tags={"team": "platform", "autoscaler-min": "0", "autoscaler-max": most},
        opts=pulumi.ResourceOptions(
            provider=cloud,
            ignore_changes=["nodeConfigDetails.size"],
            custom_timeouts=pulumi.CustomTimeouts(create="60m", update="60m", delete="60m"),
            **given,
        ),
    )

"""

CONFIG = """config:
  oke-gpu-platform:environment: dev
  oke-gpu-platform:spend: {monthlyUsd: 10000, gpus: {A10: 4}}
  oke-gpu-platform:cluster: {region: eu-frankfurt-1}
  oke-gpu-platform:tags: {team: platform}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """An executable that starts the pack: the engine takes one in place of a folder, and then needs no language host."""
    program = tmp_path / "pack"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -u {ROOT / "policies" / "__main__.py"} "$@"\n')
    program.chmod(0o755)
    return program


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], Path]:
    """A project of its own, with a program of a few lines."""

    def make(lines: str) -> Path:
        root = tmp_path / "project"
        root.mkdir()
        (root / "Pulumi.yaml").write_text("name: oke-gpu-platform\nruntime: python\n")
        (root / "Pulumi.test.yaml").write_text(CONFIG)
        (root / "__main__.py").write_text(PROGRAM + lines)
        return root

    return make


def judged(root: Path, stack: str, operation: str, pack: Path, *flags: str) -> tuple[list[Violation], EventLog]:
    """The violations of an operation that the pack watches, and everything else it told."""
    with Session(root, stackfile.locate(stack, root)) as session:
        try:
            log = session.run(operation, "--policy-pack", str(pack), *flags).log
        except OperationError as failed:
            log = failed.outcome.log
    return log.violations, log


@pytest.fixture
def dev(tmp_path: Path) -> Callable[..., str]:
    """The development stack with other pools and another cap."""

    def make(gpus: dict[str, int], **pools: dict[str, object]) -> str:
        content = copy.deepcopy(yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text()))
        content["config"]["oke-gpu-platform:spend"] = {"monthlyUsd": 20000, "gpus": gpus}
        content["config"]["oke-gpu-platform:cluster"]["nodePools"].update(pools)
        file = tmp_path / "Pulumi.dev.yaml"
        file.write_text(yaml.safe_dump(content, sort_keys=False))
        return str(file)

    return make


def a10(domain: int, most: int) -> dict[str, object]:
    return {"shape": "VM.GPU.A10.1", "availabilityDomains": [domain], "minSize": 0, "maxSize": most}


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_of_the_project_passes(stack: str, pack: Path) -> None:
    violations, log = judged(ROOT, stack, "preview", pack)
    assert [(violation.policy, violation.urn, violation.message) for violation in violations if violation.level == "mandatory"] == []
    assert {violation.policy for violation in violations} <= {"required-tags"}
    assert log.errors == []
    assert log.counts is not None


def test_the_pool_that_goes_over_the_cap_is_refused_before_it_exists(pack: Path, dev: Callable[..., str]) -> None:
    violations, log = judged(ROOT, dev({"A10": 4}, a10=a10(1, 2), second=a10(2, 2), third=a10(3, 2)), "up", pack)
    assert {(violation.policy, violation.level) for violation in violations} == {("gpu-total", "mandatory")}
    assert "with this resource the stack may have 6 A10, but 4 are allowed" in violations[0].message
    made = {step.urn.rpartition("::")[2] for step in log.done if step.type.endswith(":NodePool") and step.op == "create"}
    assert len(made & {"pool-a10-ad1", "pool-second-ad2", "pool-third-ad3"}) <= 2


def test_eight_h100_in_development_stop_the_preview(pack: Path, dev: Callable[..., str]) -> None:
    stack = dev({"A10": 2, "H100": 8}, h100={"shape": "BM.GPU.H100.8", "availabilityDomains": [1], "minSize": 0, "maxSize": 1})
    violations, _ = judged(ROOT, stack, "preview", pack)
    assert {violation.policy for violation in violations} >= {"gpu-models", "stack-cost"}


def test_a_maximum_that_hangs_on_an_output_stops_the_preview(pack: Path, project: Callable[[str], Path]) -> None:
    violations, _ = judged(project('first = pool("one", "2")\npool("two", first.id.apply(len).apply(str))\n'), "test", "preview", pack)
    found = {(violation.policy, violation.level) for violation in violations}
    assert found >= {("gpu-total", "mandatory"), ("gpu-pool-size", "mandatory"), ("stack-cost", "mandatory")}
    assert all("is not known before the update" in violation.message for violation in violations)


def test_the_default_provider_is_refused(pack: Path, project: Callable[[str], Path]) -> None:
    lines = 'oci.core.Vcn("vcn", compartment_id="c", cidr_blocks=["10.0.0.0/16"], freeform_tags={"team": "x"})\n'
    violations, _ = judged(project(lines), "test", "preview", pack)
    assert "explicit-provider" in {violation.policy for violation in violations}


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        ('{"gpu-total": "disabled"}', "gpu-total: is mandatory in dev and cannot be disabled; write an exception for the resource instead"),
        ('{"gpu-totl": {"enforcementLevel": "mandatory"}}', "gpu-totl: no such rule; did you mean gpu-total or gpu-quota?"),
        ('{"stack-cost": {"monthlyUSD": 1}}', "stack-cost: no such setting: monthlyUSD; did you mean monthlyUsd?"),
    ],
)
def test_a_configuration_file_switches_nothing_off(
    configuration: str, said: str, pack: Path, project: Callable[[str], Path], tmp_path: Path
) -> None:
    file = tmp_path / "policies.json"
    file.write_text(configuration)
    flags = ("--policy-pack-config", str(file))
    violations, _ = judged(project('pool("one", "5")\n'), "test", "preview", pack, *flags)
    found = [(violation.policy, violation.level, violation.message) for violation in violations]
    assert ("policy-configuration", "mandatory", said) in found
    assert "gpu-total" in {policy for policy, _, _ in found}


@pytest.mark.parametrize(
    ("configuration", "refused"),
    [('{"stack-cost": {"monthlyUsd": 10}}', "stack-cost"), ('{"boot-volume-size": {"gb": 9000}}', "policy-configuration")],
    ids=["tightened", "loosened"],
)
def test_an_organisation_can_tighten_and_not_loosen(configuration: str, refused: str, tmp_path: Path) -> None:
    file = tmp_path / "organisation.json"
    file.write_text(configuration)
    with Session(ROOT, stackfile.locate("dev", ROOT), policies=True, policy_config=file) as session:
        plan = session.preview(with_policies=True)
    assert {violation.policy for violation in plan.refusals} == {refused}


def test_a_configuration_file_sets_limits_over_those_of_the_stack(pack: Path, project: Callable[[str], Path], tmp_path: Path) -> None:
    file = tmp_path / "policies.json"
    file.write_text('{"gpu-total": {"gpus": {"A10": 1}}}')
    violations, _ = judged(project('pool("one", "2")\n'), "test", "preview", pack, "--policy-pack-config", str(file))
    assert {violation.policy for violation in violations} == {"gpu-total"}
