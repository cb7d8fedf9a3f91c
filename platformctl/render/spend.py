"""The cap on spending as tables on the terminal."""

from collections.abc import Iterable, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from stacks.spend import SpendTable

NOT_THERE = "-"


def tables(found: SpendTable, wrong: Iterable[str]) -> Group:
    parts: list[RenderableType] = [_models(found), Text()]
    if found.teams:
        parts += [_teams(found), Text(), _namespaces(found), Text()]
    parts += [_money(found), Text(f"{NOT_THERE}: this stack has no such place.", style="dim")]
    parts += [Text(f"looser than what is around it: {each}", style="bold red") for each in wrong]
    return Group(*parts)


def _grid(title: str, *headings: str) -> Table:
    grid = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        grid.add_column(heading, justify="left" if not place else "right", no_wrap=True)
    return grid


def _models(found: SpendTable) -> Table:
    grid = _grid("GPUs of the whole stack", "model", "cap", "pools at most", "policies", "Oracle's quotas", "queues")
    for each in found.models:
        grid.add_row(each.model, *map(_said, (each.cap, each.pools, each.policies, each.quotas, each.queues)))
    return grid


def _teams(found: SpendTable) -> Table:
    grid = _grid("GPUs of each team", "team", "own", "with loans", "its queue", "reaches", "GPU-hours/month", "USD/month")
    for each in found.teams:
        queue = each.queue
        own = None if queue is None else _by_model({model: row[0] for model, row in queue.items()})
        most = None if queue is None else _by_model({model: row[1] for model, row in queue.items()})
        hours, usd = (None if value is None else f"{value:,}" for value in (each.gpu_hours, each.monthly_usd))
        grid.add_row(each.team, _by_model(each.gpus), _by_model(each.most), *map(_said, (own, most, hours, usd)))
    return grid


def _namespaces(found: SpendTable) -> Table:
    grid = _grid("GPUs of each namespace, of all models", "namespace", "most", "ResourceQuota", "a Job", "a pod")
    for each in found.namespaces:
        grid.add_row(each.namespace, *map(_said, (each.most, each.resource_quota, each.per_job, each.per_pod)))
    return grid


def _money(found: SpendTable) -> Table:
    grid = _grid("US dollars a month", "cap", "policies", "budget")
    grid.add_row(*(_said(None if usd is None else f"{usd:,.0f}") for usd in (found.monthly_usd, found.policy_usd, found.budget_usd)))
    return grid


def _by_model(gpus: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {model}" for model, count in gpus.items() if count) or "0"


def _said(value: object) -> str:
    return NOT_THERE if value is None else str(value)
