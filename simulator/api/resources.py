"""Creating, showing, listing, changing and deleting what the API has collections of, over the simulated provider's own rules."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.api import defaults
from simulator.api.answers import PAGING, Answer, Asked, etag, paged
from simulator.api.bodies import Bodies
from simulator.api.errors import ApiError, absent, invalid, not_simulated, of_text
from simulator.api.kinds import BY_TOKEN, Kind
from simulator.api.operations import Table
from simulator.api.views import after, before, extras
from simulator.api.work import Act, Works, remove
from simulator.compute import deep_copy, placeholder
from simulator.diff import compare
from simulator.errors import CloudError, Failure
from simulator.oci import rules
from simulator.oci.ids import new_id
from simulator.oci.outputs import Place
from simulator.oci.provider import Oci
from simulator.provider import Config, Resource
from simulator.simulated_state import Operation, Record

WIDER = frozenset({"compartmentIdInSubtree", "accessLevel", "includeSubcompartments", "isLockOverride"})
"""Parameters of a list that are no filters."""


@dataclass(frozen=True, kw_only=True)
class Resources:
    """The resources of one cloud. Call with the simulated state locked."""

    table: Table
    provider: Oci
    config: Config
    place: Place
    works: Works

    def bodies(self, kind: Kind, service: str) -> Bodies:
        return Bodies(self.table, service, kind.names)

    def service(self, kind: Kind) -> str:
        """The service that a collection belongs to."""
        found = self.table.find("GET", kind.path)
        return found[0].service if found is not None else ""

    # Finding

    def of(self, kind: Kind, path: Mapping[str, str]) -> Iterator[Record]:
        """The resources of a collection, oldest first."""
        for record in (*self.place.simulated.of(kind.type), *defaults.of(self.place, kind.type)):
            inside = all(str(record.outputs.get(key)) == path[parameter] for parameter, key in kind.within.items() if parameter in path)
            if inside and not rules.elsewhere(self.place, record.id):
                yield record

    def find(self, kind: Kind, path: Mapping[str, str]) -> Record:
        """The resource that a path names. Raises ApiError when there is none."""
        ident = next(value for key, value in reversed(list(path.items())) if key not in kind.within)
        for record in self.of(kind, path):
            if self.key(kind, record) == ident:
                return record
        raise absent(kind.word, ident)

    def key(self, kind: Kind, record: Record) -> str:
        """What the last part of its path is."""
        if kind.key == "id":
            return record.id
        return str(extras(self.place, record).get(kind.key, record.outputs.get(kind.key)))

    # Showing

    def shown(self, kind: Kind, service: str, record: Record, name: str = "") -> dict[str, Any]:
        """One in full, or as another model, a summary say."""
        held = {"id": record.id, **deep_copy(_told(self.provider, record)), **extras(self.place, record)}
        states = self.table.model(service, kind.model).attributes.get("lifecycleState")
        if states is not None and states.values and held.get("state") not in states.values:
            held["state"] = kind.life.made  # a placeholder of the provider's
        return self.bodies(kind, service).shown(name or kind.model, after(kind, held))

    def get(self, kind: Kind, asked: Asked) -> Answer:
        record = self.find(kind, asked.path)
        self._refuse("read", record)
        answer = Answer(body=self.shown(kind, asked.operation.service, record), headers={"etag": etag(record)})
        self._look(record)
        return answer

    def head(self, kind: Kind, asked: Asked) -> Answer:
        return Answer(headers={"etag": etag(self.find(kind, asked.path))})

    def list_all(self, kind: Kind, asked: Asked) -> Answer:
        filters = {
            name: values
            for name, values in asked.query.items()
            if name in asked.operation.query and name not in PAGING | WIDER | kind.unfiltered | {"fields"}
        }
        service = asked.operation.service
        found = []
        for record in self.of(kind, asked.path):
            whole = self.shown(kind, service, record)
            if all(self._passes(kind, record, whole, name, values) for name, values in filters.items()):
                found.append((record, whole))
        _sort(found, asked)
        page = paged(asked, [self.shown(kind, service, record, self.item(asked)) for record, _ in found])
        for record, _ in found:
            self._look(record)
        return page

    def item(self, asked: Asked) -> str:
        """The model of an item of the list that an operation answers."""
        said = asked.operation.answer
        if said is not None and said.kind == "model":
            said = self.table.model(asked.operation.service, said.model).attributes["items"]
        return said.item.model if said is not None and said.item is not None else ""

    def _passes(self, kind: Kind, record: Record, whole: Mapping[str, Any], name: str, wanted: list[str]) -> bool:
        attribute = {"state": "lifecycleState"}.get(kind.names.get(name, name), kind.names.get(name, name))
        if attribute in whole:
            held = whole[attribute]
        elif attribute in record.outputs:
            held = record.outputs[attribute]
        elif attribute in self.table.model(self.service(kind), kind.model).attributes:
            return False
        else:
            raise not_simulated(f"the filter {name} of a list of {kind.word}s is not simulated")
        values = {str(each).lower() for text in wanted for each in text.split(",")} | {str(text).lower() for text in wanted}
        return str(held).lower() in values

    def _look(self, record: Record) -> None:
        """Whoever looks sees it further the next time."""
        work = self.works.open(record)
        if work is not None:
            self.works.step(work)

    # Changing

    def create(self, kind: Kind, asked: Asked) -> Answer:
        self.works.settle()
        simulated = self.place.simulated
        facts = self.provider.facts(kind.type)
        inputs, others = self.given(kind, asked)
        for parameter, key in kind.within.items():
            inputs[key] = asked.path[parameter]
        inputs = {**kind.assumed, **inputs}
        resource = Resource(urn="", type=kind.type, name=_name(kind, inputs))
        inputs = self._checked(resource, inputs, {})
        self._ready(kind, inputs)
        failure = self._fault("create", resource, kind)
        try:
            self.provider.allow_create(self.config, resource, inputs)
        except CloudError as refusal:
            raise of_text(str(refusal)) from None
        count = simulated.state.lives[kind.type] = simulated.state.lives.get(kind.type, 0) + 1
        record = Record(type=kind.type, id=new_id(kind.type, self.place.region, inputs, f"api:{kind.type}", count), inputs=inputs)
        if (other := simulated.get(record.type, record.id)) is not None:
            raise of_text(self.provider.taken(record, other))
        record.outputs = {**self.provider.outputs(self.config, record, {}), **others}
        if "state" in facts.outputs or "lifecycleState" in facts.outputs:
            record.outputs["state"] = kind.life.made
        simulated.put(record)
        return self._begun("create", kind, asked, record, failure)

    def update(self, kind: Kind, asked: Asked) -> Answer:
        record = self.held(kind, asked)
        given, others = self.given(kind, asked)
        return self.change(kind, asked, record, merged(record.inputs or deep_copy(_inputs(self.provider, record)), given), others)

    def change(self, kind: Kind, asked: Asked, record: Record, new: dict[str, Any], others: Mapping[str, Any]) -> Answer:
        """Make a resource what `new` says, and `others`, for which the provider has no input."""
        self._idle(kind, record)
        resource = Resource(urn=record.urn, type=record.type, name=record.name or _name(kind, new), id=record.id)
        olds = record.inputs
        new = self._checked(resource, new, olds)
        failure = self._fault("update", resource, kind)
        facts = self.provider.facts(record.type)
        try:
            rules.allow_update(self.place, record, new, olds, compare(olds, new, facts))
        except CloudError as refusal:
            raise of_text(str(refusal)) from None
        record.inputs = new
        record.outputs = {**self.provider.outputs(self.config, record, dict(record.outputs)), **others}
        if defaults.is_one(self.place, record):
            defaults.keep(self.place, record)
        else:
            self.place.simulated.put(record)
        return self._begun("update", kind, asked, record, failure)

    def delete(self, kind: Kind, asked: Asked) -> Answer:
        record = self.held(kind, asked)
        self._idle(kind, record)
        resource = Resource(urn=record.urn, type=record.type, name=record.name, id=record.id)
        failure = self._fault("delete", resource, kind)
        defaults.refuse(self.place, record)
        try:
            self.provider.allow_delete(self.config, record)
        except CloudError as refusal:
            raise of_text(str(refusal)) from None
        if kind.life.going:
            work = self.works.begin("delete", kind, record, failure)
            return Answer(status=202 if kind.work else 204, headers=_work_header(kind, work.id))
        remove(self.provider, self.config, self.place, record)
        return Answer(status=204)

    def move(self, kind: Kind, asked: Asked) -> Answer:
        """`actions/changeCompartment`."""
        record = self.held(kind, asked)
        wanted = (asked.body or {}).get("compartmentId") if isinstance(asked.body, dict) else None
        if not wanted:
            raise invalid("compartmentId: is required")
        record.inputs = {**record.inputs, "compartmentId": wanted}
        record.outputs["compartmentId"] = wanted
        self.place.simulated.put(record)
        return Answer(status=204, headers={"etag": etag(record)})

    def _begun(self, act: Act, kind: Kind, asked: Asked, record: Record, failure: str | None) -> Answer:
        lasting = kind.life.making if act == "create" else kind.work is not None and kind.work.update
        headers: dict[str, str] = {}
        if lasting:
            headers = _work_header(kind, self.works.begin(act, kind, record, failure).id)
        body = None
        if asked.operation.answer is not None:
            body = self.shown(kind, asked.operation.service, record, asked.operation.answer.model)
        answer = Answer(status=202 if kind.work and lasting else 200, body=body, headers={"etag": etag(record), **headers})
        if not kind.work:
            self._look(record)
        return answer

    def held(self, kind: Kind, asked: Asked) -> Record:
        """The resource to change, in the version that was asked for."""
        record = self.find(kind, asked.path)
        wanted = asked.headers.get("if-match")
        if wanted not in (None, "*", etag(record)):
            raise ApiError(412, "NoEtagMatch", f"if-match is {wanted}, and the {kind.word} {record.id} is at {etag(record)}")
        return record

    def _idle(self, kind: Kind, record: Record) -> None:
        self.works.settle()
        work = self.works.open(record)
        if work is not None:
            state = record.outputs.get("state")
            raise ApiError(409, "IncorrectState", f"the {kind.word} {record.id} is {state}: the work request {work.id} has not ended")
        if self.place.simulated.get(record.type, record.id) is None and not defaults.is_one(self.place, record):
            raise absent(kind.word, record.id)

    def _ready(self, kind: Kind, inputs: Mapping[str, Any]) -> None:
        """What a new resource is made in has been made."""
        for path, token, _ in rules.REFERS.get(kind.type, ()):
            for ident in rules.values(inputs, path):
                record = self.place.simulated.get(token, str(ident))
                if record is not None and token in BY_TOKEN:
                    self._idle(BY_TOKEN[token], record)

    def given(self, kind: Kind, asked: Asked) -> tuple[dict[str, Any], dict[str, Any]]:
        """A body as the provider's inputs, and what it has none for. Raises ApiError for what is wrong with it."""
        facts = self.provider.facts(kind.type)
        body = asked.operation.body
        if body is None or body.kind != "model":
            raise not_simulated(f"{asked.operation.name} is not simulated")
        reader = self.bodies(kind, asked.operation.service)
        inputs, others, problems = reader.given(body.model, {} if asked.body is None else asked.body, facts.inputs, facts.fields)
        _stop(problems)
        return before(kind, inputs), others

    def _checked(self, resource: Resource, inputs: dict[str, Any], olds: dict[str, Any]) -> dict[str, Any]:
        checked = self.provider.check(self.config, resource, inputs, olds)
        _stop(checked.failures)
        return dict(checked.inputs)

    def _fault(self, act: Act, resource: Resource, kind: Kind) -> str | None:
        """A refusal that the simulated state was told of: at once where it has a status, and else of the work request."""
        said = self.place.simulated.take_fault(act, resource.type, resource.name)
        if said is None:
            return None
        refusal = of_text(said)
        if kind.work is None or refusal.status != 500:
            raise refusal
        return said

    def _refuse(self, operation: Operation, record: Record) -> None:
        said = self.place.simulated.take_fault(operation, record.type, record.name)
        if said is not None:
            raise of_text(said)


