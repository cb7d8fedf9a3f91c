"""What a stack allows beside the policies' own lists. Each entry shows in a review, with its reason."""

from typing import Annotated

from pydantic import Field

from infra.section import Section

Reason = Annotated[str, Field(min_length=10, pattern=r"\S")]


class AllowedStatement(Section):
    statement: Annotated[str, Field(min_length=1)]
    """An IAM statement, word by word."""
    reason: Reason
    """What needs it."""


class AllowedKind(Section):
    kind: Annotated[str, Field(pattern=r"^[a-z0-9.-]+/[A-Z][A-Za-z0-9]*$")]
    """A Kubernetes API group and a kind in it: `ray.io/RayCluster`."""
    reason: Reason
    """What needs it, and why it makes no machines that nobody counts."""


class Policies(Section):
    statements: tuple[AllowedStatement, ...] = ()
    """IAM statements that the policies would refuse. All resources, and everybody, cannot be allowed."""
    kinds: tuple[AllowedKind, ...] = ()
    """Kinds of Kubernetes objects that the policies do not know."""
