"""What the nodes boot moves when it is told to, and never because Oracle has published something."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra import stack_file
from platformctl.engine import stackfile
from platformctl.engine.failure import reasons
from platformctl.engine.plan import Plan
from platformctl.engine.session import OperationError, Session
from simulator.simulated_state import SimulatedState
from tests.rehearsal.conftest import FILES, ROOT

NEWER = "2026.09.30-0-1402"
OUTSIDE = dict(os.environ)
"""A session wears an environment of its own."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(shutil.copy(FILES["dev"], tmp_path / "Pulumi.dev.yaml"))


@pytest.fixture
def session(file: Path) -> Iterator[Session]:
    with Session(ROOT, stackfile.locate(str(file), ROOT)) as session:
        yield session


def publish(session: Session) -> None:
    SimulatedState(session.simulated).publish(NEWER)


def update(file: Path, simulated: Path, *pools: str) -> dict[str, Any]:
    """`platformctl images update`, asking the session's cloud."""
    options = [word for pool in pools for word in ("--pool", pool)]
    ran = subprocess.run(
        [sys.executable, "-m", "platformctl", "images", "update", str(file), "--json", "--simulated", str(simulated), *options],
        cwd=ROOT, env=OUTSIDE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    document = json.loads(ran.stdout)
    assert isinstance(document, dict)
    return document


def changes(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {resource.name: tuple(resource.diffs) for resource in plan.changes if resource.custom and resource.op == "update"}


def test_without_a_lock_what_oracle_publishes_reaches_no_pool(session: Session) -> None:
    session.run("up")
    publish(session)
    assert [resource.name for resource in session.preview().changes] == []


def test_without_a_lock_another_kubernetes_version_takes_its_newest_image(session: Session, file: Path) -> None:
    session.run("up")
    publish(session)
    file.write_text(file.read_text().replace("v1.34.2", "v1.35.2"))
    session.change(stackfile.locate(str(file), ROOT))
    plan = session.preview()
    assert changes(plan)["pool-system"] == ("kubernetesVersion", "nodeSourceDetails.imageId")
    (made,) = [resource for resource in plan.resources if resource.name == "image-v1.35.2-amd64"]
    session.run("up")
    assert [resource.name for resource in session.preview().changes] == []
    assert made.inputs["input"].startswith("ocid1.image.")


def test_a_lock_moves_the_pools_that_it_is_told_to_and_no_other(session: Session, file: Path) -> None:
    update(file, session.simulated)
    session.change(stackfile.locate(str(file), ROOT))
    session.run("up")
    publish(session)
    assert [resource.name for resource in session.preview().changes] == []

    moved = update(file, session.simulated, "a10")
    assert [(row["pool"], row["moves"]) for row in moved["pools"]] == [("a10", True), ("system", False)]
    session.change(stackfile.locate(str(file), ROOT))
    assert changes(session.preview()) == {"pool-a10-ad1": ("nodeSourceDetails.imageId",)}

    update(file, session.simulated)
    session.change(stackfile.locate(str(file), ROOT))
    assert set(changes(session.preview())) == {"pool-a10-ad1", "pool-system"}
    session.run("up")
    assert [resource.name for resource in session.preview().changes] == []
    session.run("destroy", "--ignore-protect")


def test_pinned_images_that_are_gone_are_told_in_one_refusal(session: Session, file: Path) -> None:
    update(file, session.simulated)
    session.change(stackfile.locate(str(file), ROOT))
    cloud = SimulatedState(session.simulated)
    lock = yaml.safe_load(stack_file.image_lock(file).read_text())
    for image in lock["pools"].values():
        cloud.withdraw(image["name"])
    with pytest.raises(OperationError) as refusal:
        session.preview()
    (said,) = reasons(refusal.value)
    assert [line.partition(":")[0] for line in said.splitlines()] == ["a10-ad1", "system"]
    assert all("is gone" in line and "platformctl images update dev" in line for line in said.splitlines())


def test_images_that_oracle_was_asked_for_are_taken_to_be_there(session: Session, file: Path) -> None:
    lock = stack_file.image_lock(file)
    update(file, session.simulated)
    text = lock.read_text().replace("cloud: simulated", "cloud: oracle")
    system = yaml.safe_load(text)["pools"]["system"]["id"]
    real = "ocid1.image.oc1.eu-frankfurt-1.aaaareal"
    lock.write_text(text.replace(system, real))
    session.change(stackfile.locate(str(file), ROOT))
    (pool,) = [resource for resource in session.preview().resources if resource.name == "pool-system" and resource.custom]
    assert pool.inputs["nodeSourceDetails"]["imageId"] == real
