"""`platformctl cost`: what a stack costs, pool by pool, as its stack file stands."""

from pathlib import Path
from typing import Annotated, Any

import typer

from infra.pricing.usage import Month, Scenarios, Usage, scenarios
from platformctl import costs
from platformctl.arguments import AsJson, AsMarkdown, Root, Stack
from platformctl.errors import WrongInput
from platformctl.previewing import previewed
from platformctl.render import document
from platformctl.reporting import put
from platformctl.root import ROOT

Hours = Annotated[float | None, typer.Option("--hours", help="Hours a day in which pools that scale have all their nodes; 8 if left out.")]
Days = Annotated[float | None, typer.Option("--days", help="Days a week with such hours; 5 if left out.")]
UsageFile = Annotated[
    Path | None, typer.Option("--usage", help="What differs by pool, and how much is stored: see docs/cost.md.", metavar="FILE")
]


def command(  # noqa: PLR0917 - the command line's options
    stack: Stack,
    hours: Hours = None,
    days: Days = None,
    usage_file: UsageFile = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    root: Root = ROOT,
) -> None:
    """Show what a month of a stack costs: idle, in working hours, and flat out.

    Example: platformctl cost prod --hours 8 --days 5
    """
    from platformctl.usage import usage  # noqa: PLC0415 - pydantic, for the commands that read a file

    _within("--hours", hours, 24)
    _within("--days", days, 7)
    plan = previewed(stack, root)
    estimate = costs.estimate(plan)
    said = usage(plan, estimate, usage_file, hours, days)
    found = scenarios(estimate, said)
    if as_json:
        put(document.text({"stack": plan.stack, **estimate.to_json(), **_json(found, said, costs.cap(plan))}))
    elif as_markdown:
        from platformctl.render.markdown import of_cost  # noqa: PLC0415

        put(of_cost(plan.stack, estimate, found, said))
    else:
        from platformctl.render.scenarios import screen  # noqa: PLC0415
        from platformctl.render.terminal import console  # noqa: PLC0415

        out = console()
        out.print(screen(estimate, found, said, costs.cap(plan), out.width))


def _within(option: str, value: float | None, most: int) -> None:
    if value is not None and not 0 <= value <= most:
        raise WrongInput(f"{option} {value:g}: must be 0 to {most}.")


def _json(found: Scenarios, said: Usage, cap: int | None) -> dict[str, Any]:
    return {
        "usage": {"hoursPerDay": float(said.hours.per_day), "daysPerWeek": float(said.hours.days_per_week)},
        "monthlyCap": cap,
        "scenarios": {"idle": _total(found.idle), "used": _total(found.used), "flatOut": _total(found.flat_out)},
    }


def _total(month: Month) -> str:
    return f"{month.total:.2f}"
