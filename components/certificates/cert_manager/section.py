"""What a stack file may say of cert-manager."""

from typing import Annotated

from pydantic import Field

from components.framework.section import AddOnSection


class CertManager(AddOnSection):
    replicas: Annotated[int, Field(ge=1)] = 1
    """Of the controller and of the webhook."""
    gateway_api: bool = False
    """Make certificates for Gateways; the Gateway API's definitions must be there first."""
