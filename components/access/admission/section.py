"""What a stack file may say of what is admitted in teams' namespaces."""

from typing import Annotated

from pydantic import Field

from components.framework.section import AddOnSection


class Admission(AddOnSection):
    max_job_hours: Annotated[int, Field(ge=1, le=720)] = 24
    """Longest `activeDeadlineSeconds` of a Job, in hours. Every Job must have one."""
    max_retries: Annotated[int, Field(ge=0, le=10)] = 2
    """Most `backoffLimit` of a Job. Kubernetes' own default is 6, and each try takes its GPUs again."""
    keep_finished_hours: Annotated[int, Field(ge=1, le=720)] = 168
    """Longest `ttlSecondsAfterFinished` of a Job, in hours. Every Job must have one."""
    resources: tuple[str, ...] = ()
    """Names of other extended resources that pods may ask for beside GPUs, as in `rdma/hca`."""
