"""What a stack file may say of who shares which nodes."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from components.framework.section import AddOnSection, Section
from components.queues.model import quantity
from infra.section import DnsLabel


def _quantity(text: str) -> str:
    quantity.parse(text)
    return text


Amount = Annotated[str, AfterValidator(_quantity)]
"""A Kubernetes quantity: 64, 1500m, 100Gi."""
Count = Annotated[int, Field(ge=0)]


class OwnAmount(Section):
    nominal: Amount
    """What it has."""
    borrow: Amount | None = None
    """Most that it takes of others. Left out: none."""
    lend: Amount | None = None
    """Most of it that others may take. Left out: all of it."""


class Share(Section):
    gpus: Count | None = None
    """GPUs of its own. Processors, memory and disk come with them, as much as a node has for each GPU."""
    nodes: Count | None = None
    """Nodes of its own, in place of `gpus`: for nodes without GPUs."""
    borrow: Count = 0
    """Most GPUs (or nodes) that it takes beyond its own, while others leave them. A ceiling, never a promise."""
    lend: Count | None = None
    """Most of its own that others may take. Left out: all of it; 0 keeps it free, and whoever has it is never preempted for it."""
    resources: dict[str, OwnAmount] = {}
    """Resources that do not follow: how much it has of each, by name."""


class Preemption(Section):
    reclaim: Literal["any", "lower-priority", "never"] = "any"
    """Whose workloads are evicted where others borrowed what it now needs itself."""
    own: Literal["never", "lower-priority", "newer"] = "lower-priority"
    """Which of its own workloads make room for one with a higher priority; `newer`: or with the same, if they came later."""
    borrow: Literal["never", "lower-priority"] = "never"
    """Whether it evicts workloads of others, of lower priority, even to borrow."""
    borrow_up_to: int | None = None
    """The highest priority that is evicted so."""


class Queue(Section):
    namespaces: tuple[DnsLabel, ...] = ()
    """Namespaces whose workloads it admits. Left out of a queue that is called as a team is: the team's."""
    cohort: DnsLabel | None = None
    """With whom it shares. Left out: with nobody; of a team's queue, with the other teams."""
    quota: dict[str, Share] = {}
    """What it has of each kind of node, by flavor: a node pool, or a pool in one availability domain. They are tried in this order.
    Left out of a queue that is called as a team is: what the team has."""
    preemption: Preemption = Preemption()
    """Who makes room for whom."""
    order: Literal["best-effort", "strict"] = "best-effort"
    """`best-effort`: small workloads pass a large one that does not fit yet. `strict`: nobody passes."""
    next_flavor: Literal["before-preempting", "before-borrowing", "when-nothing-else"] = "before-preempting"
    """When the next flavor is tried: before anybody is evicted on this one, before anything is borrowed on it, or only where neither
    makes room."""
    checks: tuple[DnsLabel, ...] = ()
    """What else must agree before a workload starts, by name in `checks`."""
    weight: Amount | None = None
    """Its part where queues share by weight (`kueue.fairSharing`). Left out: 1."""
    stopped: Literal["hold", "drain"] | None = None
    """`hold`: admit nothing more. `drain`: and evict what runs. Before a queue is taken away, drain it."""


class Pool(Section):
    parent: DnsLabel | None = None
    """The cohort that it is part of."""
    quota: dict[str, Share] = {}
    """What belongs to no queue: whoever may borrow takes it. Beside what the queues have."""
    weight: Amount | None = None
    """Its part of its parent where cohorts share by weight. Left out: 1."""


class Flavor(Section):
    node: dict[str, Amount] = {}
    """What pods can have of one node, by resource: cpu, memory, ephemeral-storage, nvidia.com/gpu. Left out: nine tenths of what the
    shape has, for the kubelet and daemon sets need the rest. Better measured: `kubectl get node -o jsonpath={.status.allocatable}`, less
    the requests of daemon sets."""
    topology: DnsLabel | None = None
    """Which of `topologies` its nodes are arranged in."""


class CheckParameters(Section):
    """The object that configures whose agreement it is."""

    api_group: str
    """Its API group: `kueue.x-k8s.io`."""
    kind: str
    """Its kind: `ProvisioningRequestConfig`."""
    name: str
    """Its name."""


class Check(Section):
    controller: Literal["kueue.x-k8s.io/provisioning-request", "kueue.x-k8s.io/multikueue"]
    """Whose agreement it is."""
    parameters: CheckParameters | None = None
    """What configures it."""


class Priority(Section):
    value: Annotated[int, Field(ge=-(2**31), lt=2**31)]
    """The higher goes first."""
    about: Annotated[str, Field(max_length=2048)] = ""
    """What it is for."""


class Queues(AddOnSection):
    queues: dict[DnsLabel, Queue] = {}
    """Who has what, by name. Each team (`teams`) has a queue of its name without being here; what is said here refines it."""
    cohorts: dict[DnsLabel, Pool] = {}
    """Who shares with whom. Each cohort that a queue names is here, so that a typing mistake makes no second one."""
    flavors: dict[str, Flavor] = {}
    """What is special of a kind of node, by node pool (`a10`) or pool in one availability domain (`a10-ad1`). Those that queues name
    are made from the node pools without being here."""
    topologies: dict[DnsLabel, Annotated[tuple[str, ...], Field(min_length=1)]] = {}
    """How nodes are near each other: labels, the widest first, kubernetes.io/hostname last."""
    priorities: dict[DnsLabel, Priority] = {}
    """Priorities that workloads name in the label kueue.x-k8s.io/priority-class."""
    checks: dict[DnsLabel, Check] = {}
    """Admission checks, by name."""
    local_queue: DnsLabel = "default"
    """Name of the queue in each namespace. Workloads that name no queue go to the one called `default`."""
    stopped: Literal["hold", "drain"] | None = None
    """All queues at once, as in a queue."""
