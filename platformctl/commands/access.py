"""`platformctl access`: who may do what in the cluster, and by Oracle's IAM, once a stack is up."""

from dataclasses import replace
from pathlib import Path

from platformctl.arguments import AsJson, Root, Stack
from platformctl.engine import stackfile
from platformctl.engine.failure import stop
from platformctl.engine.plan import Plan, made, plan
from platformctl.engine.session import OperationError, Session
from platformctl.render import document
from platformctl.reporting import put, reporting
from platformctl.root import ROOT


def command(stack: Stack, as_json: AsJson = False, root: Root = ROOT) -> None:
    """Show who may do what, in the cluster and by Oracle's IAM: what would lead to more rights first.

    The stack is brought up on the simulated cloud, for statements name what only an update knows.

    Example: platformctl access examples/Pulumi.teams.yaml
    """
    from platformctl.access import access, words  # noqa: PLC0415 - the policies' reader, for the commands that read rights

    found = access.after(_brought_up(stack, root))
    lines = words.of(found)
    if as_json:
        name = stackfile.locate(stack, root).name
        put(document.text({"stack": name, "access": [each.document for each in lines], "unseen": list(words.unseen(found))}))
    else:
        from platformctl.render.access import table  # noqa: PLC0415
        from platformctl.render.terminal import console  # noqa: PLC0415

        console().print(table(lines, found))


def _brought_up(stack: str, root: Path) -> Plan:
    file = stackfile.locate(stack, root)
    with Session(root, file) as session, reporting(f"Bringing up {file.name} on the simulated cloud") as report:
        try:
            outcome = session.run("up", report=report)
        except OperationError as failed:
            raise stop(failed, file, session.project.name) from failed
        return replace(plan(session.stack, outcome.log, session.report.of), made=made(outcome.log))