Action = Callable[[Resources, Asked], Answer]
"""Carries an operation out."""


def merged(held: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What a change asks for: an object keeps what is not said of it; tags, metadata and lists are taken as they are."""
    found = dict(deep_copy(dict(held)))
    for key, value in given.items():
        old = found.get(key)
        whole = key.endswith(("Tags", "etadata", "Attributes"))
        found[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) and not whole else value
    return found


def _inputs(provider: Oci, record: Record) -> dict[str, Any]:
    """Inputs of what no program and no request made."""
    fields = provider.facts(record.type).inputs
    return {key: value for key, value in record.outputs.items() if key in fields}


def _told(provider: Oci, record: Record) -> dict[str, Any]:
    """What the cloud holds, without the ids that stand in for what the provider's schema says is filled in and Oracle leaves out: a key
    for what is encrypted with Oracle's own."""
    fields = provider.facts(record.type).inputs
    return {
        key: value
        for key, value in record.outputs.items()
        if key in record.inputs or not key.endswith("Id") or key not in fields or value != placeholder(key, fields[key], record)
    }


def _name(kind: Kind, inputs: Mapping[str, Any]) -> str:
    return str(inputs.get("displayName") or inputs.get("name") or inputs.get("addonName") or kind.word)


def _stop(problems: tuple[Failure, ...] | list[Failure]) -> None:
    """Raise what is wrong with a body, all of it."""
    if not problems:
        return
    for problem in problems:
        refusal = of_text(problem.reason)
        if refusal.status != 500:
            raise refusal
    missing = all(problem.reason == "is required" for problem in problems)
    raise ApiError(400, "MissingParameter" if missing else "InvalidParameter", "; ".join(map(str, problems)))


def _work_header(kind: Kind, ident: str) -> dict[str, str]:
    return {"opc-work-request-id": ident} if kind.work is not None else {}


def _sort(found: list[tuple[Record, dict[str, Any]]], asked: Asked) -> None:
    by, order = asked.one("sortBy"), asked.one("sortOrder")
    key = {"DISPLAYNAME": "displayName", "NAME": "name", "ID": "id"}.get(str(by).upper())
    if by is not None and key is None and not str(by).upper().startswith("TIME"):
        raise not_simulated(f"sortBy={by} is not simulated")
    if key is not None:
        found.sort(key=lambda item: str(item[1].get(key, "")).lower())
    if order is not None and order.upper() == "DESC":
        found.reverse()
