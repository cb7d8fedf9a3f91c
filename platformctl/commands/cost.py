"""`platformctl cost`: what a stack costs, pool by pool, as its stack file stands."""

from pathlib import Path

from platformctl import costs
from platformctl.commands.previewing import previewed
from platformctl.render import document
from platformctl.telling import put


def run(stack: str, *, root: Path, as_json: bool, as_markdown: bool) -> None:
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
