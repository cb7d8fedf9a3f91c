"""`platformctl report`: all that is known of a stack, as one page of HTML."""

from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.pricing.usage import scenarios
from platformctl import costs
from platformctl.arguments import NoPolicies, PolicyConfig, Root, Stack
from platformctl.engine import stackfile
from platformctl.errors import WrongInput
from platformctl.output import write
from platformctl.previewing import previewed
from platformctl.render.policy_words import refused
from platformctl.root import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from platformctl.access.words import Line
    from platformctl.queues import Sharing
    from platformctl.schedule import Schedule

Html = Annotated[Path, typer.Option("--html", help="Write the page to this file.", metavar="FILE")]


def command(  # noqa: PLR0917 - the command line's options
    stack: Stack,
    html: Html,
    seconds: Annotated[float, typer.Option(help="How long the longest chain takes here; more is more exact.")] = 6.0,
    no_policies: NoPolicies = False,
    policy_config: PolicyConfig = None,
    root: Root = ROOT,
) -> None:
    """Write one page of HTML: verdicts, pools, map, cost, queues, access, timeline. It needs nothing beside it.

    Example: platformctl report dev --html build/dev.html
    """
    from platformctl.overview import overview  # noqa: PLC0415 - the commands that ask less start sooner
    from platformctl.report import Contents, page  # noqa: PLC0415
    from platformctl.report.contents import Cost  # noqa: PLC0415
    from platformctl.scheduling import scheduled  # noqa: PLC0415
    from platformctl.usage import usage  # noqa: PLC0415

    if not 0 < seconds < inf:  # nan is neither
        raise WrongInput(f"--seconds {seconds:g}: must be more than 0{'' if seconds <= 0 else ', and a number'}.")
    # Said before the stack is rehearsed, not after.
    if not html.parent.is_dir():
        raise WrongInput(f"--html {html}: cannot be written: there is no folder {html.parent}.")
    if html.is_dir():
        raise WrongInput(f"--html {html}: is a folder, but must be a file; give {html / 'report.html'}.")
    plan = previewed(stack, root, policies=not no_policies, policy_config=policy_config)
    estimate = costs.reported(plan)
    cost = None
    if estimate is not None:
        said = usage(plan, estimate, None, None, None)
        cost = Cost(estimate=estimate, scenarios=scenarios(estimate, said), usage=said, cap=costs.cap(plan))
    schedule: Schedule | None = None
    lines: Sequence[Line] | None = None
    unseen: tuple[str, ...] = ()
    if not plan.refusals:
        from platformctl.access import access, words  # noqa: PLC0415

        schedule = scheduled(stack, root, seconds)
        found = access.after(schedule.plan)
        lines, unseen = words.of(found), tuple(words.unseen(found))
    write(
        page(
            Contents(
                plan=plan,
                overview=overview(plan, estimate),
                cost=cost,
                schedule=schedule,
                access=lines,
                unseen=unseen,
                queues=_queues(stack, root),
            )
        ),
        html,
        "--html",
    )
    if plan.refusals:
        raise refused(plan)


def _queues(stack: str, root: Path) -> "Sharing | None":
    from platformctl import queues  # noqa: PLC0415
    from platformctl.stack_plan import planned  # noqa: PLC0415

    file = stackfile.locate(stack, root)
    try:
        found = planned(file.path)
    except WrongInput:
        return None  # the sample project of the tests has a program of its own; a stack of this one has been planned by now
    return queues.of_plan(file.name, found, file.path) if "queues" in found.addons.sections else None
