"""Dashboards are written from code, ask for what exists, and say what they show."""

import importlib.metadata
import json
import re
from pathlib import Path

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard as Model

from components.monitoring import dashboards, grafana
from components.monitoring.settings import Grafana
from testkit.promql import Labels, labels_of
from tools.dashboards import __main__ as command
from tools.dashboards.__main__ import ALL
from tools.dashboards.build import VARIABLE, text
from tools.dashboards.panel import WIDTH, Dashboard, Panel

PANELS = [pytest.param(panel, id=f"{dashboard.name}-{panel.title}-{panel.kind}") for dashboard in ALL for panel in dashboard.panels]
PRICES = re.compile(r"gpu_platform:(cost|node_usd|node_pool|nodes)")
MODELS = re.compile(r"vllm:|gpu_platform:model_")

each_dashboard = pytest.mark.parametrize("dashboard", ALL, ids=lambda dashboard: dashboard.name)


def test_the_files_are_what_the_code_says() -> None:
    assert command.stale() == [], "run `make dashboards`, and review the change"


def test_a_missing_a_changed_and_an_unknown_file_are_stale(tmp_path: Path) -> None:
    for name, content in command.wanted().items():
        (tmp_path / name).write_text(content)
    assert command.stale(tmp_path) == []
    (tmp_path / "gpus.json").unlink()
    (tmp_path / "cost.json").write_text("{}")
    (tmp_path / "old.json").write_text("{}")
    assert command.stale(tmp_path) == ["cost.json", "gpus.json", "old.json"]


def test_the_sdk_is_the_one_for_todays_grafana() -> None:
    """Versions with an epoch sort above it, and write dashboards of Grafana 10."""
    assert importlib.metadata.version("grafana-foundation-sdk").removeprefix("v").startswith("0.0.")


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_asks_for_what_exists_and_names_series_by_labels_that_they_have(panel: Panel, known: dict[str, Labels]) -> None:
    for query in panel.queries:
        assert set(re.findall(r"{{(\w+)}}", query.legend)) <= labels_of(query.expr, known), query


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_says_what_it_shows(panel: Panel) -> None:
    assert panel.about.endswith(".")
    assert len(panel.about.split()) > 2
    assert panel.queries
    assert panel.nothing


@pytest.mark.parametrize("panel", PANELS)
def test_a_window_follows_the_chosen_time_or_the_scrapes(panel: Panel) -> None:
    for query in panel.queries:
        for window in re.findall(r"(?:rate|increase)\([^\[]*\[([^\]]+)\]", query.expr):
            assert window in ("$__range", "$__rate_interval"), query


@each_dashboard
def test_a_row_fills_whole_lines(dashboard: Dashboard) -> None:
    for row in dashboard.rows:
        assert sum(panel.width for panel in row.panels) % WIDTH == 0, row.title


@each_dashboard
def test_grafana_reads_back_what_was_written(dashboard: Dashboard) -> None:
    written = text(dashboard)
    assert JSONEncoder(sort_keys=True, indent=1).encode(Model.from_json(json.loads(written))) + "\n" == written


@each_dashboard
def test_nobody_edits_it_in_the_browser_and_links_to_it_last(dashboard: Dashboard) -> None:
    document = json.loads(text(dashboard))
    assert document["editable"] is False
    assert document["uid"] == f"gpu-platform-{dashboard.name}"
    assert len(document["uid"]) <= 40
    numbers = [panel["id"] for panel in document["panels"]]
    assert len(set(numbers)) == len(numbers)
    assert 0 not in numbers


@each_dashboard
def test_no_panel_names_a_data_source_of_its_own(dashboard: Dashboard) -> None:
    document = json.loads(text(dashboard))
    assert [variable["name"] for variable in document["templating"]["list"]] == [VARIABLE]
    asked = [panel for panel in document["panels"] if panel["type"] != "row"]
    sources = {source["uid"] for panel in asked for source in (panel["datasource"], *(query["datasource"] for query in panel["targets"]))}
    assert sources == {f"${{{VARIABLE}}}"}


def test_the_overview_answers_what_users_asked() -> None:
    shown = [panel.title for panel in ALL[0].panels if panel.kind == "stat"]
    assert {"Average CPU", "Average GPU", "Peak GPU", "Average queue time", "Average build time"} <= set(shown)


@pytest.mark.parametrize(
    ("there", "more"), [({"prices", "kserve"}, {"cost", "serving"}), ({"prices"}, {"cost"}), ({"kserve"}, {"serving"}), (set(), set())]
)
def test_a_dashboard_is_there_where_it_has_something_to_show(there: set[str], more: set[str]) -> None:
    names = {document["metadata"]["name"].removeprefix("dashboard-") for document in dashboards.documents("monitoring", there)}
    assert names == {"gpus", "overview", "queues", "runners"} | more


@pytest.mark.parametrize(("dashboard", "reads"), [("cost", PRICES), ("serving", MODELS)])
def test_what_a_dashboard_needs_is_what_it_alone_reads(dashboard: str, reads: re.Pattern[str]) -> None:
    assert {board.name for board in ALL for panel in board.panels for query in panel.queries if reads.search(query.expr)} == {dashboard}


def test_the_sidecar_finds_every_dashboard_under_a_name_of_its_own() -> None:
    documents = dashboards.documents("monitoring", set(dashboards.NEEDS.values()))
    sidecar = grafana.values(Grafana())["sidecar"]["dashboards"]
    assert all(document["metadata"]["labels"] == {sidecar["label"]: sidecar["labelValue"]} for document in documents)
    assert all(list(document["metadata"]["annotations"]) == [sidecar["folderAnnotation"]] for document in documents)
    keys = [key for document in documents for key in document["data"]]
    assert len(set(keys)) == len(keys) == len(documents)
    assert max(len(content) for document in documents for content in document["data"].values()) < 900_000
