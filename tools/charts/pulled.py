"""A pulled chart on disk: `helm pull --untar`, or a folder with chart.json and crds.json in place of Chart.yaml and the definitions."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from testkit.charts.documents import documents

PLACES = ("crds", "templates", "files")
"""Folders of a chart in which definitions lie."""

OF_A_CHART = ("Chart.yaml", "chart.json", "values.yaml")
"""One of these is in every folder of a dependency; values are not, where it has none."""

_COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)
"""Of a template: it may have several lines."""
_DEFINES = re.compile(r"^kind: CustomResourceDefinition\s*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Pulled:
    folder: Path
    name: str
    version: str
    app_version: str
    conditions: tuple[str, ...]
    """Values that turn a dependency on, like `grafana.enabled`."""
    subcharts: Mapping[str, "Pulled"]
    """By the key of their values."""

    @property
    def values_text(self) -> str:
        file = self.folder / "values.yaml"
        return file.read_text() if file.is_file() else ""

    @property
    def values_schema(self) -> dict[str, Any] | None:
        file = self.folder / "values.schema.json"
        return json.loads(file.read_text()) if file.is_file() else None

    def definitions(self) -> list[dict[str, Any]]:
        """Custom resource definitions, of the dependencies too, each name once."""
        listed = self.folder / "crds.json"
        own = json.loads(listed.read_text()) if listed.is_file() else list(_definitions(self.folder))
        below = [found for subchart in self.subcharts.values() for found in subchart.definitions()]
        return list({found["metadata"]["name"]: found for found in (*below, *own)}.values())


def read(folder: Path) -> Pulled:
    """The chart in `folder`. Raises FileNotFoundError where there is none."""
    described = folder / "chart.json"
    if described.is_file():
        return _pulled(folder, json.loads(described.read_text()), "subcharts")
    return _pulled(folder, yaml.safe_load((folder / "Chart.yaml").read_text()), "charts")


def _pulled(folder: Path, chart: Mapping[str, Any], below: str) -> Pulled:
    dependencies = chart.get("dependencies") or []
    aliases = {found["name"]: found.get("alias", found["name"]) for found in dependencies}
    folders = [path for path in sorted((folder / below).glob("*")) if any((path / name).is_file() for name in OF_A_CHART)]
    return Pulled(
        folder=folder,
        name=str(chart["name"]),
        version=str(chart["version"]),
        app_version=str(chart.get("appVersion", "")),
        conditions=tuple(part.strip() for found in dependencies for part in (found.get("condition") or "").split(",") if part),
        subcharts={aliases.get(path.name, path.name): _subchart(path) for path in folders},
    )


def _subchart(folder: Path) -> Pulled:
    if any((folder / name).is_file() for name in ("chart.json", "Chart.yaml")):
        return read(folder)
    return _pulled(folder, {"name": folder.name, "version": ""}, "charts")


def _definitions(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(path for place in PLACES for path in (folder / place).rglob("*.yaml")):
        text = file.read_text()
        if _DEFINES.search(text):
            # The file may be a template: its lines with actions are left out, for they hold no structure.
            plain = "\n".join(line for line in _COMMENT.sub("", text).splitlines() if "{{" not in line)
            yield from (found for found in documents(plain) if found.get("kind") == "CustomResourceDefinition")
