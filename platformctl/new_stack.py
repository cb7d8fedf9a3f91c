"""A first stack file, made from a few answers. Pure: what it says is a text, and nothing is written here."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import yaml

from infra.catalogue.kubernetes import SUPPORTED
from infra.catalogue.shapes import SHAPES
from infra.pricing import HOURS_PER_MONTH
from infra.project import PROJECT

TENANCY = "ocid1.tenancy.oc1..exampletenancy"
COMPARTMENT = "ocid1.compartment.oc1..examplecompartment"
"""Stand-ins that a rehearsal takes and Oracle refuses."""
COMPARTMENT_PATH = "platform:gpus"
CLUSTER_KEY = "ocid1.key.oc1.eu-frankfurt-1.examplevault.exampleclusterkey"
IMAGE_KEY = "ocid1.key.oc1.eu-frankfurt-1.examplevault.exampleimagekey"
DOCUMENTATION = "203.0.113.0/24"
"""TEST-NET-3 (RFC 5737): addresses that are nobody's."""
DEFAULT_GPU, DEFAULT_NODES = "VM.GPU.A10.1", 2
VERSION = SUPPORTED[-3]
"""Of a new cluster: for two more minors there is something newer to go to (Oracle supports three)."""
UNGUARDED = "With `guardrails`, budgets and quotas of Oracle's keep the cap as well: docs/deploy.md."
MARGIN = Decimal("1.05")
"""For what add-ons store: their volumes are not known before they are planned."""
Environment = Literal["dev", "staging", "prod"]
SCHEMA = "docs/stack.schema.json"


@dataclass(frozen=True, kw_only=True)
class Gpus:
    """One kind of GPU nodes."""

    kind: str
    """A shape of Oracle's (`VM.GPU.A10.1`); on a cluster that exists a model (`RTX 4060`)."""
    count: int
    """Most nodes; on a cluster that exists GPUs of each node."""

    @property
    def entry(self) -> str:
        """A name for the pool: `a10`, `rtx-4060`."""
        model = SHAPES[self.kind].gpu_model if self.kind in SHAPES else self.kind
        return re.sub(r"[^a-z0-9]+", "-", str(model).lower()).strip("-")[:32] or "gpu"


@dataclass(frozen=True, kw_only=True)
class OnOke:
    region: str
    tenancy: str = TENANCY
    compartment: str = COMPARTMENT
    compartment_path: str | None = None
    """From the root, as quota statements name it: `platform:gpu-lab`."""
    cluster_key: str = CLUSTER_KEY
    image_key: str = IMAGE_KEY
    """Keys of a vault that production encrypts secrets with, and signs images with."""
    allowed: Sequence[str] = ()
    """Blocks that engineers come from; none for no Bastion."""
    version: str = VERSION


@dataclass(frozen=True, kw_only=True)
class OnExisting:
    context: str
    kubeconfig: str = "~/.kube/config"
    distribution: str | None = None
    nodes: int = 1
    """GPU nodes of each kind."""


@dataclass(frozen=True, kw_only=True)
class Spend:
    monthly_usd: int
    gpus: Mapping[str, int]
    """Most GPUs by model."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    name: str
    environment: Environment
    cluster: OnOke | OnExisting
    gpus: Sequence[Gpus]
    recipients: Sequence[str] = ()
    """Who gets mails about spending; none for no budget of Oracle's."""
    samples: bool = True
    """Declare a model for each kind of GPU, not running."""
    spend: Spend | None = None
    """None before it is known what the pools may have and cost."""


