"""What Kueue takes, and what then surprises whoever wrote it: quotas of machines that are not there, limits that limit nothing, queues that
starve. One row a lint."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from components.queues.model import quantity
from components.queues.model.findings import Finding
from components.queues.model.objects import ClusterQueue, Cohort, Named, ResourceFlavor, ResourceQuota
from components.queues.quota.planner import Planner, amount, shown
from components.queues.quota.tree import CycleError
from infra.problems import choices

LINTS: Mapping[str, str] = {
    "L1": "the quotas of a flavor are at most what its nodes have",
    "L2": "a lending limit lends less than everything",
    "L3": "what a queue may borrow is there to be borrowed",
    "L4": "in a cohort every borrowing limit is said",
    "L5": "resources are borrowed in step: a GPU without its processors and memory starts no pod",
    "L6": "a queue that keeps its GPUs to itself keeps everything to itself",
    "L7": "a queue that lends takes back what is its own",
    "L8": "a cohort is declared, and has several members",
    "L9": "a queue says which namespaces may use it",
    "L10": "a flavor's labels are those of nodes that are there",
    "L11": "quantities are compared as numbers: 1000m is 1",
}
IN_STEP = Fraction(1, 100)
"""How far apart the shares that are borrowed of two resources may be: quotas are rounded."""


@dataclass(frozen=True, kw_only=True)
class Nodes:
    """What is known of the machines."""

    capacity: Mapping[tuple[str, str], Fraction] = field(default_factory=dict)
    """By flavor and resource: all that the flavor's nodes have together, at their most."""
    labels: tuple[Mapping[str, str], ...] = ()
    """Of each kind of node. None where nobody knows: then labels are not looked at."""


def findings(objects: Iterable[Named], nodes: Nodes = Nodes()) -> tuple[Finding, ...]:
    """Everything that any lint finds. The objects keep the rules of `rules.py`."""
    found = tuple(objects)
    try:
        planner = Planner(found)
    except CycleError:
        return ()  # rule 22 says it
    queues = {each.name: each.spec for each in found if isinstance(each.spec, ClusterQueue)}
    cohorts = {each.name: each.spec for each in found if isinstance(each.spec, Cohort)}
    return (
        *_capacity(queues, cohorts, nodes),
        *_limits(queues, cohorts, planner),
        *_in_step(queues),
        *_to_itself(queues),
        *_takes_back(queues, planner),
        *_cohorts(queues, cohorts),
        *_namespaces(queues),
        *_labels(found, nodes),
    )


def _rows(of: ClusterQueue | Cohort) -> Iterator[tuple[str, str, ResourceQuota]]:
    """Path, flavor and row."""
    for number, group in enumerate(of.resource_groups):
        for at, flavor in enumerate(group.flavors):
            for index, resource in enumerate(flavor.resources):
                yield f"spec.resourceGroups[{number}].flavors[{at}].resources[{index}]", flavor.name, resource


def _capacity(queues: Mapping[str, ClusterQueue], cohorts: Mapping[str, Cohort], nodes: Nodes) -> Iterator[Finding]:
    for (flavor, resource), there in nodes.capacity.items():
        of_all: dict[str, ClusterQueue | Cohort] = {**queues, **{f"cohort {name}": each for name, each in cohorts.items()}}
        shares = {
            name: quantity.parse(row.nominal_quota)
            for name, of in of_all.items()
            for _, at, row in _rows(of)
            if (at, row.name) == (flavor, resource)
        }
        total = sum(shares.values(), Fraction(0))
        if total > there:
            parts = " + ".join(f"{name} {_shown(resource, share)}" for name, share in shares.items() if share)
            message = (
                f"quotas of {resource} are {_shown(resource, total)} ({parts}), but its nodes have {_shown(resource, there)} at their most"
            )
            yield Finding(f"ResourceFlavor {flavor}", "spec", f"{message}; give less, or allow more nodes", "L1")


