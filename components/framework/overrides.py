"""The `values` of a section: overrides of what the platform decides, by release, merged here and nowhere else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from components.framework.chart import Chart
from components.framework.plan import AddOnPlan, Release
from components.framework.schema import unknown_keys
from components.framework.values import merged
from infra.problems import Problem

Overrides = Mapping[str, Any]


def problems(key: str, plan: AddOnPlan, given: Overrides) -> list[Problem]:
    """Overrides that nothing reads; paths are those of the section."""
    if not given:
        return []
    if not plan.releases:
        return [Problem("values", f"{key} has no Helm release here, so nothing would read them; take them out")]
    by_release = _by_release(plan.releases, given)
    names = [release.name for release in plan.releases]
    unknown = (
        [] if len(names) == 1 else [Problem(f"values.{name}", _no_release(key, name, plan.releases)) for name in given if name not in names]
    )
    found = [
        problem.under(_path(plan.releases, release))
        for release in plan.releases
        for problem in _checked(release.chart, by_release.get(release.name, {}))
    ]
    return [*unknown, *found]


def unplanned(charts: Sequence[Chart], given: Overrides) -> list[Problem]:
    """Keys that the chart does not know, where the add-on could not be planned for other mistakes. Releases of several charts are taken
    to be named as these; other names are for when there is a plan."""
    if len(charts) == 1:
        return [problem.under("values") for problem in _checked(charts[0], given)]
    named = {chart.key: chart for chart in charts}
    return [problem.under(f"values.{name}") for name, values in given.items() if name in named for problem in _checked(named[name], values)]


def merged_into(plan: AddOnPlan, given: Overrides) -> AddOnPlan:
    """The plan with the overrides merged into the values of its releases, as Helm merges them."""
    by_release = _by_release(plan.releases, given)
    releases = (replace(release, values=merged(release.values, by_release.get(release.name, {}))) for release in plan.releases)
    return replace(plan, releases=tuple(releases))


def _by_release(releases: Sequence[Release], given: Overrides) -> Mapping[str, Any]:
    """Overrides by the name of their release. Where there is one release they are its own."""
    return {releases[0].name: given} if len(releases) == 1 else given


def _path(releases: Sequence[Release], release: Release) -> str:
    return "values" if len(releases) == 1 else f"values.{release.name}"


def _checked(chart: Chart, given: Any) -> Iterable[Problem]:
    if not isinstance(given, Mapping):
        return (Problem("", f"is {given!r}, but the values of a release are a mapping"),)
    return unknown_keys(chart, given)


def _no_release(key: str, name: str, releases: Sequence[Release]) -> str:
    names = [release.name for release in releases]
    readers = [release.name for release in releases if not list(unknown_keys(release.chart, {name: {}}))]
    if len(readers) == 1:
        return f"{key} has no release {name}; it is a value of {readers[0]}: write it under values.{readers[0]}"
    close = get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{key} has no release {name}; {hint}overrides go under the name of a release: {', '.join(names)}"
