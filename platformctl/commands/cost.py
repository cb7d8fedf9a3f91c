"""`platformctl cost`: what a stack costs, pool by pool, as its stack file stands."""

from platformctl import costs
from platformctl.arguments import AsJson, AsMarkdown, Root, Stack
from platformctl.previewing import previewed
from platformctl.render import document
from platformctl.reporting import put
from platformctl.root import ROOT


def command(stack: Stack, as_json: AsJson = False, as_markdown: AsMarkdown = False, root: Root = ROOT) -> None:
    """Show what a stack costs, pool by pool."""
    plan = previewed(stack, root)
    estimate = costs.estimate(plan)
    if as_json:
        put(document.text({"stack": plan.stack, **estimate.to_json()}))
    elif as_markdown:
        from platformctl.render.markdown import of_cost  # noqa: PLC0415

        put(of_cost(plan.stack, estimate))
    else:
        from platformctl.render.money import table  # noqa: PLC0415
        from platformctl.render.terminal import console  # noqa: PLC0415

        console().print(table(estimate))