def _shown(resource: str, value: Fraction) -> str:
    return shown(resource, amount(resource, quantity.text(value)))


def _limits(queues: Mapping[str, ClusterQueue], cohorts: Mapping[str, Cohort], planner: Planner) -> Iterator[Finding]:
    for name, queue in queues.items():
        if not queue.cohort_name:
            continue
        for path, flavor, row in _rows(queue):
            subject = f"ClusterQueue {name}"
            if row.borrowing_limit is None:
                message = f"of {row.name} is not said, so it may borrow everything; say how much, 0 for none"
                yield Finding(subject, f"{path}.borrowingLimit", message, "L4")
            if row.lending_limit is not None and quantity.parse(row.lending_limit) == quantity.parse(row.nominal_quota) > 0:
                message = f"of {row.name} is {row.lending_limit}, all that the queue has: it changes nothing; leave it out, or lend less"
                yield Finding(subject, f"{path}.lendingLimit", message, "L2", "warning")
            if row.borrowing_limit is not None and quantity.parse(row.borrowing_limit) > 0:
                tree = planner.trees[flavor, row.name]
                most, asked = tree.most(name), amount(row.name, row.nominal_quota) + amount(row.name, row.borrowing_limit)
                if most < asked:
                    lent = shown(row.name, most - amount(row.name, row.nominal_quota))
                    message = f"of {row.name} is {row.borrowing_limit}, but the others lend {lent} at most; nothing beyond is ever borrowed"
                    yield Finding(subject, f"{path}.borrowingLimit", message, "L3", "warning")


def _in_step(queues: Mapping[str, ClusterQueue]) -> Iterator[Finding]:
    for name, queue in queues.items():
        for number, group in enumerate(queue.resource_groups):
            for at, flavor in enumerate(group.flavors):
                path = f"spec.resourceGroups[{number}].flavors[{at}].resources"
                given = [row for row in flavor.resources if row.borrowing_limit is not None]
                rows = [row for row in given if quantity.parse(row.nominal_quota) or quantity.parse(row.borrowing_limit or "0")]
                none = [row.name for row in rows if not quantity.parse(row.borrowing_limit or "0")]
                some = [row.name for row in rows if quantity.parse(row.borrowing_limit or "0")]
                if none and some:
                    message = (
                        f"of {flavor.name} may borrow {_and(some)}, but no {_and(none)}: pods need all of them; borrow all in step, or none"
                    )
                    yield Finding(f"ClusterQueue {name}", path, message, "L5")
                elif len(shares := {row.name: _ratio(row) for row in rows if quantity.parse(row.nominal_quota)}) > 1:
                    least, most = min(shares, key=lambda each: shares[each]), max(shares, key=lambda each: shares[each])
                    if shares[most] - shares[least] > IN_STEP * max(Fraction(1), shares[most]):
                        percent = {each: f"{float(shares[each]):.0%}" for each in (least, most)}
                        message = f"of {flavor.name} borrow {percent[most]} of {most}, but {percent[least]} of {least}: borrow in step"
                        yield Finding(f"ClusterQueue {name}", path, message, "L5", "warning")


