"""What a stack allows beside the policies' own lists. Each entry shows in a review, with its reason."""

from typing import Annotated

from pydantic import Field

from infra.section import Section, form

Reason = Annotated[str, Field(min_length=10), form(r"\S", "a reason that says something")]


class AllowedStatement(Section):
    statement: Annotated[str, Field(min_length=1)]
    """An IAM statement, word by word."""
    reason: Reason
    """What needs it."""


class AllowedKind(Section):
    kind: Annotated[str, form(r"^[a-z0-9.-]+/[A-Z][A-Za-z0-9]*$", "an API group and a kind, like ray.io/RayCluster")]
    """A Kubernetes API group and a kind in it: `ray.io/RayCluster`."""
    reason: Reason
    """What needs it, and why it makes no machines that nobody counts."""


class Policies(Section):
    statements: tuple[AllowedStatement, ...] = ()
    """IAM statements that the policies would refuse. All resources, and everybody, cannot be allowed."""
    kinds: tuple[AllowedKind, ...] = ()
    """Kinds of Kubernetes objects that the policies do not know."""
