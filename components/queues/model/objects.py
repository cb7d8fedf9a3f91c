"""Kueue's objects, typed: `kueue.x-k8s.io/v1beta2` and no older version.

kubernetes-sigs/kueue v0.19.2, apis/kueue/v1beta2/*_types.go, 2026-08. Counts, names and what contradicts what are in `rules.py`, so that
every mistake of every object is found at once.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from components.queues.model import quantity
from infra.section import Section

GROUP = "kueue.x-k8s.io"
VERSION = f"{GROUP}/v1beta2"


def _quantity(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        quantity.parse(value)
    return value


Quantity = Annotated[str, BeforeValidator(_quantity)]
"""As text; numbers are taken, as the API server takes them."""
StopPolicy = Literal["None", "Hold", "HoldAndDrain"]
Effect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]


class SelectorTerm(Section):
    key: str
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    values: tuple[str, ...] = ()


class Selector(Section):
    """A label selector: empty selects everything."""

    match_labels: dict[str, str] = {}
    match_expressions: tuple[SelectorTerm, ...] = ()


class ResourceQuota(Section):
    name: str
    nominal_quota: Quantity
    borrowing_limit: Quantity | None = None
    lending_limit: Quantity | None = None


class FlavorQuotas(Section):
    name: str
    resources: tuple[ResourceQuota, ...]


class ResourceGroup(Section):
    covered_resources: tuple[str, ...]
    flavors: tuple[FlavorQuotas, ...]


class FairSharing(Section):
    weight: Quantity = "1"


class BorrowWithinCohort(Section):
    policy: Literal["Never", "LowerPriority"] = "Never"
    max_priority_threshold: int | None = None


class Preemption(Section):
    reclaim_within_cohort: Literal["Never", "LowerPriority", "Any"] = "Never"
    borrow_within_cohort: BorrowWithinCohort | None = None
    within_cluster_queue: Literal["Never", "LowerPriority", "LowerOrNewerEqualPriority"] = "Never"


class FlavorFungibility(Section):
    when_can_borrow: Literal["MayStopSearch", "TryNextFlavor"] = "MayStopSearch"
    when_can_preempt: Literal["MayStopSearch", "TryNextFlavor"] = "TryNextFlavor"
    preference: Literal["BorrowingOverPreemption", "PreemptionOverBorrowing"] | None = None


class Check(Section):
    name: str
    on_flavors: tuple[str, ...] = ()


class AdmissionChecksStrategy(Section):
    admission_checks: tuple[Check, ...]


class AdmissionScope(Section):
    admission_mode: Literal["UsageBasedAdmissionFairSharing", "NoAdmissionFairSharing"]


class MigrationConstraints(Section):
    last_acceptable_flavor_name: str | None = None


class Migration(Section):
    mode: Literal["TryPreferredFlavors", "RetainFirstAdmission"]
    constraints: MigrationConstraints | None = None


class ConcurrentAdmission(Section):
    """Alpha: behind a feature gate, and unknown to Kueue v0.17."""

    migration: Migration


class KueueObject(Section):
    kind: ClassVar[str]


class ClusterQueue(KueueObject):
    kind = "ClusterQueue"
    cohort_name: str | None = None
    namespace_selector: Selector | None = None
    """None: no namespace may use it."""
    queueing_strategy: Literal["BestEffortFIFO", "StrictFIFO"] = "BestEffortFIFO"
    resource_groups: tuple[ResourceGroup, ...] = ()
    preemption: Preemption | None = None
    flavor_fungibility: FlavorFungibility | None = None
    admission_checks_strategy: AdmissionChecksStrategy | None = None
    stop_policy: StopPolicy | None = None
    fair_sharing: FairSharing | None = None
    admission_scope: AdmissionScope | None = None
    concurrent_admission_policy: ConcurrentAdmission | None = None


class Cohort(KueueObject):
    kind = "Cohort"
    parent_name: str | None = None
    resource_groups: tuple[ResourceGroup, ...] = ()
    fair_sharing: FairSharing | None = None


class LocalQueue(KueueObject):
    kind = "LocalQueue"
    cluster_queue: str
    stop_policy: StopPolicy | None = None
    fair_sharing: FairSharing | None = None


class NodeTaint(Section):
    key: str
    value: str = ""
    effect: Effect


class Toleration(Section):
    key: str = ""
    operator: Literal["Exists", "Equal"] = "Equal"
    value: str = ""
    effect: Effect | None = None
    toleration_seconds: int | None = None


class ResourceFlavor(KueueObject):
    kind = "ResourceFlavor"
    node_labels: dict[str, str] = {}
    node_taints: tuple[NodeTaint, ...] = ()
    tolerations: tuple[Toleration, ...] = ()
    topology_name: str | None = None


class TopologyLevel(Section):
    node_label: str


class Topology(KueueObject):
    kind = "Topology"
    levels: tuple[TopologyLevel, ...]


class WorkloadPriorityClass(KueueObject):
    kind = "WorkloadPriorityClass"
    value: Annotated[int, Field(ge=-(2**31), lt=2**31)]
    description: Annotated[str, Field(max_length=2048)] = ""


class Parameters(Section):
    api_group: str
    kind: str
    name: str


class AdmissionCheck(KueueObject):
    kind = "AdmissionCheck"
    controller_name: str
    parameters: Parameters | None = None


class MultiKueueConfig(KueueObject):
    kind = "MultiKueueConfig"
    clusters: tuple[str, ...]
    quota_management: Literal["Manual", "Automated"] | None = None


class KubeConfig(Section):
    location: str
    location_type: Literal["Secret", "Path"] = "Secret"


class ProfileReference(Section):
    name: str


class ClusterSource(Section):
    kube_config: KubeConfig | None = None
    cluster_profile_ref: ProfileReference | None = None


class MultiKueueCluster(KueueObject):
    kind = "MultiKueueCluster"
    cluster_source: ClusterSource


KINDS: Mapping[str, type[KueueObject]] = {
    each.kind: each
    for each in (
        Topology, ResourceFlavor, WorkloadPriorityClass, AdmissionCheck, MultiKueueConfig, MultiKueueCluster, Cohort, ClusterQueue,
        LocalQueue,
    )
}  # fmt: skip
"""By kind, in the order in which they are applied: each after what it names."""
WITHOUT_SPEC = frozenset({"WorkloadPriorityClass"})
"""Kinds whose fields stand beside `metadata`."""


class Named(Section):
    """An object and what it is called."""

    name: str
    namespace: str = ""
    spec: KueueObject

    @property
    def kind(self) -> str:
        return self.spec.kind

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"

    @property
    def document(self) -> dict[str, Any]:
        """The manifest."""
        fields = self.spec.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
        metadata = {"name": self.name, **({"namespace": self.namespace} if self.namespace else {})}
        body = fields if self.kind in WITHOUT_SPEC else {"spec": fields}
        return {"apiVersion": VERSION, "kind": self.kind, "metadata": metadata, **body}
