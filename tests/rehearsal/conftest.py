"""Whole stacks on the real engine and the simulated cloud."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.engine import stackfile
from platformctl.engine.plan import Plan
from platformctl.engine.session import Session

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "dev": ROOT / "Pulumi.dev.yaml",
    "prod": ROOT / "Pulumi.prod.yaml",
    "rtx4060": ROOT / "examples/Pulumi.rtx4060.yaml",
    "guardrails": ROOT / "examples/Pulumi.guardrails.yaml",
    "teams": ROOT / "examples/Pulumi.teams.yaml",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).resolve().parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.engine)


@dataclass(frozen=True)
class Rehearsed:
    """A stack that was previewed and brought up, and what the engine then keeps of it."""

    plan: Plan
    state: dict[str, Any]
    """The engine's own checkpoint, as `pulumi stack export` gives it."""


@pytest.fixture(scope="session")
def plans() -> Callable[[str], Plan]:
    """The plan of a stack of the project, made once."""
    made: dict[str, Plan] = {}

    def plan(name: str) -> Plan:
        if name not in made:
            with Session(ROOT, stackfile.locate(str(FILES[name]), ROOT)) as session:
                made[name] = session.preview()
        return made[name]

    return plan


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """A copy of a stack file with values set at paths (`cluster.nodePools.a10.maxSize`), or removed where they are `...`."""

    def change(name: str, changes: dict[str, Any]) -> Path:
        content = copy.deepcopy(yaml.safe_load(FILES[name].read_text()))
        for path, value in changes.items():
            first, *above = path.split(".")
            section, key = content["config"], f"oke-gpu-platform:{first}"
            for part in above:
                section, key = section.setdefault(key, {}), part
            if value is ...:
                del section[key]
            else:
                section[key] = value
        file = tmp_path / f"Pulumi.{name}.yaml"
        file.write_text(yaml.safe_dump(content, sort_keys=False))
        return file

    return change


@pytest.fixture
def after(changed: Callable[..., Path]) -> Iterator[Callable[[str, dict[str, Any]], Plan]]:
    """What the engine would do to a stack that is up, once its file has changed."""

    def plan(name: str, changes: dict[str, Any]) -> Plan:
        file = stackfile.locate(str(FILES[name]), ROOT)
        with Session(ROOT, file) as session:
            session.run("up")
            session.change(stackfile.locate(str(changed(name, changes)), ROOT))
            return session.preview()

    yield plan
