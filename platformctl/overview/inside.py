"""What is said of the parts inside the cluster: add-ons, teams, queues."""

from collections import Counter
from collections.abc import Iterator

from platformctl.engine.plan import Plan, PlannedResource
from platformctl.overview.inputs import mapping, text
from platformctl.overview.subjects import Section
from platformctl.render.words import is_stack

RELEASE = "kubernetes:helm.sh/v3:Release"
NAMED = {"InferenceService": "models", "ClusterQueue": "queues", "Namespace": "namespaces"}
"""Kinds whose objects people know by name, with the word for several of them."""


def sections(resources: list[PlannedResource], plan: Plan) -> Iterator[Section]:
    """A section for each part of the stack that puts things into the cluster, in the plan's order."""
    parts: dict[str, list[PlannedResource]] = {}
    for resource in resources:
        parts.setdefault(_part(resource, plan), []).append(resource)
    for title, within in parts.items():
        yield Section(title=title, facts=tuple(_facts(within)))


def _part(resource: PlannedResource, plan: Plan) -> str:
    """Name of the outermost component that holds the resource; its own where there is none."""
    here = resource
    while (parent := plan.by_urn.get(here.parent)) is not None and not is_stack(parent):
        here = parent
    return here.name


def _facts(resources: list[PlannedResource]) -> Iterator[str]:
    releases = [resource for resource in resources if resource.type == RELEASE]
    if releases:
        yield ", ".join(f"{text(release, 'chart').rpartition('/')[2]} {text(release, 'version')}".strip() for release in releases)
    for kind, word in NAMED.items():
        names = [str(mapping(resource, "metadata").get("name", resource.name)) for resource in resources if _kind(resource) == kind]
        if names:
            yield f"{word.removesuffix('s') if len(names) == 1 else word} {', '.join(names)}"
    others = Counter(_kind(resource) for resource in resources if resource not in releases and _kind(resource) not in NAMED)
    if others:
        yield ", ".join(f"{count} {kind}" for kind, count in others.most_common())


def _kind(resource: PlannedResource) -> str:
    return resource.type.rpartition(":")[2]
