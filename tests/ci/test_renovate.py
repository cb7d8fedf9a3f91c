"""Renovate finds every pinned chart, with the repository and the version that Helm is given."""

import json
import re
from pathlib import Path
from typing import Any

from components.ci.runners.section import ScaleSet
from components.registry import CHARTS
from toolchain.programs import PROGRAMS

ROOT = Path(__file__).resolve().parents[2]
RENOVATE: dict[str, Any] = json.loads((ROOT / "renovate.json").read_text())
FILES = sorted((ROOT / "components").rglob("chart.py"))
OF_CHARTS = [manager for manager in RENOVATE["customManagers"] if "chart" in manager["managerFilePatterns"][0]]
OF_IMAGES = [manager for manager in RENOVATE["customManagers"] if manager not in OF_CHARTS]
TABLE = "\n".join(file.read_text() for file in FILES)


def found() -> list[dict[str, str]]:
    """What the custom managers read of each `chart.py`; RE2 writes named groups `(?<name>`."""
    return [
        {**match.groupdict(), "datasource": manager["datasourceTemplate"]}
        for manager in OF_CHARTS
        for pattern in manager["matchStrings"]
        for match in re.finditer(pattern.replace("(?<", "(?P<"), TABLE)
    ]


def test_every_chart_is_found_once_where_helm_finds_it() -> None:
    expected = [
        {"depName": chart.name, "registryUrl": chart.repository, "currentValue": chart.version, "datasource": "helm"}
        if chart.repository_url
        else {
            "depName": chart.name,
            "packageName": chart.repository.removeprefix("oci://"),
            "currentValue": chart.version,
            "datasource": "docker",
        }
        for chart in CHARTS
    ]
    assert sorted(found(), key=lambda match: match["depName"]) == sorted(expected, key=lambda match: match["depName"])


def test_the_managers_are_on_and_read_the_table() -> None:
    assert "custom.regex" in RENOVATE["enabledManagers"]
    patterns = [pattern for manager in OF_CHARTS for pattern in manager["managerFilePatterns"]]
    names = [str(file.relative_to(ROOT)) for file in FILES]
    assert all(re.search(pattern.strip("/"), name) for pattern in patterns for name in names)


def test_images_that_runners_need_are_found() -> None:
    (manager,) = OF_IMAGES
    (files,), (pattern,) = manager["managerFilePatterns"], manager["matchStrings"]
    texts = [file.read_text() for file in (ROOT / "components").rglob("*.py") if re.search(files.strip("/"), str(file.relative_to(ROOT)))]
    names = {match["depName"] for text in texts for match in re.finditer(pattern.replace("(?<", "(?P<"), text)}
    assert names == {"ghcr.io/actions/actions-runner", "docker.io/library/python"}


def test_charts_of_one_set_are_bumped_together() -> None:
    groups = [set(rule["matchDepNames"]) for rule in RENOVATE["packageRules"] if rule.get("matchManagers") == ["custom.regex"]]
    for name in {chart.set for chart in CHARTS if chart.set}:
        together = {chart.name for chart in CHARTS if chart.set == name}
        assert any(all(_matches(each, group) for each in together) for group in groups), name


def test_the_modules_that_are_bumped_are_those_of_programs_that_are_built() -> None:
    owners = {module.owner(name) for program in PROGRAMS for module in program.modules for name in module.programs}
    rules = [rule for rule in RENOVATE["packageRules"] if rule.get("matchManagers") == ["gomod"]]
    chosen = [{name.removeprefix("!") for name in rule["matchPackageNames"]} for rule in rules]
    assert len(chosen) == 2
    assert chosen[0] == chosen[1], "all others are off, and these are on"
    assert chosen[0] <= owners


def _matches(name: str, group: set[str]) -> bool:
    return any(name == entry or (entry.endswith("*") and name.startswith(entry[:-1])) for entry in group)


def test_runners_and_the_image_that_is_built_on_them_are_of_one_version() -> None:
    built = re.search(r"^FROM (ghcr\.io/actions/actions-runner:[0-9.]+)@", (ROOT / "images/runner/Dockerfile").read_text(), re.MULTILINE)
    assert built is not None
    assert ScaleSet.model_fields["image"].default == built[1]
