"""What runner scale sets cannot be asked for, with the reason and the fix."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from zoneinfo import available_timezones

from components.ci.runners import runner_pod, scale_set, signals
from components.ci.runners.names import CONTROLLER, NAMESPACE
from components.ci.runners.section import Runners, ScaleSet, WarmHours
from components.gpu.operator.mig_plans import CONFIG_LABEL
from infra.facts import ClusterContext, Pool
from infra.problems import Problem

_VERSION = re.compile(r"[^@\s]+:(?!latest$)[\w][\w.-]*(@sha256:[0-9a-f]{64})?$|[^@\s]+@sha256:[0-9a-f]{64}$")


def problems(cluster: ClusterContext, section: Runners) -> Iterable[Problem]:
    """Paths are those of the section."""
    yield from signals.problems(section.queue_seconds)
    if not section.scale_sets:
        yield Problem("scaleSets", "has no scale set, so no job would ever run; add one, or take arc out")
    for name, each in section.scale_sets.items():
        found = [*_name(name), *_gate(each), *_image(each), *_queue(cluster, each), *_place(each), *_runners(cluster, each), *_warm(each)]
        yield from (problem.under(f"scaleSets.{name}") for problem in found)
    yield from _together(cluster, section.scale_sets)


def pools_of(cluster: ClusterContext, each: ScaleSet) -> tuple[Pool, ...]:
    """The pools of the entry of `nodePools` that the scale set names."""
    return tuple(pool for pool in cluster.pools if pool.entry == each.pool)


def _name(name: str) -> Iterable[Problem]:
    if name == CONTROLLER:
        yield Problem("", f"cannot be called {CONTROLLER}, which is the release of the controller; give it another name")


def _gate(each: ScaleSet) -> Iterable[Problem]:
    """Jobs come from `github` alone: another owner's repository on the list would never match, and is a mistake."""
    owner, *rest = each.github.split("/")[3:]
    if owner == "enterprises":
        return
    for repository in each.gate.repositories:
        if rest and repository.lower() != f"{owner}/{rest[0]}".lower():
            yield Problem("gate.repositories", f"has {repository}, but the runners are for {owner}/{rest[0]} alone; take it out")
        elif repository.split("/")[0].lower() != owner.lower():
            yield Problem("gate.repositories", f"has {repository}, but the runners are for repositories of {owner}; take it out")


def _image(each: ScaleSet) -> Iterable[Problem]:
    if not _VERSION.match(each.image):
        yield Problem("image", f"is {each.image}, which is another image tomorrow; name a version or a digest")


def _queue(cluster: ClusterContext, each: ScaleSet) -> Iterable[Problem]:
    for key in ("queue", "priority"):
        value = getattr(each, key)
        if value is not None and not cluster.has("kueue"):
            yield Problem(key, f"is {value}, but nothing queues here; set addons.kueue.enabled to true, or take it out")
    if each.queue is not None and cluster.has("kueue") and each.namespace not in cluster.team_namespaces:
        yield Problem("queue", f"is {each.queue}, but {each.namespace} is no team's namespace and has no queue; name a team's in namespace")
    if each.priority is not None and each.queue is None:
        yield Problem("priority", f"is {each.priority}, but only runners that queue have one; name the queue, or take it out")


def _place(each: ScaleSet) -> Iterable[Problem]:
    if each.namespace == NAMESPACE:
        yield Problem("namespace", f"is {NAMESPACE}, where the controller and its rights are; runners run what others wrote: name another")


