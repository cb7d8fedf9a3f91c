"""Which types are Kubernetes' own, which are custom resources, and which are neither."""

import re

# API groups of Kubernetes itself (API reference, 1.36). A type of one of these needs facts; a group with a dot that is not among
# them is a custom resource's, whose shape only its definition knows.
BUILT_IN = frozenset({
    "apps", "autoscaling", "batch", "core", "extensions", "helm.sh", "policy",
    "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "authentication.k8s.io",
    "authorization.k8s.io", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io",
    "flowcontrol.apiserver.k8s.io", "internal.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io", "rbac.authorization.k8s.io",
    "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io",
})  # fmt: skip

# Custom kinds that have no namespace, of the groups a GPU platform meets (their CustomResourceDefinitions, 2026-10). Others are
# taken to have one.
CLUSTER_SCOPED = frozenset({
    "AdmissionCheck", "ClusterCertificate", "ClusterExternalSecret", "ClusterIssuer", "ClusterPolicy", "ClusterQueue",
    "ClusterSecretStore", "ClusterServingRuntime", "ClusterStorageContainer", "ClusterTrainingRuntime", "Cohort", "EC2NodeClass",
    "GatewayClass", "LocalModelCache", "LocalModelNode", "LocalModelNodeGroup", "MultiKueueCluster", "MultiKueueConfig",
    "NVIDIADriver", "NicClusterPolicy", "NodeFeatureGroup", "NodeFeatureRule", "NodePool", "OCINodeClass", "ProvisioningRequestConfig",
    "ResourceFlavor", "Topology", "VolumeSnapshotClass", "WorkloadPriorityClass",
})  # fmt: skip

_TOKEN = re.compile(r"kubernetes:(?:(?P<group>[a-z0-9.-]+)/)?(?P<version>v[0-9][a-z0-9]*):(?P<kind>[A-Z][A-Za-z0-9]*)")


def split(token: str) -> tuple[str, str, str] | None:
    """Group, version and kind of a type token; None for a token that names no API type. The core group is `core`."""
    match = _TOKEN.fullmatch(token)
    return (match["group"] or "core", match["version"], match["kind"]) if match is not None else None


def is_custom(token: str) -> bool:
    """True for a type that a CustomResourceDefinition brings."""
    parts = split(token)
    return parts is not None and "." in parts[0] and parts[0] not in BUILT_IN


def api_version(token: str) -> str:
    """`apps/v1`, or `v1` for the core group."""
    parts = split(token)
    if parts is None:
        return ""
    group, version, _ = parts
    return version if group == "core" else f"{group}/{version}"
