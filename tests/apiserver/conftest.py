"""One real control plane for every test of this folder, and a namespace of its own for each."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from infra.facts import Pool
from platformctl.engine import stackfile
from platformctl.engine.plan import plan
from platformctl.engine.session import Session
from testkit.control_plane import nodes
from testkit.control_plane.client import Client, Object
from testkit.control_plane.cluster import ControlPlane
from testkit.in_cluster import InCluster, in_cluster
from toolchain import built
from toolchain.programs import CONTROL_PLANE
from toolchain.progress import Progress

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """With `--dist loadgroup` one process runs all of these, so that the control plane boots once; once a stack, where each has its own."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.apiserver)
            item.add_marker(pytest.mark.xdist_group("apiserver"))
    yield
    places = [place for place, item in enumerate(items) if item.path == HERE / "test_charts.py"]
    for place, item in zip(places, sorted((items[place] for place in places), key=_stack), strict=True):
        items[place] = item


def _stack(item: pytest.Item) -> str:
    """pytest itself groups by the number of a parameter's value, which differs from test to test."""
    return str(item.callspec.params.get("of_stack", "")) if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ""


@pytest.fixture(scope="session")
def control_plane(pytestconfig: pytest.Config) -> Iterator[ControlPlane]:
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        built.ensure_all(CONTROL_PLANE, Progress())
    with ControlPlane() as booted:
        yield booted


@pytest.fixture(scope="session")
def client(control_plane: ControlPlane) -> Client:
    """Acts as the administrator."""
    return control_plane.client


@pytest.fixture(scope="session")
def contents() -> Callable[[Path], tuple[InCluster, ...]]:
    """What the stack of a file has inside its cluster after an `up` on the real engine."""

    @cache
    def of(file: Path) -> tuple[InCluster, ...]:
        with Session(ROOT, stackfile.locate(str(file), ROOT)) as session:
            outcome = session.run("up")
            return in_cluster(session, plan(session.stack, outcome.log, session.report.of))

    return of


_numbers = itertools.count(1)


@pytest.fixture
def namespace(client: Client) -> Iterator[str]:
    """A new namespace, with the service account that its pods run as."""
    name = f"test-{next(_numbers)}"
    client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    client.wait("v1", "ServiceAccount", "default", bool, namespace=name)
    yield name
    client.delete("v1", "Namespace", name)


@pytest.fixture
def add_nodes(client: Client) -> Iterator[Callable[[Iterable[Object]], None]]:
    """Adds nodes that go with the test: `add_nodes(nodes.nodes(pool))`."""
    added: list[str] = []

    def add(manifests: Iterable[Object]) -> None:
        wanted = tuple(manifests)
        added.extend(node["metadata"]["name"] for node in wanted)
        nodes.add(client, wanted)

    yield add
    for name in added:
        client.delete("v1", "Node", name)
    for name in added:
        client.wait_gone("v1", "Node", name)


@pytest.fixture
def worker(add_nodes: Callable[[Iterable[Object]], None]) -> None:
    """One plain node."""
    add_nodes(nodes.nodes(Pool(name="worker", min_nodes=1, max_nodes=1)))
