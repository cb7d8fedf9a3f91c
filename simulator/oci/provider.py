"""The simulated OCI provider."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulator import paths
from simulator.diff import Change, Difference, by_schema, compare
from simulator.errors import Failure, NotSimulated
from simulator.facts import Fields, FunctionFacts, Named, Schema, Spec, TypeFacts, spec_of_record
from simulator.oci import lookups, rules
from simulator.oci import region as model
from simulator.oci.ids import new_id
from simulator.oci.outputs import CLUSTER, TAG_DEFAULTS, Place, fill
from simulator.provider import Both, Checked, Config, Live, Provider, Resource
from simulator.simulated_state import Record
from simulator.wire import UNKNOWN, Properties

HERE = Path(__file__).parent

_TEXT, _FLAG, _NUMBER = Spec(type="string"), Spec(type="boolean"), Spec(type="integer")

# pulumi_oci 5.5.0, provider.py
CONFIG: Fields = {
    **dict.fromkeys(
        (
            "configFileProfile", "fingerprint", "privateKey", "privateKeyPassword", "privateKeyPath", "region", "retriesConfigFile",
            "tenancyOcid", "testTimeMaintenanceRebootDue", "tokenExchangeAuth", "tokenExchangeClientId", "tokenExchangeClientSecret",
            "tokenExchangeDomainUrl", "tokenExchangePublicKey", "tokenExchangeRequestedTokenType", "tokenExchangeResourceType",
            "tokenExchangeRpstExp", "tokenExchangeSubjectTokenType", "userOcid", "workloadIdentityTokenPath", "version",
            "pluginDownloadURL",
        ),
        _TEXT,
    ),
    **dict.fromkeys(
        ("disableAutoRetries", "dualStackEndpointEnabled", "realmSpecificServiceEndpointTemplateEnabled"), _FLAG
    ),
    "auth": Spec(
        type="string",
        enum=(
            "ApiKey", "InstancePrincipal", "InstancePrincipalWithCerts", "SecurityToken", "ResourcePrincipal", "OKEWorkloadIdentity",
            "WorkloadIdentityFederation",
        ),
    ),
    "ignoreDefinedTags": Spec(type="array", item=_TEXT),
    "retryDurationSeconds": _NUMBER,
}  # fmt: skip


def _fields(raw: Mapping[str, Any]) -> Fields:
    return {key: spec_of_record(record) for key, record in raw.items()}


def _type_facts(token: str, raw: Mapping[str, Any]) -> TypeFacts:
    return TypeFacts(
        token=token,
        inputs=_fields(raw["inputs"]),
        outputs=_fields(raw["outputs"]),
        types=Named(raw.get("types", {}), spec_of_record),
        replaces=frozenset(paths.parse(path) for path in raw.get("replacePaths", ())),
        replaced_always=raw.get("noUpdate", False),
    )


def _function_facts(token: str, raw: Mapping[str, Any]) -> FunctionFacts:
    types = Named(raw.get("types", {}), spec_of_record)
    return FunctionFacts(token=token, inputs=_fields(raw["inputs"]), outputs=_fields(raw["outputs"]), types=types)


SCHEMA = Schema(HERE / "schema.json", _type_facts)
FUNCTIONS = Schema(HERE / "functions.json", _function_facts)


def _ignored_tags(config: Config) -> Iterator[str]:
    """Paths of the defined tags that the provider was told to leave alone. An SDK sends the list as JSON text."""
    told: Any = config.get("ignoreDefinedTags") or []
    for key in json.loads(told) if isinstance(told, str) else told:
        yield paths.render(("definedTags", str(key)))


class Oci(Provider):
    name = "oci"
    version = "5.5.0"

    def config_fields(self) -> Fields:
        return CONFIG

    def check_config(self, news: Properties) -> Checked:
        failures = list(super().check_config(news).failures)
        region = news.get("region")
        if isinstance(region, str) and region != UNKNOWN and region not in model.KEYS:
            failures.append(Failure(path="region", reason=f"is {region!r}; regions the simulator knows: {', '.join(model.KEYS)}"))
        return Checked(inputs=news, failures=tuple(failures))

    def diff_config(self, olds: Properties, news: Properties) -> Difference:
        with self.simulated.locked():
            rules.allow_move(self.place(news), olds.get("region"), news.get("region"))
        return super().diff_config(olds, news)

    def facts(self, token: str) -> TypeFacts:
        found: TypeFacts | None = SCHEMA.get(token)
        if found is None:
            raise NotSimulated(f"the simulator has no facts of {token}; add them to simulator/oci/schema.json (see simulator/README.md)")
        return found

    def function(self, token: str) -> FunctionFacts:
        found: FunctionFacts | None = FUNCTIONS.get(token)
        if found is None or token not in lookups.LOOKUPS:
            raise NotSimulated(
                f"the simulator cannot answer {token}; add its facts to simulator/oci/functions.json and its answer to "
                "simulator/oci/lookups.py (see simulator/README.md)"
            )
        return found

    def check(self, config: Config, resource: Resource, news: Properties, olds: Properties) -> Checked:
        checked = super().check(config, resource, news, olds)
        with self.simulated.locked():
            strange = rules.of_another_tenancy(self.place(config), checked.inputs)
        return Checked(inputs=checked.inputs, failures=(*checked.failures, *rules.too_long(resource.type, checked.inputs), *strange))

    def place(self, config: Config) -> Place:
        return Place(simulated=self.simulated, region=str(config.get("region") or model.DEFAULT))

    def replaces(self, config: Config, facts: TypeFacts, change: Change, places: tuple[paths.Path, ...], inputs: Both) -> bool:
        return by_schema(facts, change, places) or rules.replaces_conditionally(facts.token, change, inputs)

    def new_id(self, config: Config, resource: Resource, inputs: Properties) -> str:
        return new_id(resource.type, self.place(config).region, inputs, resource.urn, self.simulated.generation(resource.urn))

    def outputs(self, config: Config, record: Record, held: Properties) -> Properties:
        outputs = super().outputs(config, record, held)
        facts = self.facts(record.type)
        filled = fill(self.place(config), record)
        outputs.update({key: value for key, value in filled.items() if key in facts.inputs or key in facts.outputs})
        if "definedTags" in facts.inputs:
            outputs["definedTags"] = {**TAG_DEFAULTS, **(record.inputs.get("definedTags") or {})}
        return outputs

    def diff(self, config: Config, resource: Resource, olds: Properties, news: Properties, ignored: tuple[str, ...] = ()) -> Difference:
        return super().diff(config, resource, olds, news, (*ignored, *_ignored_tags(config)))

    def read(self, config: Config, resource: Resource, inputs: Properties) -> Live:
        if rules.elsewhere(self.place(config), resource.id):
            return Live(id="")
        return super().read(config, resource, inputs)

    def allow_create(self, config: Config, resource: Resource, inputs: Properties) -> None:
        rules.allow_create(self.place(config), resource.type, inputs)

    def allow_update(self, config: Config, record: Record, inputs: Properties, old_inputs: Properties) -> None:
        rules.allow_update(self.place(config), record, inputs, old_inputs, compare(old_inputs, inputs, self.facts(record.type)))

    def foresee(self, config: Config, resource: Resource, inputs: Properties, old_inputs: Properties) -> None:
        """Oracle's provider asks nobody in a preview. This one says already there what the cloud will not do to what exists."""
        with self.simulated.locked():
            record = self.simulated.get(resource.type, resource.id)
            if record is not None:
                rules.allow_change(self.place(config), record, inputs, old_inputs, compare(old_inputs, inputs, self.facts(record.type)))

    def allow_delete(self, config: Config, record: Record) -> None:
        rules.allow_delete(self.place(config), record)

    def deleted(self, config: Config, record: Record) -> None:
        if record.type == CLUSTER:  # what ran in it is gone, whether or not the program deletes it one by one
            for other in list(self.simulated.state.records.values()):
                if other.scope == record.id or (other.type in rules.IN_CLUSTER and other.outputs.get("clusterId") == record.id):
                    self.simulated.remove(other)

    def missing(self, resource: Resource) -> str:
        return str(rules.absent(resource.type.rpartition(":")[2], resource.id))

    def taken(self, record: Record, other: Record) -> str:
        kind = record.type.rpartition(":")[2]
        owner = f" (made by {other.name})" if other.name else ""
        return str(rules.conflict(f"{kind} {record.id} already exists{owner}"))

    def look_up(self, config: Config, token: str, arguments: Properties) -> Properties:
        return lookups.look_up(self.place(config), self.function(token), arguments)
