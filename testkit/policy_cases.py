"""The stacks that the policies are tested on, read from `tests/policies`: the generated reference shows them too, so it cannot lie.

`compliant.yaml` is a stack that passes. A case of `refused/` changes it in one place, and says which messages the rule gives. A file
of `corpus/` is a whole bad stack with the verdicts it gets. `hostile/` and `honest/` are lists of single resources, each judged by itself
in a development stack: those that must be refused, and those that nothing may be said against.
"""

import copy
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from infra.pricing.resources import UNKNOWN
from policies.accessor import Read
from policies.configuration import compiled, pack
from policies.exemptions import parse
from policies.pack import Verdict
from policies.registry import BY_NAME
from policies.rule import Declared, Rule
from policies.subject import Options, Resource

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # pragma: no cover - PyYAML built without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "policies"
TODAY = date(2026, 11, 21)
"""The day on which the cases are judged."""


@dataclass(frozen=True, kw_only=True)
class Case:
    rule: Rule
    title: str
    resources: tuple[Resource, ...]
    configuration: Mapping[str, Any]
    says: tuple[str, ...]
    """Every message of the rule, those on resources first. `<any>` stands for what the price book decides."""
    changed: Mapping[str, Any] = field(default_factory=dict)
    """What differs from the compliant stack, to be shown."""
    exceptions: Sequence[Mapping[str, Any]] = ()
    today: date = TODAY

    def verdicts(self) -> list[Verdict]:
        return verdicts(self.resources, self.configuration, exceptions=self.exceptions, today=self.today)

    def messages(self) -> tuple[str, ...]:
        """What the rule says."""
        return tuple(verdict.message for verdict in self.verdicts() if verdict.rule is self.rule)


@dataclass(frozen=True, kw_only=True)
class BadStack:
    name: str
    title: str
    resources: tuple[Resource, ...]
    configuration: Mapping[str, Any]
    verdicts: Mapping[str, tuple[str, ...]]
    """Resources that each rule refuses; an empty name is the stack as a whole."""


@dataclass(frozen=True, kw_only=True)
class Single:
    """One resource, judged by itself."""

    topic: str
    """The file that it is in."""
    title: str
    resource: Resource


DEVELOPMENT = Declared(
    environment="dev", monthly_usd=5000, gpus={"A10": 4}, availability_domains=3, guardrails=False, tags=("team",), gpus_in_all=4
)
"""What single resources are judged by."""
BROKEN = "<+>"
"""Stands in made-up tokens of the files, so that nothing that looks for tokens finds one in the repository."""


def _load(text: str) -> Any:
    return yaml.load(text, Loader=Loader)  # a safe loader, in C


def known(value: Any) -> Any:
    """`value` with every `<unknown>` as the engine writes it."""
    return json.loads(json.dumps(value).replace("<unknown>", UNKNOWN))


def urn(name: str) -> str:
    return f"urn:pulumi:test::oke-gpu-platform::{name}"


def resource(entry: Mapping[str, Any], reads: list[Read] | None = None) -> Resource:
    options = dict(entry.get("options", {}))
    if "ignore_changes" in options:
        options["ignore_changes"] = tuple(options["ignore_changes"])
    return Resource(
        type=entry["type"],
        name=entry["name"],
        urn=urn(entry["name"]),
        inputs=known(entry.get("inputs", {})),
        options=Options(**options),
        provider=entry.get("provider"),
        dependencies={key: tuple(map(urn, names)) for key, names in entry.get("dependencies", {}).items()},
        secrets=frozenset(tuple(path.split(".")) for path in entry.get("secrets", ())),
        id=entry.get("id"),
        reads=reads,
    )


@cache
def _compliant() -> Mapping[str, Any]:
    document: Mapping[str, Any] = _load((FOLDER / "compliant.yaml").read_text())
    return document


def entries() -> list[dict[str, Any]]:
    """The resources of the compliant stack, free to be changed."""
    return copy.deepcopy(json.loads(json.dumps(_compliant()["resources"])))


def configuration(
    declared: Mapping[str, Any] | None = None, settings: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, dict[str, Any]]:
    """The compliant stack's configuration, with other declarations or settings."""
    document = _compliant()
    made = compiled(_declared({**document["declared"], **(declared or {})}))
    for given in (document["settings"], settings or {}):
        for rule, values in given.items():
            made.setdefault(rule, {}).update(values)
    return made


def _declared(given: Mapping[str, Any]) -> Declared:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    values.setdefault("gpus_in_all", sum(values.get("gpus", {}).values()))
    return Declared(**values)


@cache
def cases() -> tuple[Case, ...]:
    return tuple(_case(entry) for file in sorted((FOLDER / "refused").glob("*.yaml")) for entry in _load(file.read_text()))


