"""`platformctl blueprint`: notebooks with a budget. What there is, what a run costs, the Job that runs one, and a run on this machine."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.problems import PlanError, choices
from platformctl.arguments import AsJson, Output, Root, Stack
from platformctl.commands import plain
from platformctl.engine.stackfile import locate
from platformctl.errors import Refused, WrongInput
from platformctl.output import write
from platformctl.render import document
from platformctl.reporting import put, say
from platformctl.root import ROOT

if TYPE_CHECKING:
    from platformctl.blueprints.load import Blueprint
    from platformctl.blueprints.machines import Offer
    from platformctl.blueprints.notebook import Value
    from stacks.plan import PlatformPlan

app = plain(
    help="Notebooks with a budget: what there is, what a run costs, the Job that runs one, and a run on this machine.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="A blueprint (`lora`), or the path of its folder.", metavar="BLUEPRINT")]
MaybeStack = Annotated[
    str | None,
    typer.Argument(help="A stack, or the path of a stack file. Left out: the price book's machines.", metavar="STACK", show_default=False),
]
OWN = "blueprints"
"""Folder of the project's own."""


@app.command("list")
def show(stack: MaybeStack = None, as_json: AsJson = False, root: Root = ROOT) -> None:
    """Show every blueprint, what it needs, and what a run costs at most on the cheapest machine that fits it.

    Example: platformctl blueprint list prod
    """
    plan, places = _read(stack, root)
    rows = [(each, _offers(each, plan)) for each in _loaded(places)]
    if as_json:
        put(document.text({"blueprints": [_document(each, offers[:1]) for each, offers in rows]}))
        return
    from platformctl.render.blueprints import listed  # noqa: PLC0415
    from platformctl.render.terminal import console  # noqa: PLC0415

    console().print(listed(rows))


@app.command()
def cost(name: Name, stack: MaybeStack = None, as_json: AsJson = False, root: Root = ROOT) -> None:
    """Show what a run costs at most on each machine that fits. Refused where none keeps to the budget.

    Example: platformctl blueprint cost lora prod
    """
    plan, places = _read(stack, root)
    blueprint = _one(name, places)
    offers = _offers(blueprint, plan)
    if as_json:
        put(document.text(_document(blueprint, offers)))
    elif offers:
        from platformctl.render.blueprints import priced  # noqa: PLC0415
        from platformctl.render.terminal import console  # noqa: PLC0415

        console().print(priced(blueprint, offers))
    if not any(each.within(blueprint.manifest) for each in offers):
        budget = f"its budget is ${blueprint.manifest.budget.usd:g}"
        cheapest = f"the cheapest run costs ${offers[0].usd} on {offers[0].machine.name}" if offers else "it fits no machine"
        raise Refused(f"{blueprint.name}: {cheapest}, and {budget}.")


@app.command()
def render(  # noqa: PLR0917 - a command's options
    name: Name,
    stack: Stack,
    namespace: Annotated[str, typer.Option("--namespace", help="Where the Job runs: a namespace of a team.", metavar="NAMESPACE")],
    image: Annotated[
        str | None, typer.Option("--image", help="Image with its digest, where the blueprint names none.", metavar="IMAGE")
    ] = None,
    pool: Annotated[
        str | None, typer.Option("--pool", help="Entry of nodePools. Left out: the cheapest that fits.", metavar="ENTRY")
    ] = None,
    queue: Annotated[
        str | None, typer.Option("--queue", help="Kueue's LocalQueue. Left out: the namespace's own.", metavar="QUEUE")
    ] = None,
    output: Output = None,
    root: Root = ROOT,
) -> None:
    """Write the Job that runs a blueprint in a cluster, for `kubectl apply`. Refused where the cluster would not let it in.

    Example: platformctl blueprint render lora prod --namespace speech --image ghcr.io/acme/runner@sha256:DIGEST
    """
    from platformctl.blueprints import job  # noqa: PLC0415

    plan, places = _read(stack, root)
    blueprint = _one(name, places)
    assert plan is not None  # noqa: S101 - a stack is named
    wanted = job.Wanted(namespace=namespace, image=_image(blueprint, image), pool=pool, queue=queue)
    rendered, problems = job.render(blueprint, plan, wanted)
    if rendered is None:
        raise Refused(*problems)
    verdicts = _queued(stack, root, plan, rendered.documents)
    if verdicts:
        raise Refused(*verdicts)
    write(job.text(rendered.documents), output)


@app.command()
def run(  # noqa: PLR0917 - a command's options
    name: Name,
    stack: Annotated[
        str | None, typer.Option("--stack", help="The stack whose own blueprints are meant too.", metavar="STACK", show_default=False)
    ] = None,
    gpu: Annotated[
        bool, typer.Option("--gpu", help="With the notebook's own parameters, on this machine's GPU. Left out: small, on its processors.")
    ] = False,
    changed: Annotated[
        list[str] | None, typer.Option("--set", help="Another value for a parameter; may be given several times.", metavar="NAME=VALUE")
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--into", help="Folder for what the run leaves. Left out: build/blueprints/NAME.", metavar="FOLDER")
    ] = None,
    python: Annotated[
        Path | None,
        typer.Option(
            "--python", help="Python that has the packages. Left out: the one that `make blueprints-setup` makes.", metavar="FILE"
        ),
    ] = None,
    as_json: AsJson = False,
    root: Root = ROOT,
) -> None:
    """Run a blueprint on this machine, and hold it to its budget.

    Example: platformctl blueprint run lora
    """
    from platformctl.blueprints import execute  # noqa: PLC0415

    _, places = _read(stack, root)
    blueprint = _one(name, places)
    parameters: dict[str, Value] = {**({} if gpu else blueprint.manifest.on_cpu.parameters), **_changes(blueprint, changed or [])}
    folder = (into or root / "build" / "blueprints" / blueprint.name).resolve()
    ran = execute.execute(blueprint, parameters, folder, _python(python, root), gpu=gpu)
    if as_json:
        found = {"verdict": ran.result.verdict, "seconds": ran.result.seconds, "peakGpuMemoryMib": ran.result.peak_memory_mib}
        put(document.text({"blueprint": blueprint.name, **found, "numbers": dict(ran.numbers), "folder": str(folder)}))
    else:
        numbers = ", ".join(f"{key} {value:g}" for key, value in ran.numbers.items() if isinstance(value, int | float))
        put(f"{blueprint.name}: {ran.result.verdict} after {ran.result.seconds} s" + (f"; {numbers}" if numbers else ""))
    if ran.refusals:
        raise Refused(*ran.refusals)
    say(f"what it left is in {folder}")


