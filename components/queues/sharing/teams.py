"""Queues of the teams, made from what the stack file says of each team: a team is written once, and its queue follows.

What `addons.queues` says beside it refines a team's queue (`order`, `preemption`, which flavors are tried first). It may repeat what the
team says, and not contradict it.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from components.queues.model import quantity
from components.queues.sharing import flavors
from components.queues.sharing.flavors import CPU, DISK, GIB, MEMORY, NodeKind
from components.queues.sharing.section import Flavor, OwnAmount, Pool, Preemption, Queue, Queues, Share
from infra.facts import ClusterContext, Team
from infra.problems import Problem

COHORT = "teams"
"""The cohort that teams share through, where the stack file names no other."""
ONCE = "say it once: take one of the two out"
KEEPS: Preemption = Preemption(reclaim="never", own="never")
"""Of a team that lends nothing: its own is always free for it, so that it takes nothing back and stops none of its own."""


def with_teams(section: Queues, cluster: ClusterContext) -> Queues:
    """The section with a queue for each team and the cohort that they share through, ahead of what it says itself."""
    if not cluster.teams:
        return section
    kinds = _kinds(section, cluster)
    rest = _Rest(kinds, _written(section), cluster)
    made = {team.name: _queue(team, section.queues.get(team.name), rest) for team in cluster.teams}
    sharing = [name for name, queue in made.items() if queue.cohort == COHORT]
    left = rest.unowned()
    cohorts = dict(section.cohorts)
    if COHORT in cohorts or len(sharing) > 1 or (sharing and left):
        given = cohorts.get(COHORT, Pool())
        said = "quota" in given.model_fields_set
        cohorts[COHORT] = given if said else given.model_copy(update={"quota": {name: Share(gpus=gpus) for name, gpus in left.items()}})
    else:
        made = {name: queue.model_copy(update={"cohort": None}) if name in sharing else queue for name, queue in made.items()}
        made = {name: _alone(queue) if queue.cohort is None else queue for name, queue in made.items()}
    others = {name: queue for name, queue in section.queues.items() if name not in made}
    return section.model_copy(update={"queues": {**made, **others}, "cohorts": cohorts})


def problems(section: Queues, cluster: ClusterContext) -> Iterator[Problem]:
    """Where the section and a team give two answers. Paths are those of the section."""
    for team in cluster.teams:
        given = section.queues.get(team.name)
        if given is not None:
            yield from _differences(team, given, section, cluster)


# What is made


def _kinds(section: Queues, cluster: ClusterContext) -> dict[str, NodeKind]:
    """Kinds of nodes that teams get shares of: node pools, or the pools of one in each availability domain where the section names one."""
    named = set(_written(section))
    found = flavors.names(cluster)
    entries = dict.fromkeys(pool.entry for pool in cluster.pools)
    names: list[str] = []
    for entry in entries:
        parts = [pool.name for pool in found[entry] if pool.name != entry]
        names += parts if named & set(parts) else [entry]
    return {name: flavors.kind(name, cluster, section.flavors.get(name, Flavor())) for name in names}


def _written(section: Queues) -> dict[str, list[Share]]:
    """What the section itself says of each kind of nodes."""
    said: dict[str, list[Share]] = {}
    for quota in (*(each.quota for each in section.queues.values()), *(each.quota for each in section.cohorts.values())):
        for name, share in quota.items():
            said.setdefault(name, []).append(share)
    return said


class _Rest:
    """What of the nodes no queue has yet. Whoever comes first fills the first kind of its model, so that no sum exceeds the nodes."""

    def __init__(self, kinds: Mapping[str, NodeKind], written: Mapping[str, Iterable[Share]], cluster: ClusterContext) -> None:
        self._kinds = {name: kind for name, kind in kinds.items() if kind.gpu_resource}
        # Pools of fixed size run the platform: teams come to those that grow first.
        plain = [kind for kind in kinds.values() if not kind.gpu_resource]
        self._plain = sorted(plain, key=lambda kind: kind.min_nodes == kind.max_nodes)
        self._most = {name: sum(pool.max_gpus for pool in kind.pools) for name, kind in self._kinds.items()}
        self._gpus = {
            name: most - sum(_gpus(share, self._kinds[name]) for share in written.get(name, ())) for name, most in self._most.items()
        }
        self._limits = cluster.gpu_limits
        self._others = {
            kind.name: {
                resource: kind.node[resource] * kind.max_nodes
                - sum((_amount(share, kind, resource) for share in written.get(kind.name, ())), Fraction(0))
                for resource in (CPU, MEMORY, DISK)
            }
            for kind in self._plain
        }

    def of(self, model: str) -> list[str]:
        return [name for name, kind in self._kinds.items() if kind.pools[0].gpu_model == model]

    def gpus(self, model: str, own: int, borrows: int) -> dict[str, tuple[int, int]]:
        """Own and borrowed GPUs by kind of nodes. What fits nowhere stays with the last one, whose sum is refused with its numbers."""
        names = self.of(model)
        found: dict[str, tuple[int, int]] = {}
        for place, name in enumerate(names):
            last = place == len(names) - 1
            take = own if last else max(0, min(own, self._gpus[name]))
            self._gpus[name] -= take
            own -= take
            loan = borrows if last else max(0, min(borrows, self._most[name] - take))
            borrows -= loan
            if take or loan:
                found[name] = (take, loan)
        return found

    def plain(self, cpus: int, memory_gib: int) -> dict[str, dict[str, Fraction]]:
        """Processors, memory and disk of nodes without GPUs. A kind gets both in step, as far as it has them."""
        wanted = {CPU: Fraction(cpus), MEMORY: Fraction(memory_gib * GIB)}
        found: dict[str, dict[str, Fraction]] = {}
        for place, kind in enumerate(self._plain):
            if not any(wanted.values()):
                break
            free, last = self._others[kind.name], place == len(self._plain) - 1
            part = min((max(Fraction(0), free[resource]) / amount for resource, amount in wanted.items() if amount), default=Fraction(0))
            if last or part >= 1:
                take = dict(wanted)
            else:
                take = {CPU: Fraction(int(wanted[CPU] * part)), MEMORY: Fraction(int(wanted[MEMORY] * part / GIB) * GIB)}
            if not any(take.values()):
                continue
            share = take[CPU] / kind.node[CPU] if kind.node[CPU] else Fraction(0)
            take[DISK] = min(Fraction(int(kind.node[DISK] * share / GIB) * GIB), max(Fraction(0), free[DISK]))
            for resource, amount in take.items():
                free[resource] -= amount
            wanted = {resource: amount - take[resource] for resource, amount in wanted.items()}
            found[kind.name] = take
        return found

    def unowned(self) -> dict[str, int]:
        """GPUs that no queue has, by kind of nodes, within what the stack may have of their model."""
        found: dict[str, int] = {}
        for model in dict.fromkeys(kind.pools[0].gpu_model for kind in self._kinds.values()):
            if model is None:
                continue
            names = self.of(model)
            left = self._limits.get(model, 0) - sum(self._most[name] - self._gpus[name] for name in names)
            for name in names:
                gpus = min(left, self._gpus[name])
                if gpus > 0:
                    found[name] = gpus
                    left -= gpus
        return found


def _queue(team: Team, given: Queue | None, rest: _Rest) -> Queue:
    refined = {name: getattr(given, name) for name in given.model_fields_set} if given is not None else {}
    keeps = {} if team.lends else {"preemption": KEEPS}
    quota = given.quota if given is not None and given.quota else _quota(team, rest)
    namespaces = tuple(space.name for space in team.namespaces)
    return Queue.model_validate({"cohort": COHORT, **keeps, **refined, "namespaces": namespaces, "quota": quota})


def _quota(team: Team, rest: _Rest) -> dict[str, Share]:
    """Nodes without GPUs first, so that what needs none leaves those with GPUs alone."""
    lend = None if team.lends else 0
    plain = {
        name: Share(
            nodes=0,
            lend=lend,
            resources={
                resource: OwnAmount(nominal=quantity.text(amount, binary=resource != CPU), lend=None if team.lends else "0")
                for resource, amount in amounts.items()
            },
        )
        for name, amounts in rest.plain(team.cpus, team.memory_gib).items()
    }
    models = dict.fromkeys((*team.gpus, *team.borrows))
    gpus = {
        name: Share(gpus=own, borrow=borrow, lend=lend)
        for model in models
        for name, (own, borrow) in rest.gpus(model, team.gpus.get(model, 0), team.borrows.get(model, 0)).items()
    }
    return {**plain, **gpus}


def _alone(queue: Queue) -> Queue:
    """Nobody to lend to, and nobody to borrow of."""
    quota = {
        name: share.model_copy(
            update={
                "lend": None,
                "borrow": 0,
                "resources": {key: own.model_copy(update={"lend": None, "borrow": None}) for key, own in share.resources.items()},
            }
        )
        for name, share in queue.quota.items()
    }
    return queue.model_copy(update={"quota": quota})


# What contradicts


def _differences(team: Team, given: Queue, section: Queues, cluster: ClusterContext) -> Iterator[Problem]:
    path, of_team = f"queues.{team.name}", f"teams.{team.name}"
    own = [space.name for space in team.namespaces]
    if given.namespaces and set(given.namespaces) != set(own):
        message = f"are {', '.join(given.namespaces)}, but {of_team} has {', '.join(own)}; {ONCE}"
        yield Problem(f"{path}.namespaces", message)
    if not given.quota:
        return
    known = flavors.names(cluster)
    if not given.quota.keys() <= known.keys():  # refused by itself
        return
    kinds = {name: flavors.kind(name, cluster, section.flavors.get(name, Flavor())) for name in given.quota}
    of_model: dict[str, list[tuple[str, Share]]] = {model: [] for model in dict.fromkeys((*team.gpus, *team.borrows))}
    for name, kind in kinds.items():
        if kind.gpu_resource and kind.pools[0].gpu_model is not None:
            of_model.setdefault(kind.pools[0].gpu_model, []).append((name, given.quota[name]))
    for model, shares in of_model.items():
        yield from _of_model(path, team, model, shares, kinds)
    yield from _of_plain(path, team, given, kinds)


def _of_model(path: str, team: Team, model: str, shares: Iterable[tuple[str, Share]], kinds: Mapping[str, NodeKind]) -> Iterator[Problem]:
    listed = list(shares)
    at = f"{path}.quota.{listed[-1][0]}" if listed else f"{path}.quota"
    gpus = sum(_gpus(share, kinds[name]) for name, share in listed)
    own = team.gpus.get(model, 0)
    if gpus != own:
        found = f"gives {gpus} {model}" if len(listed) < 2 else f"gives {gpus} {model} with {' and '.join(name for name, _ in listed[:-1])}"
        yield Problem(at, f"{found}, but teams.{team.name}.quota.gpus.{model} is {own}; {ONCE}")
    borrow = sum(share.borrow * (1 if share.gpus is not None else kinds[name].gpus_per_node) for name, share in listed)
    borrows = team.borrows.get(model, 0)
    if borrow != borrows:
        yield Problem(f"{at}.borrow", f"lets it borrow {borrow} {model}, but teams.{team.name}.borrows.{model} is {borrows}; {ONCE}")
    for name, share in listed:
        has = share.gpus or share.nodes
        if has and not team.lends and share.lend != 0:
            lent = "left out, so that all of it is lent" if share.lend is None else str(share.lend)
            yield Problem(f"{path}.quota.{name}.lend", f"is {lent}, but teams.{team.name}.lends is false; {ONCE}")
        if has and team.lends and share.lend == 0:
            yield Problem(f"{path}.quota.{name}.lend", f"is 0, but teams.{team.name}.lends is true; set that to false, or take this out")


def _of_plain(path: str, team: Team, given: Queue, kinds: Mapping[str, NodeKind]) -> Iterator[Problem]:
    plain = {name: kind for name, kind in kinds.items() if not kind.gpu_resource}
    for key, resource, own, unit in (("cpus", CPU, team.cpus, 1), ("memoryGib", MEMORY, team.memory_gib, GIB)):
        found = sum((_amount(given.quota[name], kind, resource) for name, kind in plain.items()), Fraction(0)) / unit
        if found != own:
            at = f"{path}.quota.{next(iter(plain))}" if plain else f"{path}.quota"
            message = f"gives {quantity.text(found)} on nodes without GPUs, but teams.{team.name}.quota.{key} is {own}"
            yield Problem(at, f"{message}; {ONCE}")


def _gpus(share: Share, kind: NodeKind) -> int:
    """What a share of nodes with GPUs has of these."""
    return share.gpus if share.gpus is not None else (share.nodes or 0) * kind.gpus_per_node


def _amount(share: Share, kind: NodeKind, resource: str) -> Fraction:
    """What a share of nodes without GPUs has of a resource."""
    own = share.resources.get(resource)
    return quantity.parse(own.nominal) if own is not None else kind.node[resource] * (share.nodes or 0)
