"""What every installed add-on has to say to Prometheus and Grafana, as objects: rules, and dashboards without empty panels."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from components.framework.plan import Object
from components.framework.signals import Group, Signals, rule_file
from components.monitoring.stack.grafana import DASHBOARD_LABEL, FOLDER, FOLDER_ANNOTATION

WIDTH = 24
"""Columns of a dashboard."""


def rules(signals: Iterable[Signals], namespace: str, runbooks: str | None, after: str) -> Iterator[Object]:
    """A PrometheusRule for each group."""
    for group in (group for each in signals for group in each.groups):
        yield Object(id=f"rules-{group.name}", document=rule(group, namespace, runbooks), after=(after,))


def rule(group: Group, namespace: str, runbooks: str | None) -> dict[str, Any]:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": f"gpu-platform-{group.name}", "namespace": namespace},
        "spec": rule_file([group], runbooks),
    }


def dashboards(signals: Sequence[Signals], namespace: str) -> Iterator[Object]:
    """A ConfigMap for each dashboard that has something to show; Grafana's sidecar picks it up.

    Names and keys are fixed: the sidecar deletes a file when any map that had it goes.
    """
    there = series(signals)
    for dashboard in sorted((dashboard for each in signals for dashboard in each.dashboards), key=lambda dashboard: dashboard.name):
        text = shown(dashboard.text, there)
        if text is not None:
            yield Object(id=f"dashboard-{dashboard.name}", document=_config_map(dashboard.name, namespace, text), after=("namespace",))


def series(signals: Iterable[Signals]) -> frozenset[str]:
    """Names of the series that are measured or recorded."""
    given = list(signals)
    measured = {metric.name for each in given for metric in each.metrics}
    return frozenset(measured | {recording.record for each in given for group in each.groups for recording in group.recordings})


def shown(text: str, there: frozenset[str]) -> str | None:
    """The dashboard without panels that ask for series which are not `there`, moved together; None where none is left."""
    document = json.loads(text)
    given = document["panels"]
    kept = [shorter for panel in given if (shorter := _shortened(panel, there)) is not None]
    if kept == given and any(_shows(panel) for panel in given):
        return text
    filled = [panel for panel, following in zip(kept, [*kept, None][1:], strict=True) if _shows(panel) or _is_panel(following)]
    if not filled:
        return None
    document["panels"] = list(_placed(filled))
    return json.dumps(document, sort_keys=True, indent=1) + "\n"


def _shortened(panel: dict[str, Any], there: frozenset[str]) -> dict[str, Any] | None:
    """The panel where it has something to show; a row that is folded keeps those of its panels that have."""
    if panel["type"] != "row":
        return panel if _reads(panel) <= there else None
    folded = panel.get("panels")
    return {**panel, "panels": [each for each in folded if _reads(each) <= there]} if folded else panel


def _shows(panel: dict[str, Any]) -> bool:
    """Whether it is more than the title of what follows."""
    return panel["type"] != "row" or bool(panel.get("panels"))


def _is_panel(panel: dict[str, Any] | None) -> bool:
    return panel is not None and panel["type"] != "row"


def _reads(panel: dict[str, Any]) -> set[str]:
    return {name for target in panel.get("targets", ()) for name in read_by(target.get("expr", ""))}


_LISTS = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", re.IGNORECASE)
# Text and comments first: a brace or a bracket in them closes nothing.
_TEXT = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\#[^\n]*""")
_NAMED = re.compile(r"""__name__\s*=\s*(?:"([^"\\]*)"|'([^'\\]*)'|`([^`]*)`)""")
_ASIDE = re.compile(r"\{[^}]*\}|\[[^\]]*\]")
_NAME = re.compile(r"(?<![\w$:])[A-Za-z_:][A-Za-z0-9_:]*(?![\w:]|\s*\()")  # not Grafana's variables, nor functions
_WORDS = frozenset({"and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring", "inf", "nan"})


def read_by(expression: str) -> set[str]:
    """Names of the series that an expression of Prometheus reads."""
    bare = _LISTS.sub(" ", _ASIDE.sub(" ", _TEXT.sub(" ", expression)))
    named = {name for groups in _NAMED.findall(expression) for name in groups if name}
    return named | {name for name in _NAME.findall(bare) if name.lower() not in _WORDS}


def _placed(panels: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Panels from left to right, a new line where one does not fit; a row has a line of its own."""
    x = y = height = 0
    for panel in panels:
        place = panel["gridPos"]
        if panel["type"] == "row" or x + place["w"] > WIDTH:
            x, y, height = 0, y + height, 0
        yield {**panel, "gridPos": {**place, "x": x, "y": y}}
        height = max(height, place["h"])
        x += WIDTH if panel["type"] == "row" else place["w"]


def _config_map(name: str, namespace: str, text: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": f"dashboard-{name}",
            "namespace": namespace,
            "labels": {DASHBOARD_LABEL: "1"},
            "annotations": {FOLDER_ANNOTATION: FOLDER},
        },
        "data": {f"gpu-platform-{name}.json": text},
    }