def _read(stack: str | None, root: Path) -> "tuple[PlatformPlan | None, tuple[Path, ...]]":
    """The stack's plan, and where blueprints are: the project's own, and those of the stack file."""
    own = root / OWN
    if stack is None:
        return None, (own,)
    from platformctl.stack_plan import planned  # noqa: PLC0415 - pydantic and the models

    file = locate(stack, root)
    found = planned(file.path)
    return found, (own, *(file.directory / each for each in found.stack.blueprints))


def _loaded(places: Iterable[Path]) -> "tuple[Blueprint, ...]":
    from platformctl.blueprints import load  # noqa: PLC0415

    try:
        return load.every(places)
    except PlanError as error:
        raise WrongInput(*map(str, error.problems)) from None


def _one(name: str, places: Iterable[Path]) -> "Blueprint":
    """One alone: what is wrong with others is no concern of it."""
    from platformctl.blueprints import load  # noqa: PLC0415

    try:
        if "/" in name:
            folder = Path(name).expanduser().resolve()
            if not folder.is_dir():
                raise WrongInput(f"{name}: no such folder.")
            return load.load(folder)
        found = {folder.name: folder for folder in load.folders(places)}
        if name not in found:
            raise WrongInput(f"{name}: no such blueprint; {choices(name, found)}.")
        return load.load(found[name])
    except PlanError as error:
        raise WrongInput(*map(str, error.problems)) from None


def _offers(blueprint: "Blueprint", plan: "PlatformPlan | None") -> "tuple[Offer, ...]":
    from platformctl.blueprints import machines  # noqa: PLC0415

    return machines.offers(blueprint.manifest, machines.of_book() if plan is None else machines.of_stack(plan))


def _document(blueprint: "Blueprint", offers: "Iterable[Offer]") -> dict[str, Any]:
    found = blueprint.manifest.model_dump(mode="json", by_alias=True)
    rows = [
        {
            "machine": each.machine.name,
            "usd": None if each.usd is None else str(each.usd),
            "withinBudget": each.within(blueprint.manifest),
        }
        for each in offers
    ]
    return {"name": blueprint.name, **found, "offers": rows}


def _image(blueprint: "Blueprint", given: str | None) -> str:
    from infra.section import FORMS  # noqa: PLC0415
    from platformctl.blueprints.manifest import PINNED  # noqa: PLC0415

    image = given or blueprint.manifest.image
    if image is None:
        raise WrongInput(
            f"{blueprint.name} names no image: give one with its digest, --image host/path@sha256:..., such as your images/runner."
        )
    if not re.fullmatch(PINNED, image):
        raise WrongInput(f"--image {image}: is not {FORMS[PINNED]}.")
    return image


def _queued(stack: str, root: Path, plan: "PlatformPlan", documents: "Iterable[Any]") -> list[str]:
    """Why the queue would hold it for ever."""
    if "queues" not in plan.addons.chosen:
        return []
    from platformctl import queues  # noqa: PLC0415

    file = locate(stack, root)
    jobs = [each for each in documents if each["kind"] == "Job"]
    sharing = queues.of_plan(file.name, plan, file.path)
    return [f"{each.job}: {each.message}" for each in queues.verdicts(sharing, jobs) if not each.admitted]


def _changes(blueprint: "Blueprint", given: Iterable[str]) -> "dict[str, Value]":
    """`--set steps=10`: read as the manifest's YAML is, and of the kind that the notebook has. Text needs no quotes."""
    from infra import yaml_nodes  # noqa: PLC0415
    from platformctl.blueprints.load import mismatch  # noqa: PLC0415

    found: dict[str, Value] = {}
    problems: list[str] = []
    for each in given:
        name, equals, text = each.partition("=")
        if not equals:
            problems.append(f"--set {each}: must be NAME=VALUE.")
            continue
        value: Any = text
        if not isinstance(blueprint.notebook.parameters.get(name), str):
            try:
                value = yaml_nodes.value(yaml_nodes.compose(text))
            except PlanError:
                value = text
        problem = mismatch(blueprint.notebook, name, value)
        if problem is not None:
            problems.append(f"--set {each}: {name}: {problem}.")
        found[name] = value
    if problems:
        raise WrongInput(*problems)
    return found


def _python(given: Path | None, root: Path) -> Path:
    """The Python that has the packages of blueprints. Raises WrongInput where there is none."""
    python = given or Path(os.environ.get("BLUEPRINTS_PYTHON") or root / ".venv-blueprints" / "bin" / "python")
    if not os.access(python, os.X_OK):
        fix = "name another" if given else "run `make blueprints-setup`, or name a Python that has them: --python FILE"
        raise WrongInput(f"{python}: there is no such Python with the packages of blueprints; {fix}.")
    return python.absolute()
