"""`platformctl diff`: what this working tree changes in a stack that another revision, or another stack file, has deployed."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from platformctl import costs
from platformctl.arguments import AsJson, AsMarkdown, NoPolicies, PolicyConfig, Root, Sarif, Stack
from platformctl.comparing import compared, tried
from platformctl.engine import stackfile
from platformctl.engine.events import Violation
from platformctl.engine.failure import reasons, stop
from platformctl.engine.plan import Plan
from platformctl.engine.revision import revision
from platformctl.engine.session import OperationError, Session
from platformctl.engine.stackfile import StackFile
from platformctl.errors import Refused, WrongInput
from platformctl.render import document
from platformctl.render.policy_words import refused
from platformctl.reporting import put, reporting
from platformctl.root import ROOT


@dataclass(frozen=True, kw_only=True)
class Base:
    """What is deployed before the change."""

    title: str
    stack: StackFile | None
    """None for a stack that the base does not have: all of it is new."""
    root: Path | None
    """Checkout whose program deployed it; None for this one's."""


def command(  # noqa: PLR0917 - the command line's options
    stack: Stack,
    base: Annotated[
        str | None, typer.Option(help="The git revision that is deployed: a branch, a tag, a commit.", metavar="REVISION")
    ] = None,
    base_stack: Annotated[
        str | None, typer.Option(help="The stack file that is deployed, under this working tree's program.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    sarif: Sarif = None,
    no_policies: NoPolicies = False,
    policy_config: PolicyConfig = None,
    root: Root = ROOT,
) -> None:
    """Show what the working tree changes.

    The base is brought up first: resources, replacements and their reasons, and the cost are compared with it. The policies judge the
    working tree. Then the change is carried out on the simulated cloud, for not all that stops it shows before.

    Example: platformctl diff prod --base origin/main
    """
    if (base is None) == (base_stack is None):
        raise WrongInput("diff needs a base: --base REVISION, or --base-stack FILE for another stack file under the same program.")
    file = stackfile.locate(stack, root)
    with _base(root, file, base, base_stack) as deployed:
        plan = _compared(root, file, deployed, not no_policies, policy_config)
    if sarif is not None:
        from platformctl.render.sarif import write  # noqa: PLC0415

        write(sarif, plan, file.path, root)
    change = costs.change_reported(plan)
    from platformctl.access.words import of_plan  # noqa: PLC0415 - the SDK and the components, which nothing before this needs

    rights = of_plan(plan)
    if as_json:
        put(document.text({**_document(plan, deployed), "access": rights.document, "cost": change.to_json() if change else None}))
    elif as_markdown:
        from platformctl.render.markdown import of_diff  # noqa: PLC0415

        put(of_diff(plan, change, rights, deployed.title))
    else:
        from platformctl.render.changes import show  # noqa: PLC0415

        show(plan, change, rights, deployed.title)
    if plan.refusals:
        raise refused(plan)


@contextlib.contextmanager
def _base(root: Path, file: StackFile, base: str | None, base_stack: str | None) -> Iterator[Base]:
    if base_stack is not None:
        yield Base(title=base_stack, stack=stackfile.locate(base_stack, root), root=None)
    elif base is not None:
        with revision(root, base) as checkout:
            if not (checkout / "Pulumi.yaml").is_file() or not (checkout / "__main__.py").is_file():
                raise WrongInput(f"--base {base}: that revision has no Pulumi project to compare with.")
            then = _same(file, root, checkout)
            yield Base(title=base, stack=then, root=checkout)


def _same(file: StackFile, root: Path, checkout: Path) -> StackFile | None:
    """The stack file's counterpart in another checkout. A file from outside the checkout is its own counterpart."""
    try:
        inside = file.path.resolve().relative_to(root.resolve())
    except ValueError:
        return file
    path = checkout / inside
    return StackFile(name=file.name, path=path, shown=str(inside)) if path.is_file() else None


def _compared(root: Path, file: StackFile, base: Base, policies: bool, policy_config: Path | None) -> Plan:
    with Session(root, file, policies=policies, policy_config=policy_config) as session:
        before: tuple[Violation, ...] | None = () if policies else None
        if base.stack is not None:
            _deploy(session, base)
            before = _found(session, base) if policies else None
            session.return_to(file)
        with reporting(f"Previewing {file.name} over it") as report:
            try:
                if base.stack is None:
                    plan = session.preview(report=report, with_policies=policies)
                else:
                    plan = compared(session, file, report, policies=policies)
            except OperationError as failed:
                raise stop(failed, file, session.project.name) from failed
        with reporting(f"Trying {file.name} on the simulated cloud") as report:
            plan = tried(session, plan, report)
    return plan if plan.rules is None else replace(plan, before=before)


def _found(session: Session, base: Base) -> tuple[Violation, ...]:
    """What the policies of this working tree find of the base as it is deployed."""
    with reporting(f"Judging {base.title}, the base"):
        try:
            outcome = session.run("preview", "--ignore-protect", of=base.root, with_policies=True)
        except OperationError as failed:
            if not failed.is_refusal:
                raise Refused(f"{base.title}, the base, cannot be previewed:", *(f"  {line}" for line in reasons(failed))) from failed
            outcome = failed.outcome
    return tuple(outcome.log.violations)


def _deploy(session: Session, base: Base) -> None:
    if base.stack is None:
        return
    if base.root is None:
        session.change(base.stack)
    else:
        session.borrow(base.root, base.stack)
    with reporting(f"Bringing up {base.title}, the base") as report:
        try:
            session.run("up", report=report, of=base.root)
        except OperationError as failed:
            if base.root is None:
                raise stop(failed, base.stack, session.project.name) from failed
            raise Refused(f"{base.title}, the base, cannot be brought up:", *(f"  {line}" for line in reasons(failed))) from failed


def _document(plan: Plan, base: Base) -> dict[str, object]:
    return {
        "stack": plan.stack,
        "base": base.title,
        "new": base.stack is None,
        "counts": plan.counts,
        "changes": [document.of_change(resource, plan) for resource in plan.changes if resource.custom],
        **document.of_verdicts(plan),
    }
