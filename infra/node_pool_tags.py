"""Free-form tags of a node pool that something reads: the Cluster Autoscaler, the estimate, the policies."""

AUTOSCALER_MIN = "autoscaler-min"
AUTOSCALER_MAX = "autoscaler-max"
EPHEMERAL_STORAGE = "cluster-autoscaler/node-ephemeral-storage"
"""Read by the Cluster Autoscaler (cloudprovider/oci, 2026-08) for nodes that do not exist yet."""
