"""The facts are those of the installed SDKs, and hang together."""

import ast
import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from simulator import paths
from simulator.facts import Spec
from simulator.kubernetes import groups
from simulator.kubernetes.provider import IMMUTABLE
from simulator.kubernetes.provider import SCHEMA as KUBERNETES
from simulator.oci.lookups import LOOKUPS
from simulator.oci.outputs import FILLERS
from simulator.oci.provider import CONFIG, FUNCTIONS, SCHEMA
from simulator.oci.rules import CREATE, HOLDS, REFERS, UNIQUE_NAMES
from simulator.random.provider import DRAWS, TYPES
from tools.schema import kubernetes

OCI_TYPES = SCHEMA.tokens()


def package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def sdk_arguments(path: Path, name: str) -> dict[str, bool]:
    """Wire name to whether it is required, of an argument class of an SDK; read as text, for importing one takes seconds."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    cls = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    wire = kubernetes.getters(cls)
    return {wire[argument]: required for argument, _, required in kubernetes.arguments(cls)}


@pytest.mark.parametrize("token", OCI_TYPES)
def test_the_inputs_of_a_resource_are_those_of_the_sdk(token: str) -> None:
    module, name = re.fullmatch(r"oci:(\w+)/\w+:(\w+)", token).groups()  # type: ignore[union-attr]
    home = package("pulumi_oci") / module.lower()
    file = next(path for path in (home / f"{snake(name)}.py", *home.glob("*.py")) if f"class {name}Args:" in path.read_text("utf-8"))
    facts = SCHEMA.get(token)
    assert facts is not None
    known = {key: spec.required for key, spec in facts.inputs.items() if not spec.auto_name}
    named = {key for key, spec in facts.inputs.items() if spec.auto_name}
    assert known == {key: required for key, required in sdk_arguments(file, f"{name}Args").items() if key not in named}


def test_the_provider_takes_what_the_sdk_gives_it() -> None:
    for name, config in (("pulumi_oci", set(CONFIG)), ("pulumi_kubernetes", set(KUBERNETES.raw["provider"]))):
        assert set(sdk_arguments(package(name) / "provider.py", "ProviderArgs")) == config - {"version", "pluginDownloadURL"}


@pytest.mark.parametrize("token", TYPES)
def test_random_takes_what_the_sdk_gives_it(token: str) -> None:
    name = token.rpartition(":")[2]
    words, outputs = TYPES[token]
    given = sdk_arguments(package("pulumi_random") / f"{snake(name)}.py", f"{name}Args")
    assert {key: word.endswith("!") for key, word in words.items()} == given
    assert name in DRAWS and not set(outputs) & set(words)


@pytest.mark.slow
def test_the_kubernetes_facts_are_what_the_tool_writes() -> None:
    written = kubernetes.OUT.read_text(encoding="utf-8")
    assert written == kubernetes.render(kubernetes.collect()), "run python -m tools.schema.kubernetes"


def specs(facts: Any) -> Iterator[Spec]:
    for fields in (facts.inputs, facts.outputs, *(facts.types[name] for name in list(facts.types._raw))):
        for spec in fields.values():
            yield from (spec, *filter(None, [spec.item]), *spec.choices)


@pytest.mark.parametrize("token", [*OCI_TYPES, *FUNCTIONS.tokens()])
def test_every_object_type_is_described(token: str) -> None:
    facts: Any = SCHEMA.get(token) or FUNCTIONS.get(token)
    for spec in specs(facts):
        assert spec.ref is None or facts.fields(spec) is not None, spec.ref


@pytest.mark.parametrize("token", OCI_TYPES)
def test_every_path_that_replaces_is_an_input(token: str) -> None:
    facts: Any = SCHEMA.get(token)
    for path in facts.replaces:
        fields: Mapping[str, Spec] | None = facts.inputs
        spec: Spec | None = None
        for step in path:
            if step == paths.ANY:
                spec = spec.item if spec is not None else None
            else:
                assert fields is not None and step in fields, paths.render(path)
                spec = fields[str(step)]
            fields = facts.fields(spec)


def test_behaviour_is_given_to_types_that_have_facts() -> None:
    for table in (FILLERS, CREATE, HOLDS, REFERS, UNIQUE_NAMES):
        assert set(table) <= set(OCI_TYPES)
    assert set(LOOKUPS) <= set(FUNCTIONS.tokens())
    built_in = {token for token in IMMUTABLE.raw["kinds"] if not groups.is_custom(token)}
    assert built_in <= set(KUBERNETES.raw["kinds"])


def test_properties_in_rules_exist() -> None:
    referred = [(token, path) for token, rows in REFERS.items() for path, _, _ in rows]
    held = [(kind, path) for rows in HOLDS.values() for kind, properties, _ in rows for path in properties]
    for token, path in (*referred, *held):
        facts: Any = SCHEMA.get(token)
        fields = facts.inputs
        for step in path.split("."):
            assert step in fields, (token, path)
            spec = fields[step]
            fields = facts.fields(spec.item or spec)


def test_the_facts_stay_small_enough_to_read_at_every_start() -> None:
    for schema in (SCHEMA, FUNCTIONS, KUBERNETES, IMMUTABLE):
        assert len(json.dumps(schema.raw)) < 400_000
