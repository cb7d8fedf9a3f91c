"""What a stack file may say of the teams' namespaces beside the teams themselves."""

from typing import Annotated

from pydantic import Field

from components.framework.section import AddOnSection


class TeamNamespaces(AddOnSection):
    storage_gib: Annotated[int, Field(ge=0)] = 1024
    """Most that all claims on disks in one namespace may ask for together, in GiB."""
