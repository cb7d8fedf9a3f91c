"""Whatever is answered, the stack file that comes of it is one, and its cap holds."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.catalogue.regions import REGIONS
from infra.catalogue.shapes import SHAPES
from platformctl.commands.init import _planned
from platformctl.new_stack import Answers, Environment, Gpus, OnExisting, OnOke, cap
from stacks.config import load
from stacks.plan import PlatformPlan, plan

WITH_GPUS = sorted(shape.name for shape in SHAPES.values() if shape.gpu is not None and shape.gpu.vendor == "nvidia")


def made(answers: Answers, folder: Path) -> PlatformPlan:
    file = folder / "Pulumi.made.yaml"
    file.write_text(_planned(answers))
    return plan(load(file))


def oke(*gpus: Gpus, region: str = "eu-frankfurt-1", environment: Environment = "dev", **more: Any) -> Answers:
    return Answers(name="made", environment=environment, cluster=OnOke(region=region, **more), gpus=gpus)


@pytest.mark.parametrize("shape", WITH_GPUS)
@pytest.mark.parametrize(("environment", "domains"), [("dev", 1), ("prod", 3)])
def test_every_gpu_shape_makes_a_stack_whose_cap_holds_its_pools(
    shape: str, environment: Environment, domains: int, tmp_path: Path
) -> None:
    found = made(oke(Gpus(kind=shape, count=2), environment=environment), tmp_path)
    pools = found.context.gpu_pools
    assert sum(pool.max_nodes for pool in pools) == 2 * domains
    assert found.stack.spend.gpus == {pools[0].gpu_model: 2 * domains * pools[0].gpus_per_node}


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_every_region_makes_a_stack(region: str, tmp_path: Path) -> None:
    assert made(oke(Gpus(kind="VM.GPU.A10.1", count=1), region=region), tmp_path).oke is not None


def test_two_pools_of_one_model_have_two_names_and_one_cap(tmp_path: Path) -> None:
    found = made(oke(Gpus(kind="VM.GPU.A10.1", count=1), Gpus(kind="VM.GPU.A10.2", count=3)), tmp_path)
    assert [pool.entry for pool in found.context.gpu_pools] == ["a10", "a10-2"]
    assert found.stack.spend.gpus == {"A10": 1 + 2 * 3}


@pytest.mark.parametrize("model", ["RTX 4060", "A10", "H100 SXM5", "L40S"])
def test_a_cluster_that_exists_takes_any_model(model: str, tmp_path: Path) -> None:
    answers = Answers(name="box", environment="dev", cluster=OnExisting(context="box", nodes=2), gpus=(Gpus(kind=model, count=4),))
    found = made(answers, tmp_path)
    assert found.oke is None
    assert [(pool.gpu_model, pool.gpus_per_node, pool.max_nodes) for pool in found.context.gpu_pools] == [
        (model.partition(" SXM")[0], 4, 2)
    ]


def test_stand_ins_are_named_and_what_was_given_is_not_among_them(tmp_path: Path) -> None:
    stood_in = _planned(oke(Gpus(kind="VM.GPU.A10.1", count=1)))
    assert "# Stand-ins: put your own tenancyId, compartmentId here before `pulumi up`." in stood_in
    given: dict[str, Any] = {"tenancy": "ocid1.tenancy.oc1..aaaa", "compartment": "ocid1.compartment.oc1..bbbb"}
    own = _planned(oke(Gpus(kind="VM.GPU.A10.1", count=1), **given))
    assert "Stand-in" not in own
    assert yaml.safe_load(own)["config"]["oke-gpu-platform:cluster"]["tenancyId"] == given["tenancy"]


@pytest.mark.parametrize(("hourly", "expected"), [("4.32", 3400), ("0.3", 230), ("231.35", 180000), ("0", 10)])
def test_a_cap_is_rounded_up_and_leaves_room(hourly: str, expected: int) -> None:
    assert cap(Decimal(hourly)) == expected
    assert cap(Decimal(hourly)) > Decimal(hourly) * 730
