"""The `bastion` section of an OKE cluster."""

from typing import Annotated

from pydantic import Field

from infra.section import Cidr, Section


class Bastion(Section):
    enabled: bool = False
    """Make an OCI Bastion, the way to a private endpoint without a machine of one's own."""
    allowed_cidrs: tuple[Cidr, ...] = ()
    """Who may open sessions. 0.0.0.0/0 is refused."""
    max_session_hours: Annotated[int, Field(ge=1, le=3)] = 3
    """Longest session, in hours."""
    nodes: bool = False
    """Sessions may go on to the nodes over SSH; who may log in is each pool's `sshPublicKey`."""
