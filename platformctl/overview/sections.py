"""Each resource of a plan belongs to one section of its overview; what no section knows is counted by type."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from infra.pricing import Estimate
from platformctl.engine.plan import Plan, PlannedResource
from platformctl.overview import cloud, inside
from platformctl.overview.pools import NODE_POOL, pools
from platformctl.overview.subjects import Overview, Section
from platformctl.render.words import short, unknown

Facts = Callable[[Sequence[PlannedResource]], Iterable[str]]

SECTIONS: Mapping[str, tuple[tuple[str, ...], Facts]] = {
    "network": (("oci:Core/", "oci:Bastion/", "oci:LoadBalancer/", "oci:NetworkLoadBalancer/"), cloud.network),
    "cluster": (("oci:ContainerEngine/",), cloud.cluster),
    "images": (("oci:Core/image:", "oci:Core/shapeManagement:", "pulumi:index:Stash"), cloud.images),
    "storage": (
        ("oci:ObjectStorage/", "oci:FileStorage/", "oci:Lustre/", "oci:Core/volume:", "kubernetes:storage.k8s.io/v1:StorageClass"),
        cloud.storage,
    ),
    "guardrails": (("oci:Budget/", "oci:Limits/"), cloud.guardrails),
    "access": (("oci:Identity/",), cloud.access),
}
"""In reading order: which types belong to the section, by how their tokens begin, the longest beginning first; and what is said of them."""

IN_CLUSTER = ("kubernetes:", "random:")
PROVIDER = "pulumi:providers:"
OTHER = "other"


def overview(plan: Plan, estimate: Estimate | None = None) -> Overview:
    """The plan on one screen. `estimate` is what it costs, None where that is not known."""
    within: dict[str, list[PlannedResource]] = {}
    for resource in plan.custom:
        if not resource.type.startswith(PROVIDER):
            within.setdefault(_section(resource.type), []).append(resource)
    found = [Section(title=title, facts=_said(facts(within[title]))) for title, (_, facts) in SECTIONS.items() if title in within]
    found += inside.sections(within.get(IN_CLUSTER[0], []), plan)
    rest = Counter(short(resource.type) for resource in within.get(OTHER, []))
    if rest:
        found.append(Section(title=OTHER, facts=tuple(f"{count} {type_}" for type_, count in rest.most_common())))
    return Overview(
        stack=plan.stack,
        sections=tuple(section for section in found if section.facts),
        pools=tuple(pools(within.get(NODE_POOL, []), estimate)),
        waiting=sum(len(group.inputs) for group in unknown(plan)),
    )


def _section(type_: str) -> str:
    """Title of the section that a type belongs to; for what is in the cluster, and for pools, which have lines of their own, a mark."""
    if type_ == NODE_POOL:
        return NODE_POOL
    beginnings = [(len(begin), title) for title, (begins, _) in SECTIONS.items() for begin in begins if type_.startswith(begin)]
    if beginnings:
        return max(beginnings)[1]
    return IN_CLUSTER[0] if type_.startswith(IN_CLUSTER) else OTHER


def _said(facts: Iterable[str]) -> tuple[str, ...]:
    return tuple(fact for fact in facts if fact)
