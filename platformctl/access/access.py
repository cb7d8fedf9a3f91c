"""Who may do what once a plan is carried out, and before it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from platformctl.access.rights import Right, Rights, Subject, Unread, rights
from platformctl.access.statements import TYPES, Grant, Grants, grants
from platformctl.engine.plan import Plan, PlannedResource
from policies import charts
from policies.accessor import Refused
from policies.objects import PACKAGE, objects
from policies.subject import Resource

OCID = "ocid1."
DENIED = "the statement that denied it goes"
KINDS = frozenset({"ClusterRole", "ClusterRoleBinding", "Namespace", "Role", "RoleBinding"})
"""What says who may do what."""


@dataclass(frozen=True, kw_only=True)
class Access:
    rights: Rights
    grants: Grants
    unread: tuple[str, ...] = ()
    """Resources that cannot be read, with the reason."""
    charts: tuple[str, ...] = ()
    """Releases: the roles that their templates make are not in a plan."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What the one side has and the other has not."""

    rights: frozenset[Right]
    roles: frozenset[Unread]
    grants: frozenset[Grant]
    personas: Mapping[Subject, str]


def after(plan: Plan) -> Access:
    """Once it is carried out. Values that only the update knows are those of the simulated cloud, where it was tried there."""
    kept = [resource for resource in plan.resources if resource.op != "delete"]
    return _access(((each, plan.made[each.urn].inputs if each.urn in plan.made else each.inputs) for each in kept), _names(plan))


def before(plan: Plan) -> Access:
    """As it is deployed."""
    return _access(((each, each.old_inputs) for each in plan.resources if each.old_inputs is not None), _names(plan))


def gained(old: Access, new: Access) -> Change:
    """What `new` has beside what `old` has; turn them round for what is lost. A statement that denied gives when it goes."""
    given = {each for each in new.grants.grants - old.grants.grants if not each.deny}
    let_go = {replace(each, why=DENIED) for each in old.grants.grants - new.grants.grants if each.deny}
    return Change(
        rights=frozenset(each for each in new.rights.rights - old.rights.rights if not old.rights.has(each)),
        roles=new.rights.unread - old.rights.unread,
        grants=frozenset(given | let_go),
        personas={**old.rights.personas, **new.rights.personas},
    )


def _names(plan: Plan) -> Mapping[str, str]:
    """Names of the plan's own resources by their OCIDs, which the next cluster would have others of."""
    made = {each.id: plan.by_urn[urn].name for urn, each in plan.made.items() if urn in plan.by_urn}
    return {id_: name for id_, name in ({each.id: each.name for each in plan.custom} | made).items() if id_.startswith(OCID)}


def _access(resources: Iterable[tuple[PlannedResource, Mapping[str, Any]]], names: Mapping[str, str]) -> Access:
    documents: list[Mapping[str, Any]] = []
    statements: list[tuple[str, str, Mapping[str, Any]]] = []
    unread: list[str] = []
    releases: list[str] = []
    for resource, inputs in resources:
        if resource.type in TYPES:
            statements.append((resource.type, resource.name, inputs))
        if resource.type in charts.TYPES:
            releases.append(resource.name)
        if resource.type.startswith(PACKAGE):
            try:
                documents += _documents(resource, inputs)
            except Refused as refused:
                unread.append(f"{resource.name}: {refused}")
    return Access(rights=rights(documents), grants=grants(statements, names), unread=tuple(unread), charts=tuple(releases))


def _documents(resource: PlannedResource, inputs: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The objects that say who may do what, those in lists and in values of charts among them."""
    for each in objects(Resource(type=resource.type, name=resource.name, urn=resource.urn, inputs=inputs)):
        kind = each.type.rpartition(":")[2]
        if kind in KINDS and isinstance(each.inputs, Mapping):
            yield {**each.inputs, "kind": kind}
