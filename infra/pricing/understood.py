"""Which inputs of each priced type its tariff has in view: those it counts, and those that cost nothing. Any other may cost anything.

A name stands for all that is below it; `a.b` alone for that part of a section. Inputs after the schemas of pulumi-oci 4.0, 2026-10.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from infra.pricing.book import UnpricedError
from infra.pricing.resources import UNKNOWN

_ALL = "compartmentId definedTags displayName freeformTags name"
_SHAPE = "ocpus memoryInGbs baselineOcpuUtilization"
"""Of a flexible shape. A burstable baseline is cheaper than what is counted; vCPUs beside OCPUs are counted nowhere."""


def _keys(*lines: str, **sections: str) -> frozenset[str]:
    inner = {f"{section}.{key}" for section, keys in sections.items() for key in keys.split()}
    return frozenset(" ".join((_ALL, *lines)).split()) | inner


UNDERSTOOD: Mapping[str, frozenset[str]] = MappingProxyType({
    "oci:ContainerEngine/cluster:Cluster": _keys(
        "clusterPodNetworkOptions endpointConfig imagePolicyConfig kmsKeyId kubernetesVersion options type vcnId",
    ),
    "oci:ContainerEngine/nodePool:NodePool": _keys(
        "clusterId initialNodeLabels kubernetesVersion nodeEvictionNodePoolSettings nodeImageId nodeMetadata",
        "nodeShape sshPublicKey quantityPerSubnet subnetIds",
        nodeConfigDetails="size isPvEncryptionInTransitEnabled kmsKeyId nsgIds computeClusterId definedTags freeformTags "
        "nodePoolPodNetworkOptionDetails placementConfigs.availabilityDomain placementConfigs.subnetId placementConfigs.faultDomains "
        "placementConfigs.capacityReservationId placementConfigs.preemptibleNodeConfig",
        nodePoolCyclingDetails="cycleModes isNodeCyclingEnabled maximumSurge maximumUnavailable",
        nodeShapeConfig="ocpus memoryInGbs",
        nodeSourceDetails="sourceType imageId bootVolumeSizeInGbs",
    ),
    "oci:ContainerEngine/virtualNodePool:VirtualNodePool": _keys(
        "clusterId initialVirtualNodeLabels nsgIds placementConfigurations podConfiguration size taints virtualNodeTags",
    ),
    "oci:Core/computeCapacityReservation:ComputeCapacityReservation": _keys(
        "availabilityDomain isDefaultReservation",
        instanceReservationConfigs="instanceShape reservedCount faultDomain clusterPlacementGroupId "
        + " ".join(f"instanceShapeConfig.{key}" for key in _SHAPE.split()),
    ),
    "oci:Core/instance:Instance": _keys(
        "agentConfig availabilityConfig availabilityDomain capacityReservationId clusterPlacementGroupId computeClusterId",
        "createVnicDetails extendedMetadata faultDomain hostnameLabel instanceOptions isPvEncryptionInTransitEnabled launchOptions",
        "metadata platformConfig preemptibleInstanceConfig preserveBootVolume securityAttributes shape state subnetId",
        "updateOperationConstraint",
        shapeConfig=_SHAPE,
        sourceDetails="sourceType sourceId bootVolumeSizeInGbs bootVolumeVpusPerGb kmsKeyId",
    ),
    "oci:Core/volume:Volume": _keys("availabilityDomain blockVolumeReplicasDeletion kmsKeyId sizeInGbs vpusPerGb"),
    "oci:FileStorage/fileSystem:FileSystem": _keys("availabilityDomain kmsKeyId"),
    "oci:Kms/vault:Vault": _keys("vaultType"),
    "oci:LoadBalancer/loadBalancer:LoadBalancer": _keys(
        "ipMode isDeleteProtectionEnabled isPrivate isRequestIdEnabled networkSecurityGroupIds requestIdHeader securityAttributes shape",
        "shapeDetails subnetIds",
    ),
    "oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem": _keys(
        "availabilityDomain capacityInGbs clusterPlacementGroupId fileSystemDescription fileSystemName kmsKeyId maintenanceWindow nsgIds",
        "performanceTier rootSquashConfiguration subnetId",
    ),
    "oci:ObjectStorage/bucket:Bucket": _keys(
        "accessType kmsKeyId metadata namespace objectEventsEnabled retentionRules storageTier versioning",
    ),
})  # fmt: skip


def check(name: str, type_: str, inputs: Mapping[str, Any]) -> None:
    """Raises UnpricedError, naming every input that the tariff of the type does not have in view."""
    strange = sorted(set(_strange(inputs, UNDERSTOOD.get(type_, frozenset()), "")))
    if strange:
        said = f"{', '.join(strange)} may cost what nobody has counted"
        raise UnpricedError(f"{name}: {said}; leave it out, or count it in infra/pricing/tariffs.py and name it in understood.py")


def _strange(value: Mapping[str, Any], known: frozenset[str], path: str) -> Iterator[str]:
    for key, item in value.items():
        at = f"{path}{key}"
        if at in known or _is_nothing(item) or key.startswith("__"):
            continue
        if not any(name.startswith(f"{at}.") for name in known):
            yield at
            continue
        if item == UNKNOWN:
            yield at
        for inner in item if isinstance(item, list | tuple) else (item,):
            if isinstance(inner, Mapping):
                yield from _strange(inner, known, f"{at}.")


def _is_nothing(value: Any) -> bool:
    """It asks for nothing."""
    return value is None or value is False or value in ("", "0", 0, [], (), {})
