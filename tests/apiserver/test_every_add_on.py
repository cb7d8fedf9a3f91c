"""Every stack of the project with every add-on that it may have: a real API server takes all of it, twice, and lets go of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platformctl.engine import stackfile
from platformctl.engine.plan import plan
from platformctl.engine.session import Session
from testkit.control_plane.client import Client, Object
from testkit.control_plane.definitions import definitions
from testkit.every_add_on import STACKS, Everything, everything
from testkit.in_cluster import InCluster, in_cluster
from testkit.stack_files import ROOT

pytestmark = pytest.mark.engine

ADMISSION_POLICY = "ValidatingAdmissionPolicy"

WITH_A_CLUSTER = [file for file in STACKS if everything(file).plan.addons.chosen]


@dataclass(frozen=True)
class Inside:
    """What a stack has in its cluster after an `up` on the real engine."""

    stack: Everything
    contents: tuple[InCluster, ...]

    @property
    def manifests(self) -> list[dict[str, Any]]:
        """All but the releases, in the graph's order."""
        return [dict(each.inputs) for each in self.contents if not each.is_release]


@pytest.fixture(scope="module", params=WITH_A_CLUSTER, ids=lambda file: file.name)
def inside(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Inside:
    file: Path = request.param
    stack = everything(file)
    written = stack.write(tmp_path_factory.mktemp("everything") / file.name)
    with Session(ROOT, stackfile.locate(str(written), ROOT)) as session:
        outcome = session.run("up")
        return Inside(stack, in_cluster(session, plan(session.stack, outcome.log, session.report.of)))


@pytest.fixture(scope="module")
def there(client: Client, inside: Inside) -> Iterator[None]:
    """All its objects, applied. Afterwards they are gone; whatever is stuck raises TimeoutError."""
    client.apply_all(definitions())
    client.apply_all(inside.manifests)
    yield
    client.delete_all(inside.manifests)


def test_it_has_every_release_of_its_add_ons_and_every_chart_has_one(inside: Inside) -> None:
    addons = inside.stack.plan.addons
    releases = [release for planned in addons.plans.values() for release in planned.releases]
    assert {each.name for each in inside.contents if each.is_release} == {release.name for release in releases}
    assert {release.chart for release in releases} == {chart for kind in addons.chosen.values() for chart in kind.charts}


@pytest.mark.usefixtures("there")
def test_a_second_time_changes_nothing_and_warns_of_nothing(client: Client, inside: Inside) -> None:
    for manifest in inside.manifests:
        meta = manifest["metadata"]
        settled = client.wait(manifest["apiVersion"], manifest["kind"], meta["name"], _settled, namespace=meta.get("namespace"))
        again = client.apply(manifest)
        assert client.warnings == (), meta
        assert _content(again) == _content(settled), meta


def _settled(found: Object) -> bool:
    """The server checks an admission policy's types after it is written, and writes down that it did."""
    if found["kind"] != ADMISSION_POLICY:
        return True
    return bool(found.get("status", {}).get("observedGeneration") == found["metadata"]["generation"])


def _content(found: Object) -> Object | str:
    """The version of an object; of an admission policy all that it is. Its second apply is written down with the time, and changes nothing:
    kube-apiserver 1.34.2 does so for this kind."""
    if found["kind"] != ADMISSION_POLICY:
        return str(found["metadata"]["resourceVersion"])
    metadata = {key: value for key, value in found["metadata"].items() if key not in ("managedFields", "resourceVersion")}
    return {**found, "metadata": metadata}
