"""The simulated kubernetes provider, and the API server behind it.

An object's id is `namespace/name`; what keeps two clusters apart is what the provider was configured with. The API server's own
admission (defaults, quotas, webhooks, schemas of custom resources) is not here: tests/apiserver asks a real one.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulator import identity, paths
from simulator.compute import CREATED
from simulator.diff import Change, Difference, compare
from simulator.errors import CloudError, Failure, NotSimulated
from simulator.facts import Fields, Named, Schema, Spec, TypeFacts, spec_of_word
from simulator.kubernetes import groups
from simulator.provider import Both, Checked, Config, Live, Provider, Resource
from simulator.simulated_state import Record
from simulator.wire import UNKNOWN, Properties

HERE = Path(__file__).parent

RELEASE = "kubernetes:helm.sh/v3:Release"
NAMESPACE = "kubernetes:core/v1:Namespace"
SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a kind
FIRST_NAMESPACES = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})

AUTONAMED = "pulumi.com/autonamed"
"""Annotation the official provider puts on what it named itself."""

CUSTOM: Fields = {
    "apiVersion": Spec(type="string", required=True),
    "kind": Spec(type="string", required=True),
    "metadata": Spec(type="object", ref="meta/v1:ObjectMeta"),
}
"""What every custom resource has; the rest is its definition's business."""


class _Open(dict[str, Spec]):
    """Fields of an object that may hold anything besides what is known."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key) or Spec(type="any")


def _raw() -> Mapping[str, Any]:
    return SCHEMA.raw


def _type_facts(token: str, raw: Mapping[str, Any]) -> TypeFacts:
    kind = raw["kinds"][token]
    outputs = dict.fromkeys(kind["outputs"], Spec(type="any"))
    outputs.pop("id", None)
    inputs = {key: spec_of_word(word) for key, word in kind["inputs"].items()}
    if token == RELEASE:
        inputs["name"] = Spec(type="string", auto_name=True)
    return TypeFacts(token=token, inputs=inputs, outputs=outputs, types=_types())


_NAMED: list[Named] = []


def _types() -> Named:
    if not _NAMED:
        _NAMED.append(Named(_raw()["types"], spec_of_word))
    return _NAMED[0]


SCHEMA = Schema(HERE / "schema.json", lambda token, raw: raw)
IMMUTABLE = Schema(HERE / "immutable.json", lambda token, raw: raw)

_PLAIN = re.compile(r"""[^."[\]]+""")
"""Keys that the provider does not quote in a path."""

_ALWAYS = (("metadata", "name"), ("metadata", "namespace"))
"""Paths that replace an object of any kind."""


