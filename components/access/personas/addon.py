"""Roles of administrators, maintainers, teams and CI, each bound to the group or service account that it is for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from components.access.personas.roles import (
    MAINTAINER_READ,
    MAINTAINER_WORKLOADS,
    MEMBER,
    SUBMITTER,
    SUBMITTER_ACCOUNT,
    Role,
)
from components.access.personas.section import Personas
from components.framework.addon import AddOn
from components.framework.plan import AddOnPlan, Object
from infra.facts import ClusterContext, Team
from infra.needs import ClusterAccess, Need, names_people
from infra.problems import Problem

_RBAC = "rbac.authorization.k8s.io"
Subject = Mapping[str, str]


class PersonasAddOn(AddOn[Personas]):
    key = "personas"
    about = "Who may do what in the cluster: administrators, maintainers, the teams' members, and CI ([access.md](access.md))."
    Section = Personas
    made_of_teams = True
    after = frozenset({"team-namespaces"})

    @classmethod
    def unwanted(cls, cluster: ClusterContext) -> str | None:
        return super().unwanted(cluster) or (None if any(map(_has_people, cluster.teams)) else "no team has members or CI")

    @classmethod
    def problems(cls, cluster: ClusterContext, section: Personas) -> Iterable[Problem]:
        people = any(map(_has_people, cluster.teams))
        if not (section.admins or section.maintainers or section.break_glass or people):
            yield Problem("", "is on, but nobody is named: give admins or maintainers, or members of a team")
        if people and not cluster.has("team-namespaces"):
            yield Problem("", "gives teams rights in their namespaces, but addons.teamNamespaces is off, so there are none; turn it on")
        yield from _everybody(section)
        yield from _twice(cluster, section)

    @classmethod
    def problems_elsewhere(cls, cluster: ClusterContext, *, installed: bool) -> Iterable[Problem]:
        fix = "set addons.personas.enabled to true, or take it out"
        for team in () if installed else cluster.teams:
            if team.members is not None:
                message = f"is {team.members!r}, but addons.personas is off: the group gets no rights, and no IAM statement lets it in"
                yield Problem(f"teams.{team.name}.members", f"{message}; {fix}")
            for space in team.namespaces:
                if space.ci:
                    at = f"teams.{team.name}.namespaces.{space.name}.ci"
                    yield Problem(at, f"is true, but addons.personas is off, so that there is no service account for CI; {fix}")

    @classmethod
    def needs(cls, cluster: ClusterContext, section: Personas) -> Iterable[Need]:
        given = (("addons.personas.admins", section.admins), ("addons.personas.maintainers", section.maintainers))
        for path, group in (*given, *((f"teams.{team.name}.members", team.members) for team in cluster.teams)):
            if group is not None:
                yield ClusterAccess(group=group, path=path)
        if section.break_glass is not None:
            yield ClusterAccess(group=section.break_glass.group, path="addons.personas.breakGlass.group", until=section.break_glass.until)

    @classmethod
    def plan(cls, cluster: ClusterContext, section: Personas) -> AddOnPlan:
        return AddOnPlan(objects=tuple(_objects(cluster, section)))


def _has_people(team: Team) -> bool:
    return team.members is not None or any(space.ci for space in team.namespaces)


def _everybody(section: Personas) -> Iterator[Problem]:
    """Kubernetes' own groups are everybody, or above every rule."""
    named = {"admins": section.admins, "maintainers": section.maintainers}
    if section.break_glass is not None:
        named["breakGlass.group"] = section.break_glass.group
    for place, group in named.items():
        if group is not None and group.lower().startswith("system:"):
            yield Problem(place, f"{group!r} is Kubernetes' own, not a group of people; name one that your authenticator knows")
        elif group is not None and not names_people(group):
            yield Problem(place, f"{group!r} is not a group of people: name one as your authenticator does")


def _twice(cluster: ClusterContext, section: Personas) -> Iterator[Problem]:
    """A group that ends must be let in by nothing else, and one that reads no Secrets must not read them as another."""
    named = {"admins": section.admins, "maintainers": section.maintainers}
    named |= {f"teams.{team.name}.members": team.members for team in cluster.teams}
    if section.break_glass is not None:
        for place, group in named.items():
            if group == section.break_glass.group:
                yield Problem("breakGlass.group", f"is the group of {place} too, so it would get in after `until`; make a group of its own")
    if section.admins is not None:
        for place, group in named.items():
            if place != "admins" and group == section.admins:
                yield Problem("admins", f"is the group of {place} too, whose members would be administrators; make a group of its own")


def _objects(cluster: ClusterContext, section: Personas) -> Iterator[Object]:
    if section.admins is not None:
        yield _bound_everywhere("platform-admins", "cluster-admin", _group(section.admins))
    if section.break_glass is not None:
        notes = {"oke-gpu-platform/until": section.break_glass.until, "oke-gpu-platform/reason": section.break_glass.reason}
        yield _bound_everywhere("break-glass", "cluster-admin", _group(section.break_glass.group), notes)
    if section.maintainers is not None:
        yield _cluster_role(MAINTAINER_READ)
        yield _bound_everywhere(MAINTAINER_READ.name, MAINTAINER_READ.name, _group(section.maintainers), after=(MAINTAINER_READ.name,))
    for role in (MAINTAINER_WORKLOADS, MEMBER, SUBMITTER):
        bound = [binding for team in cluster.teams for binding in _of_team(team, role, section)]
        if bound:
            yield _cluster_role(role)
            yield from bound


def _of_team(team: Team, role: Role, section: Personas) -> Iterator[Object]:
    for space in team.namespaces:
        if role is MAINTAINER_WORKLOADS and section.maintainers is not None:
            yield _bound(role, space.name, _group(section.maintainers))
        if role is MEMBER and team.members is not None:
            yield _bound(role, space.name, _group(team.members))
        if role is SUBMITTER and space.ci:
            yield _account(space.name)
            subject = {"kind": "ServiceAccount", "name": SUBMITTER_ACCOUNT, "namespace": space.name}
            yield _bound(role, space.name, subject)


def _group(name: str) -> Subject:
    return {"kind": "Group", "name": name, "apiGroup": _RBAC}


def _cluster_role(role: Role) -> Object:
    """One role for all namespaces: it grants nothing until it is bound in one."""
    rules = [rule.document for rule in role.rules]
    return Object(
        id=role.name,
        document={"apiVersion": f"{_RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": role.name}, "rules": rules},
    )


def _bound_everywhere(
    name: str, role: str, subject: Subject, annotations: Mapping[str, str] | None = None, after: tuple[str, ...] = ()
) -> Object:
    metadata: dict[str, Any] = {"name": name, **({"annotations": dict(annotations)} if annotations else {})}
    return Object(id=f"{name}-binding" if after else name, document=_binding("ClusterRoleBinding", metadata, role, subject), after=after)


def _bound(role: Role, namespace: str, subject: Subject) -> Object:
    document = _binding("RoleBinding", {"name": role.name, "namespace": namespace}, role.name, subject)
    return Object(id=f"{namespace}-{role.name}", document=document, after=(role.name,))


def _binding(kind: str, metadata: Mapping[str, Any], role: str, subject: Subject) -> dict[str, Any]:
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": kind,
        "metadata": dict(metadata),
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [dict(subject)],
    }


def _account(namespace: str) -> Object:
    return Object(
        id=f"{namespace}-account",
        document={
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": SUBMITTER_ACCOUNT, "namespace": namespace},
            "automountServiceAccountToken": False,
        },
    )