def _and(names: list[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _ratio(row: ResourceQuota) -> Fraction:
    return quantity.parse(row.borrowing_limit or "0") / quantity.parse(row.nominal_quota)


def _to_itself(queues: Mapping[str, ClusterQueue]) -> Iterator[Finding]:
    for name, queue in queues.items():
        rows = [(path, row) for path, _, row in _rows(queue) if quantity.parse(row.nominal_quota)]
        kept = [row.name for _, row in rows if row.lending_limit is not None and not quantity.parse(row.lending_limit)]
        gpus = [each for each in kept if each.endswith("/gpu")]
        if not gpus or not queue.cohort_name:
            continue
        for path, row in rows:
            if row.lending_limit is None or quantity.parse(row.lending_limit):
                message = f"of {row.name} is {row.lending_limit or 'not said'}, but its {gpus[0]} stay with it; lend 0 of all"
                yield Finding(f"ClusterQueue {name}", f"{path}.lendingLimit", message, "L6")
            elif row.borrowing_limit is None or quantity.parse(row.borrowing_limit):
                message = (
                    f"of {row.name} is {row.borrowing_limit or 'not said'}: who borrows can be preempted, "
                    f"and its {gpus[0]} are kept so as never to be; borrow 0 of everything"
                )
                yield Finding(f"ClusterQueue {name}", f"{path}.borrowingLimit", message, "L6", "warning")


def _takes_back(queues: Mapping[str, ClusterQueue], planner: Planner) -> Iterator[Finding]:
    for name, queue in queues.items():
        if not queue.cohort_name or planner.preemption(name).reclaim_within_cohort != "Never":
            continue
        for path, flavor, row in _rows(queue):
            tree = planner.trees[flavor, row.name]
            lends = tree.quota(name).nominal - tree.reserved(name)
            borrower = next((each for each in tree.queues if each != name and tree.may_exceed(each, name)), None) if lends > 0 else None
            if borrower is not None:
                message = (
                    f"of {row.name}: {borrower} may borrow {shown(row.name, lends)}, and reclaimWithinCohort is Never: it never gets "
                    "them back; set it to Any, or lend 0"
                )
                yield Finding(f"ClusterQueue {name}", f"{path}.lendingLimit", message, "L7")


def _cohorts(queues: Mapping[str, ClusterQueue], cohorts: Mapping[str, Cohort]) -> Iterator[Finding]:
    members: dict[str, list[str]] = {}
    for name, queue in queues.items():
        if queue.cohort_name:
            members.setdefault(queue.cohort_name, []).append(name)
            yield from _declared(f"ClusterQueue {name}", "spec.cohortName", queue.cohort_name, cohorts)
    for name, cohort in cohorts.items():
        if cohort.parent_name:
            members.setdefault(cohort.parent_name, []).append(name)
            yield from _declared(f"Cohort {name}", "spec.parentName", cohort.parent_name, cohorts)
    for name in cohorts:
        of = members.get(name, [])
        if not of:
            yield Finding(f"Cohort {name}", "spec", "has no member; name it in a queue's cohortName, or take it out", "L8")
        elif len(of) == 1 and not cohorts[name].resource_groups and not cohorts[name].parent_name:
            yield Finding(f"Cohort {name}", "spec", f"has one member, {of[0]}, which can share with nobody", "L8", "warning")


def _declared(subject: str, path: str, name: str, cohorts: Mapping[str, Cohort]) -> Iterator[Finding]:
    if name not in cohorts:
        hint = choices(name, cohorts, "declare it")
        yield Finding(subject, path, f"{name!r} is no cohort, and Kueue would make one with this queue alone in it; {hint}", "L8")


def _namespaces(queues: Mapping[str, ClusterQueue]) -> Iterator[Finding]:
    for name, queue in queues.items():
        if queue.namespace_selector is None:
            yield Finding(
                f"ClusterQueue {name}", "spec.namespaceSelector", "is missing, so no namespace may use the queue; say which may", "L9"
            )


def _labels(objects: Iterable[Named], nodes: Nodes) -> Iterator[Finding]:
    for each in objects:
        if isinstance(each.spec, ResourceFlavor) and nodes.labels and each.spec.node_labels:
            wanted = each.spec.node_labels
            if any(wanted.items() <= labels.items() for labels in nodes.labels):
                continue
            strange = [f"{key}={value}" for key, value in wanted.items() if not any(labels.get(key) == value for labels in nodes.labels)]
            what = f"no node has {', '.join(strange)}" if strange else "no node has all of them together"
            yield Finding(str(each), "spec.nodeLabels", f"select nothing: {what}; its workloads would be admitted and never start", "L10")