class Kubernetes(Provider):
    name = "kubernetes"
    version = "4.34.2"

    def __init__(self, simulated: Any) -> None:
        super().__init__(simulated)
        self._known: dict[str, TypeFacts] = {}

    # The provider resource

    def config_fields(self) -> Fields:
        words = {key: spec_of_word(word) for key, word in _raw()["provider"].items()}
        return {**words, "version": Spec(type="string"), "pluginDownloadURL": Spec(type="string")}

    def config_type(self, spec: Spec | None) -> Fields | None:
        return _types().get(spec.ref) if spec is not None and spec.ref is not None else None

    def diff_config(self, olds: Properties, news: Properties) -> Difference:
        """Another cluster replaces all that is in this one.

        A cluster is told by its identifier where there was one and is one, else by its kubeconfig; one not known yet may be another
        (pulumi-kubernetes, provider/pkg/provider/provider.go DiffConfig).
        """
        before, after = olds.get("clusterIdentifier"), news.get("clusterIdentifier")
        deciders = {"clusterIdentifier"} if before and after else {"kubeconfig", "cluster", "context"}
        marked = (replace(change, replaces=change.path[0] in deciders) for change in compare(olds, news, None))
        return Difference(changes=tuple(marked))

    def scope(self, config: Config) -> str:
        """The cluster: its identifier, or a name made of its kubeconfig."""
        return str(config.get("clusterIdentifier") or "") or f"kubeconfig-{identity.hexadecimal(12, config.get('kubeconfig'))}"

    # Facts

    def facts(self, token: str) -> TypeFacts:
        if token not in self._known:
            self._known[token] = self._read_facts(token)
        return self._known[token]

    def _read_facts(self, token: str) -> TypeFacts:
        if token in _raw()["kinds"]:
            return _type_facts(token, _raw())
        if groups.is_custom(token):
            return TypeFacts(token=token, inputs=_Open(CUSTOM), outputs={}, types=_types())
        raise NotSimulated(
            f"the simulator has no facts of {token}; add its kind to tools/schema/kubernetes.py and run "
            "python -m tools.schema.kubernetes (see simulator/README.md)"
        )

    def namespaced(self, token: str) -> bool:
        kind: Mapping[str, Any] | None = _raw()["kinds"].get(token)
        if kind is not None:
            return not kind.get("clusterScoped", False)
        parts = groups.split(token)
        return parts is not None and parts[2] not in groups.CLUSTER_SCOPED

    # Check

    def prepare(self, config: Config, resource: Resource, news: Properties, olds: Properties, facts: TypeFacts) -> Properties:
        namespace = str(config.get("namespace") or "default")
        if resource.type == RELEASE:
            inputs = super().prepare(config, resource, news, olds, facts)
            return {**inputs, "namespace": inputs.get("namespace") or namespace}
        if not isinstance(news.get("metadata", {}), dict):
            return news  # not known yet, or wrong: the check says which
        metadata = dict(news.get("metadata", {}))
        annotations = metadata.get("annotations", {})
        if not metadata.get("name") and not metadata.get("generateName") and isinstance(annotations, dict):
            metadata["name"] = self._auto_name(resource, _metadata(olds))
            metadata["annotations"] = {**annotations, AUTONAMED: "true"}
        if self.namespaced(resource.type) and not metadata.get("namespace"):
            metadata["namespace"] = namespace
        return {**news, "metadata": metadata}

    def _auto_name(self, resource: Resource, old: Mapping[str, Any]) -> str:
        if _auto_named(old):
            return str(old["name"])
        return f"{resource.name}-{identity.hexadecimal(8, resource.urn, self.simulated.generation(resource.urn))}"

    def check(self, config: Config, resource: Resource, news: Properties, olds: Properties) -> Checked:
        checked = super().check(config, resource, news, olds)
        if resource.type == RELEASE or any(failure.path == "" for failure in checked.failures):
            return checked
        wanted = {"apiVersion": groups.api_version(resource.type), "kind": resource.type.rpartition(":")[2]}
        failures = tuple(
            Failure(path=key, reason=f"is {checked.inputs[key]!r}, the type {resource.type} is {value}")
            for key, value in wanted.items()
            if checked.inputs.get(key) not in (None, value, UNKNOWN)
        )
        failures = tuple(f for f in failures if f.path not in {old.path for old in checked.failures})
        return Checked(inputs=checked.inputs, failures=(*checked.failures, *failures))

    # Diff

    def diff(self, config: Config, resource: Resource, olds: Properties, news: Properties, ignored: tuple[str, ...] = ()) -> Difference:
        return super().diff(config, resource, _encoded(resource.type, olds), _encoded(resource.type, news), ignored)

    def render(self, path: paths.Path) -> str:
        return paths.render(path, plain=_PLAIN)

    def replace_keys(self, difference: Difference) -> list[str]:
        return [self.render(change.path) for change in difference.changes if change.replaces]

    def replaces(self, config: Config, facts: TypeFacts, change: Change, places: tuple[paths.Path, ...], inputs: Both) -> bool:
        listed: list[paths.Path] = [] if facts.token == RELEASE else list(_ALWAYS)
        rules = IMMUTABLE.raw["kinds"].get(facts.token, {})
        mutable = rules.get("mutableOption", ()) if self._mutable(config, facts.token) and inputs[1].get("immutable") is not True else ()
        listed += [paths.parse(path) for path in rules.get("replace", ()) if path not in mutable]
        return any(paths.covers(pattern, place) for pattern in listed for place in places)

    @staticmethod
    def _mutable(config: Config, token: str) -> bool:
        option = {
            "kubernetes:core/v1:ConfigMap": "enableConfigMapMutable",
            "kubernetes:core/v1:Secret": "enableSecretMutable",
        }.get(token, "")
        return str(config.get(option)).lower() == "true"

    def delete_first(self, facts: TypeFacts, olds: Properties, news: Properties) -> bool:
        """An object that keeps the name its program gives it cannot exist twice. Of releases the provider does not think so."""
        if facts.token == RELEASE:
            return False
        metadata = _metadata(news)
        return not _auto_named(metadata) and _place(_metadata(olds)) == _place(metadata)

    # The cluster

    def new_id(self, config: Config, resource: Resource, inputs: Properties) -> str:
        place = inputs if resource.type == RELEASE else _metadata(inputs)
        name = place.get("name") or f"{place.get('generateName', '')}{identity.letters(5, resource.urn)}"
        namespace = place.get("namespace")
        return f"{namespace}/{name}" if namespace and self.namespaced(resource.type) else str(name)

    def allow_create(self, config: Config, resource: Resource, inputs: Properties) -> None:
        place = inputs if resource.type == RELEASE else _metadata(inputs)
        namespace = place.get("namespace")
        if namespace and self.namespaced(resource.type) and not self._has_namespace(config, str(namespace)):
            if resource.type == RELEASE and inputs.get("createNamespace"):
                return
            raise CloudError(f'{resource.name}: namespaces "{namespace}" not found')

    def _has_namespace(self, config: Config, namespace: str) -> bool:
        scope = self.scope(config)
        if namespace in FIRST_NAMESPACES or self.simulated.get(NAMESPACE, namespace, scope) is not None:
            return True
        return any(
            release.scope == scope and release.inputs.get("createNamespace") and release.inputs.get("namespace") == namespace
            for release in self.simulated.of(RELEASE)
        )

    def preview(self, config: Config, resource: Resource, inputs: Properties, olds: Properties | None = None) -> Properties:
        outputs = super().preview(config, resource, inputs, olds)
        if resource.type != RELEASE:
            outputs.update(_identity(resource.type))
        return outputs

    def outputs(self, config: Config, record: Record, held: Properties) -> Properties:
        given = {key: value for key, value in record.inputs.items() if not key.startswith("__")}
        if record.type == RELEASE:
            return {**given, **_release(record, held)}
        metadata = {
            **_metadata(given),
            "uid": identity.hexadecimal(8, record.scope, record.type, record.id),
            "creationTimestamp": CREATED[:10] + "T00:00:00Z",
            "generation": int(_metadata(held).get("generation", 0)) + 1,
        }
        metadata.setdefault("name", record.id.rpartition("/")[2])
        outputs = {**_identity(record.type), **given, "metadata": metadata}
        if "status" in self.facts(record.type).outputs:
            outputs["status"] = {"phase": "Active"} if record.type == NAMESPACE else {}
        return outputs

    def read(self, config: Config, resource: Resource, inputs: Properties) -> Live:
        live = super().read(config, resource, inputs)
        if not live.id or resource.type == RELEASE:
            return live
        return Live(id=live.id, outputs=live.outputs, inputs=_pruned(inputs, live.outputs) if inputs else live.inputs)

    def foresee(self, config: Config, resource: Resource, inputs: Properties, old_inputs: Properties) -> None:
        """The provider has the API server try an update without keeping it."""
        record = self.simulated.get(resource.type, resource.id, self.scope(config))
        if record is not None:
            self.allow_update(config, record, inputs, old_inputs)

    def allow_update(self, config: Config, record: Record, inputs: Properties, old_inputs: Properties) -> None:
        """The API server refuses to change some fields that the provider does not replace for."""
        rules = IMMUTABLE.raw["kinds"].get(record.type, {})
        if not _has(old_inputs, rules.get("where", "")):
            return
        rejected = [paths.parse(path) for path in rules.get("rejected", ())]
        accepted = [paths.parse(path) for path in rules.get("accepted", ())]
        for change in compare(old_inputs, inputs, self.facts(record.type)):
            place = paths.general(change.path)
            if any(paths.covers(path, place) for path in rejected) and not any(paths.covers(path, place) for path in accepted):
                kind = record.type.rpartition(":")[2]
                raise CloudError(
                    f'{kind} "{record.id}" is invalid: {paths.render(change.path)}: Invalid value: field is immutable '
                    f"(the provider does not replace for it: use replace_on_changes, or another name)"
                )

    def deleted(self, config: Config, record: Record) -> None:
        """A namespace takes all that is in it along."""
        if record.type != NAMESPACE:
            return
        for other in list(self.simulated.state.records.values()):
            if other.scope == record.scope and other.id.startswith(f"{record.id}/"):
                self.simulated.remove(other)

    def taken(self, record: Record, other: Record) -> str:
        kind = record.type.rpartition(":")[2]
        if record.type == RELEASE:
            return "cannot re-use a name that is still in use: " + record.id
        return f'resource {record.id} was not created: {kind} "{record.id.rpartition("/")[2]}" already exists'

    def missing(self, resource: Resource) -> str:
        return f'{resource.type.rpartition(":")[2]} "{resource.id}" not found'


