"""What a stack file may say of KEDA."""

from typing import Annotated

from pydantic import Field

from components.framework.section import AddOnSection


class Keda(AddOnSection):
    replicas: Annotated[int, Field(ge=1, le=3)] = 1
    """Of the operator, the metrics server and the webhook. More than one stand by: one of each works at a time, but for the webhook."""
