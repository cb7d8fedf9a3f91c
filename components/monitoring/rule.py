"""Rules as data: what Prometheus computes and what it warns of, and how that is written down for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["critical", "warning"]
"""`critical`: somebody should look now. `warning`: today."""


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
    """Also the name of its page under docs/runbooks."""
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


def rule_file(groups: Iterable[Group], runbooks: str | None) -> dict[str, Any]:
    """What Prometheus reads as a file of rules, and Kubernetes as the `spec` of a PrometheusRule.

    `runbooks` is the address of the folder docs/runbooks; without one alerts lead to no page.
    """
    return {"groups": [{"name": f"gpu-platform-{group.name}", "rules": [rule.rule(runbooks) for rule in group.rules]} for group in groups]}


def manifest(group: Group, namespace: str, runbooks: str | None) -> dict[str, Any]:
    """The group as a PrometheusRule."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": f"gpu-platform-{group.name}", "namespace": namespace},
        "spec": rule_file([group], runbooks),
    }