def _case(entry: Mapping[str, Any]) -> Case:
    rule = BY_NAME[entry["rule"]]
    kept = [item for item in entries() if item["name"] not in entry.get("without", ())]
    by_name = {item["name"]: item for item in kept}
    for name, change in entry.get("inputs", {}).items():
        by_name[name]["inputs"] = merged(by_name[name].get("inputs", {}), change)
    for name, change in entry.get("options", {}).items():
        by_name[name]["options"] = {**by_name[name].get("options", {}), **change}
    for name, change in entry.get("resource", {}).items():
        by_name[name].update(change)
    shown = ("inputs", "options", "resource", "add", "without", "settings", "declared", "exceptions", "today")
    return Case(
        rule=rule,
        title=entry["title"],
        resources=tuple(resource(item) for item in [*kept, *entry.get("add", ())]),
        configuration=configuration(entry.get("declared"), {entry.get("configures", rule.name): entry.get("settings", {})}),
        says=tuple(entry["says"]),
        changed={key: entry[key] for key in shown if key in entry},
        exceptions=entry.get("exceptions", ()),
        today=entry.get("today", TODAY),
    )


def matches(said: Sequence[str], expected: Sequence[str]) -> bool:
    """Whether the messages are the expected ones, word for word but for what `<any>` stands for."""
    patterns = [".*".join(map(re.escape, text.split("<any>"))) for text in expected]
    return len(said) == len(expected) and all(re.fullmatch(pattern, text) for pattern, text in zip(patterns, said, strict=True))


def merged(value: Any, change: Any) -> Any:
    """`value` with `change` merged over it: mappings are merged, `null` takes a key away, `[n]` names an element of a list."""
    if not isinstance(change, Mapping):
        return change
    if isinstance(value, list):
        result = list(value)
        for place, item in change.items():
            result[int(place)] = merged(result[int(place)], item)
        return result
    result_map = dict(value) if isinstance(value, Mapping) else {}
    for key, item in change.items():
        if item is None:
            result_map.pop(key, None)
        else:
            result_map[key] = merged(result_map.get(key), item)
    return result_map


def verdicts(
    resources: Sequence[Resource],
    configuration: Mapping[str, Any],
    *,
    exceptions: Sequence[Mapping[str, Any]] = (),
    today: date = TODAY,
) -> list[Verdict]:
    """What the pack says of the resources one by one, and then of the stack."""
    found, wrong = parse(list(exceptions))
    judge = pack(configuration, today, exemptions=found, wrong=wrong)
    said = [verdict for item in resources for verdict in judge.analyze(item)]
    return [*said, *judge.analyze_stack(resources)]


def corpus() -> tuple[BadStack, ...]:
    return tuple(_bad_stack(file) for file in sorted((FOLDER / "corpus").glob("*.yaml")))


def _bad_stack(file: Path) -> BadStack:
    document = _load(file.read_text())
    return BadStack(
        name=file.stem,
        title=document["title"],
        resources=tuple(resource(entry) for entry in document["resources"]),
        configuration=compiled(_declared(document["declared"])),
        verdicts={rule: tuple(names) for rule, names in document["verdicts"].items()},
    )


def singles(folder: str) -> tuple[Single, ...]:
    """Those of `hostile` or `honest`. `statement`, `matching`, `values` and `object` are short for a resource of that kind."""
    files = sorted((FOLDER / folder).glob("*.yaml"))
    return tuple(_single(file.stem, entry) for file in files for entry in _load(file.read_text().replace(BROKEN, "")))


def _single(topic: str, entry: Mapping[str, Any]) -> Single:
    title = str(entry.get("title") or entry.get("statement") or entry.get("matching") or f"no {next(iter(entry))}")
    made = {"name": "it", **_spelt_out(entry)}
    if made["type"].startswith("oci:"):
        made["inputs"] = {"freeformTags": {"team": "x"}, **made["inputs"]}
    made["options"] = {"create_seconds": 7200, "update_seconds": 7200, "delete_seconds": 7200, **entry.get("options", {})}
    return Single(topic=topic, title=title, resource=resource(made))


def _spelt_out(entry: Mapping[str, Any]) -> dict[str, Any]:
    if "statement" in entry:
        return {"type": "oci:Identity/policy:Policy", "provider": "cloud", "inputs": {"statements": [entry["statement"]]}}
    if "matching" in entry:
        return {"type": "oci:Identity/dynamicGroup:DynamicGroup", "provider": "cloud", "inputs": {"matchingRule": entry["matching"]}}
    if "values" in entry:
        chart = {"chart": entry.get("chart", "app"), "version": "1.2.3", "timeout": 600, "namespace": "serving", "values": entry["values"]}
        return {"type": "kubernetes:helm.sh/v3:Release", "provider": "kubernetes", "inputs": chart}
    if "object" in entry:
        version, kind = entry["object"]["apiVersion"], entry["object"]["kind"]
        token = f"kubernetes:{version if '/' in version else f'core/{version}'}:{kind}"
        return {"type": entry.get("type", token), "provider": "kubernetes", "inputs": entry["object"]}
    return {"type": entry["type"], "provider": "cloud", "inputs": entry["inputs"]}
