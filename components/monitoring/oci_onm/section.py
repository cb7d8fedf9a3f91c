"""What a stack file may say of Oracle's log collector."""

from components.framework.section import AddOnSection
from infra.section import Ocid, Section


class LogTarget(Section):
    namespace: str
    """Log Analytics' namespace of the tenancy."""
    log_group_id: Ocid
    """Log group that logs go to."""
    entity_id: Ocid
    """Entity of type `Kubernetes Cluster` that they belong to."""
    cluster_id: Ocid
    """The cluster."""
    cluster_name: str
    """Name of the cluster in Log Analytics: the entity's."""


class OciOnm(AddOnSection):
    """Log Analytics must be switched on in the tenancy."""

    target: LogTarget | None = None
    """Where logs go, with rights that are the nodes' already. Left out: an OKE stack makes a log group, an entity and the nodes' rights."""
