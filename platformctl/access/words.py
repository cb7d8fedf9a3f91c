"""Rights as lines that a person reads: what belongs together in one, the dangerous first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from components.access.personas.escalations import DOORS, ESCALATIONS
from platformctl.access.access import Access, Change, after, before, gained
from platformctl.access.rights import Right, Subject, Unread
from platformctl.access.statements import Grant
from platformctl.engine.plan import Plan

READ = ("get", "list", "watch")


@dataclass(frozen=True, kw_only=True)
class Line:
    who: str
    """`maintainers (Group ocid1.group...)`."""
    what: str
    """`read secrets`, `use clusters`."""
    where: str
    """`in vision, speech`, `everywhere`."""
    why: str = ""
    """What it would allow, where that is more than it says; empty where it is not."""
    by: str = "Kubernetes"
    """Which of the two lets a request pass: `Kubernetes`, or `IAM`."""
    text: str = ""
    """Oracle's statement, as it is."""

    @property
    def sentence(self) -> str:
        return f"{self.who} may {self.what} {self.where}".rstrip()

    @property
    def document(self) -> dict[str, str]:
        """For scripts."""
        return {"who": self.who, "what": self.what, "where": self.where, "why": self.why, "by": self.by, "statement": self.text}


@dataclass(frozen=True, kw_only=True)
class RightsChange:
    """What a plan gives and takes."""

    added: tuple[Line, ...] = ()
    removed: tuple[Line, ...] = ()
    unseen: tuple[str, ...] = ()
    """Of what the plan does not say."""

    @property
    def dangerous(self) -> tuple[Line, ...]:
        return tuple(line for line in self.added if line.why)

    @property
    def document(self) -> dict[str, Any]:
        """For scripts."""
        return {"added": [each.document for each in self.added], "removed": [each.document for each in self.removed], "unseen": self.unseen}


def of_plan(plan: Plan) -> RightsChange:
    old, new = before(plan), after(plan)
    return RightsChange(
        added=_of_change(gained(old, new)),
        removed=_of_change(gained(new, old)),
        unseen=tuple(unseen(new)),
    )


def unseen(access: Access) -> Iterator[str]:
    """What nothing here knows of."""
    if access.charts:
        yield f"Not shown: roles that charts make by themselves ({', '.join(sorted(access.charts))}), and who administers the tenancy."
    else:
        yield "Not shown: who administers the tenancy."
    for name in sorted(access.grants.unknown):
        yield f"Not known before the update: what {name} grants."
    for each in access.unread:
        yield f"Not read: {each}"


def of(access: Access) -> tuple[Line, ...]:
    """All that everybody may."""
    personas = access.rights.personas
    return _lines(access.rights.rights, access.rights.unread, (each for each in access.grants.grants if not each.deny), personas)


def _of_change(change: Change) -> tuple[Line, ...]:
    return _lines(change.rights, change.roles, change.grants, change.personas)


def called(subject: Subject, personas: Mapping[Subject, str]) -> str:
    name = personas.get(subject)
    return f"{name} ({subject})" if name else str(subject)


@cache
def danger(verb: str, group: str, resource: str) -> str:
    """What somebody could do beyond what a right says; the worst of what a star holds. Empty where there is nothing."""
    asked = Right(subject=Subject(kind="", name=""), group=group, resource=resource, verb=verb)
    if {verb, group, resource} == {"*"}:
        return "may do everything"
    return next((way.why for way in (*ESCALATIONS, *DOORS) if asked.covers(way.verb, way.group, way.resource)), "")


def _lines(rights: Iterable[Right], roles: Iterable[Unread], grants: Iterable[Grant], personas: Mapping[Subject, str]) -> tuple[Line, ...]:
    found = [*_of_rights(rights, personas), *_of_roles(roles, personas), *_of_grants(grants)]
    return tuple(sorted(found, key=lambda line: (not line.why, line.by != "IAM", line.who, line.where, line.what)))


def _of_rights(rights: Iterable[Right], personas: Mapping[Subject, str]) -> Iterator[Line]:
    """Verbs of one resource in one line, then the namespaces where they are the same, then the resources."""
    verbs: dict[tuple[Subject, str, str, str], list[str]] = {}
    for each in sorted(rights):
        why = danger(each.verb, each.group, each.resource) if not each.url else ""
        verbs.setdefault((each.subject, each.namespace, _resource(each), why), []).append(each.verb)
    spaces: dict[tuple[Subject, str, str, str], list[str]] = {}
    for (subject, namespace, resource, why), given in verbs.items():
        spaces.setdefault((subject, resource, why, _verbs(given)), []).append(namespace)
    resources: dict[tuple[Subject, str, str, str], list[str]] = {}
    for (subject, resource, why, said), where in spaces.items():
        resources.setdefault((subject, _where(where), why, said), []).append(resource)
    for (subject, place, why, said), names in resources.items():
        yield Line(who=called(subject, personas), what=f"{said} {', '.join(names)}", where=place, why=why)


def _verbs(verbs: Iterable[str]) -> str:
    given = list(verbs)
    if set(READ) <= set(given):
        given = ["read", *(verb for verb in given if verb not in READ)]
    return ", ".join("do anything with" if verb == "*" else verb for verb in given)


def _resource(right: Right) -> str:
    """As kubectl takes it: `jobs.batch`."""
    if right.url:
        return right.url
    kind = f"{right.resource}.{right.group}" if right.group else right.resource
    said = "everything" if kind == "*.*" else kind
    return f"{said} {right.name}" if right.name else said


def _where(namespaces: Iterable[str]) -> str:
    given = [each for each in namespaces if each]
    return f"in {', '.join(given)}" if given else "everywhere"


def _of_roles(roles: Iterable[Unread], personas: Mapping[Subject, str]) -> Iterator[Line]:
    for each in roles:
        yield Line(
            who=called(each.subject, personas),
            what=f"do what the role {each.role} lets",
            where=_where([each.namespace]),
            why="the plan does not say what that is",
        )


def _of_grants(grants: Iterable[Grant]) -> Iterator[Line]:
    for each in grants:
        yield Line(who=each.who, what=each.access, where=f"in {each.where}" if each.where else "", why=each.why, by="IAM", text=each.text)
