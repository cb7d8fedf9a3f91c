"""The official kubernetes provider on a real API server, beside the simulated one on a simulated state of its own."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.engine import stackfile
from platformctl.engine.stackfile import StackFile
from testkit.control_plane import charts, nodes, sandbox
from testkit.control_plane.cluster import ROOT, ControlPlane
from toolchain import built, plugin
from toolchain.programs import CONTROL_PLANE
from toolchain.progress import Progress

HERE = Path(__file__).parent

# Everything that a cluster without Oracle can have, with options that make more of it.
ADD_ONS: dict[str, Any] = {
    "certManager": {"enabled": True},
    "nodeFeatureDiscovery": {"enabled": True},
    "prometheusOperatorCrds": {"enabled": True},
    "gpuOperator": {"enabled": True, "sharing": {"a10": {"mode": "time-slicing", "replicas": 2}}},
    "monitoring": {"enabled": True, "retentionDays": 7},
    "ociOnm": {
        "enabled": True,
        "target": {
            "namespace": "logs",
            "logGroupId": "ocid1.loganalyticsloggroup.oc1..example",
            "entityId": "ocid1.loganalyticsentity.oc1..example",
            "clusterId": "ocid1.cluster.oc1..example",
            "clusterName": "sandbox",
        },
    },
    "kserve": {"enabled": True, "samples": "stopped"},
}

Changed = Callable[..., StackFile]
"""`changed({"addons.monitoring.retentionDays": 8})`: the sandbox's stack file with values set at paths."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--dist loadgroup` one process runs all of these, so that the control plane boots once."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.apiserver)
            item.add_marker(pytest.mark.engine)
            item.add_marker(pytest.mark.xdist_group("sandbox"))
            if plugin.find() is None:
                item.add_marker(pytest.mark.skip(reason="no official kubernetes provider: run `make plugin`"))


@pytest.fixture(scope="session")
def official() -> dict[str, Path]:
    """What a session runs in the place of simulated providers."""
    found = plugin.find()
    assert found is not None
    return {"kubernetes": found}


@pytest.fixture(scope="session")
def control_plane(pytestconfig: pytest.Config) -> Iterator[ControlPlane]:
    """As `make sandbox` starts it: with the nodes of its stack file, and stand-in charts."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        built.ensure_all(CONTROL_PLANE, Progress())
    with ControlPlane(pack_charts=charts.pack) as booted:
        nodes.add(booted.client, [node for pool in sandbox.pools_of() for node in nodes.nodes(pool)])
        yield booted


@pytest.fixture(scope="session")
def changed(control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Changed:
    def change(changes: dict[str, Any] | None = None) -> StackFile:
        content = yaml.safe_load(sandbox.STACK_FILE.read_text(encoding="utf-8"))
        root = {
            "cluster.kubeconfig": str(control_plane.kubeconfig),
            "cluster.context": "control-plane",
            "charts.mirror": control_plane.charts,
            "addons": copy.deepcopy(ADD_ONS),
        }
        for path, value in {**root, **(changes or {})}.items():
            first, *rest = path.split(".")
            section, key = content["config"], f"oke-gpu-platform:{first}"
            for part in rest:
                section, key = section.setdefault(key, {}), part
            section[key] = value
        file = tmp_path_factory.mktemp("stack") / "Pulumi.sandbox.yaml"
        file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        return stackfile.locate(str(file), ROOT)

    return change
