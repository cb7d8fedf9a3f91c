"""The client's own part: where objects live, and what it says when nobody answers."""

from pathlib import Path

import pytest

from testkit.control_plane.client import Client, Kind, UnreachableError, has_condition
from testkit.control_plane.keeper import free_port


def test_objects_live_where_the_api_has_them() -> None:
    pods = Kind(api_version="v1", plural="pods", namespaced=True)
    assert pods.path() == "/api/v1/pods"
    assert pods.path("team-a", "task", "log") == "/api/v1/namespaces/team-a/pods/task/log"
    nodes = Kind(api_version="v1", plural="nodes", namespaced=False)
    assert nodes.path("team-a", "a10-0") == "/api/v1/nodes/a10-0"
    roles = Kind(api_version="rbac.authorization.k8s.io/v1", plural="clusterroles", namespaced=False)
    assert roles.path(None, "system:node") == "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode"


def test_a_condition_holds_when_it_is_there_and_true() -> None:
    assert not has_condition({}, "Ready")
    assert not has_condition({"status": {"conditions": None}}, "Ready")
    assert not has_condition({"status": {"conditions": [{"type": "Ready", "status": "False"}]}}, "Ready")
    assert has_condition({"status": {"conditions": [{"type": "Ready", "status": "True"}]}}, "Ready")


def test_nobody_answering_is_said() -> None:
    url = f"https://127.0.0.1:{free_port()}"
    with pytest.raises(UnreachableError, match=f"{url} does not answer"):
        Client(url, token="", ca=Path("/no/such/certificate")).ready()
