"""`platformctl preview`: what would be created, what it costs, what the policies say, and what nobody can know yet.

One screen first; the tree, the costs line by line and the unknown inputs are asked for.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from infra.pricing import Estimate
from platformctl import costs
from platformctl.arguments import AsJson, AsMarkdown, NoPolicies, PolicyConfig, Root, Sarif, Stack
from platformctl.engine import stackfile
from platformctl.engine.plan import Plan
from platformctl.overview import overview
from platformctl.previewing import previewed
from platformctl.render import document
from platformctl.render.policy_words import refused, summary
from platformctl.render.words import by_path, planned, unknown
from platformctl.reporting import put
from platformctl.root import ROOT

if TYPE_CHECKING:
    from rich.console import Console

NAMES = 4
"""How many resources are named that wait for the same thing; --json has them all."""


Whole = Annotated[bool, typer.Option("--all", help="Print the tree of resources, every cost and every unknown input.")]


def command(  # noqa: PLR0917 - the command line's options
    stack: Stack,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    sarif: Sarif = None,
    no_policies: NoPolicies = False,
    policy_config: PolicyConfig = None,
    whole: Whole = False,
    root: Root = ROOT,
) -> None:
    """Show what a stack would create and cost, and what the policies say of it.

    Example: platformctl preview dev
    """
    plan = previewed(stack, root, policies=not no_policies, policy_config=policy_config)
    if sarif is not None:
        from platformctl.render.sarif import write  # noqa: PLC0415

        write(sarif, plan, stackfile.locate(stack, root).path, root)
    estimate = costs.reported(plan)
    if as_json:
        put(
            document.text(
                {
                    **document.of_plan(plan),
                    "overview": overview(plan, estimate).to_json(),
                    "cost": estimate.to_json() if estimate else None,
                }
            )
        )
    elif as_markdown:
        from platformctl.render.markdown import of_plan  # noqa: PLC0415

        put(of_plan(plan, estimate))
    else:
        (_show_all if whole else _show)(plan, estimate)
    if plan.refusals:
        raise refused(plan)


def _show(plan: Plan, estimate: Estimate | None) -> None:
    """One screen: the verdict and the cost, then what the stack is made of."""
    from rich.text import Text  # noqa: PLC0415 - not needed for --json

    from platformctl.render import overview as render  # noqa: PLC0415
    from platformctl.render import verdicts  # noqa: PLC0415
    from platformctl.render.terminal import console  # noqa: PLC0415

    out = console()
    found = overview(plan, estimate)
    out.print(render.headline(plan, estimate))
    if plan.violations:
        out.print()
        out.print(verdicts.table(plan))
    out.print()
    out.print(render.screen(found, out.width))
    _warn(plan, out)
    later = f" {found.waiting} inputs are known only once the update runs." if found.waiting else ""
    out.print(Text(f"\nNothing was changed, and no cloud was asked.{later} Each resource: --all.", style="dim"))


def _show_all(plan: Plan, estimate: Estimate | None) -> None:
    from rich.text import Text  # noqa: PLC0415 - not needed for --json

    from platformctl.render import verdicts  # noqa: PLC0415
    from platformctl.render.money import table  # noqa: PLC0415
    from platformctl.render.terminal import console  # noqa: PLC0415
    from platformctl.render.tree import tree  # noqa: PLC0415

    out = console()
    out.print(tree(plan))
    out.print()
    out.print(table(estimate) if estimate else Text("The cost is not known: something in it has no price."))
    waiting = unknown(plan)
    if waiting:
        out.print(Text("\nKnown only once the update has got there", style="bold"))
    for group in waiting:
        out.print(Text(f"  once {group.until}:"))
        for path, names in by_path(group.inputs).items():
            more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
            out.print(Text(f"    {path}", style="cyan").append(f"  of {', '.join(names[:NAMES])}{more}", style="dim"))
    _warn(plan, out)
    if plan.violations:
        out.print()
        out.print(verdicts.table(plan))
    out.print(Text(f"\n{plan.stack}: {planned(plan.counts)}; {summary(plan)}. Nothing was changed, and no cloud was asked."))


def _warn(plan: Plan, out: "Console") -> None:
    from rich.text import Text  # noqa: PLC0415 - not needed for --json

    for diagnostic in plan.diagnostics:
        if diagnostic.severity == "warning" and not diagnostic.is_notice:
            out.print(Text(f"\nwarning: {diagnostic.message}", style="yellow"))
