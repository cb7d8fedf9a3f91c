"""How long things take to create in a real cloud: what a timeline is drawn to, not a promise.

Nobody publishes these times. Some are read off logs of runs that people published; the rest are estimates of 2026-08. What matters to a
timeline is that a cluster takes minutes and a rule seconds, and which of two ways is the longer one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from platformctl.engine.plan import PlannedResource

ESTIMATE = "estimate"
OKE_RUNS = "Terraform logs in mlinxfeld/terraform-oci-fk-oke (2022 to 2024)"
MINUTE = 60.0

Inputs = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Duration:
    """One row of the table."""

    type: str
    """Type token; `*` matches any part."""
    seconds: float
    source: str = ESTIMATE
    """Where the figure is from: `estimate`, or what it was read off."""
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


def _object(inputs: Inputs) -> bool:
    """Of Kubernetes itself, not a release."""
    return "kind" in inputs


POOL = "oci:ContainerEngine/nodePool:NodePool"
RELEASE = "kubernetes:helm.sh/v3:Release"

# The first row that matches is the one.
TABLE: tuple[Duration, ...] = (
    Duration(type="oci:ContainerEngine/cluster:Cluster", seconds=7 * MINUTE, source=OKE_RUNS),  # 4 to 11 minutes
    Duration(type=POOL, seconds=20, when=_empty),  # Oracle notes the pool and starts no node
    Duration(type=POOL, seconds=30 * MINUTE, when=_bare_metal),  # 20 to 40 minutes: a server is tested and wiped first
    Duration(type=POOL, seconds=5 * MINUTE, source=OKE_RUNS),  # 3 to 6 minutes
    Duration(type="oci:ContainerEngine/addon:Addon", seconds=2.5 * MINUTE),
    Duration(type="oci:Core/image:Image", seconds=20 * MINUTE),  # some 20 GB from Object Storage
    Duration(type="oci:Core/shapeManagement:ShapeManagement", seconds=3),
    Duration(type="oci:Core/computeCluster:ComputeCluster", seconds=15),
    Duration(type="oci:Core/networkSecurityGroup:*", seconds=2),
    Duration(type="oci:Core/networkSecurityGroupSecurityRule:*", seconds=2),
    Duration(type="oci:Core/vcn:Vcn", seconds=2, source=OKE_RUNS),
    Duration(type="oci:Core/*Gateway:*", seconds=2, source=OKE_RUNS),
    Duration(type="oci:Core/*oute*able:*", seconds=1, source=OKE_RUNS),
    Duration(type="oci:Core/*ecurity*ist:*", seconds=1, source=OKE_RUNS),
    Duration(type="oci:Core/subnet:Subnet", seconds=5),
    Duration(type="oci:Bastion/bastion:Bastion", seconds=MINUTE),
    Duration(type="oci:FileStorage/fileSystem:FileSystem", seconds=15),
    Duration(type="oci:FileStorage/mountTarget:MountTarget", seconds=30),
    Duration(type="oci:FileStorage/export*:*", seconds=3),
    Duration(type="oci:Lustre/*", seconds=20 * MINUTE),
    Duration(type="oci:ObjectStorage/*", seconds=3),
    Duration(type="oci:Identity/*", seconds=5),  # a second by itself; it must be known everywhere
    Duration(type="oci:Budget/*", seconds=3),
    Duration(type="oci:Limits/*", seconds=3),
    Duration(type="oci:LogAnalytics/*", seconds=3),
    Duration(type="kubernetes:*", seconds=1, when=_object),
)
OTHERS: tuple[Duration, ...] = (
    Duration(type="oci:*", seconds=3),
    Duration(type=RELEASE, seconds=2 * MINUTE),
    Duration(type="kubernetes:*", seconds=1),
)
"""What the table has no row for."""
NOTHING = Duration(type="*", seconds=0.0, source="is made by the engine alone")
"""A component, a provider, a random value."""


@cache
def releases() -> tuple[Duration, ...]:
    """A row for each chart of the platform: a release is done when its pods are ready, and images are pulled first."""
    from components.registry import CHARTS  # noqa: PLC0415 - the program of the stack has imported it by now

    return tuple(
        Duration(type=RELEASE, seconds=chart.install_seconds, when=_chart(chart.name), source=chart.install_source) for chart in CHARTS
    )


def duration(resource: PlannedResource) -> Duration:
    """How long the creation of a planned resource takes."""
    if not resource.custom:
        return NOTHING
    return next((row for row in (*TABLE, *releases(), *OTHERS) if row.matches(resource.type, resource.inputs)), NOTHING)
