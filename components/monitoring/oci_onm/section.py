"""What a stack file may say of Oracle's log collector."""

from typing import Annotated

from components.framework.section import AddOnSection
from infra.section import Section, ocid


class LogTarget(Section):
    namespace: str
    """Log Analytics' namespace of the tenancy."""
    log_group_id: Annotated[str, ocid("loganalyticsloggroup")]
    """Log group that logs go to."""
    entity_id: Annotated[str, ocid("loganalyticsentity")]
    """Entity of type `Kubernetes Cluster` that they belong to."""
    cluster_id: Annotated[str, ocid("cluster")]
    """The cluster."""
    cluster_name: str
    """Name of the cluster in Log Analytics: the entity's."""


class OciOnm(AddOnSection):
    """Log Analytics must be switched on in the tenancy."""

    target: LogTarget | None = None
    """Where logs go, with rights that are the nodes' already. Left out: an OKE stack makes a log group, an entity and the nodes' rights."""
