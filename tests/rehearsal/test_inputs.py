"""What people bring to the platform, in dev: each input reaches the resources that it is for, and nothing drifts because of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from platformctl.engine import stackfile
from platformctl.engine.plan import Plan, PlannedResource
from platformctl.engine.session import Session
from tests.rehearsal.conftest import ROOT

Changed = Callable[..., Path]


def previewed(file: Path) -> Plan:
    with Session(ROOT, stackfile.locate(str(file), ROOT)) as session:
        return session.preview()


def named(plan: Plan, name: str) -> PlannedResource:
    return next(resource for resource in plan.resources if resource.name == name and resource.custom)


def after_a_refresh(file: Path) -> Plan:
    """What is planned for a stack that is up and was looked at anew: nothing, unless something drifts."""
    with Session(ROOT, stackfile.locate(str(file), ROOT)) as session:
        session.run("up")
        session.run("refresh")
        return session.preview()


def test_defined_tags_are_on_all_that_takes_them_and_those_of_the_tenancy_are_no_drift(changed: Changed) -> None:
    asked = {"Operations.CostCenter": "42"}
    plan = after_a_refresh(changed("dev", {"definedTags": asked}))
    assert [resource.name for resource in plan.changes if resource.custom] == []
    untagged = {resource.name for resource in plan.resources if "freeformTags" in resource.inputs and not _carries(resource.inputs, asked)}
    assert untagged == set()
    pool = named(plan, "pool-a10-ad1")
    assert pool.inputs["nodeConfigDetails"]["definedTags"] == asked
    assert pool.old_inputs is not None
    assert "Oracle-Tags.CreatedBy" in pool.old_inputs["definedTags"], "the simulated tenancy puts tags of its own on what is made"


def _carries(inputs: Any, asked: dict[str, str]) -> bool:
    return asked.items() <= (inputs.get("definedTags") or {}).items()
