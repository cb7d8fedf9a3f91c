"""Finds what pods are made of in any Kubernetes object, however deep a custom resource hides them."""

from collections.abc import Iterator
from typing import Any

from policies import charts
from policies.accessor import MAPPING, Path, unknown
from policies.subject import Resource

OBJECTS = ("kubernetes:*",)
NO_PODS = ("kubernetes:apiextensions.k8s.io/", "kubernetes:admissionregistration.k8s.io/", "kubernetes:kyverno.io/")
"""Definitions and policies, which speak of fields without setting them."""

CONTAINERS = frozenset({"containers", "initContainers", "ephemeralContainers"})
_HOLDERS = CONTAINERS | {"capabilities", "securityContext", "volumes"}
"""Keys whose value decides what a pod may do, as do all templates and specifications. One that is not known could hold anything."""


def fields(resource: Resource) -> Iterator[tuple[Path, Any]]:
    """Every field below, with its path; of a chart those of its values. Raises Unreadable where what pods are made of is not known."""
    if resource.type.startswith(NO_PODS):
        return
    if resource.type in charts.TYPES:
        given = None if resource.read.known(MAPPING, "values") is None else resource.read.section("values")
    else:
        given = resource.read
    for path, value in () if given is None else given.walk():
        if unknown(value) and _holds(path):
            resource.read.judge(MAPPING, path, value)
        yield path, value


def _holds(path: Path) -> bool:
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    return key in _HOLDERS or key.lower().endswith(("spec", "template"))


def is_image(path: Path) -> bool:
    """`containers[0].image`, wherever the containers are."""
    return len(path) > 2 and path[-1] == "image" and isinstance(path[-2], int) and path[-3] in CONTAINERS


def is_command(path: Path) -> bool:
    """A word of a container's command line, wherever the container is, or an entry of `extraArgs` and the like."""
    keys = [step.lower() for step in path if isinstance(step, str)]
    return bool(keys) and (keys[-1].endswith(("args", "command")) or (len(keys) > 1 and keys[-2].endswith("args")))
