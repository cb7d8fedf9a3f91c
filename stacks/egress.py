"""A cluster that does not reach the internet, and add-ons whose images are there."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.framework.compose import AddOnsPlan
from infra.problems import Problem
from stacks.config import Stack
from stacks.config.cluster import OkeCluster

IMAGE_KEYS = frozenset({"image", "imageRegistry", "images", "registry", "repository"})
"""How charts name where an image comes from."""


def problems(stack: Stack, inside: AddOnsPlan) -> Iterator[Problem]:
    """Each release would wait a quarter of an hour for pods that get no image, and be rolled back."""
    cluster = stack.cluster
    if not isinstance(cluster, OkeCluster) or cluster.network.internet_egress:
        return
    lost = [key for key, plan in inside.plans.items() if plan.operations.healthy and not names_images(inside.sections[key].values)]
    if lost:
        fix = "name your own registry in the `values` of each, turn them off, or set internetEgress to true"
        yield Problem(
            "cluster.network.internetEgress", f"is false, but no node reaches the registries of the images of {', '.join(lost)}; {fix}"
        )


def names_images(values: Any) -> bool:
    """Whether Helm values say where some image comes from."""
    if isinstance(values, Mapping):
        return any((key in IMAGE_KEYS and bool(item)) or names_images(item) for key, item in values.items())
    return False