def _encoded(token: str, inputs: Properties) -> Properties:
    """A Secret's `stringData` is its `data`, before it is encoded: the same value in either is no change."""
    text = inputs.get("stringData")
    if token != SECRET or not isinstance(text, dict):
        return inputs
    encoded = {key: UNKNOWN if value == UNKNOWN else base64.b64encode(str(value).encode()).decode() for key, value in text.items()}
    rest = {key: value for key, value in inputs.items() if key != "stringData"}
    return {**rest, "data": {**(inputs.get("data") or {}), **encoded}}


def _metadata(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object's metadata; empty when it is not known yet."""
    metadata = inputs.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _has(inputs: Any, path: str) -> bool:
    """Whether there is something at a path of keys."""
    for step in paths.parse(path):
        inputs = inputs.get(step) if isinstance(inputs, dict) else None
    return bool(inputs)


def _auto_named(metadata: Mapping[str, Any]) -> bool:
    annotations = metadata.get("annotations")
    return isinstance(annotations, dict) and annotations.get(AUTONAMED) == "true"


def _place(metadata: Mapping[str, Any]) -> tuple[Any, Any]:
    return metadata.get("namespace"), metadata.get("name")


def _identity(token: str) -> Properties:
    return {"apiVersion": groups.api_version(token), "kind": token.rpartition(":")[2]}


def _release(record: Record, held: Properties) -> Properties:
    revision = int((held.get("status") or {}).get("revision", 0)) + 1
    status = {
        "name": record.inputs.get("name"),
        "namespace": record.inputs.get("namespace"),
        "chart": record.inputs.get("chart"),
        "version": record.inputs.get("version", ""),
        "appVersion": "",
        "revision": revision,
        "status": "deployed",
    }
    return {"status": status, "resourceNames": record.inputs.get("resourceNames") or {}}


def _pruned(given: Any, live: Any) -> Any:
    """The live object, cut to the shape of what the program gave: the rest belongs to controllers and other owners."""
    if isinstance(given, dict) and isinstance(live, dict):
        return {key: _pruned(value, live[key]) for key, value in given.items() if key in live}
    return live
