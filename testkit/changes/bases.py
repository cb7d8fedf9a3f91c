"""The stacks that changes start from: one for each kind of cluster, and for what only some clusters can have."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from components.framework.addon import section_key
from components.registry import KINDS
from stacks.config.load import document
from testkit.changes.documents import Document
from testkit.every_add_on import everything
from testkit.stack_files import ROOT

LICENCE = "example.org/licence"


def _file(name: str) -> dict[str, Any]:
    return document(ROOT / name)


def merged(given: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """`given` with what `more` says; mappings of both are merged."""
    found = dict(given)
    for key, value in more.items():
        before = found.get(key)
        found[key] = merged(before, value) if isinstance(before, Mapping) and isinstance(value, Mapping) else value
    return found


def _only(given: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The stack without the add-ons that are not named: fewer resources, and the same answers."""
    held = given.get("addons") or {}
    off = {name: {"enabled": False} for name in map(section_key, KINDS) if name not in names}
    return {**given, "addons": {**{name: {**held.get(name, {}), "enabled": True} for name in names}, **off}}


def _dev() -> Document:
    return merged(
        _only(_file("Pulumi.dev.yaml"), ()),
        {
            "cluster": {
                "nodePools": {
                    "system": {"taints": [{"key": "team", "value": "platform", "effect": "PreferNoSchedule"}]},
                    "batch": {
                        "shape": "VM.Standard.E5.Flex",
                        "ocpus": 4,
                        "memoryGib": 32,
                        "minSize": 0,
                        "maxSize": 3,
                        "availabilityDomains": [1],
                        "labels": {"team": "ml"},
                        "taints": [{"key": "batch"}],
                    },
                },
                "storage": {"buckets": {"models": {}, "results": {}}},
            },
            "policies": {
                "statements": [{"statement": "Allow group others to inspect clusters in tenancy", "reason": "Others count our clusters."}],
                "kinds": [{"kind": "ray.io/RayCluster", "reason": "Ray makes pods alone."}],
            },
        },
    )


def _prod() -> Document:
    return _only(_file("Pulumi.prod.yaml"), ())


def _lustre() -> Document:
    spend = {"monthlyUsd": 20000}
    storage = {"lustre": {"enabled": True}, "fileStorage": {"enabled": True}, "buckets": {"models": {"versioning": False}}}
    return _only(merged(_file("Pulumi.dev.yaml"), {"cluster": {"storage": storage}, "spend": spend}), ())


def _imported() -> Document:
    """Prod's imported image, on a cluster of which nothing is protected."""
    return _only({**_file("Pulumi.prod.yaml"), "environment": "dev"}, ())


def _catalogue() -> Document:
    """Machines and versions that only the stack file knows."""
    read = "A data sheet of Oracle's, 2026-11."
    shapes = {
        "VM.GPU.NEW.2": {
            "source": read, "ocpus": 30, "memoryGib": 480, "gpus": 2, "gpuModel": "NEW", "gpuMemoryGib": 96, "gpuVendor": "nvidia",
            "gpuProduct": "NVIDIA-NEW", "hourlyUsd": 8.5, "quota": "gpu-new-count",
        },
        "VM.Standard.N1.Flex": {
            "source": read, "ocpusMax": 64, "memoryGibMax": 1024, "ocpuHourlyUsd": 0.04, "memoryHourlyUsd": 0.003,
        },
    }  # fmt: skip
    pools = {
        "new": {"shape": "VM.GPU.NEW.2", "minSize": 0, "maxSize": 1, "availabilityDomains": [1]},
        "flexible": {"shape": "VM.Standard.N1.Flex", "ocpus": 4, "memoryGib": 32, "minSize": 0, "maxSize": 1},
    }
    regions = {"eu-test-1": {"source": read, "key": "TST", "availabilityDomains": 1}}
    spend = {"monthlyUsd": 20000, "gpus": {"NEW": 2}}
    catalogue = {"shapes": shapes, "kubernetesVersions": ["v1.37.0"], "regions": regions}
    return _only(merged(_file("Pulumi.dev.yaml"), {"catalogue": catalogue, "cluster": {"nodePools": pools}, "spend": spend}), ())


def _own_network() -> Document:
    return _only(_file("examples/Pulumi.own-network.yaml"), ())


def _flannel() -> Document:
    """An overlay network, and rules of one's own."""
    scrape = {"name": "scrape", "group": "workers", "direction": "ingress", "protocol": "tcp", "port": 9100, "endPort": 9101}
    ping = {"name": "ping", "group": "workers", "direction": "ingress", "protocol": "icmp", "icmpType": 8, "icmpCode": 0}
    ends = {"peerCidr": "203.0.113.0/24", "reason": "The office looks at the nodes."}
    network = {"podNetwork": "flannel", "extraRules": [{**scrape, **ends}, {**ping, **ends}]}
    return _only(merged(_file("Pulumi.dev.yaml"), {"cluster": {"network": network}}), ())


