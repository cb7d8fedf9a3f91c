"""Budget, its alerts, and GPU quotas: what stops or reports spending from outside the cluster.

They live in the tenancy's root and can be a stack of their own with other credentials, so that the platform cannot raise its own
ceiling: nothing here knows the cluster. A budget only reports, hours late; the quotas stop new nodes, and leave running ones alone.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi

from infra.oci import oci
from infra.oke.spend.quotas import KNOWN, GpuCap, QuotaPlanError, check, check_place, quota_statements
from infra.problems import PlanError, Problem

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")
Spent = Literal["ACTUAL", "FORECAST"]


class BudgetPlanError(PlanError):
    """The budget cannot be made from what was asked for."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    kind: Spent
    """ACTUAL for what was spent, FORECAST for what the month will come to at this rate (after three days of it)."""
    percent: int


@dataclass(frozen=True, kw_only=True)
class BudgetPlan:
    amount: int
    """Per month, whole units of the tenancy's currency."""
    alerts: tuple[Alert, ...]
    recipients: str
    """Mail addresses, joined by commas as Oracle takes them."""


def budget(monthly: int, recipients: Iterable[str], thresholds: Iterable[int] = (50, 80, 100)) -> BudgetPlan:
    """Alerts at every threshold, in percent of `monthly`, for what was spent and for what is forecast. Raises BudgetPlanError.

    Bounds: Oracle, "Creating a Budget Alert Rule", 2026-08.
    """
    addresses, percents = tuple(dict.fromkeys(recipients)), tuple(sorted(set(thresholds)))
    problems: list[Problem] = []
    if monthly < 1:
        problems.append(Problem("spend.monthlyUsd", f"is {monthly}, but a budget must be at least 1"))
    if not addresses:
        problems.append(Problem("guardrails.recipients", "needs at least 1 mail address"))
    problems += [
        Problem(f"guardrails.recipients.{place}", f"{address!r} is not one mail address, as in gpu-owners@example.org")
        for place, address in enumerate(addresses)
        if not _EMAIL.fullmatch(address)
    ]
    if not percents:
        problems.append(Problem("guardrails.thresholds", "needs at least 1 percentage"))
    problems += [
        Problem("guardrails.thresholds", f"{percent} is not allowed; allowed: 1 to 10000 percent")
        for percent in percents
        if not 1 <= percent <= 10_000
    ]
    if problems:
        raise BudgetPlanError(problems)
    kinds: tuple[Spent, ...] = ("ACTUAL", "FORECAST")
    alerts = tuple(Alert(kind=kind, percent=percent) for kind in kinds for percent in percents)
    return BudgetPlan(amount=monthly, alerts=alerts, recipients=",".join(addresses))


@dataclass(frozen=True, kw_only=True)
class QuotaArgs:
    caps: Sequence[GpuCap]
    """GPUs that are allowed; every other kind may have none."""
    compartment_path: str
    """Path of the compartment from the root, names joined by colons: quota statements take no OCID."""
    domains: pulumi.Input[Sequence[str]]
    """Names of the region's availability domains, in order."""
    names: frozenset[str] = KNOWN
    """Quota names that exist."""
    found: pulumi.Input[Sequence[str | None]] = ()
    """Names of the compartment and of those it lies in, as Oracle tells them; None for one that may not be seen."""


@dataclass(frozen=True, kw_only=True)
class GuardrailsArgs:
    prefix: str
    tenancy_id: pulumi.Input[str]
    compartment_id: pulumi.Input[str]
    """Compartment whose spending is watched."""
    home: pulumi.ProviderResource
    """Provider of the tenancy's home region."""
    budget: BudgetPlan | None = None
    quota: QuotaArgs | None = None
    topic: bool = False
    """Make a notification topic that the budget's recipients subscribe to, for alarms; each confirms by mail."""


@dataclass(frozen=True, kw_only=True)
class GuardrailsResources:
    budget: oci.budget.Budget | None
    alerts: tuple[oci.budget.Rule, ...]
    quota: oci.limits.Quota | None
    topic: oci.ons.NotificationTopic | None
    subscriptions: tuple[oci.ons.Subscription, ...]


