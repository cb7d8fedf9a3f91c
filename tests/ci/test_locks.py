"""The lock files: what is installed is what the requirements files pin, all of it, each with its hashes. No network is asked."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from toolchain import bootstrap

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ("requirements", "requirements-dev", "requirements-maintainer", "blueprints/requirements")


@dataclass(frozen=True)
class Locked:
    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def normal(name: str) -> str:
    """A package's one name: `Types_PyYAML[s3]` is `types-pyyaml`."""
    return re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()


def pins(name: str) -> dict[str, str]:
    """What a requirements file asks for, those that it includes among it."""
    found: dict[str, str] = {}
    for line in (ROOT / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found |= pins(line.removeprefix("-r ").removesuffix(".txt"))
        elif line and not line.startswith("#"):
            package, equals, version = line.partition("==")
            assert equals, f"{name}.txt: {line}: pin one version, with =="
            found[normal(package)] = version
    return found


def locked(name: str) -> list[Locked]:
    text = (ROOT / f"{name}.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    found = []
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            entry = re.fullmatch(r"(\S+)==(\S+)(?: ; ([^\\]+?))?((?:\s+--hash=sha256:[0-9a-f]{64})+)\s*", line)
            assert entry, f"{name}.lock: {line}: no package with a version and hashes"
            package, version, marker, hashes = entry.groups()
            found.append(Locked(normal(package), version, marker or "", tuple(hashes.split())))
    return found


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_pin_is_locked_in_its_version(name: str) -> None:
    versions: dict[str, set[str]] = {}
    for each in locked(name):
        versions.setdefault(each.name, set()).add(each.version)
    wrong = {package: version for package, version in pins(name).items() if versions.get(package) != {version}}
    assert wrong == {}, f"{name}.lock is stale: run `make lock`"


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_no_package_is_locked_twice_for_one_machine(name: str) -> None:
    entries = [(each.name, each.marker) for each in locked(name)]
    assert len(entries) == len(set(entries))
    more = [package for package, _ in entries if [each for each, _ in entries].count(package) > 1]
    assert all(marker for package, marker in entries if package in more)


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_a_lock_says_nothing_of_where_packages_come_from(name: str) -> None:
    """An index of one's own must do, and a file that names one would break at everybody else's."""
    text = (ROOT / f"{name}.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text)


def test_developing_runs_on_what_is_run() -> None:
    """One version of each package, whichever of the two files is installed."""
    assert set(locked("requirements")) <= set(locked("requirements-dev"))


@pytest.mark.parametrize(
    ("level", "name"), [("runtime", "requirements"), ("dev", "requirements-dev"), ("blueprints", "blueprints/requirements")]
)
def test_set_up_installs_the_locks(level: str, name: str) -> None:
    assert bootstrap.FILES[level][-1] == f"{name}.lock"
