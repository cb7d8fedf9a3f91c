"""Why the cluster cannot be shared as the stack file says, in the stack file's own words. Paths are those of the section `queues`."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from components.queues.model import objects as kueue
from components.queues.model import quantity, rules
from components.queues.model.findings import Finding
from components.queues.model.objects import Named
from components.queues.quota import lints
from components.queues.quota.lints import Nodes
from components.queues.sharing import flavors
from components.queues.sharing.flavors import NodeKind
from components.queues.sharing.section import Flavor, OwnAmount, Queue, Queues, Share
from infra.facts import ClusterContext, Pool
from infra.gpus import RESOURCES
from infra.problems import Problem, choices

SECTION: Mapping[str, str] = {
    "ClusterQueue": "queues", "Cohort": "cohorts", "ResourceFlavor": "flavors", "Topology": "topologies", "AdmissionCheck": "checks",
    "WorkloadPriorityClass": "priorities", "LocalQueue": "queues",
}  # fmt: skip
"""Where in the section an object of a kind comes from."""


LEAST_BYTES = 2**20
"""Less memory, or disk, than any queue or node has."""


def problems(section: Queues, cluster: ClusterContext) -> tuple[Problem, ...]:
    """What the section itself gets wrong; with none, what rules and lints find in the objects that it makes belongs to `refused`."""
    return (
        *_flavors(section, cluster),
        *_names(section),
        *_namespaces(section, cluster),
        *(problem for name, queue in section.queues.items() for problem in _queue(f"queues.{name}", queue, section)),
        *_circle(section),
    )


def used(section: Queues) -> tuple[str, ...]:
    """Flavors that a queue or cohort has a quota of, in order."""
    quotas = (*(each.quota for each in section.queues.values()), *(each.quota for each in section.cohorts.values()))
    return tuple(dict.fromkeys(name for quota in quotas for name in quota))


def _flavors(section: Queues, cluster: ClusterContext) -> Iterator[Problem]:
    known = flavors.names(cluster)
    shares = {
        **{f"queues.{name}": queue.quota for name, queue in section.queues.items()},
        **{f"cohorts.{name}": cohort.quota for name, cohort in section.cohorts.items()},
    }
    for of, quota in shares.items():
        for flavor, share in quota.items():
            path = f"{of}.quota.{flavor}"
            if flavor not in known:
                yield Problem(path, f"is no node pool; {_hint(flavor, known)}")
            else:
                yield from _share(path, share, known[flavor][0].gpus_per_node)
                yield from _counted(path, share)
    for name in section.flavors:
        if name not in known:
            yield Problem(f"flavors.{name}", f"is no node pool; {_hint(name, known)}")
    there = [name for name in used(section) if name in known]
    for entry, pool in flavors.overlaps(there, cluster):
        yield Problem("queues", f"share {entry} and {pool}, which are the same nodes; name the node pool, or its pools, not both")
    for name in there:
        given = section.flavors.get(name, Flavor())
        yield from _node(f"flavors.{name}.node", given, known[name][0])
        if lacking := flavors.lacks(name, cluster, given):
            message = (
                f"is not said of {', '.join(lacking)}: nobody knows how large the nodes are; say it here, or in cluster.nodePools.{name}"
            )
            yield Problem(f"flavors.{name}.node", message)
        if (other := flavors.indistinct(name, cluster)) is not None:
            message = f"cannot be told from {other}: its nodes have no label that the others lack; give them one (labels of the node pool)"
            yield Problem(f"flavors.{name}", message)
        if given.topology is not None and given.topology not in section.topologies:
            yield Problem(f"flavors.{name}.topology", f"{given.topology!r} is no topology; {_hint(given.topology, section.topologies)}")


def _share(path: str, share: Share, gpus_per_node: int) -> Iterator[Problem]:
    if (share.gpus is None) == (share.nodes is None):
        said = "both gpus and nodes; give one" if share.gpus is not None else "neither gpus nor nodes; give one"
        yield Problem(path, f"has {said}")
    elif share.gpus is not None and not gpus_per_node:
        yield Problem(f"{path}.gpus", f"is {share.gpus}, but the pool has no GPUs; say nodes")
    own = share.gpus if share.gpus is not None else share.nodes
    if share.lend is not None and own is not None and share.lend > own:
        yield Problem(f"{path}.lend", f"is {share.lend}, more than the {own} that it has; lend {own} at most")
    for name, amount in share.resources.items():
        yield from _own(f"{path}.resources.{name}", amount, share)


def for_nobody(section: Queues, whole: Queues) -> Iterator[Problem]:
    """What the stack file gives to a cohort, and no queue could take; `whole` has the teams' queues too."""
    had = {flavor for queue in whole.queues.values() for flavor in queue.quota}
    for name, cohort in section.cohorts.items():
        for flavor in cohort.quota:
            if flavor not in had:
                message = "is for nobody: no queue has a quota of that flavor; give one to a queue (gpus: 0 and borrow), or take it out"
                yield Problem(f"cohorts.{name}.quota.{flavor}", message)


