"""The teams of a stack file, checked against each other, the pools and the cap on spending, and made part of the cluster context."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from components.framework.reserved_namespaces import is_reserved
from infra import facts
from infra.facts import USABLE, ClusterContext, TeamNamespace
from infra.needs import names_people
from infra.oke.spend.section import Spend
from infra.problems import PlanError, Problem, did_you_mean
from stacks.config.teams import Team, TeamNamespaceShare, TeamQuota

_GROUP = re.compile(r"ocid1\.group\.[a-z0-9-]*\.[a-z0-9-]*\.[A-Za-z0-9._-]+")
LONGEST_MONTH_HOURS = 31 * 24
Sections = Mapping[str, Team]


class TeamPlanError(PlanError):
    """The teams cannot share the cluster as asked. Paths start at the root."""


def plan(sections: Sections, cluster: ClusterContext, spend: Spend, *, on_oke: bool) -> tuple[facts.Team, ...]:
    """Raises TeamPlanError with everything that is wrong."""
    problems = [
        *_isolation(sections, cluster, on_oke=on_oke),
        *_names(sections, cluster),
        *(problem for name, team in sections.items() for problem in _own_problems(name, team, cluster, on_oke=on_oke)),
        *_sums(sections, cluster, spend),
        *_loans(sections, cluster, spend),
    ]
    if problems:
        raise TeamPlanError(problems)
    return tuple(_team(name, team, cluster) for name, team in sections.items())


def namespaces(name: str, team: Team) -> Mapping[str, TeamNamespaceShare]:
    return team.namespaces or {name: TeamNamespaceShare()}


def _isolation(sections: Sections, cluster: ClusterContext, *, on_oke: bool) -> Iterator[Problem]:
    if sections and not cluster.network_policies:
        key = "cluster.network.policyEngine to calico" if on_oke else "cluster.networkPolicies to true"
        message = (
            "the pod network enforces no NetworkPolicies, so teams could reach each other's pods and the nodes' metadata service; "
            f"install Calico or Cilium in the cluster, then set {key}"
        )
        yield Problem("teams", message)


def _names(sections: Sections, cluster: ClusterContext) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for name, team in sections.items():
        for namespace in namespaces(name, team):
            path = f"teams.{name}.namespaces.{namespace}" if team.namespaces else f"teams.{name}"
            owner = owners.setdefault(namespace, name)
            if owner != name:
                yield Problem(path, f"the namespace {namespace} is {owner}'s already; a namespace has one team, so name another")
            if is_reserved(namespace) or namespace in cluster.addon_namespaces:
                yield Problem(path, f"the namespace {namespace} is the platform's own; name another")


def _own_problems(name: str, team: Team, cluster: ClusterContext, *, on_oke: bool) -> Iterator[Problem]:
    path = f"teams.{name}"
    if team.members is not None and on_oke and not is_group(team.members):
        yield Problem(f"{path}.members", no_group(team.members))
    if team.members is not None and not on_oke and not names_people(team.members):
        yield Problem(f"{path}.members", f"{team.members!r} is not a group of people: name one as your authenticator does")
    if not (team.quota.gpus or team.quota.cpus or team.borrows):
        yield Problem(
            f"{path}.quota", "has neither GPUs nor processors, so nothing of the team could ever run; give it some, or take it out"
        )
    yield from _pair(f"{path}.quota", team.quota)
    for key, given in (("quota.gpus", team.quota.gpus), ("borrows", team.borrows)):
        for model in given:
            if model not in cluster.gpu_models:
                yield Problem(f"{path}.{key}.{model}", _no_model(model, cluster.gpu_models))
    yield from _shares(path, name, team)
    yield from _left(path, name, team)
    yield from _hours(path, team)


def _pair(path: str, quota: TeamQuota) -> Iterator[Problem]:
    if bool(quota.cpus) != bool(quota.memory_gib):
        given, missing = ("cpus", "memoryGib") if quota.cpus else ("memoryGib", "cpus")
        yield Problem(f"{path}.{missing}", f"is 0, but {given} is {quota.cpus or quota.memory_gib}; a pod needs both")


def _no_model(model: str, known: Mapping[str, int]) -> str:
    if not known:
        return "no pool has GPUs; add one that has, or take it out"
    return f"no pool has GPUs of that model; {did_you_mean(model.upper(), known)}the pools have {', '.join(known)}"


def is_group(text: str) -> bool:
    """Whether it is the OCID of an IAM group."""
    return _GROUP.fullmatch(text) is not None


def no_group(text: str) -> str:
    """Why it can be given no rights on OKE."""
    why = "OKE hands groups to Kubernetes by OCID, and the IAM statement that lets its members in names it too"
    return f"{text!r} is not the OCID of an IAM group (ocid1.group.oc1..aaaa); {why}"


def _hours(path: str, team: Team) -> Iterator[Problem]:
    """A budget that its GPUs cannot use up stops nothing."""
    gpus = sum(_most(team, model) for model in dict.fromkeys((*team.quota.gpus, *team.borrows)))
    most = gpus * LONGEST_MONTH_HOURS
    if not gpus:
        for key, value in (("gpuHours", team.gpu_hours), ("monthlyUsd", team.monthly_usd)):
            if value is not None:
                yield Problem(f"{path}.{key}", f"is {value}, but the team has no GPUs that could use it up; give it some, or take it out")
    elif team.gpu_hours is not None and team.gpu_hours > most:
        message = f"is {team.gpu_hours}, but the {gpus} GPUs that it may have run for {most} hours in the longest month"
        yield Problem(f"{path}.gpuHours", f"{message}, so it would stop nothing; say less, or take it out")


def _shares(path: str, name: str, team: Team) -> Iterator[Problem]:
    spaces = namespaces(name, team)
    unsaid = [namespace for namespace, share in spaces.items() if share.quota is None]
    if len(unsaid) > 1:
        for namespace in unsaid[1:]:
            message = f"is missing, and so is that of {unsaid[0]}; one namespace gets what is left, so say what the other may use"
            yield Problem(f"{path}.namespaces.{namespace}.quota", message)
    said = [(namespace, share.quota) for namespace, share in spaces.items() if share.quota is not None]
    for namespace, quota in said:
        if not (quota.gpus or quota.cpus or quota.memory_gib):
            message = "has neither GPUs nor processors, so nothing could ever run there; give it some, or take the namespace out"
            yield Problem(f"{path}.namespaces.{namespace}.quota", message)
        yield from _pair(f"{path}.namespaces.{namespace}.quota", quota)
    given: Counter[str] = Counter()
    for _, quota in said:
        given.update(quota.gpus)
    for model, gpus in given.items():
        most = _most(team, model)
        if gpus > most:
            where = f"{path}.namespaces.{next(namespace for namespace, quota in said if model in quota.gpus)}.quota.gpus.{model}"
            yield Problem(where, f"the namespaces of {name} get {gpus} {model} together, but the team may have {most}; lower their shares")
    for key, of_team in (("cpus", team.quota.cpus), ("memory_gib", team.quota.memory_gib)):
        together = sum(getattr(quota, key) for _, quota in said)
        if together > of_team:
            word = "cpus" if key == "cpus" else "memoryGib"
            where = f"{path}.namespaces.{said[0][0]}.quota.{word}"
            yield Problem(where, f"the namespaces of {name} get {together} together, but quota.{word} of the team is {of_team}")


def _left(path: str, name: str, team: Team) -> Iterator[Problem]:
    """What is left of the team beside the shares that are said: for the namespace that says none, or for nobody."""
    spaces = namespaces(name, team)
    said = [share.quota for share in spaces.values() if share.quota is not None]
    left = {
        **{model: _most(team, model) - sum(quota.gpus.get(model, 0) for quota in said) for model in (*team.quota.gpus, *team.borrows)},
        "cpus": team.quota.cpus - sum(quota.cpus for quota in said),
        "memoryGib": team.quota.memory_gib - sum(quota.memory_gib for quota in said),
    }
    if min(left.values()) < 0:  # refused by itself
        return
    rest = [namespace for namespace, share in spaces.items() if share.quota is None]
    if said and rest and not any(left.values()):
        message = "is missing, and the others get all that the team may have, so nothing could ever run here; lower theirs"
        yield Problem(f"{path}.namespaces.{rest[0]}.quota", f"{message}, or take the namespace out")
    if not rest:
        for what, amount in left.items():
            if amount:
                key = what if what in ("cpus", "memoryGib") else f"gpus.{what}"
                message = f"leave {amount} of {key} that the team may have to nobody; raise one of their shares, or lower the team's"
                yield Problem(f"{path}.namespaces", message)


def _most(team: Team, model: str) -> int:
    return team.quota.gpus.get(model, 0) + team.borrows.get(model, 0)


def _sums(sections: Sections, cluster: ClusterContext, spend: Spend) -> Iterator[Problem]:
    """Quotas are promises: together they fit into what the pools can have, and into the cap."""
    promised = _gpus(sections.values())
    for model, gpus in promised.items():
        most = cluster.gpu_models.get(model)
        if most is None:
            continue
        who = [name for name, team in sections.items() if model in team.quota.gpus]
        cap = spend.gpus.get(model)
        for limit, what in ((most, "the pools have at most"), (cap, f"spend.gpus.{model} is")):
            if limit is not None and gpus > limit:
                path = f"teams.{who[-1]}.quota.gpus.{model}"
                found = f"is {gpus}" if len(who) == 1 else f"makes {gpus} with {' and '.join(who[:-1])}"
                yield Problem(path, f"{found}, but {what} {limit}; lower the quotas, or raise the limit")
                break
    yield from _processors(sections, cluster)


def _processors(sections: Sections, cluster: ClusterContext) -> Iterator[Problem]:
    plain = [pool for pool in cluster.pools if not pool.gpus_per_node]
    for key, attribute in (("cpus", "cpus"), ("memoryGib", "memory_gib")):
        asked = sum(getattr(team.quota, attribute) for team in sections.values())
        last = [name for name, team in sections.items() if getattr(team.quota, attribute)]
        most = sum(int(pool.max_nodes * getattr(pool, attribute) * USABLE) for pool in plain)
        if last and all(getattr(pool, attribute) for pool in plain) and asked > most:
            there = f"pods can use {most} of the pools without GPUs, whose system has the rest"
            message = f"the teams get {asked} together, but {there}; lower the quotas, or add nodes"
            yield Problem(f"teams.{last[-1]}.quota.{key}", message)


def _gpus(given: Iterable[Team]) -> Counter[str]:
    """What they own together, by model."""
    found: Counter[str] = Counter()
    for team in given:
        found.update(team.quota.gpus)
    return found


def _loans(sections: Sections, cluster: ClusterContext, spend: Spend) -> Iterator[Problem]:
    """A team cannot borrow what nobody lends and nobody owns."""
    owned, lent_of_all = _gpus(sections.values()), _gpus(team for team in sections.values() if team.lends)
    for name, team in sections.items():
        for model, wanted in team.borrows.items():
            most = cluster.gpu_models.get(model)
            if most is None or owned[model] > min(most, spend.gpus.get(model, most)):  # refused by itself
                continue
            lent = lent_of_all[model] - (team.quota.gpus.get(model, 0) if team.lends else 0)
            unowned = max(0, min(most, spend.gpus.get(model, most)) - owned[model])
            if wanted > lent + unowned:
                found = f"is {wanted}, but others lend {lent} {model} and {unowned} are nobody's"
                message = f"{found}: it could never have more than {lent + unowned}"
                yield Problem(f"teams.{name}.borrows.{model}", message)


def _team(name: str, team: Team, cluster: ClusterContext) -> facts.Team:
    return facts.Team(
        name=name,
        namespaces=tuple(_namespaces(name, team, cluster)),
        members=team.members,
        gpus=dict(team.quota.gpus),
        borrows=dict(team.borrows),
        lends=team.lends,
        cpus=team.quota.cpus,
        memory_gib=team.quota.memory_gib,
        priority=team.priority,
        gpu_hours=team.gpu_hours,
        monthly_usd=team.monthly_usd,
        pod_security=team.pod_security,
    )


def _namespaces(name: str, team: Team, cluster: ClusterContext) -> Iterator[TeamNamespace]:
    spaces = namespaces(name, team)
    said = [share.quota for share in spaces.values() if share.quota is not None]
    models = dict.fromkeys((*team.quota.gpus, *team.borrows))
    rest = TeamQuota(
        gpus={model: left for model in models if (left := _most(team, model) - sum(quota.gpus.get(model, 0) for quota in said))},
        cpus=team.quota.cpus - sum(quota.cpus for quota in said),
        memory_gib=team.quota.memory_gib - sum(quota.memory_gib for quota in said),
    )
    for namespace, share in spaces.items():
        quota = share.quota or rest
        yield TeamNamespace(
            name=namespace,
            gpus=dict(quota.gpus),
            cpus=_with_gpus(quota.cpus, quota.gpus, cluster, "cpus"),
            memory_gib=_with_gpus(quota.memory_gib, quota.gpus, cluster, "memory_gib"),
            ci=share.ci,
        )


def _with_gpus(plain: int, gpus: Mapping[str, int], cluster: ClusterContext, attribute: str) -> int | None:
    """`plain`, and the share of GPU nodes that goes with `gpus`; None where nobody said how large these nodes are."""
    shares = [_share(cluster, model, attribute) for model in gpus]
    if not all(shares):
        return None
    return plain + sum(int(share * count) for share, count in zip(shares, gpus.values(), strict=True))


def _share(cluster: ClusterContext, model: str, attribute: str) -> float:
    """What of a node goes with one GPU, of the pool that has most; 0 where one is not known."""
    sizes = [getattr(pool, attribute) / pool.gpus_per_node for pool in _pools_of(cluster, model)]
    return max(sizes) if all(sizes) else 0.0


def _pools_of(cluster: ClusterContext, model: str) -> Iterable[facts.Pool]:
    return (pool for pool in cluster.gpu_pools if pool.gpu_model == model)
