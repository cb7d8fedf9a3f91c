"""`platformctl upgrade-path`: the updates that lead from one Kubernetes version to another."""

from typing import Annotated

import typer

from platformctl.arguments import AsJson, Root, Stack
from platformctl.engine.stackfile import locate
from platformctl.errors import WrongInput
from platformctl.render import document
from platformctl.reporting import put
from platformctl.root import ROOT


def command(
    stack: Stack,
    to: Annotated[str, typer.Option("--to", help="Kubernetes version to arrive at, as OKE names it: v1.36.1.", metavar="VERSION")],
    as_json: AsJson = False,
    root: Root = ROOT,
) -> None:
    """Name the updates that lead to another Kubernetes version, one minor version at a time, and what each does to the nodes.

    Reads the stack file alone. `diff` and `rehearse --then` show each update whole.

    Example: platformctl upgrade-path prod --to v1.36.1
    """
    from platformctl import upgrading  # noqa: PLC0415 - pydantic and the models, for the commands that read a stack file
    from platformctl.stack_plan import planned  # noqa: PLC0415
    from stacks.config.cluster import OkeCluster  # noqa: PLC0415

    file = locate(stack, root)
    found = planned(file.path)
    cluster = found.stack.cluster
    if not isinstance(cluster, OkeCluster) or found.oke is None:
        raise WrongInput(f"{file.name}: its cluster exists already, and whoever made it upgrades it.")
    now, offered = cluster.kubernetes_version, found.stack.known.kubernetes_versions
    steps = upgrading.steps(now, to, upgrading.pools(found.oke.pools, now), offered)
    if as_json:
        put(document.text({"stack": file.name, "from": now, "to": to, "steps": [upgrading.document(step) for step in steps]}))
    elif not steps:
        put(f"{file.name} has {now} already.")
    else:
        put(f"{file.name}: {now} to {to} in {len(steps)} update{'s' if len(steps) > 1 else ''}")
        put("\n".join(line for number, step in enumerate(steps, 1) for line in ("", *upgrading.words(step, file.name, number))))
