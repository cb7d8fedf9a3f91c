"""One control plane with the real Kueue beside it for every test of this folder."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from testkit.control_plane.client import Client
from testkit.control_plane.cluster import ControlPlane
from testkit.controllers.table import KUEUE
from toolchain import built
from toolchain.programs import CONTROL_PLANE
from toolchain.progress import Progress

HERE = Path(__file__).parent

_numbers = itertools.count(1)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--dist loadgroup` one process runs all of these, so that Kueue starts once."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.kueue)
            item.add_marker(pytest.mark.xdist_group("kueue"))


@pytest.fixture(scope="session")
def kueue(pytestconfig: pytest.Config) -> Iterator[ControlPlane]:
    """A control plane with the real Kueue, both built on first use."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        for program in (CONTROL_PLANE, KUEUE.program):
            built.ensure_all(program, Progress())
    with ControlPlane(controllers=(KUEUE.name,)) as booted:
        yield booted


@pytest.fixture(scope="session")
def client(kueue: ControlPlane) -> Client:
    """Acts as the administrator."""
    return kueue.client


@pytest.fixture
def unique() -> Callable[[str], str]:
    """Names that no other test has: objects of Kueue's belong to the whole cluster."""
    number = next(_numbers)
    return lambda name: f"{name}-{number}"


@pytest.fixture
def namespace(client: Client, unique: Callable[[str], str]) -> Callable[[str], str]:
    """`namespace("a")` makes a namespace that has opted in."""

    def make(name: str) -> str:
        called = unique(name)
        labels: dict[str, Any] = {"managed-by-kueue": "true"}
        client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": called, "labels": labels}})
        return called

    return make