class Guardrails(pulumi.ComponentResource):
    """Raises QuotaPlanError where the quotas cannot be written."""

    resources: GuardrailsResources

    def __init__(self, name: str, args: GuardrailsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        if args.quota is not None:
            check(args.quota.caps, args.quota.compartment_path, args.quota.names)
        super().__init__("platform:oke:Guardrails", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self, provider=args.home)
        limit, alerts = self._budget(name, args, args.budget, child) if args.budget else (None, ())
        topic, subscriptions = self._topic(name, args, args.budget, child) if args.budget and args.topic else (None, ())
        self.resources = GuardrailsResources(
            budget=limit,
            alerts=alerts,
            quota=self._quota(name, args, args.quota, child) if args.quota else None,
            topic=topic,
            subscriptions=subscriptions,
        )
        self.register_outputs({"budgetId": limit.id if limit else None, "topicId": topic.id if topic else None})

    @staticmethod
    def _budget(
        name: str, args: GuardrailsArgs, plan: BudgetPlan, child: pulumi.ResourceOptions
    ) -> tuple[oci.budget.Budget, tuple[oci.budget.Rule, ...]]:
        limit = oci.budget.Budget(
            f"{name}-budget",
            compartment_id=args.tenancy_id,
            display_name=args.prefix,
            description=f"Monthly spending of {args.prefix}",
            amount=plan.amount,
            reset_period="MONTHLY",
            processing_period_type="MONTH",
            target_type="COMPARTMENT",
            targets=[args.compartment_id],
            opts=child,
        )
        alerts = tuple(
            oci.budget.Rule(
                f"{name}-{alert.kind.lower()}-{alert.percent}",
                budget_id=limit.id,
                display_name=f"{args.prefix}-{alert.kind.lower()}-{alert.percent}",
                type=alert.kind,
                threshold=alert.percent,
                threshold_type="PERCENTAGE",
                recipients=plan.recipients,
                message=_message(args.prefix, alert, plan.amount),
                opts=child,
            )
            for alert in plan.alerts
        )
        return limit, alerts

    @staticmethod
    def _quota(name: str, args: GuardrailsArgs, quota: QuotaArgs, child: pulumi.ResourceOptions) -> oci.limits.Quota:
        def statements(domains: Sequence[str], found: Sequence[str | None]) -> list[str]:
            try:
                check_place(quota.compartment_path, found)
            except QuotaPlanError as elsewhere:  # Pulumi would show a traceback of anything else that is raised here
                raise pulumi.RunError(str(elsewhere)) from elsewhere
            return list(quota_statements(quota.caps, quota.compartment_path, domains, quota.names))

        known = pulumi.Output.all(domains=quota.domains, found=quota.found)
        return oci.limits.Quota(
            f"{name}-gpus",
            compartment_id=args.tenancy_id,
            name=f"{args.prefix}-gpus",
            description=f"GPUs that {args.prefix} may have, per availability domain",
            statements=known.apply(lambda answers: statements(**answers)),
            opts=child,
        )

    @staticmethod
    def _topic(
        name: str, args: GuardrailsArgs, plan: BudgetPlan, child: pulumi.ResourceOptions
    ) -> tuple[oci.ons.NotificationTopic, tuple[oci.ons.Subscription, ...]]:
        topic = oci.ons.NotificationTopic(
            f"{name}-topic",
            compartment_id=args.compartment_id,
            name=f"{args.prefix}-guardrails",
            description=f"Alarms of {args.prefix}",
            opts=child,
        )
        subscriptions = tuple(
            oci.ons.Subscription(
                f"{name}-topic-{place}",
                compartment_id=args.compartment_id,
                topic_id=topic.id,
                protocol="EMAIL",
                endpoint=address,
                opts=child,
            )
            for place, address in enumerate(plan.recipients.split(","))
        )
        return topic, subscriptions


def _message(prefix: str, alert: Alert, amount: int) -> str:
    said = "has spent" if alert.kind == "ACTUAL" else "is on course to spend"
    return f"{prefix} {said} {alert.percent} % of its monthly budget of {amount}. Nothing was stopped: running nodes go on costing."
