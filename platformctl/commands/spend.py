"""`platformctl spend`: the cap on spending, and what each place that enforces it holds."""

from platformctl.arguments import AsJson, Root, Stack
from platformctl.engine.stackfile import locate
from platformctl.errors import Refused
from platformctl.render import document
from platformctl.reporting import put
from platformctl.root import ROOT


def command(stack: Stack, as_json: AsJson = False, root: Root = ROOT) -> None:
    """Show the cap on GPUs and money, and what policies, Oracle's quotas, queues, namespaces and admission hold of it.

    Example: platformctl spend prod
    """
    from platformctl import spend  # noqa: PLC0415 - pydantic and the models, for the commands that read a stack file

    file = locate(stack, root)
    found = spend.read(file.path)
    wrong = spend.wrong(found)
    if as_json:
        put(document.text({"stack": file.name, **spend.document(found), "looser": list(wrong)}))
    else:
        from platformctl.render.spend import tables  # noqa: PLC0415
        from platformctl.render.terminal import console  # noqa: PLC0415

        console().print(tables(found, wrong))
    if wrong:
        raise Refused
