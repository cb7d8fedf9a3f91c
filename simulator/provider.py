"""What a provider does, and what the three simulated ones have in common."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator import check, diff, identity
from simulator.compute import deep_copy, live_inputs, placeholders
from simulator.diff import Change, Difference
from simulator.errors import CloudError, Failure, NotSimulated
from simulator.facts import Fields, FunctionFacts, Spec, TypeFacts
from simulator.paths import Path, render
from simulator.simulated_state import Operation, Record, SimulatedState
from simulator.wire import UNKNOWN, Properties


@dataclass(frozen=True, kw_only=True)
class Resource:
    """Which resource a call is about."""

    urn: str
    type: str
    name: str
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Inputs as the provider will take them, and what is wrong with them."""

    inputs: Properties
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Live:
    """A resource as the cloud holds it."""

    id: str
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)


Config = Mapping[str, object]
"""What the provider resource was configured with."""


Both = tuple[Properties, Properties]
"""Old inputs and new ones."""


class Provider(ABC):
    """A simulated provider. `config` comes with every call: one process serves every provider resource of a program."""

    name: str
    version: str

    def __init__(self, simulated: SimulatedState) -> None:
        self.simulated = simulated

    # What a provider has to say for itself

    @abstractmethod
    def config_fields(self) -> Fields:
        """What the provider resource may be given."""

    @abstractmethod
    def facts(self, token: str) -> TypeFacts:
        """Facts of a resource type. Raises NotSimulated when there are none."""

    def function(self, token: str) -> FunctionFacts:
        """Facts of a function. Raises NotSimulated when there are none."""
        raise NotSimulated(f"the simulator has no function {token}")

    # The provider resource

    def config_type(self, spec: Spec | None) -> Fields | None:
        """The properties of an object among the provider's inputs."""
        return None

    def check_config(self, news: Properties) -> Checked:
        fields = self.config_fields()
        return Checked(inputs=news, failures=check.check(_values(news, fields), fields, self.config_type))

    def diff_config(self, olds: Properties, news: Properties) -> Difference:
        """A changed provider is updated: nothing it made is replaced."""
        return Difference(changes=diff.compare(olds, news, None))

    # A resource

    def prepare(self, config: Config, resource: Resource, news: Properties, olds: Properties, facts: TypeFacts) -> Properties:
        """The inputs with what the provider fills in before it looks at them: a name, most of all."""
        named = [key for key, spec in facts.inputs.items() if spec.auto_name and news.get(key) is None]
        if not named:
            return news
        inputs = dict(news)
        for key in named:
            kept = olds.get(key) if key in olds.get("__defaults", ()) else None
            inputs[key] = kept or f"{resource.name}-{identity.hexadecimal(7, resource.urn, self.simulated.generation(resource.urn))}"
        inputs["__defaults"] = named
        return inputs

    def check(self, config: Config, resource: Resource, news: Properties, olds: Properties) -> Checked:
        try:
            facts = self.facts(resource.type)
        except NotSimulated as refusal:
            return Checked(inputs=news, failures=(Failure(path="", reason=str(refusal)),))
        inputs = self.prepare(config, resource, news, olds, facts)
        failures = check.check(inputs, facts.inputs, facts.fields)
        return Checked(inputs=inputs, failures=failures)

    def replaces(self, config: Config, facts: TypeFacts, change: Change, places: tuple[Path, ...], inputs: Both) -> bool:
        """Whether a change replaces the resource; `inputs` are the old and the new ones as a whole."""
        return diff.by_schema(facts, change, places)

    def delete_first(self, facts: TypeFacts, olds: Properties, news: Properties) -> bool:
        """Whether a replaced resource goes before its replacement comes: where both would have the name the program gives."""
        defaults = news.get("__defaults", ())
        return any(spec.auto_name and key in news and key not in defaults for key, spec in facts.inputs.items())

    def diff(self, config: Config, resource: Resource, olds: Properties, news: Properties, ignored: tuple[str, ...] = ()) -> Difference:
        facts = self.facts(resource.type)
        found = diff.compare(olds, news, facts, ignored)
        changes = diff.mark(found, lambda change, places: self.replaces(config, facts, change, places, (olds, news)))
        difference = Difference(changes=changes)
        if difference.replaces and self.delete_first(facts, olds, news):
            return Difference(changes=changes, delete_before_replace=True)
        return difference

    def render(self, path: Path) -> str:
        """How the provider writes the path of a change."""
        return render(path)

    def replace_keys(self, difference: Difference) -> list[str]:
        """What the provider says forces a replacement: the properties that hold what does."""
        return diff.roots(change for change in difference.changes if change.replaces)

    def foresee(self, config: Config, resource: Resource, inputs: Properties, old_inputs: Properties) -> None:  # noqa: B027 - most clouds are not asked
        """Raise CloudError for an update that the cloud is asked about in a preview, and refuses."""

    def preview(self, config: Config, resource: Resource, inputs: Properties, olds: Properties | None = None) -> Properties:
        """The outputs as far as they are known before anything is done: what the cloud will fill is unknown."""
        facts = self.facts(resource.type)
        outputs = {key: value for key, value in deep_copy(inputs).items() if not key.startswith("__")}
        for key, spec in (*facts.inputs.items(), *facts.outputs.items()):
            if key not in outputs and (spec.computed or key in facts.outputs):
                outputs[key] = olds[key] if olds is not None and key in olds else UNKNOWN
        return outputs

    def create(self, config: Config, resource: Resource, inputs: Properties) -> Live:
        """Make the resource. Raises CloudError when the cloud refuses."""
        self.simulated.wait("create", resource.type, resource.name, resource.urn)
        with self.simulated.locked():
            self.refuse("create", resource)
            self.allow_create(config, resource, inputs)
            record = Record(type=resource.type, id="", urn=resource.urn, scope=self.scope(config), inputs=inputs)
            record.id = self.new_id(config, resource, inputs)
            if (other := self.simulated.get(record.type, record.id, record.scope)) is not None:
                raise CloudError(self.taken(record, other))
            record.outputs = self.outputs(config, record, {})
            self.simulated.put(record)
        return Live(id=record.id, inputs=inputs, outputs=record.outputs)

    def read(self, config: Config, resource: Resource, inputs: Properties) -> Live:
        """The resource as the cloud holds it; an empty id when it is gone. `inputs` are those last given, empty for an import."""
        with self.simulated.locked():
            self.refuse("read", resource)
            record = self.simulated.get(resource.type, resource.id, self.scope(config))
            if record is None:
                return Live(id="")
            facts = self.facts(resource.type)
            return Live(id=record.id, inputs=live_inputs(facts, inputs, record.outputs), outputs=deep_copy(record.outputs))

    def update(self, config: Config, resource: Resource, inputs: Properties, old_inputs: Properties) -> Properties:
        self.simulated.wait("update", resource.type, resource.name, resource.urn)
        with self.simulated.locked():
            self.refuse("update", resource)
            record = self.simulated.get(resource.type, resource.id, self.scope(config))
            if record is None:
                raise CloudError(self.missing(resource))
            self.allow_update(config, record, inputs, old_inputs)
            held = {key: value for key, value in record.outputs.items() if not self._given_up(record.type, key, inputs)}
            record.inputs, record.urn = inputs, resource.urn
            record.outputs = self.outputs(config, record, held)
            self.simulated.put(record)
        return record.outputs

    def _given_up(self, kind: str, key: str, inputs: Properties) -> bool:
        """True for an input the program stopped giving and the cloud does not fill."""
        spec = self.facts(kind).inputs.get(key)
        return spec is not None and not spec.computed and key not in inputs

    def delete(self, config: Config, resource: Resource) -> None:
        self.simulated.wait("delete", resource.type, resource.name, resource.urn)
        with self.simulated.locked():
            self.refuse("delete", resource)
            record = self.simulated.get(resource.type, resource.id, self.scope(config))
            if record is None:
                return  # gone already: what delete wanted
            self.allow_delete(config, record)
            self.simulated.remove(record)
            self.deleted(config, record)

    def refuse(self, operation: Operation, resource: Resource) -> None:
        message = self.simulated.take_fault(operation, resource.type, resource.name)
        if message is not None:
            raise CloudError(message)

    # What makes one cloud differ from another

    def scope(self, config: Config) -> str:
        """What a record's id is unique in."""
        return ""

    @abstractmethod
    def new_id(self, config: Config, resource: Resource, inputs: Properties) -> str: ...

    def outputs(self, config: Config, record: Record, held: Properties) -> Properties:
        """All that the cloud holds of a resource: what it held, what the program gives, what it fills in."""
        facts = self.facts(record.type)
        given = {key: value for key, value in deep_copy(record.inputs).items() if not key.startswith("__")}
        outputs = {**held, **given}
        outputs.update(placeholders(facts, outputs, record))
        return outputs

    def allow_create(self, config: Config, resource: Resource, inputs: Properties) -> None:  # noqa: B027 - most clouds have nothing to say
        """Raise CloudError for what the cloud does not accept."""

    def allow_update(self, config: Config, record: Record, inputs: Properties, old_inputs: Properties) -> None:  # noqa: B027 - most clouds have nothing to say
        """Raise CloudError for what the cloud does not accept."""

    def allow_delete(self, config: Config, record: Record) -> None:  # noqa: B027 - most clouds have nothing to say
        """Raise CloudError for what the cloud does not let go."""

    def deleted(self, config: Config, record: Record) -> None:  # noqa: B027 - most clouds have nothing to say
        """What else goes with a resource."""

    def missing(self, resource: Resource) -> str:
        return f"{resource.type} {resource.id} does not exist"

    def taken(self, record: Record, other: Record) -> str:
        return f"{record.type} {record.id} exists already"

    # A function

    def invoke(self, config: Config, token: str, arguments: Properties) -> tuple[Properties, tuple[Failure, ...]]:
        facts = self.function(token)
        failures = check.check(arguments, facts.inputs, facts.fields)
        if failures:
            return {}, failures
        with self.simulated.locked():
            found = self.look_up(config, token, arguments)
        return {**arguments, **found}, ()

    def look_up(self, config: Config, token: str, arguments: Properties) -> Properties:
        raise NotSimulated(f"the simulator has no function {token}")


def _values(news: Properties, fields: Fields) -> Properties:
    """Provider inputs as values: an SDK sends everything but strings as JSON text."""
    values = {}
    for key, value in news.items():
        values[key] = value
        spec = fields.get(key)
        if isinstance(value, str) and value != UNKNOWN and spec is not None and spec.type != "string":
            try:
                values[key] = json.loads(value)
            except ValueError:
                continue  # the check says that it is a string
    return values
