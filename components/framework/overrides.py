"""The `values` of a section: overrides of what the platform decides, by release, merged here and nowhere else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from components.framework import extra_objects, object_names, replicas, volumes
from components.framework.chart import Chart
from components.framework.plan import AddOnPlan, Decided, Release
from components.framework.schema import unknown_keys
from components.framework.values import ABSENT, at, merged, taken_out
from infra.facts import ClusterContext
from infra.problems import Problem, did_you_mean, shown

Overrides = Mapping[str, Any]


def problems(key: str, plan: AddOnPlan, given: Overrides, cluster: ClusterContext) -> list[Problem]:
    """Overrides that nothing reads, that change what a setting decides, or that ask for what the cluster does not make; paths are those of
    the section."""
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
        for problem in _overruled(release, by_release.get(release.name, {}), cluster)
    ]
    return [*unknown, *(found if len(names) > 1 or names[0] not in given else _flat(found, names[0]))]


def _flat(found: Iterable[Problem], name: str) -> Iterator[Problem]:
    """The problems, where the name of the only release stands as if there were several."""
    for problem in found:
        wrong = problem.path == f"values.{name}" and problem.message.startswith("unknown key")
        yield replace(problem, message=f"there is one release, {name}: its values stand right under values") if wrong else problem


def unplanned(charts: Sequence[Chart], given: Overrides) -> list[Problem]:
    """Keys that the chart does not know, where the add-on could not be planned for other mistakes. Releases of several charts are taken
    to be named as these; other names are for when there is a plan."""
    if len(charts) == 1:
        return [problem.under("values") for problem in _checked(charts[0], given)]
    named = {chart.key: chart for chart in charts}
    return [problem.under(f"values.{name}") for name, values in given.items() if name in named for problem in _checked(named[name], values)]


def with_extra_objects(plan: AddOnPlan, given: Overrides) -> AddOnPlan:
    """The plan, with the whole objects in its overrides among its own: those that claim what another add-on has would take it."""
    return replace(plan, objects=(*plan.objects, *extra_objects.claimed(given)))


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
        return (Problem("", f"is {shown(given)}, but the values of a release are a mapping"),)
    return unknown_keys(chart, given)


def _overruled(release: Release, given: Any, cluster: ClusterContext) -> Iterator[Problem]:
    """What is wrong with the overrides of one release: with each by itself, then with what they make of the platform's values."""
    wrong = list(_checked(release.chart, given))
    yield from wrong
    if wrong or not given:
        return
    both = merged(release.values, given)
    reported: list[tuple[str, ...]] = []
    for decided in release.decided:
        if not _keeps(both, release.values, decided):
            where, value = _given(given, decided.path)
            if not any(each[: len(where)] == where for each in reported):
                reported.append(where)
                yield Problem(".".join(where), f"is {shown(_hidden(value) if decided.secret else value)}, but {decided.by}")
    more = (
        *object_names.problems(release, given),
        *replicas.problems(release, given),
        *extra_objects.problems(given),
        *volumes.problems(both, cluster),
    )
    yield from (problem for problem in more if problem.path not in {".".join(each) for each in reported})


def _keeps(both: Mapping[str, Any], values: Mapping[str, Any], decided: Decided) -> bool:
    """Whether the merged values have what is decided: the platform's own, or where it has none the chart's."""
    found, wanted = at(both, decided.path), at(values, decided.path)
    if wanted is ABSENT and decided.default is not ABSENT:
        return bool(found == decided.default) or (found is ABSENT and not taken_out(both, decided.path))
    return _stays(found, wanted, more=decided.more)


def _stays(found: Any, wanted: Any, *, more: bool) -> bool:
    """Whether what is found is what is wanted, or all of that and `more`. Of entries that have a name there is one of each."""
    if not more:
        return bool(found == wanted)
    if wanted is ABSENT:
        return True
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(_stays(found.get(key, ABSENT), item, more=True) for key, item in wanted.items())
    if isinstance(wanted, list | tuple):
        return isinstance(found, list | tuple) and all(_has(found, item) for item in wanted)
    return bool(found == wanted)


def _has(found: Sequence[Any], wanted: Any) -> bool:
    if not isinstance(wanted, Mapping) or "name" not in wanted:
        return wanted in found
    named = [each for each in found if isinstance(each, Mapping) and each.get("name") == wanted["name"]]
    return len(named) == 1 and _stays(named[0], wanted, more=True)


class _Hidden:
    def __repr__(self) -> str:
        return "..."


def _hidden(value: Any) -> Any:
    """The value without its text, of which none can tell what is secret."""
    if isinstance(value, Mapping):
        return {key: _hidden(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(item) for item in value]
    return _Hidden() if isinstance(value, str) else value


def _given(given: Overrides, path: Sequence[str]) -> tuple[tuple[str, ...], Any]:
    """The part of `path` that the overrides have, and what they have there."""
    here: Any = given
    for depth, key in enumerate(path):
        if not isinstance(here, Mapping) or key not in here:
            return tuple(path[:depth]), here
        here = here[key]
    return tuple(path), here


def _no_release(key: str, name: str, releases: Sequence[Release]) -> str:
    names = [release.name for release in releases]
    readers = [release.name for release in releases if not list(unknown_keys(release.chart, {name: {}}))]
    if len(readers) == 1:
        return f"{key} has no release {name}; it is a value of {readers[0]}: write it under values.{readers[0]}"
    return f"{key} has no release {name}; {did_you_mean(name, names)}overrides go under the name of a release: {', '.join(names)}"