def _public_endpoint() -> Document:
    endpoint = {"public": True, "publicSubnet": True, "allowedCidrs": ["203.0.113.0/24"]}
    return _only(merged(_file("Pulumi.dev.yaml"), {"cluster": {"endpoint": endpoint}}), ())


def _teams() -> Document:
    found = everything(ROOT / "examples/Pulumi.teams.yaml").document
    cut_off = {"group": "ocid1.group.oc1..examplehelpers", "until": "2026-12-01T18:00:00Z", "reason": "Nobody else can fix it."}
    named = ("teamNamespaces", "personas", "admission", "ociOnm", "kueue", "queues")
    changed = merged(_only(found, named), {"addons": {"personas": {"breakGlass": cut_off}, "admission": {"resources": ["rdma/hca"]}}})
    shares = {"speech": {}, "speech-ci": {"ci": True, "quota": {"gpus": {"A10": 1}, "cpus": 2, "memoryGib": 8}}}
    return merged(changed, {"teams": {"speech": {"namespaces": shares, "quota": {"cpus": 4, "memoryGib": 16}}}})


_ELSEWHERE = frozenset({"teamNamespaces", "admission", "kserve", "arc", "kueue", "queues"})
"""Add-ons that another stack is for: the table in `rows.py` names it. A new one is on here by itself."""


def _workstation() -> Document:
    """A cluster that is there already, with what needs no cloud."""
    found = everything(ROOT / "examples/Pulumi.rtx4060.yaml").document
    taints = [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}]
    pools = {"workstation": {"cpus": 16, "memoryGib": 64, "labels": {"site": "lab"}}, "server": {"nodes": 1, "taints": taints}}
    on = [name for name, section in found["addons"].items() if section["enabled"] and name not in _ELSEWHERE]
    return merged(_only(found, on), {"cluster": {"nodePools": pools, "storageClasses": ["local-path", "fast"]}})


def _partitioned() -> Document:
    pools = {
        "system": {"nodes": 1},
        "h100": {"nodes": 1, "gpuModel": "H100 SXM5", "gpusPerNode": 8},
        "a100": {"nodes": 1, "gpuModel": "A100 SXM4 80GB", "gpusPerNode": 8},
    }
    cuts = {"h100": {"perGpu": {"3g.40gb": 1, "2g.20gb": 2}}, "a100": {"perNode": {"3g.40gb": 8}}}
    stack = {
        "name": "partitioned",
        "cluster": {"backend": "existing", "context": "partitioned", "nodePools": pools},
        "addons": {"gpuOperator": {"mig": cuts}},
    }
    return _only(stack, ("nodeFeatureDiscovery", "gpuOperator"))


def _serving() -> Document:
    known = {"source": "hf://acme/model", "version": "first", "parametersBillion": 8, "precision": "bf16", "pools": ["l40s"], "replicas": 2}
    chat = {**known, "gpus": 1, "adapters": {"formal": "hf://acme/formal"}}
    search = {**known, "canary": {"version": "second", "source": "hf://acme/model-2"}}
    kserve = {
        "objectStorage": {"endpoint": "https://store.example.org", "region": "eu-frankfurt-1", "existingSecret": "store"},
        "huggingFaceSecret": "hugging-face",
        "models": {"chat": chat, "search": search},
    }
    pools = {
        "system": {"nodes": 1},
        "l40s": {"nodes": 2, "gpuModel": "L40S", "gpusPerNode": 4},
        "a10": {"gpuModel": "A10", "gpusPerNode": 1},
    }
    stack = {
        "name": "serving",
        "cluster": {"backend": "existing", "context": "serving", "nodePools": pools},
        "addons": {"kserve": kserve},
    }
    return _only(stack, ("certManager", "keda", "kserve", "prometheusOperatorCrds", "monitoring"))


def _gateway() -> Document:
    """Models that are reached from outside, which have no second version."""
    found = _serving()
    kserve = found["addons"]["kserve"]
    models = {"chat": kserve["models"]["chat"]}
    gateway = {"name": "istio-system/models", "domain": "models.example.org"}
    return {**found, "addons": {**found["addons"], "kserve": {**kserve, "models": models, "gateway": gateway}}}


