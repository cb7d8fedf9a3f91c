"""How long things take to create in a real cloud: what a timeline is drawn to, not a promise.

Nobody publishes these times. The figures are estimates of 2026-08 unless a source is named; what matters to a timeline is that a
cluster takes minutes and a rule seconds, and which of two ways is the longer one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from platformctl.engine.plan import PlannedResource

ESTIMATE = "estimate"
MINUTE = 60.0

Inputs = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Duration:
    """One row of the table."""

    type: str
    """Type token; `*` matches any part."""
    seconds: float
    source: str = ESTIMATE
    """Where the figure is from: `estimate`, or a document."""
    when: Callable[[Inputs], bool] = lambda inputs: True
    """Whether the row is about a resource with these inputs."""

    def matches(self, type_: str, inputs: Inputs) -> bool:
        return fnmatchcase(type_, self.type) and self.when(inputs)


def _empty(inputs: Inputs) -> bool:
    return (inputs.get("nodeConfigDetails") or {}).get("size") == 0


def _bare_metal(inputs: Inputs) -> bool:
    return str(inputs.get("nodeShape", "")).startswith("BM.")


def _chart(name: str) -> Callable[[Inputs], bool]:
    return lambda inputs: str(inputs.get("chart", "")).rpartition("/")[2] == name


POOL = "oci:ContainerEngine/nodePool:NodePool"
RELEASE = "kubernetes:helm.sh/v3:Release"

# The first row that matches is the one.
TABLE: tuple[Duration, ...] = (
    Duration(type="oci:ContainerEngine/cluster:Cluster", seconds=9 * MINUTE),
    Duration(type=POOL, seconds=20, when=_empty),  # Oracle notes the pool and starts no node
    Duration(type=POOL, seconds=30 * MINUTE, when=_bare_metal),  # 20 to 40 minutes: a server is tested and wiped first
    Duration(type=POOL, seconds=5 * MINUTE),
    Duration(type="oci:ContainerEngine/addon:Addon", seconds=2.5 * MINUTE),
    Duration(type="oci:Core/image:Image", seconds=20 * MINUTE),  # some 20 GB from Object Storage
    Duration(type="oci:Core/computeCluster:ComputeCluster", seconds=15),
    Duration(type="oci:Core/networkSecurityGroupSecurityRule:*", seconds=2),
    Duration(type="oci:Core/natGateway:*", seconds=5),
    Duration(type="oci:Core/vcn:Vcn", seconds=5),
    Duration(type="oci:Core/subnet:Subnet", seconds=5),
    Duration(type="oci:Bastion/bastion:Bastion", seconds=MINUTE),
    Duration(type="oci:FileStorage/fileSystem:FileSystem", seconds=15),
    Duration(type="oci:FileStorage/mountTarget:MountTarget", seconds=30),
    Duration(type="oci:Lustre/*", seconds=20 * MINUTE),
    Duration(type="oci:Identity/*", seconds=5),
    Duration(type="oci:*", seconds=3),
    # A release is done when its pods are ready: images are pulled first.
    Duration(type=RELEASE, seconds=20, when=_chart("prometheus-operator-crds")),
    Duration(type=RELEASE, seconds=20, when=_chart("kserve-crd")),
    Duration(type=RELEASE, seconds=1 * MINUTE, when=_chart("cert-manager")),
    Duration(type=RELEASE, seconds=1 * MINUTE, when=_chart("node-feature-discovery")),
    Duration(type=RELEASE, seconds=2 * MINUTE, when=_chart("gpu-operator")),
    Duration(type=RELEASE, seconds=2 * MINUTE, when=_chart("kserve-resources")),
    Duration(type=RELEASE, seconds=3 * MINUTE, when=_chart("kube-prometheus-stack")),
    Duration(type=RELEASE, seconds=2 * MINUTE),
    Duration(type="kubernetes:*", seconds=1),
)
NOTHING = Duration(type="*", seconds=0.0, source="is made by the engine alone")
"""A component, a provider, a random value."""


def duration(resource: PlannedResource) -> Duration:
    """How long the creation of a planned resource takes."""
    if not resource.custom:
        return NOTHING
    return next((row for row in TABLE if row.matches(resource.type, resource.inputs)), NOTHING)
