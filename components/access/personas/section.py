"""What a stack file may say of the people beside the teams."""

from typing import Annotated

from pydantic import Field

from components.framework.section import AddOnSection, Section
from infra.section import UtcTime

Text = Annotated[str, Field(min_length=1)]


class BreakGlass(Section):
    group: Text
    """Group that may do everything until then: the OCID of an IAM group of its own. Who is in another group of the platform gets in by
    that one."""
    until: UtcTime
    """When it ends, in UTC: `2026-12-01T18:00:00Z`. The IAM statement that lets the group in ends then, whether anybody runs anything or
    not; Oracle's clocks may differ by 5 minutes."""
    reason: Text
    """Why. It is written into the binding."""


class Personas(AddOnSection):
    admins: Text | None = None
    """Group that may do everything in the cluster: on OKE the OCID of an IAM group, elsewhere what the authenticator calls it."""
    maintainers: Text | None = None
    """Group that keeps the platform running: reads what runs, ends jobs of teams, and reads no Secret."""
    break_glass: BreakGlass | None = None
    """A group that may do everything for a while. On OKE alone, where IAM ends it."""