def _queues() -> Document:
    licence = {"nominal": "4", "borrow": "1", "lend": "1"}
    provisioning = {"apiGroup": "kueue.x-k8s.io", "kind": "ProvisioningRequestConfig", "name": "capacity"}
    queues = {
        "flavors": {"h100": {"node": {"cpu": "200", "memory": "1900Gi"}, "topology": "racks"}},
        "topologies": {"racks": ["example.org/rack", "kubernetes.io/hostname"], "rooms": ["example.org/room"]},
        "checks": {"capacity": {"controller": "kueue.x-k8s.io/provisioning-request", "parameters": provisioning}},
        "cohorts": {
            "gpu": {"parent": "all", "weight": "2", "quota": {"h100": {"gpus": 8, "resources": {LICENCE: {"nominal": "2"}}}}},
            "all": {},
        },
        "queues": {
            "pretrain": {
                "namespaces": ["pretrain"],
                "cohort": "gpu",
                "checks": ["capacity"],
                "weight": "2",
                "quota": {"h100": {"gpus": 64, "borrow": 32, "resources": {LICENCE: licence}}},
            },
            "finetune": {"namespaces": ["finetune"], "cohort": "gpu", "quota": {"h100": {"gpus": 32}}},
            "serving": {
                "namespaces": ["serving"],
                "cohort": "gpu",
                "quota": {"h100": {"gpus": 16, "lend": 0}},
                "preemption": {"reclaim": "never", "own": "never"},
            },
        },
        "priorities": {"serving": {"value": 10000, "about": "Answers people."}, "normal": {"value": 1000}},
    }
    transformation = {"input": "nvidia.com/mig-1g.10gb", "outputs": {"nvidia.com/gpu": "1"}}
    h100 = {"nodes": 16, "gpuModel": "H100 SXM5", "gpusPerNode": 8, "cpus": 224, "memoryGib": 2048, "ephemeralStorageGib": 1600}
    system = {"nodes": 3, "cpus": 16, "memoryGib": 64, "ephemeralStorageGib": 100}
    stack = {
        "name": "queues",
        "cluster": {
            "backend": "existing",
            "context": "queues",
            "nodePools": {"system": system, "h100": {**h100, "taints": [{"key": "nvidia.com/gpu"}]}},
            "hostHasGpuDriver": True,
        },
        "addons": {"kueue": {"transformations": [transformation]}, "queues": queues},
    }
    return _only(stack, ("kueue", "queues"))


def _runners() -> Document:
    gate = {"repositories": ["acme/models"], "workflows": [".github/workflows/gpu.yml"]}
    sets = {
        "gpu-small": {
            "github": "https://github.com/acme",
            "gate": gate,
            "pool": "a10",
            "namespace": "ci",
            "queue": "default",
            "priority": "urgent",
            "warm": [{"runners": 1, "start": "08:00", "end": "18:00", "timeZone": "Europe/Berlin"}],
        },
        "gpu-other": {"github": "https://github.com/acme", "gate": gate, "pool": "a10", "maxRunners": 2},
    }
    nodes = {"cpus": 32, "memoryGib": 256, "ephemeralStorageGib": 500}
    pools = {
        "system": {"nodes": 1, **nodes},
        "a10": {"nodes": 4, "gpuModel": "A10", "gpusPerNode": 2, **nodes},
        "l4": {"nodes": 4, "gpuModel": "L4", "gpusPerNode": 2, **nodes},
    }
    stack = {
        "name": "runners",
        "cluster": {"backend": "existing", "context": "runners", "nodePools": pools, "networkPolicies": True},
        "teams": {"ci": {"quota": {"gpus": {"A10": 4}}, "borrows": {}}},
        "addons": {"arc": {"scaleSets": sets}},
    }
    return _only(stack, ("teamNamespaces", "arc", "kueue", "queues"))


BASES: Mapping[str, Callable[[], Document]] = MappingProxyType(
    {
        "dev": _dev,
        "prod": _prod,
        "lustre": _lustre,
        "imported": _imported,
        "catalogue": _catalogue,
        "own-network": _own_network,
        "flannel": _flannel,
        "public-endpoint": _public_endpoint,
        "teams": _teams,
        "workstation": _workstation,
        "partitioned": _partitioned,
        "serving": _serving,
        "gateway": _gateway,
        "queues": _queues,
        "runners": _runners,
    }
)
"""By name. Each is a stack that the checks accept."""

ABOUT: Mapping[str, str] = MappingProxyType(
    {
        "dev": "an enhanced cluster on OKE with its guardrails, nothing protected: `Pulumi.dev.yaml` without add-ons, one pool more",
        "prod": "an enhanced cluster on OKE whose cluster, network and data are protected: `Pulumi.prod.yaml` without add-ons",
        "lustre": "`dev` with file systems of both kinds",
        "imported": "`prod` with nothing protected: an imported image, nodes joined by RDMA",
        "catalogue": "`dev` with machines that only the stack file knows",
        "own-network": "a cluster on OKE in a network that exists: `examples/Pulumi.own-network.yaml`",
        "flannel": "`dev` with an overlay network for the pods, and rules of its own",
        "public-endpoint": "`dev` with a public endpoint in a subnet that stays public",
        "teams": "a cluster on OKE that two teams share: `examples/Pulumi.teams.yaml`",
        "workstation": "a cluster that exists, with what needs no cloud: `examples/Pulumi.rtx4060.yaml`",
        "partitioned": "a cluster that exists, with partitioned GPUs",
        "serving": "a cluster that exists, with models",
        "gateway": "`serving`, reached from outside",
        "queues": "a cluster that exists, with queues",
        "runners": "a cluster that exists, with runners of GitHub jobs",
    }
)
"""What each is, in words."""


@cache
def base(name: str) -> Document:
    return BASES[name]()
