"""`platformctl images`: what is pinned, what is newest, and what is wrong, in words."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.simulated_state import SimulatedState

pytestmark = pytest.mark.engine
HOUSE = Path(__file__).resolve().parents[3]
Ctl = Callable[..., Any]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(shutil.copy(HOUSE / "Pulumi.dev.yaml", tmp_path / "Pulumi.dev.yaml"))


def test_what_is_pinned_is_shown_beside_the_newest(platformctl: Ctl, file: Path, tmp_path: Path) -> None:
    cloud = tmp_path / "cloud.json"
    asked = ("--simulated", str(cloud))
    first = platformctl("images", str(file), *asked, root=HOUSE)
    assert first.code == 0, first.err
    assert "nothing is pinned in a file" in first.err
    made = platformctl("images", "update", str(file), *asked, root=HOUSE)
    assert made.code == 0, made.err
    assert "new" in made.out
    assert "a10, system moved" in made.err
    again = platformctl("images", "update", str(file), *asked, root=HOUSE)
    assert "nothing has moved" in again.err
    SimulatedState(cloud).publish("2026.09.30-0-1402")
    shown = platformctl("images", str(file), "--json", *asked, root=HOUSE)
    rows = {row["pool"]: row for row in json.loads(shown.out)["pools"]}
    assert rows["system"]["pinned"]["name"] == "Oracle-Linux-8.10-2026.08.31-0-OKE-1.34.2-1311"
    assert rows["system"]["newest"]["name"] == "Oracle-Linux-8.10-2026.09.30-0-OKE-1.34.2-1402"
    assert all(row["moves"] for row in rows.values())


@pytest.mark.parametrize(
    ("arguments", "lock", "code", "said"),
    [
        (("--pool", "a11"), None, 2, "--pool a11: "),
        ((), "cloud: [", 2, "Pulumi.dev.images.lock:2: is not YAML"),
        (("--pool", "a10"), "cloud: oracle\nregion: eu-frankfurt-1\n", 2, "is of the oracle cloud in eu-frankfurt-1; pin all pools anew"),
    ],
)
def test_a_mistake_is_one_message_and_writes_nothing(  # noqa: PLR0917 - cases
    arguments: tuple[str, ...], lock: str | None, code: int, said: str, platformctl: Ctl, file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "Pulumi.dev.images.lock"
    if lock is not None:
        path.write_text(lock)
    ran = platformctl("images", "update", str(file), "--simulated", str(tmp_path / "cloud.json"), *arguments, root=HOUSE)
    assert ran.code == code, ran.err
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert (path.read_text() if path.exists() else None) == lock


def test_a_cluster_that_exists_has_no_images_to_pin(platformctl: Ctl, tmp_path: Path) -> None:
    file = shutil.copy(HOUSE / "examples/Pulumi.rtx4060.yaml", tmp_path / "Pulumi.rtx4060.yaml")
    ran = platformctl("images", "update", str(file), "--simulated", str(tmp_path / "cloud.json"), root=HOUSE)
    assert ran.code == 2
    assert "cluster.backend: is 'existing'" in ran.err
    assert not (tmp_path / "Pulumi.rtx4060.images.lock").exists()