def _counted(path: str, share: Share) -> Iterator[Problem]:
    """What a share says twice, or of nothing that pods could ask for."""
    for name, amount in share.resources.items():
        at = f"{path}.resources.{name}"
        if name in RESOURCES.values():
            yield Problem(at, f"is {amount.nominal}, but GPUs are counted by gpus and nodes; say it there, and take this out")
        elif (share.gpus or share.nodes) and not quantity.parse(amount.nominal):
            own = f"{share.gpus} GPUs" if share.gpus else f"{share.nodes} nodes"
            yield Problem(f"{at}.nominal", f"is {amount.nominal}, but {own} come with it, and no pod starts without; give it some")
        for key, value in (("nominal", amount.nominal), ("borrow", amount.borrow), ("lend", amount.lend)):
            if value is not None:
                yield from _unit(f"{at}.{key}", name, value)


def _node(path: str, given: Flavor, pool: Pool) -> Iterator[Problem]:
    for name, amount in given.node.items():
        value = quantity.parse(amount)
        if value < 0:
            yield Problem(f"{path}.{name}", f"is {amount}, but must be at least 0")
        elif name in RESOURCES.values() and value > pool.gpus_per_node:
            message = f"is {amount}, but a node has {pool.gpus_per_node} GPUs: quotas would give away what is not there; say no more"
            yield Problem(f"{path}.{name}", message)
        else:
            yield from _unit(f"{path}.{name}", name, amount)


def _unit(path: str, resource: str, amount: str) -> Iterator[Problem]:
    """Memory and disks are counted in bytes, and who leaves the unit out means another."""
    if resource in (flavors.MEMORY, flavors.DISK) and 0 < quantity.parse(amount) < LEAST_BYTES:
        message = f"is {amount}, which is {quantity.text(quantity.parse(amount))} bytes; give it a unit, as in {amount.rstrip('m')}Gi"
        yield Problem(path, message)


def _own(path: str, amount: OwnAmount, share: Share) -> Iterator[Problem]:
    borrows = bool(amount.borrow and quantity.parse(amount.borrow))
    if bool(share.borrow) != borrows:
        what = f"{share.borrow} {'GPUs' if share.gpus is not None else 'nodes'}"
        if share.borrow:
            yield Problem(
                f"{path}.borrow", f"is {amount.borrow or 0}, but {what} may be borrowed: pods need both; borrow in step, or nothing"
            )
        else:
            yield Problem(
                f"{path}.borrow", f"is {amount.borrow}, but nothing may be borrowed with it; set borrow beside gpus, or take it out"
            )
    if amount.lend is not None and quantity.parse(amount.lend) > quantity.parse(amount.nominal):
        yield Problem(f"{path}.lend", f"is {amount.lend}, more than the {amount.nominal} that it has")


def _names(section: Queues) -> Iterator[Problem]:
    for name, queue in section.queues.items():
        if queue.cohort is not None and queue.cohort not in section.cohorts:
            yield Problem(f"queues.{name}.cohort", f"{queue.cohort!r} is no cohort; {_hint(queue.cohort, section.cohorts)}")
        for check in queue.checks:
            if check not in section.checks:
                yield Problem(f"queues.{name}.checks", f"have {check!r}, which is no check; {_hint(check, section.checks)}")
    for name, cohort in section.cohorts.items():
        if cohort.parent is not None and cohort.parent not in section.cohorts:
            yield Problem(f"cohorts.{name}.parent", f"{cohort.parent!r} is no cohort; {_hint(cohort.parent, section.cohorts)}")


def _namespaces(section: Queues, cluster: ClusterContext) -> Iterator[Problem]:
    teams = {space.name: team.name for team in cluster.teams for space in team.namespaces}
    owners: dict[str, str] = {}
    for name, queue in section.queues.items():
        for namespace in queue.namespaces:
            team, owner = teams.get(namespace, name), owners.setdefault(namespace, name)
            if team != name:
                fix = f"whose queue is made of it; call this one {team}, or take it out"
                yield Problem(f"queues.{name}.namespaces", f"have {namespace}, which is of teams.{team}, {fix}")
            elif owner != name:
                yield Problem(f"queues.{name}.namespaces", f"have {namespace}, which is {owner}'s already; a namespace has one queue")


def _queue(path: str, queue: Queue, section: Queues) -> Iterator[Problem]:
    for key, missing in (("namespaces", not queue.namespaces), ("quota", not queue.quota)):
        if missing:
            yield Problem(f"{path}.{key}", "is missing, and no team has the name of the queue, whose it would be")
    for flavor, share in queue.quota.items():
        if queue.cohort is None and (share.borrow or share.lend is not None):
            key = "borrow" if share.borrow else "lend"
            value = share.borrow or share.lend
            yield Problem(f"{path}.quota.{flavor}.{key}", f"is {value}, but the queue shares with nobody; set cohort, or take it out")
    given = queue.preemption
    if given.borrow != "never" and given.reclaim == "never":
        yield Problem(f"{path}.preemption.borrow", f"is {given.borrow}, but reclaim is never; set reclaim to any or lower-priority")
    if given.borrow == "never" and given.borrow_up_to is not None:
        yield Problem(f"{path}.preemption.borrowUpTo", f"is {given.borrow_up_to}, but borrow is never; set borrow, or take it out")


