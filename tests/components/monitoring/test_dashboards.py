"""Dashboards are written from code, ask for what exists, and say what they show."""

import importlib.metadata
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import promql_parser
import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard as Model

from components.framework.signals import Signals
from components.monitoring.stack import collected, grafana
from components.monitoring.stack.section import Grafana
from infra.facts import Prices
from testkit.promql import Labels, labels_of
from tests.components.monitoring.everything import COMING, PRICED, signals, signals_of
from tools.dashboards import __main__ as command
from tools.dashboards.__main__ import ALL
from tools.dashboards.build import VARIABLE, text
from tools.dashboards.panel import WIDTH, Dashboard, Panel

PANELS = [pytest.param(panel, id=f"{dashboard.name}-{panel.title}-{panel.kind}") for dashboard in ALL for panel in dashboard.panels]

each_dashboard = pytest.mark.parametrize("dashboard", ALL, ids=lambda dashboard: dashboard.name)


def test_the_files_are_what_the_code_says() -> None:
    assert command.stale() == [], "run `make collected`, and review the change"


def test_a_missing_a_changed_and_an_unknown_file_are_stale(tmp_path: Path) -> None:
    for name, content in command.wanted().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    assert command.stale(tmp_path) == []
    cost, gpus, old = "monitoring/stack/dashboards/cost.json", "gpu/operator/dashboards/gpus.json", "gpu/operator/dashboards/old.json"
    (tmp_path / gpus).unlink()
    (tmp_path / cost).write_text("{}")
    (tmp_path / old).write_text("{}")
    assert command.stale(tmp_path) == [gpus, old, cost]


def test_the_sdk_is_the_one_for_todays_grafana() -> None:
    """Versions with an epoch sort above it, and write collected of Grafana 10."""
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


BOARDS = {"overview", "cost", "gpus", "runners", "queues", "serving"}


def names(said: list[Signals]) -> set[str]:
    return {made.id.removeprefix("dashboard-") for made in collected.dashboards(said, "monitoring")}


def test_a_dashboard_is_there_where_it_has_something_to_show() -> None:
    assert names(list(signals().values())) == BOARDS
    stack, gpus, serving = signals_of("monitoring"), signals_of("gpu-operator"), signals_of("kserve")
    assert names([stack]) == {"overview", "cost"}
    assert names([stack, gpus]) == {"overview", "cost", "gpus"}
    assert names([stack, serving]) == {"overview", "cost", "serving"}
    assert names(list(signals(replace(PRICED, prices=Prices())).values())) == BOARDS - {"cost"}
    assert names([stack, *COMING.values()]) == BOARDS - {"serving", "gpus"}


def panels(text: str | None) -> list[dict[str, Any]]:
    assert text is not None
    return list(json.loads(text)["panels"])


def test_a_panel_is_there_where_what_it_reads_is_measured() -> None:
    stack, gpus = signals_of("monitoring"), signals_of("gpu-operator")
    overview = next(each for each in stack.dashboards if each.name == "overview")
    some = panels(collected.shown(overview.text, collected.series([stack, gpus])))
    titles = [panel["title"] for panel in some]
    assert {"Average CPU", "Average GPU"} <= set(titles)
    assert not {"Average queue time", "Late jobs"} & set(titles)
    assert panels(collected.shown(overview.text, collected.series(signals().values()))) == panels(overview.text)


@each_dashboard
def test_panels_move_together_and_never_overlap(dashboard: Dashboard) -> None:
    whole = panels(text(dashboard))
    assert list(collected._placed(whole)) == whole
    kept = list(collected._placed(whole[::2]))
    taken = [(x, y) for panel in kept for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
             for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])]  # fmt: skip
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < WIDTH


@pytest.mark.parametrize("panel", PANELS)
def test_what_a_panel_reads_is_found_in_its_words(panel: Panel, known: dict[str, Labels]) -> None:
    for query in panel.queries:
        assert collected.read_by(query.expr) == selected(query.expr), query
        assert collected.read_by(query.expr) <= known.keys()


def selected(expression: str) -> set[str]:
    """Names of the series that the real parser finds."""
    plain = re.sub(r"\$__(range|rate_interval)", "5m", expression).replace("5m_s", "300")
    found: set[str] = set()
    todo: list[Any] = [promql_parser.parse(plain)]
    while todo:
        node = todo.pop()
        if isinstance(node, promql_parser.VectorSelector):
            found.add(str(node.name))
        todo += [getattr(node, part) for part in ("expr", "lhs", "rhs", "vector_selector") if getattr(node, part, None) is not None]
        todo += list(getattr(node, "args", None) or [])
    return found


def test_the_sidecar_finds_every_dashboard_under_a_name_of_its_own() -> None:
    documents = [made.document for made in collected.dashboards(list(signals().values()), "monitoring")]
    sidecar = grafana.values(Grafana())["sidecar"]["dashboards"]
    assert all(document["metadata"]["labels"] == {sidecar["label"]: sidecar["labelValue"]} for document in documents)
    assert all(list(document["metadata"]["annotations"]) == [sidecar["folderAnnotation"]] for document in documents)
    keys = [key for document in documents for key in document["data"]]
    assert len(set(keys)) == len(keys) == len(documents)
    assert max(len(content) for document in documents for content in document["data"].values()) < 900_000


def test_a_dashboard_without_rows_of_which_nothing_is_measured_is_left_out() -> None:
    one = {"type": "timeseries", "targets": [{"expr": "y"}], "gridPos": {"x": 0, "y": 0, "w": 1, "h": 1}}
    assert collected.shown(json.dumps({"panels": [one]}), frozenset()) is None
    text = json.dumps({"panels": [one, {"type": "text"}]})
    assert collected.shown(text, frozenset({"y"})) == text


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ('up{a="}"} + down{b=~"x{2}"}', {"up", "down"}),
        ("up{a='}', b='c\\'}'} / down", {"up", "down"}),
        ("up{a=`}`} * down", {"up", "down"}),
        ("up # not {this\n+ down", {"up", "down"}),
        ('label_replace(up, "a", "$1", "b", "(.*) down")', {"up"}),
        ('{__name__="up", a="b"} or {__name__ = \'down\'}', {"up", "down"}),
        ("sum BY (a) (up)", {"up"}),
        ("up[5m:1m] offset 1h @ 3", {"up"}),
    ],
)
def test_what_stands_in_text_and_comments_is_not_read(expression: str, names: set[str]) -> None:
    assert collected.read_by(expression) == names


def test_a_dashboard_of_titles_alone_shows_nothing() -> None:
    assert collected.shown(json.dumps({"panels": [{"type": "row"}, {"type": "row"}]}), frozenset()) is None


def test_a_folded_row_keeps_the_panels_that_have_something_to_show() -> None:
    def panel(name: str) -> dict[str, Any]:
        return {"type": "timeseries", "title": name, "targets": [{"expr": name}], "gridPos": {"x": 0, "y": 1, "w": 24, "h": 1}}

    row = {"type": "row", "collapsed": True, "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}}
    text = json.dumps({"panels": [{**row, "panels": [panel("up"), panel("down")]}, {**row, "panels": [panel("down")]}]})
    shown = json.loads(collected.shown(text, frozenset({"up"})) or "{}")
    assert [[each["title"] for each in kept["panels"]] for kept in shown["panels"]] == [["up"]]
    assert collected.shown(text, frozenset({"up", "down"})) == text
    assert collected.shown(text, frozenset()) is None
