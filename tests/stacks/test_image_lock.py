"""Reading a stack's lock of node images: what is wrong with the file is told with its line."""

from pathlib import Path

import pytest

from infra import stack_file
from infra.oke.images.lock import ImageLock, PinnedImage, text
from stacks.config import StackFileError, load
from stacks.config.image_lock import LockFile, read, update
from stacks.plan import plan

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / "Pulumi.dev.yaml"
LOCK = """# what the nodes boot
cloud: simulated
region: eu-frankfurt-1
pools:
  system:
    id: ocid1.image.oc1.eu-frankfurt-1.aaaasystem
    name: Oracle-Linux-8.10-2026.08.31-0-OKE-1.34.2-1311
"""


def locked(tmp_path: Path, content: str) -> LockFile | None:
    file = tmp_path / "Pulumi.dev.images.lock"
    file.write_text(content)
    return read(file, "dev")


def test_the_lock_lies_beside_its_stack_file_and_no_glob_for_stack_files_sees_it(tmp_path: Path) -> None:
    lock = stack_file.image_lock(tmp_path / "Pulumi.dev.yaml")
    lock.write_text(LOCK)
    assert lock == tmp_path / "Pulumi.dev.images.lock"
    assert list(tmp_path.glob("Pulumi.*.y*ml")) == []


def test_a_stack_without_a_lock_has_none(tmp_path: Path) -> None:
    assert read(tmp_path / "Pulumi.dev.images.lock", "dev") is None


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    image = PinnedImage(id="ocid1.image.oc1.eu-frankfurt-1.aaaa", name="Oracle-Linux-8.10-2026.08.31-0-OKE-1.34.2-1311")
    lock = ImageLock(cloud="oracle", region="eu-frankfurt-1", pools={"system": image})
    found = locked(tmp_path, text(lock, "dev", update("dev")))
    assert found is not None
    assert found.lock == lock
    empty = ImageLock(cloud="oracle", region="eu-frankfurt-1")
    found = locked(tmp_path, text(empty, "dev", update("dev")))
    assert found is not None
    assert found.lock == empty


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "1: is not a lock file: it holds no mapping"),
        ("[a]", "1: is not a lock file: it holds no mapping"),
        ("cloud: [", "2: is not YAML: "),
        (LOCK.replace("region:", "regoin:"), "1: region: is required and missing"),
        (LOCK.replace("cloud: simulated", "cloud: aws"), "2: cloud: 'aws' is not allowed; choose one of 'oracle', 'simulated'"),
        (LOCK.replace("ocid1.image", "ocid1.vcn"), "6: pools.system.id: 'ocid1.vcn.oc1.eu-frankfurt-1.aaaasystem' is not the OCID of a"),
        (LOCK.replace("    name: Oracle-Linux-8.10-2026.08.31-0-OKE-1.34.2-1311\n", ""), "5: pools.system.name: is required and missing"),
        (LOCK.replace("  system:", "  system: latest\n  other:"), "5: pools.system: is 'latest', but must be a mapping"),
        (LOCK + "pools: {}\n", "8: pools: "),
    ],
)
def test_a_file_that_is_no_lock_says_where_and_what_to_do(content: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(StackFileError) as refusal:
        locked(tmp_path, content)
    lines = str(refusal.value).splitlines()
    assert lines[0].startswith(f"Pulumi.dev.images.lock:{said}"), lines
    assert all(line.endswith("take it from git, or delete it and run `platformctl images update dev`") for line in lines)


def test_a_lock_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    folder = tmp_path / "Pulumi.dev.images.lock"
    folder.mkdir()
    with pytest.raises(StackFileError, match="cannot be read"):
        read(folder, "dev")


def test_pools_are_planned_with_what_they_are_pinned_to(tmp_path: Path) -> None:
    decided = plan(load(DEV), images=locked(tmp_path, LOCK))
    assert decided.oke is not None
    pinned = {pool.entry: pool.pinned_image.id if pool.pinned_image else None for pool in decided.oke.pools}
    assert pinned == {"system": "ocid1.image.oc1.eu-frankfurt-1.aaaasystem", "a10": None}


def test_what_does_not_fit_the_stack_is_reported_with_its_line_in_the_lock(tmp_path: Path) -> None:
    with pytest.raises(StackFileError) as refusal:
        plan(load(DEV), images=locked(tmp_path, LOCK.replace("1.34.2", "1.33.1")))
    (line,) = str(refusal.value).splitlines()
    assert line.startswith("Pulumi.dev.images.lock:7: pools.system.name: ")


def test_mistakes_in_the_stack_file_and_in_its_lock_are_told_together(tmp_path: Path) -> None:
    stack = load(DEV)
    broken = stack.model_copy(update={"tags": {"": "x"}})
    with pytest.raises(StackFileError) as refusal:
        plan(broken, DEV, locked(tmp_path, LOCK.replace("region: eu-frankfurt-1", "region: us-ashburn-1")))
    told = str(refusal.value).splitlines()
    assert [line.partition(":")[0] for line in told] == ["Pulumi.dev.yaml", "Pulumi.dev.images.lock"]
