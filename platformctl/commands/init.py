"""`platformctl init`: a first stack file from a few answers, given as options or asked for."""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from infra.catalogue.regions import REGIONS
from infra.catalogue.shapes import SHAPES
from infra.pricing import BOOK
from infra.pricing.tariffs import ENHANCED_CLUSTER
from infra.problems import choices
from platformctl.arguments import Root
from platformctl.errors import Interrupted, WrongInput
from platformctl.new_stack import DEFAULT_GPU, DEFAULT_NODES, DOCUMENTATION, Answers, Gpus, OnExisting, OnOke, Spend, cap, text
from platformctl.reporting import Answer, put, say
from platformctl.root import ROOT

if TYPE_CHECKING:
    from stacks.plan import PlatformPlan

NEXT = """See what it makes:              platformctl preview {stack}
Take it up and down, rehearsed: platformctl rehearse {stack}
Deploy it:                      docs/deploy.md"""
Name = Annotated[str, typer.Argument(help="What the stack, and the platform in it, is called.", metavar="NAME", show_default=False)]
Environment = Annotated[Literal["dev", "staging", "prod"], typer.Option(help="What it is for: policies ask most of `prod`.")]
Context = Annotated[
    str | None,
    typer.Option("--existing", help="Use the cluster of this kubeconfig context, instead of making one on OKE.", metavar="CONTEXT"),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--gpu",
        help="GPU nodes: a shape and how many at most, with prod in each availability domain (VM.GPU.A10.1=2); with --existing a model "
        "and how many in a node ('RTX 4060=1').",
        metavar="KIND[=N]",
    ),
]
Region = Annotated[str | None, typer.Option(help="Oracle's region, like eu-frankfurt-1.", metavar="REGION")]
Tenancy = Annotated[str | None, typer.Option(help="OCID of the tenancy. Left out: a stand-in, to rehearse with.", metavar="OCID")]
Compartment = Annotated[str | None, typer.Option(help="OCID of the compartment. Left out: a stand-in.", metavar="OCID")]
CompartmentPath = Annotated[
    str | None, typer.Option(help="Path of the compartment from the root, for quotas. Left out: a stand-in.", metavar="PATH")
]
ClusterKey = Annotated[
    str | None, typer.Option(help="OCID of the key that encrypts secrets, with prod. Left out: a stand-in.", metavar="OCID")
]
ImageKey = Annotated[str | None, typer.Option(help="OCID of the key that signs images, with prod. Left out: a stand-in.", metavar="OCID")]
From = Annotated[list[str] | None, typer.Option("--from", help="Block that engineers come from, for the bastion.", metavar="CIDR")]
Email = Annotated[list[str] | None, typer.Option(help="Who gets mails about spending.", metavar="ADDRESS")]
Distribution = Annotated[str | None, typer.Option(help="With --existing: kubeadm, k3s, rke2, microk8s or other.", metavar="NAME")]
Nodes = Annotated[int, typer.Option(help="With --existing: GPU nodes of each kind.", min=1)]
Into = Annotated[
    Path | None,
    typer.Option("--into", help="Folder for the stack file. Left out: the project's.", metavar="FOLDER", exists=True, file_okay=False),
]
Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing: what is not given takes its default.")]


def command(  # noqa: PLR0917 - the command line's options
    name: Name,
    environment: Environment = "dev",
    existing: Context = None,
    gpu: Kinds = None,
    region: Region = None,
    tenancy: Tenancy = None,
    compartment: Compartment = None,
    compartment_path: CompartmentPath = None,
    cluster_key: ClusterKey = None,
    image_key: ImageKey = None,
    allowed: From = None,
    email: Email = None,
    distribution: Distribution = None,
    nodes: Nodes = 1,
    into: Into = None,
    yes: Yes = False,
    root: Root = ROOT,
) -> None:
    """Write a first stack file that previews green. Overwrites nothing, asks no cloud.

    Example: platformctl init lab --region eu-frankfurt-1 --gpu VM.GPU.A10.1=2
    """
    asks = not yes and sys.stdin.isatty()
    file = (into or root) / f"Pulumi.{name}.yaml"
    if os.path.lexists(file):  # a link that leads nowhere is there too; a name that no file can have is refused below
        raise WrongInput(_there(file))
    if existing is not None and not existing.strip():
        raise WrongInput("--existing: is empty, but must be a context of the kubeconfig; `kubectl config get-contexts` names them.")
    named = {
        "--region": region,
        "--tenancy": tenancy,
        "--compartment": compartment,
        "--compartment-path": compartment_path,
        "--cluster-key": cluster_key,
        "--image-key": image_key,
    }
    if existing is None:
        _only("with --existing", {"--distribution": distribution, "--nodes": nodes if nodes != 1 else None})
        given = {option[2:].replace("-", "_"): value for option, value in named.items() if value is not None}
        _only("with --environment prod", {} if environment == "prod" else {"--cluster-key": cluster_key, "--image-key": image_key})
        kinds, cluster, mails = _on_oke(given, gpu, allowed, email, asks=asks)
        answers = Answers(name=name, environment=environment, cluster=cluster, gpus=_gpus(kinds, DEFAULT_NODES), recipients=mails)
    else:
        _only("on OKE, without --existing", {**named, "--from": allowed, "--email": email})
        if not gpu and asks:
            gpu = [_asked("GPUs of a node, as MODEL=N", "RTX 4060=1")]
        if not gpu:
            raise WrongInput("--existing needs --gpu: the model of GPU in its nodes, and how many in each, like --gpu 'RTX 4060=1'.")
        there = OnExisting(context=existing, distribution=distribution, nodes=nodes)
        answers = Answers(name=name, environment=environment, cluster=there, gpus=_gpus(gpu, 1))
    _check(answers)
    content = _planned(answers)
    try:
        with file.open("x", encoding="utf-8") as written:
            written.write(content)
    except FileExistsError:  # another init was faster
        raise WrongInput(_there(file)) from None
    except OSError as error:
        raise WrongInput(f"{file}: cannot be written ({error.strerror}).") from None
    Answer.given = True
    say(f"wrote {file}")
    put(NEXT.format(stack=name if into is None else file))