def _circle(section: Queues) -> Iterator[Problem]:
    for name in section.cohorts:
        seen, parent = [name], section.cohorts[name].parent
        while parent in section.cohorts and parent not in seen:
            seen.append(parent)
            parent = section.cohorts[parent].parent
        if parent == name and name == min(seen):
            yield Problem(f"cohorts.{name}.parent", f"makes a circle ({' -> '.join((*seen, name))}); take one parent out")


def nodes(kinds: Mapping[str, NodeKind], cluster: ClusterContext) -> Nodes:
    """What the machines have at their most, and how they are labelled."""
    capacity = {(name, resource): amount * kind.max_nodes for name, kind in kinds.items() for resource, amount in kind.node.items()}
    labels = tuple({**pool.labels, **({flavors.ZONE: pool.zone} if pool.zone else {})} for pool in cluster.pools)
    return Nodes(capacity=capacity, labels=labels)


def findings(made: tuple[Named, ...], kinds: Mapping[str, NodeKind], cluster: ClusterContext) -> tuple[Finding, ...]:
    """What rules and lints say of the objects, and of nodes that nobody may use."""
    found = rules.findings(made)
    return found or (*lints.findings(made, nodes(kinds, cluster)), *_unused(made, kinds), *_stranded(made, kinds))


def refused(found: Iterable[Finding], kinds: Mapping[str, NodeKind]) -> Iterator[Problem]:
    """Errors among the findings, as problems of the section: one for each object and mistake, that of its GPUs where it has several."""
    errors: dict[tuple[str, str], Finding] = {}
    for each in found:
        key = (each.subject, each.rule)
        if each.severity == "error" and (key not in errors or (_GPUS in each.message and _GPUS not in errors[key].message)):
            errors[key] = each
    for each in errors.values():
        kind, _, name = each.subject.partition(" ")
        at = f"{SECTION[kind]}.{name.rpartition('/')[2]}"
        fix = f" (cluster.nodePools.{kinds[name].pools[0].entry}.maxSize)" if each.rule == "L1" and name in kinds else ""
        yield Problem("queues" if each.rule == "L1" else at, f"{_of(each)}{each.message}{fix}")


_GPUS = "/gpu"
"""In the name of every resource that counts GPUs."""


def _of(each: Finding) -> str:
    name = each.subject.partition(" ")[2]
    return f"{name}: " if each.rule == "L1" else f"{each.path.removeprefix('spec.')} "


def _unused(made: tuple[Named, ...], kinds: Mapping[str, NodeKind]) -> Iterator[Finding]:
    """GPUs that always run and that no quota lets anybody use."""
    for name, total in _gpus(made, kinds).items():
        kind = kinds[name]
        running = kind.min_nodes * kind.gpus_per_node
        if total < running:
            message = (
                f"has {running} GPUs running at its least, but the quotas are {quantity.text(total)}: the rest costs and nobody may use it"
            )
            yield Finding(f"ResourceFlavor {name}", "spec", message, "L1", "warning")


def _stranded(made: tuple[Named, ...], kinds: Mapping[str, NodeKind]) -> Iterator[Finding]:
    for each in made:
        if isinstance(each.spec, kueue.ClusterQueue | kueue.Cohort):
            for group in each.spec.resource_groups:
                for flavor in group.flavors:
                    kind = kinds[flavor.name]
                    for row in flavor.resources:
                        value = quantity.parse(row.nominal_quota)
                        if row.name == kind.gpu_resource and kind.gpus_per_node > 1 and value % kind.gpus_per_node:
                            message = f"of {flavor.name} is {row.nominal_quota} GPUs, no multiple of the {kind.gpus_per_node} of a node"
                            yield Finding(str(each), "spec.resourceGroups", message, "L1", "warning")


def _gpus(made: tuple[Named, ...], kinds: Mapping[str, NodeKind]) -> dict[str, Fraction]:
    total: dict[str, Fraction] = {}
    for each in made:
        if isinstance(each.spec, kueue.ClusterQueue | kueue.Cohort):
            for group in each.spec.resource_groups:
                for flavor in group.flavors:
                    for row in flavor.resources:
                        if row.name == kinds[flavor.name].gpu_resource:
                            total[flavor.name] = total.get(flavor.name, Fraction(0)) + quantity.parse(row.nominal_quota)
    return total


def _hint(name: str, there: Iterable[str]) -> str:
    return choices(name, there, "there is none; declare it")
