"""For every key of the stack file a change of it, on each kind of cluster that it differs on.

The schema gives most of them: another member, the other truth, one more. What stands here by hand is what no schema says.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import EllipsisType, MappingProxyType
from typing import Any

from components.framework.addon import section_key
from components.framework.schema import load
from components.registry import KINDS
from stacks.config import StackFileError, parse
from stacks.plan import plan
from testkit.changes.bases import base
from testkit.changes.documents import Document, Place, at, changed, place
from testkit.changes.keys import Key, keys
from testkit.changes.values import of_sections, others, switches

CHOSEN = object()
"""The value that the schema gives."""


class NoChangeError(LookupError):
    """No change of a key is known that the checks of the stack file accept."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """A change that is written by hand."""

    to: Any = CHOSEN
    """The value after it; `...` takes the key out."""
    base: str | tuple[str, ...] = ()
    """Stacks to try it on. Left out: those of the key."""
    at: Place = ()
    """Where, in place of the first place that has the key."""
    along: Mapping[str, Any] = field(default_factory=dict)
    """What must change with it, by path."""
    before: Mapping[str, Any] = field(default_factory=dict)
    """What must stand in the stack before it, by path. Such a stack is brought up for the row alone."""
    refused: bool = False
    """Whether the checks of the stack file are to refuse it, for that is the answer."""


@dataclass(frozen=True, kw_only=True)
class Row:
    key: Key
    base: str
    before: Document
    after: Document
    where: Place
    along: Mapping[str, Any] = field(default_factory=dict)
    """What changes with it, by path."""
    own_base: bool = False
    """Whether it starts from a stack of its own."""
    refused: bool = False

    @property
    def old(self) -> Any:
        return at(self.before, self.where)

    @property
    def new(self) -> Any:
        return at(self.after, self.where)

    @property
    def name(self) -> str:
        """What tells it from all other rows."""
        with_it = "".join(f", {path}: {shown(value)}" for path, value in self.along.items())
        return f"{self.key} @ {self.base}: {shown(self.old)} -> {shown(self.new)}{with_it}"


def shown(value: Any) -> str:
    """A value as the table writes it."""
    match value:
        case None | EllipsisType():
            return "left out"
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{key}: {shown(item)}" if item not in ({}, None) else str(key) for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(shown, value)) + "]"
    return str(value)


# Where the keys are tried: the first prefix that fits.
_WHERE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("cluster.network.vcnId", "oke", ("own-network",)),
    ("cluster.network.compartmentId", "oke", ("own-network",)),
    ("cluster.network.podsCidr", "oke", ("flannel",)),
    ("cluster.network.extraRules", "oke", ("flannel",)),
    ("cluster.network.subnets.publicLb", "oke", ("prod",)),
    ("cluster.network.subnets.storage", "oke", ("lustre",)),
    ("cluster.network.subnets", "oke", ("dev",)),
    ("cluster.importedImages", "oke", ("imported", "prod")),
    ("cluster.storage.lustre", "oke", ("lustre",)),
    ("cluster.storage.fileStorage", "oke", ("lustre", "prod")),
    ("cluster.storage.volumeKeyId", "oke", ("dev",)),
    ("cluster", "oke", ("dev", "prod")),
    ("cluster", "existing", ("workstation",)),
    ("addons.admission", "", ("teams",)),
    ("addons.teamNamespaces", "", ("teams",)),
    ("addons.personas", "", ("teams",)),
    ("addons.gpuOperator.mig", "", ("partitioned",)),
    ("addons.kserve.gateway", "", ("gateway",)),
    ("addons.kserve", "", ("serving",)),
    ("addons.kueue", "", ("queues",)),
    ("addons.queues", "", ("queues",)),
    ("addons.arc", "", ("runners",)),
    ("addons", "", ("workstation",)),
    ("teams", "", ("teams",)),
    ("catalogue", "", ("catalogue",)),
    ("charts", "", ("workstation",)),
    ("name", "", ("dev", "prod", "workstation")),
    ("environment", "", ("dev", "prod")),
    ("tags", "", ("dev", "prod")),
    ("", "", ("dev",)),
)

_CHARTS = {f"addons.{section_key(key)}.values": kind.charts for key, kind in KINDS.items() if len(kind.charts) == 1}
"""What the Helm values of an add-on are for, where it has one chart."""

_POOL = ("cluster", "nodePools")
_QUEUE = ("addons", "queues", "queues")
_SETS = ("addons", "arc", "scaleSets", "gpu-small")
_MODEL = ("addons", "kserve", "models")
_NO_RELEASE = (Given(to={"release": {}}, refused=True),)
_ACKNOWLEDGED = {"resource": "oci:ObjectStorage/bucket:Bucket/storage-models", "reason": "It is empty.", "expires": "2026-12-31"}
_GROUP = (Given(to="ocid1.group.oc1..exampleother"),)
_SUBNET = "ocid1.subnet.oc1.eu-frankfurt-1.exampleother"

_RULE = {"name": "scrape", "group": "workers", "direction": "ingress", "protocol": "tcp", "port": 9100, "reason": "The office looks."}


def _pool(name: str, key: str) -> Place:
    return (*_POOL, name, key)


# By key, and where both kinds of clusters have it, by the kind too.
GIVEN: Mapping[str, tuple[Given, ...]] = MappingProxyType(
    {
        "layers": (Given(to=["cluster"], along={"guardrails": ...}), Given(to=["guardrails"], along={"addons": {}, "policies": {}})),
        "guardrails": (Given(to=..., along={"layers": ["cluster"]}),),
        "acknowledge": (Given(to=[_ACKNOWLEDGED]),),
        "definedTags": (Given(to={"Operations.CostCenter": "ml"}),),
        "ignoreDefinedTags": (Given(to=["Finance.Owner"]),),
        "catalogue.shapes": (
            Given(
                to={
                    "VM.GPU.NEW.2": CHOSEN,
                    "VM.Standard.N1.Flex": CHOSEN,
                    "VM.Standard.N1.4": {"source": "A data sheet, 2026-11.", "ocpus": 4, "memoryGib": 32, "hourlyUsd": 0.3},
                }
            ),
        ),
        "catalogue.shapes.*.gpus": (Given(to=4, refused=True),),
        "catalogue.shapes.*.gpuModel": (Given(to="NEWER", along={"spend.gpus": {"NEWER": 2, "A10": 2}}),),
        "catalogue.shapes.*.gpuVendor": (Given(to="amd", along={"cluster.nodePools.new.minSize": 1}),),
        "catalogue.shapes.*.quota": (Given(to="gpu-newer-count"),),
        "catalogue.kubernetesVersions": (Given(to=["v1.37.0", "v1.38.0"]),),
        "cluster.backend (oke)": (Given(to="existing", refused=True),),
        "cluster.backend (existing)": (Given(to="oke", refused=True),),
        "cluster.region (oke)": (Given(to="us-ashburn-1", base="dev"), Given(to="us-ashburn-1", base="prod", refused=True)),
        "cluster.homeRegion (oke)": (Given(to="us-ashburn-1"),),
        "cluster.kubernetesVersion (oke)": (Given(to="v1.35.2"), Given(to="v1.36.1", base="dev"), Given(to="v1.33.1", base="dev")),
        "cluster.network.vcnId (oke)": (Given(to="ocid1.vcn.oc1.eu-frankfurt-1.exampleother"),),
        "cluster.network.vcnCidr (oke)": (Given(to="10.30.0.0/16"),),
        "cluster.network.extraRules.[].protocol (oke)": (Given(to="udp"),),
        "cluster.network.extraRules.[].peerCidr (oke)": (Given(to="198.51.100.0/24"),),
        "cluster.network.extraRules.[].peerGroup (oke)": (
            Given(to="endpoint", along={"cluster.network.extraRules": [{**_RULE, "peerGroup": "endpoint"}]}),
        ),
        "cluster.network.podsCidr (oke)": (Given(to="10.245.0.0/16"),),
        "cluster.network.servicesCidr (oke)": (Given(to="10.97.0.0/16"),),
        "cluster.network.subnets.endpoint.cidr (oke)": (Given(to="10.20.255.0/28"),),
        "cluster.network.subnets.workers.cidr (oke)": (Given(to="10.20.240.0/22"),),
        "cluster.network.subnets.pods.cidr (oke)": (Given(to="10.20.192.0/19"),),
        "cluster.network.subnets.publicLb.cidr (oke)": (Given(to="10.40.120.0/24"),),
        "cluster.network.subnets.internalLb.cidr (oke)": (Given(to="10.20.254.0/24"),),
        "cluster.network.subnets.bastion.cidr (oke)": (Given(to="10.20.255.16/28"),),
        "cluster.network.subnets.storage.cidr (oke)": (Given(to="10.20.253.0/24"),),
        **{
            f"cluster.network.subnets.{role}.id (oke)": (Given(to=_SUBNET, base="own-network"),)
            for role in ("endpoint", "workers", "pods", "internalLb", "bastion")
        },
        "cluster.network.subnets.publicLb.id (oke)": (
            Given(
                to=_SUBNET,
                base="own-network",
                along={
                    "cluster.network.subnets.publicLb.cidr": "10.40.2.0/24",
                    "cluster.network.loadBalancers": {"public": True, "allowedCidrs": ["198.51.100.0/24"]},
                },
            ),
        ),
        "cluster.network.subnets.storage.id (oke)": (
            Given(
                to=_SUBNET,
                base="own-network",
                along={"cluster.network.subnets.storage.cidr": "10.40.3.0/24", "cluster.storage.fileStorage.enabled": True},
            ),
        ),
        "cluster.network.internetEgress (oke)": (
            Given(to=False, base="dev"),
            Given(to=False, base="prod"),
            Given(to=False, base="teams", refused=True),
        ),
        "cluster.endpoint.public (oke)": (
            Given(
                to=True,
                base="dev",
                along={
                    "cluster.endpoint.allowedCidrs": ["203.0.113.0/24"],
                    "cluster.network.subnets.endpoint.cidr": "10.20.255.0/28",
                    "cluster.network.subnets.bastion.cidr": "10.20.80.208/29",
                },
            ),
            Given(to=True, along={"cluster.endpoint.allowedCidrs": ["203.0.113.0/24"]}),
            Given(to=False, base="public-endpoint"),
        ),
        "cluster.endpoint.publicSubnet (oke)": (
            Given(
                to=True,
                base="dev",
                along={
                    "cluster.network.subnets.endpoint.cidr": "10.20.255.0/28",
                    "cluster.network.subnets.bastion.cidr": "10.20.80.208/29",
                },
            ),
        ),
        "cluster.bastion.enabled (oke)": (Given(to=False, along={"cluster.kubeconfig.endpoint": "private"}),),
        "cluster.bastion.nodes (oke)": (
            Given(to=True, along={"cluster.nodePools.system.sshPublicKey": f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'B' * 43}"}),
        ),
        "cluster.nodePools.*.shape (oke)": (
            Given(to="VM.Standard.E4.Flex", at=_pool("system", "shape")),
            Given(to="VM.GPU.A10.2", at=_pool("a10", "shape"), base="dev"),
            Given(
                to="VM.GPU.A10.1",
                at=_pool("batch", "shape"),
                base="dev",
                along={"cluster.nodePools.batch.ocpus": ..., "cluster.nodePools.batch.memoryGib": ...},
            ),
        ),
        "cluster.nodePools.*.minSize (oke)": (Given(at=_pool("a10", "minSize")),),
        "cluster.nodePools.*.maxSize (oke)": (Given(at=_pool("a10", "maxSize")),),
        "cluster.nodePools.*.size (oke)": (Given(at=_pool("system", "size")),),
        "cluster.nodePools.*.availabilityDomains (oke)": (
            Given(to=[1, 2], at=_pool("system", "availabilityDomains")),
            Given(to=[1, 2], at=_pool("a10", "availabilityDomains"), base="dev"),
            Given(to=[2], at=_pool("a10", "availabilityDomains"), base="dev"),
        ),
        "cluster.nodePools.*.bootVolumeGib (oke)": (
            Given(to=150, at=_pool("system", "bootVolumeGib")),
            Given(to=60, at=_pool("system", "bootVolumeGib"), base="dev"),
        ),
        "cluster.nodePools.*.maxPodsPerNode (oke)": (Given(to=31, at=_pool("a10", "maxPodsPerNode")),),
        "cluster.nodePools.*.labels (oke)": (
            Given(to={"team": "data"}, at=_pool("system", "labels")),
            Given(to={"team": "data"}, at=_pool("system", "labels"), base="dev", along={"cluster.nodePools.system.cycling": "instance"}),
            Given(to={"team": "data"}, at=_pool("system", "labels"), base="dev", along={"cluster.nodePools.system.cycling": "off"}),
        ),
        "cluster.nodePools.*.taints (oke)": (Given(to=[{"key": "batch", "value": "other"}], at=_pool("a10", "taints")),),
        **{
            f"cluster.nodePools.*.taints.[].{key} (oke)": (Given(base="dev", at=("cluster", "nodePools", "batch", "taints", 0, key)),)
            for key in ("key", "value", "effect")
        },
        "cluster.nodePools.*.preemptible (oke)": (
            Given(to=True, at=_pool("batch", "preemptible"), base="dev"),
            Given(to=True, at=_pool("workers", "preemptible"), base="prod"),
        ),
        "cluster.nodePools.*.image.id (oke)": (
            Given(to="ocid1.image.oc1.eu-frankfurt-1.exampleother", at=(*_POOL, "system", "image", "id")),
        ),
        "cluster.nodePools.*.image.name (oke)": (
            Given(
                to="Oracle-Linux-8.10-2026.08.31-0-OKE-1.34.2-1311",
                at=(*_POOL, "system", "image", "name"),
                along={"cluster.nodePools.system.image.id": "ocid1.image.oc1.eu-frankfurt-1.exampleother"},
            ),
        ),
        "cluster.nodePools.*.image.imported (oke)": (
            Given(
                to=...,
                base="imported",
                at=(*_POOL, "h100", "image", "imported"),
                along={"cluster.importedImages": ..., "cluster.nodePools.h100.rdma": ...},
            ),
        ),
        "cluster.nodePools.*.kubernetesVersion (oke)": (
            Given(to="v1.33.1", at=_pool("system", "kubernetesVersion"), base="dev"),
            Given(to="v1.34.2", at=_pool("system", "kubernetesVersion")),
        ),
        "cluster.nodePools.*.capacityReservationId (oke)": (Given(at=_pool("a10", "capacityReservationId"), base="dev"),),
        "cluster.nodePools.*.userData (oke)": (Given(to="#!/bin/sh\necho hello\n", at=_pool("system", "userData")),),
        "cluster.nodePools.*.kubeletArgs (oke)": (Given(to={"cpu-manager-policy": "static"}, at=_pool("system", "kubeletArgs")),),
        "cluster.nodePools.*.rdma (oke)": (Given(to=False, at=_pool("h100", "rdma"), base=("imported", "prod")),),
        "cluster.nodePools (oke)": (
            Given(
                at=_POOL,
                base="dev",
                to={
                    "system": CHOSEN,
                    "a10": CHOSEN,
                    "batch": CHOSEN,
                    "more": {"shape": "VM.GPU.A10.1", "minSize": 0, "maxSize": 1, "availabilityDomains": [2]},
                },
            ),
            Given(at=_POOL, base="dev", to={"system": CHOSEN, "a10": CHOSEN}),
        ),
        "cluster.importedImages (oke)": (
            Given(to=..., base="imported", along={"cluster.nodePools.h100.image": ..., "cluster.nodePools.h100.rdma": ...}),
        ),
        "cluster.importedImages.*.sourceUrl (oke)": (
            Given(to="https://objectstorage.eu-frankfurt-1.oraclecloud.com/n/examplenamespace/b/images/o/ubuntu-22.04-gpu-570-b.oci"),
        ),
        "cluster.storage.lustre.capacityGb (oke)": (Given(to=41600), Given(to=31200, before={"cluster.storage.lustre.capacityGb": 41600})),
        "cluster.storage.lustre.tier (oke)": (Given(to=250),),
        "cluster.storage.buckets.*.versioning (oke)": (Given(to=False), Given(to="suspended"), Given(to=True, base="lustre")),
        "cluster.nodePools.*.gpuModel (existing)": (Given(to="RTX 4090"),),
        "cluster.nodePools.*.gpuMemoryGib (existing)": (Given(to=16),),
        "cluster.nodePools.*.gpuProduct (existing)": (Given(to="Tesla-T4"),),
        **{
            f"cluster.nodePools.*.taints.[].{key} (existing)": (Given(at=("cluster", "nodePools", "server", "taints", 0, key)),)
            for key in ("key", "value", "effect")
        },
        "cluster.provided (existing)": (Given(to=["metrics-server"]),),
        "addons.teamNamespaces.enabled": (Given(to=False, refused=True),),
        "addons.teamNamespaces.values": _NO_RELEASE,
        "addons.personas.enabled": (Given(to=False, refused=True),),
        "addons.personas.values": _NO_RELEASE,
        "addons.admission.values": _NO_RELEASE,
        "addons.queues.values": _NO_RELEASE,
        "addons.personas.admins": _GROUP,
        "addons.personas.maintainers": _GROUP,
        "addons.personas.breakGlass.group": _GROUP,
        "addons.admission.resources": (Given(to=["rdma/hca", "rdma/other"]),),
        "addons.certManager.values": (Given(to={"cainjector": {"automountServiceAccountToken": False}}),),
        "addons.nodeFeatureDiscovery.enabled": (Given(to=False, along={"addons.gpuOperator": {"enabled": False}}),),
        "addons.nodeFeatureDiscovery.values": (Given(to={"gc": {"enable": False}}),),
        "addons.gpuOperator.values": (Given(to={"ccManager": {"hostNetwork": True}}),),
        "addons.prometheusOperatorCrds.enabled": (Given(to=False, along={"addons.monitoring": {"enabled": False}}),),
        "addons.prometheusOperatorCrds.values": (Given(to={"crds": {"thanosrulers": {"enabled": False}}}),),
        "addons.monitoring.values": (Given(to={"alertmanager": {"alertmanagerSpec": {"automountServiceAccountToken": False}}}),),
        "addons.monitoring.storageClass": (Given(to="fast"),),
        "addons.monitoring.storageGib": (Given(to=80),),
        "addons.ociOnm.values": (Given(to={"oci-onm-common": {"createNamespace": False}}),),
        "addons.ociOnm.target": (Given(to=..., refused=True),),
        "addons.keda.values": (Given(to={"asciiArt": False}),),
        "addons.kserve.values": (Given(to={"kserve-resources": {"kserve": {"certManager": {"enabled": True}}}}),),
        "addons.kserve.images": (Given(to={"vllm": "registry.example.org/vllm:v1.0.0"}),),
        "addons.kserve.models.*.runtime": (Given(to="huggingface", along={"addons.kserve.models.chat.adapters": ...}),),
        "addons.kserve.models.*.source": (Given(to="hf://acme/other"),),
        "addons.kserve.models.*.pools": (Given(to=["a10"], along={"addons.kserve.models.chat.replicas": 1}),),
        "addons.kserve.models.*.maxReplicas": (Given(to=3),),
        "addons.kserve.models.*.canary.source": (Given(to="hf://acme/model-3"),),
        "addons.kserve.models.*.canary.replicas": (
            Given(
                to=1,
                at=(*_MODEL, "search", "canary", "replicas"),
                before={"addons.kserve.models.search.replicas": 3, "addons.kserve.models.search.canary.replicas": 2},
            ),
        ),
        "addons.kserve.models.*.predictor": (Given(to={"minReplicas": 1}),),
        "addons.arc.values": (Given(to={"arc": {"flags": {"runnerMaxConcurrentReconciles": 3}}}),),
        "addons.arc.scaleSets.*.github": (Given(to="https://github.com/enterprises/acme"),),
        "addons.arc.scaleSets.*.namespace": (Given(to="others", at=("addons", "arc", "scaleSets", "gpu-other", "namespace")),),
        "addons.arc.scaleSets.*.queue": (
            Given(to=..., along={"addons.arc.scaleSets.gpu-small.priority": ..., "addons.arc.scaleSets.gpu-small.maxRunners": 2}),
        ),
        "addons.arc.scaleSets.*.pool": (Given(to="l4", at=("addons", "arc", "scaleSets", "gpu-other", "pool")),),
        "addons.arc.scaleSets.*.minRunners": (Given(to=1, at=("addons", "arc", "scaleSets", "gpu-other", "minRunners")),),
        "addons.arc.scaleSets.*.image": (Given(to="ghcr.io/actions/actions-runner:2.337.0"),),
        "addons.arc.scaleSets.*.warm.[].timeZone": (Given(to="Europe/Paris"),),
        "addons.arc.queueSeconds": (Given(to=900),),
        "addons.kueue.enabled": (Given(to=False, along={"addons.queues": {"enabled": False}}),),
        "addons.kueue.values": (Given(to={"controllerManager": {"hostNetwork": True}}),),
        "addons.kueue.featureGates": (Given(to={"AdmissionFairSharing": False}),),
        "addons.queues.queues.*.namespaces": (
            Given(to=["pretrain", "other"], at=(*_QUEUE, "pretrain", "namespaces")),
            Given(
                to=["pretrain", "finetune"],
                at=(*_QUEUE, "pretrain", "namespaces"),
                along={"addons.queues.queues.finetune.namespaces": ["other"]},
            ),
        ),
        "addons.queues.queues.*.cohort": (Given(to="all"),),
        "addons.queues.queues.*.quota": (Given(to={"h100": {"gpus": 60, "borrow": 32}}),),
        "addons.queues.queues.*.quota.*.nodes": (
            Given(to=4, at=(*_QUEUE, "finetune", "quota", "h100", "nodes"), along={"addons.queues.queues.finetune.quota.h100.gpus": ...}),
        ),
        "addons.queues.queues.*.quota.*.lend": (Given(to=16, at=(*_QUEUE, "finetune", "quota", "h100", "lend")),),
        "addons.queues.queues.*.quota.*.resources.*.nominal": (Given(to="3"),),
        "addons.queues.queues.*.quota.*.resources.*.borrow": (Given(to="2"),),
        "addons.queues.queues.*.quota.*.resources.*.lend": (Given(to="2"),),
        "addons.queues.queues.*.preemption.borrowUpTo": (
            Given(
                to=100,
                at=(*_QUEUE, "pretrain", "preemption", "borrowUpTo"),
                along={"addons.queues.queues.pretrain.preemption.borrow": "lower-priority"},
            ),
        ),
        "addons.queues.queues.*.weight": (Given(to="3"),),
        "addons.queues.cohorts": (
            Given(to={"gpu": CHOSEN, "all": CHOSEN, "more": {"parent": "all"}}, along={"addons.queues.queues.finetune.cohort": "more"}),
        ),
        "addons.queues.cohorts.*.parent": (Given(to=..., along={"addons.queues.queues.finetune.cohort": "all"}),),
        "addons.queues.cohorts.*.quota.*.nodes": (Given(to=1, along={"addons.queues.cohorts.gpu.quota.h100.gpus": ...}),),
        "addons.queues.cohorts.*.quota.*.borrow": (Given(to=0),),
        "addons.queues.cohorts.*.quota.*.resources.*.nominal": (Given(to="3"),),
        "addons.queues.cohorts.*.quota.*.resources.*.borrow": (Given(to="1", along={"addons.queues.cohorts.gpu.quota.h100.borrow": 1}),),
        "addons.queues.cohorts.*.quota.*.resources.*.lend": (Given(to="1"),),
        "addons.queues.cohorts.*.weight": (Given(to="3"),),
        "addons.queues.flavors.*.topology": (Given(to="rooms"),),
        "addons.queues.flavors.*.node": (Given(to={"cpu": "190", "memory": "1900Gi"}),),
        "addons.queues.checks": (
            Given(
                to={
                    "capacity": CHOSEN,
                    "far": {
                        "controller": "kueue.x-k8s.io/multikueue",
                        "parameters": {"apiGroup": "kueue.x-k8s.io", "kind": "MultiKueueConfig", "name": "far"},
                    },
                }
            ),
        ),
        "addons.queues.checks.*.controller": (
            Given(
                to="kueue.x-k8s.io/multikueue",
                along={
                    "addons.queues.checks.capacity.parameters": {"apiGroup": "kueue.x-k8s.io", "kind": "MultiKueueConfig", "name": "far"}
                },
            ),
        ),
        "addons.queues.checks.*.parameters": (
            Given(to={"apiGroup": "kueue.x-k8s.io", "kind": "ProvisioningRequestConfig", "name": "other"}),
        ),
        "teams.*.members": _GROUP,
        "teams.*.namespaces.*.quota": (
            Given(to={"gpus": {"A10": 1}, "cpus": 1, "memoryGib": 4}, at=("teams", "speech", "namespaces", "speech-ci", "quota")),
        ),
        **{f"acknowledge.[].{key}": (Given(before={"acknowledge": [_ACKNOWLEDGED]}),) for key in ("resource", "reason", "expires")},
    }
)


@cache
def rows() -> tuple[Row, ...]:
    """Every row. Raises NoChangeError for the keys that have none."""
    found, missing = [], []
    for key in keys():
        try:
            found += list(of(key))
        except NoChangeError as error:
            missing.append(str(error))
    if missing:
        raise NoChangeError("\n".join(missing))
    return tuple(found)


def of(key: Key) -> Iterator[Row]:
    """The rows of a key. Raises NoChangeError where there is none."""
    for given in GIVEN.get(str(key), (Given(),)):
        names = (given.base,) if isinstance(given.base, str) else given.base or where(key)
        made = [row for name in names if (row := _row(key, name, given)) is not None]
        if not made:
            raise NoChangeError(f"{key}: no change of it is known; write one into testkit/changes/rows.py")
        yield from made


def where(key: Key) -> tuple[str, ...]:
    """The stacks that a key is tried on."""
    return next(
        names
        for prefix, backend, names in _WHERE
        if (not backend or backend == key.backend) and f"{key.path}.".startswith(f"{prefix}." if prefix else "")
    )


def _row(key: Key, name: str, given: Given) -> Row | None:
    before = base(name)
    for path, value in given.before.items():
        before = changed(before, tuple(path.split(".")), value)
    try:
        place_ = given.at or place(before, key.steps)
    except LookupError:
        return None
    old = at(before, place_)
    for value in _wanted(key, old) if given.to is CHOSEN else [_filled(given.to, old)]:
        after = _changed(before, place_, value, given.along)
        if after is not None and (given.refused or accepted(after)):
            return Row(
                key=key,
                base=name,
                before=before,
                after=after,
                where=place_,
                along=given.along,
                own_base=bool(given.before),
                refused=given.refused,
            )
    if given.to is CHOSEN:
        return None
    raise NoChangeError(
        f"{key} @ {name}: the checks do not accept {given.to!r}: {why(_changed(before, place_, _filled(given.to, old), given.along))}"
    )


def _wanted(key: Key, old: Any) -> Iterator[Any]:
    if charts := _CHARTS.get(key.path):
        return (value for chart in charts for value in switches(load(chart.key).values))
    return of_sections(old) if key.holds_sections else others(key.node, old)


def _filled(value: Any, old: Any) -> Any:
    """The value with what is to stay as it was."""
    if isinstance(value, dict) and isinstance(old, dict):
        return {key: copy.deepcopy(old[key]) if item is CHOSEN else item for key, item in value.items()}
    return value


def _changed(before: Document, where_: Place, value: Any, along: Mapping[str, Any]) -> Document | None:
    after: Document = before
    changes: dict[Place, Any] = {where_: value, **{tuple(path.split(".")): item for path, item in along.items()}}
    for path, item in changes.items():
        if item is ... and at(after, path) is None:
            continue
        after = changed(after, path, item)
    return after


def accepted(document: Document) -> bool:
    """Whether the checks of a stack file take it."""
    return not why(document)


def why(document: Document | None) -> str:
    """What the checks say of a stack file; empty where they take it."""
    if document is None:
        return "it has no such place"
    try:
        plan(parse(document))
    except StackFileError as error:
        return str(error)
    return ""