def cap(hourly_at_most: Decimal) -> int:
    """A cap in US dollars a month that all pools at their maximum keep, rounded up to two digits."""
    exact = int(hourly_at_most * HOURS_PER_MONTH * MARGIN) + 1
    digit = 10 ** max(len(str(exact)) - 2, 1)
    return int(-(-exact // digit) * digit)


def text(answers: Answers) -> str:
    """The stack file, with a comment where an answer was made up."""
    lines = [
        f"# yaml-language-server: $schema={SCHEMA}",
        "config:",
        "  # A resource that names no provider would take whatever credentials lie around.",
        "  pulumi:disable-default-providers: ['*']",
    ]
    for key, value, comment in _sections(answers):
        lines += [f"  # {comment}"] if comment else []
        dumped = yaml.safe_dump({f"{PROJECT}:{key}": value}, sort_keys=False, default_flow_style=False, width=120)
        lines += [f"  {line}" for line in dumped.rstrip().splitlines()]
    return "\n".join(lines) + "\n"


def _sections(answers: Answers) -> Iterator[tuple[str, Any, str]]:
    """Root keys with their values, and what is said above them."""
    yield "name", answers.name, ""
    yield "environment", answers.environment, ""
    match answers.cluster:
        case OnExisting() as cluster:
            yield "cluster", _existing(cluster, answers.gpus), ""
        case OnOke() as oke:
            guarded = bool(answers.recipients)
            yield "layers", ["cluster", "guardrails"] if guarded else ["cluster"], "" if guarded else UNGUARDED
            content = _oke(answers, oke)
            named = {
                "tenancyId": TENANCY,
                "compartmentId": COMPARTMENT,
                "encryption": {"clusterKeyId": CLUSTER_KEY, "imageKeyIds": [IMAGE_KEY]},
            }
            made_up = [key for key, value in named.items() if content.get(key) == value]
            yield "cluster", content, f"Stand-ins: put your own {', '.join(made_up)} here before `pulumi up`." if made_up else ""
    if answers.samples:
        yield "addons", {"kserve": {"samples": "stopped"}}, "Models for these GPUs, declared but not running; `running` starts them."
    if isinstance(answers.cluster, OnOke):
        if answers.spend is not None:
            caps = {"monthlyUsd": answers.spend.monthly_usd, "gpus": dict(answers.spend.gpus)}
            yield "spend", caps, "Room for all pools at their maximum; policies refuse what goes beyond."
        if answers.recipients:
            path = answers.cluster.compartment_path
            guardrails = {"recipients": list(answers.recipients), "compartmentPath": path or COMPARTMENT_PATH}
            yield "guardrails", guardrails, "" if path else "A stand-in: put the path of your compartment here."
    yield "tags", {"team": "platform"}, "On every resource of Oracle's, so that a bill says whose it is."


def _oke(answers: Answers, oke: OnOke) -> dict[str, Any]:
    prod = answers.environment == "prod"
    bastion = {"bastion": {"enabled": True, "allowedCidrs": list(oke.allowed)}, "kubeconfig": {"endpoint": "tunnel"}} if oke.allowed else {}
    keys = {"encryption": {"clusterKeyId": oke.cluster_key, "imageKeyIds": [oke.image_key]}} if prod else {}
    # In production a failed domain must leave nodes; elsewhere one domain keeps the number of nodes what was asked for.
    one_domain = {} if prod else {"availabilityDomains": [1]}
    system = {"shape": "VM.Standard.E5.Flex", "ocpus": 4 if prod else 2, "memoryGib": 32 if prod else 16, "size": 3 if prod else 2}
    return {
        "backend": "oke",
        "tenancyId": oke.tenancy,
        "compartmentId": oke.compartment,
        "region": oke.region,
        "kubernetesVersion": oke.version,
        "network": {"vcnCidr": "10.20.0.0/16"},
        **bastion,
        **keys,
        "nodePools": {
            "system": system,
            **{entry: {"shape": gpus.kind, **one_domain, "minSize": 0, "maxSize": gpus.count} for entry, gpus in _entries(answers.gpus)},
        },
        "storage": {"buckets": {"models": {}}},
    }


def _existing(cluster: OnExisting, gpus: Sequence[Gpus]) -> dict[str, Any]:
    return {
        "backend": "existing",
        "kubeconfig": cluster.kubeconfig,
        "context": cluster.context,
        **({"distribution": cluster.distribution} if cluster.distribution else {}),
        "nodePools": {entry: {"nodes": cluster.nodes, "gpuModel": each.kind, "gpusPerNode": each.count} for entry, each in _entries(gpus)},
    }


def _entries(gpus: Sequence[Gpus]) -> Iterator[tuple[str, Gpus]]:
    """A name for each pool; the second of one model is `a10-2`."""
    seen: dict[str, int] = {}
    for each in gpus:
        seen[each.entry] = seen.get(each.entry, 0) + 1
        number = seen[each.entry]
        yield each.entry if number == 1 else f"{each.entry}-{number}", each
