"""Finds what pods are made of in any Kubernetes object, however deep a custom resource hides them."""

from collections.abc import Iterator
from typing import Any

from policies.accessor import MAPPING, Path, unknown
from policies.subject import Resource

OBJECTS = ("kubernetes:*",)
NO_OBJECTS = ("kubernetes:helm.sh/", "kubernetes:apiextensions.k8s.io/")
"""Charts, whose values are no objects, and definitions, which speak of fields without setting them."""

CONTAINERS = frozenset({"containers", "initContainers", "ephemeralContainers"})
_HOLDERS = CONTAINERS | {"capabilities", "securityContext", "volumes"}
"""Keys whose value decides what a pod may do, as do all templates and specifications. One that is not known could hold anything."""


def fields(resource: Resource) -> Iterator[tuple[Path, Any]]:
    """Every field below, with its path. Raises Unreadable where something that pods are made of is not known."""
    if resource.type.startswith(NO_OBJECTS):
        return
    for path, value in resource.read.walk():
        if unknown(value) and _holds(path):
            resource.read.judge(MAPPING, path, value)
        yield path, value


def _holds(path: Path) -> bool:
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    return key in _HOLDERS or key.lower().endswith(("spec", "template"))


def is_image(path: Path) -> bool:
    """`containers[0].image`, wherever the containers are."""
    return len(path) > 2 and path[-1] == "image" and isinstance(path[-2], int) and path[-3] in CONTAINERS
