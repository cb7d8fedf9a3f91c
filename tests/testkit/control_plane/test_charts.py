"""A stand-in takes what its chart takes, brings what its chart brings, and is found where Helm looks."""

import io
import json
import subprocess
import tarfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from components.framework.chart import Chart
from components.framework.schema import load
from components.gpu.operator.chart import GPU_OPERATOR
from components.registry import CHARTS
from components.serving.kserve.chart import KSERVE_CRD, KSERVE_RESOURCES
from testkit.control_plane import charts, commands
from testkit.control_plane.keeper import PORT


def files(chart: Chart) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(charts.archive(chart))) as tar:
        found = {member.name: tar.extractfile(member) for member in tar.getmembers()}
        return {name.removeprefix(f"{chart.name}/"): content.read().decode() for name, content in found.items() if content is not None}


def takes(chart: Chart, values: Mapping[str, Any]) -> bool:
    return bool(jsonschema.Draft7Validator(json.loads(files(chart)["values.schema.json"])).is_valid(values))


def test_the_repository_has_every_chart_in_its_version(tmp_path: Path) -> None:
    charts.pack(tmp_path)
    index = json.loads((tmp_path / "index.yaml").read_text())["entries"]
    for chart in CHARTS:
        (entry,) = index[chart.name]
        assert (entry["version"], entry["appVersion"]) == (chart.version, chart.app_version)
        assert (tmp_path / entry["urls"][0]).is_file()


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.key)
def test_a_stand_in_refuses_a_value_that_its_chart_would_ignore(chart: Chart) -> None:
    assert takes(chart, {})
    if not load(chart.key).values["additionalProperties"]:
        assert not takes(chart, {"notAValue": 1})


def test_a_stand_in_takes_values_of_the_kind_that_its_chart_takes() -> None:
    assert takes(GPU_OPERATOR, {"driver": {"enabled": False}, "dcgmExporter": None})
    assert not takes(GPU_OPERATOR, {"driver": {"enabled": []}})
    assert not takes(GPU_OPERATOR, {"driver": {"enable": False}})


@pytest.mark.parametrize(
    ("chart", "folder"), [(GPU_OPERATOR, "crds"), (KSERVE_CRD, "templates"), (KSERVE_RESOURCES, None)], ids=lambda each: str(each)[:9]
)
def test_definitions_lie_where_the_chart_has_them(chart: Chart, folder: str | None) -> None:
    found = {name: json.loads(text) for name, text in files(chart).items() if "CustomResourceDefinition" in text}
    assert {name.partition("/")[0] for name in found} == ({folder} if folder else set())
    assert len(found) == (len(load(chart.key).names) if folder else 0)


def test_the_repository_is_served_on_loopback(tmp_path: Path) -> None:
    (tmp_path / "charts").mkdir()
    charts.pack(tmp_path / "charts", [GPU_OPERATOR])
    log = tmp_path / "log"
    with log.open("wb") as written:
        server = subprocess.Popen(commands.charts("charts"), cwd=tmp_path, stdout=written, stderr=written)
    try:
        deadline = time.monotonic() + 30
        while (port := PORT.search(log.read_text())) is None:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        with urllib.request.urlopen(f"http://127.0.0.1:{port[1]}/index.yaml", timeout=10) as answer:
            assert "gpu-operator" in json.load(answer)["entries"]
    finally:
        server.kill()
        server.wait()