def _runners(cluster: ClusterContext, each: ScaleSet) -> Iterable[Problem]:
    pools = pools_of(cluster, each)
    if not pools:
        known = ", ".join(dict.fromkeys(pool.entry for pool in cluster.pools)) or "none"
        yield Problem("pool", f"is {each.pool}, but there is no such pool; those of the stack file are {known}")
        return
    largest = max(pool.gpus_per_node for pool in pools)
    if not runner_pod.node_selector(pools) and any(_like(pool, largest) for pool in cluster.pools if pool not in pools):
        fix = f"give them one in cluster.nodePools.{each.pool}.labels"
        yield Problem("pool", f"is {each.pool}, but its nodes have no label that tells them from those of other pools; {fix}")
    if any(CONFIG_LABEL in pool.labels for pool in pools):
        said = f"is {each.pool}, whose GPUs are partitioned (gpuOperator.mig), but a runner asks for whole ones"
        yield Problem("pool", f"{said}; name another pool")
    if each.gpus is not None and each.gpus > largest:
        yield Problem("gpus", f"is {each.gpus}, but a node of {each.pool} has {largest}; a runner is on one node")
        return
    if largest and each.gpus == 0:
        yield Problem("gpus", f"is 0, but the nodes of {each.pool} have GPUs, which such a runner would hold idle; name a pool without")
    most, room = scale_set.most_runners(each, pools), scale_set.room(each, pools)
    if most > room:
        yield Problem("maxRunners", f"is {most}, but {each.pool} has room for {room} at its largest; lower it, or raise the pool's size")
    if each.min_runners > most:
        yield Problem("minRunners", f"is {each.min_runners}, but there are at most {most} runners; lower it")
    if each.shared_memory_gib >= each.memory_gib:
        said = f"is {each.shared_memory_gib}, which is not less than the runner's memory, {each.memory_gib} GiB, that it is part of"
        yield Problem("sharedMemoryGib", f"{said}; lower it, or raise memoryGib")
    for at, hours in enumerate(each.warm):
        if hours.runners > most:
            yield Problem(f"warm.{at}.runners", f"is {hours.runners}, but there are at most {most} runners; lower it")
        if hours.runners <= each.min_runners:
            said = f"is {hours.runners}, but {each.min_runners} wait at all hours already (minRunners)"
            yield Problem(f"warm.{at}.runners", f"{said}; raise it, or take the entry out")


def _like(pool: Pool, gpus: int) -> bool:
    """Whether runners of that many GPUs could come to its nodes too."""
    return pool.gpus_per_node >= gpus


def _warm(each: ScaleSet) -> Iterable[Problem]:
    for at, hours in enumerate(each.warm):
        if hours.time_zone not in available_timezones():
            yield Problem(f"warm.{at}.timeZone", f"is {hours.time_zone}, which is no time zone; write one like Europe/Berlin")
        if hours.start >= hours.end:
            said = f"is {hours.end}, but must be later than the start, {hours.start}, on the same day"
            yield Problem(f"warm.{at}.end", f"{said}; hours past midnight are an entry of their own")
    for (first, one), (second, other) in combinations(enumerate(each.warm), 2):
        if one.time_zone != other.time_zone:
            yield Problem(
                f"warm.{second}.timeZone",
                f"is {other.time_zone}, but warm.{first} is in {one.time_zone}; write the hours of a scale set in one zone",
            )
        elif _overlap(one, other):
            yield Problem(f"warm.{second}", f"overlaps with warm.{first}, and whichever ends first would end both; join them")


def _overlap(one: WarmHours, other: WarmHours) -> bool:
    return bool({*one.days} & {*other.days}) and one.start < other.end and other.start < one.end


def _together(cluster: ClusterContext, scale_sets: Mapping[str, ScaleSet]) -> Iterable[Problem]:
    """Sets that share a pool and do not queue take each other's nodes: jobs that GitHub gave away would wait without an order."""
    sharing: dict[str, dict[str, int]] = defaultdict(dict)
    for name, each in scale_sets.items():
        pools = pools_of(cluster, each)
        if pools and each.queue is None:
            sharing[each.pool][name] = scale_set.most_runners(each, pools) * max(runner_pod.gpus(each, pools), 1)
    for entry, asked in sharing.items():
        there_are = [pool for pool in cluster.pools if pool.entry == entry]
        gpus = sum(pool.max_gpus for pool in there_are)
        there, unit = (gpus, "GPUs") if gpus else (sum(pool.max_nodes for pool in there_are), "nodes")
        if len(asked) > 1 and sum(asked.values()) > there:
            parts = " and ".join(f"{name} {count}" for name, count in asked.items())
            fix = "lower their maxRunners, or let them queue: set addons.kueue.enabled and give each its queue"
            yield Problem("scaleSets", f"ask for {sum(asked.values())} {unit} of {entry} at once ({parts}), but it has {there}; {fix}")
