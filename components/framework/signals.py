"""What is measured of an add-on and what is warned of, as data: it is installed where both the add-on and monitoring are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Severity = Literal["critical", "warning"]
"""`critical`: somebody should look now. `warning`: today."""


@dataclass(frozen=True)
class Source:
    name: str
    read: str
    """The file that says so, and as of when."""
    needs: str = ""
    """What must be switched on for the series to exist."""


@dataclass(frozen=True)
class Metric:
    name: str
    labels: frozenset[str]
    """Labels that may be selected on or kept."""
    source: Source


def metrics(source: Source, table: Mapping[str, Iterable[str]]) -> tuple[Metric, ...]:
    """A metric for each entry: its name, and its labels."""
    return tuple(Metric(name, frozenset(labels), source) for name, labels in table.items())


def histogram(name: str, labels: frozenset[str]) -> dict[str, frozenset[str]]:
    """The three series of a histogram."""
    return {f"{name}_bucket": labels | {"le"}, f"{name}_sum": labels, f"{name}_count": labels}


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A series that is computed and kept."""

    record: str
    expr: str
    about: str
    """What it is, with its unit."""
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """Tells it from the other rules."""
        return self.record + "".join(f"/{value}" for _, value in self.labels)

    def rule(self, runbooks: str | None) -> dict[str, Any]:
        labels = {"labels": dict(self.labels)} if self.labels else {}
        return {"record": self.record, "expr": self.expr, **labels}


@dataclass(frozen=True, kw_only=True)
class Alert:
    name: str
    """Also the name of its runbook, `runbooks/<name>.md` in the add-on's folder."""
    expr: str
    severity: Severity
    summary: str
    """What is wrong with what, in one line of Prometheus' template language."""
    for_minutes: int = 0
    """How long it must hold."""
    keep_firing_minutes: int = 0
    """How long it goes on after it no longer holds."""

    @property
    def key(self) -> str:
        return self.name

    def rule(self, runbooks: str | None) -> dict[str, Any]:
        page = {"runbook_url": f"{runbooks.rstrip('/')}/{self.name}.md"} if runbooks else {}
        durations = {"for": self.for_minutes, "keep_firing_for": self.keep_firing_minutes}
        return {
            "alert": self.name,
            "expr": self.expr,
            **{key: f"{minutes}m" for key, minutes in durations.items() if minutes},
            "labels": {"severity": self.severity},
            "annotations": {"summary": self.summary, **page},
        }


Rule = Recording | Alert


@dataclass(frozen=True, kw_only=True)
class Group:
    """Rules that are evaluated together, in their order: one may use what an earlier one recorded."""

    name: str
    rules: tuple[Rule, ...]

    @property
    def recordings(self) -> tuple[Recording, ...]:
        return tuple(rule for rule in self.rules if isinstance(rule, Recording))

    @property
    def alerts(self) -> tuple[Alert, ...]:
        return tuple(rule for rule in self.rules if isinstance(rule, Alert))


@dataclass(frozen=True, kw_only=True)
class Monitor:
    """A PodMonitor or ServiceMonitor of the add-on's own; charts that bring one make it by their values."""

    id: str
    document: Mapping[str, Any]
    after: tuple[str, ...] = ("namespace",)


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    name: str
    """Its file is `dashboards/<name>.json` in the add-on's folder; `make dashboards` writes it."""
    folder: Path

    @property
    def text(self) -> str:
        return (self.folder / f"{self.name}.json").read_text(encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Signals:
    metrics: tuple[Metric, ...] = ()
    """What its rules and dashboards read, beside what others record."""
    groups: tuple[Group, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    dashboards: tuple[Dashboard, ...] = field(default=())


def rule_file(groups: Iterable[Group], runbooks: str | None) -> dict[str, Any]:
    """What Prometheus reads as a file of rules, and Kubernetes as the `spec` of a PrometheusRule.

    `runbooks` is the address of the folder docs/runbooks; without one alerts lead to no page.
    """
    return {"groups": [{"name": f"gpu-platform-{group.name}", "rules": [rule.rule(runbooks) for rule in group.rules]} for group in groups]}