def _on_oke(
    given: Mapping[str, str], gpu: list[str] | None, allowed: list[str] | None, email: list[str] | None, *, asks: bool
) -> tuple[list[str], OnOke, list[str]]:
    """GPU nodes, cluster and recipients: as given, as answered, or as they are by default."""
    region = given.get("region") or (_asked("Region", "eu-frankfurt-1") if asks else "eu-frankfurt-1")
    usual = f"{DEFAULT_GPU}={DEFAULT_NODES}"
    kinds = gpu or [_asked("GPU nodes, as SHAPE=MOST", usual) if asks else usual]
    blocks = allowed or [_asked("Block that engineers come from", DOCUMENTATION) if asks else DOCUMENTATION]
    mail = _asked("Mail address for alerts about spending; empty for none", "") if asks and not email else ""
    return kinds, OnOke(**{**given, "region": region}, allowed=blocks), email or ([mail] if mail else [])


def _asked(question: str, default: str) -> str:
    try:
        return str(typer.prompt(question, default=default, err=True)).strip()
    except typer.Abort:  # Ctrl-C or Ctrl-D, which a prompt makes one
        raise Interrupted("\ninterrupted: init has written nothing; give it again, or --yes to be asked nothing.") from None


def _there(file: Path) -> str:
    return f"{file}: is there already, and init overwrites nothing; choose another name, or take the file away."


def _only(where: str, options: Mapping[str, object]) -> None:
    given = [name for name, value in options.items() if value]
    if given:
        raise WrongInput(f"{', '.join(given)}: only {where}; take {'it' if len(given) == 1 else 'them'} out.")


def _gpus(kinds: Sequence[str], count: int) -> tuple[Gpus, ...]:
    """`VM.GPU.A10.1=2`. Raises WrongInput with every one that cannot be read."""
    found, wrong = [], []
    for kind in kinds:
        name, equals, number = kind.rpartition("=")
        if equals and not (number.isdecimal() and 1 <= int(number) <= 1000):
            wrong.append(f"--gpu {kind}: must end with a number from 1 to 1000, like {DEFAULT_GPU}=2.")
        else:
            found.append(Gpus(kind=name if equals else kind, count=int(number) if equals else count))
    if wrong:
        raise WrongInput(*wrong)
    return tuple(found)


def _check(answers: Answers) -> None:
    """What is said by the options' names, not by the stack file's keys. Raises WrongInput."""
    from policies.rules.spend.gpu_models import ALLOWED  # noqa: PLC0415 - the rules, for this command alone

    if not isinstance(answers.cluster, OnOke):
        return
    wrong = []
    if answers.cluster.region not in REGIONS:
        wrong.append(f"--region {answers.cluster.region}: no region of Oracle's; {choices(answers.cluster.region, REGIONS)}")
    allowed = ALLOWED[answers.environment]
    wrong += [f"--gpu {each.kind}: {said}" for each in answers.gpus if (said := _unfit(each.kind, allowed, answers.environment))]
    if wrong:
        raise WrongInput(*wrong)


def _unfit(kind: str, allowed: Sequence[str], environment: str) -> str:
    """Why a shape cannot be in a first stack; empty where it can."""
    with_gpus = [shape.name for shape in SHAPES.values() if shape.gpu is not None]
    gpu = SHAPES[kind].gpu if kind in SHAPES else None
    if gpu is None:
        return f"no GPU shape of the catalogue; {choices(kind, with_gpus)}"
    if gpu.vendor == "amd":
        return "Oracle publishes no node image for AMD's GPUs: write the pool by hand, with an image of yours (docs/add-a-node-pool.md)."
    if gpu.name not in allowed:
        return f"has {gpu.name}, which policies keep out of {environment}; allowed there: {', '.join(allowed)}. Or take --environment prod."
    return ""


def _planned(answers: Answers) -> str:
    """The stack file's text, with a cap that its pools keep. Raises WrongInput where the answers make no stack."""
    from stacks.config import StackFileError, load  # noqa: PLC0415 - pydantic and the models
    from stacks.plan import plan  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="init-") as folder:
        file = Path(folder) / "Pulumi.new.yaml"  # not by its own name, which no file may be able to have
        try:
            file.write_text(text(answers), encoding="utf-8")
            found = plan(load(file))
            if found.oke is not None:
                answers = replace(answers, spend=_room(found))
                file.write_text(text(answers), encoding="utf-8")
                plan(load(file))
        except StackFileError as error:
            if answers.samples and [problem.path for problem in error.problems] == ["addons.kserve.samples"]:
                return _planned(replace(answers, samples=False))  # no GPU here serves models
            raise WrongInput(*map(str, error.problems)) from None
    return text(answers)


def _room(found: "PlatformPlan") -> Spend:
    """A cap under which every pool may have all its nodes."""
    from stacks.node_prices import node_prices  # noqa: PLC0415

    prices = node_prices(found.oke.pools if found.oke else ())
    hourly = sum((Decimal(str(prices[pool.entry])) * pool.max_nodes for pool in found.context.pools), BOOK.hourly(ENHANCED_CLUSTER))
    gpus: Counter[str] = Counter()
    for pool in found.context.gpu_pools:
        gpus[str(pool.gpu_model)] += pool.max_nodes * pool.gpus_per_node
    return Spend(monthly_usd=cap(hourly), gpus=gpus)
