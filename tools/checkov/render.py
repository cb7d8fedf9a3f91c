"""A bad stack in the languages that checkov reads: Kubernetes manifests as they are, OCI resources as the Terraform they would be."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from policies.accessor import unknown
from policies.subject import Resource

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MAPS = frozenset({"freeform_tags", "defined_tags", "node_metadata", "metadata"})
"""Arguments that are mappings; every other mapping is a block."""

# terraform-provider-oci 8.28.0: where a type's name is not its Pulumi token in snake case.
_NAMES = {"Budget/rule": "budget_alert_rule", "FileStorage/fileSystem": "file_storage_file_system"}


def manifests(resources: Sequence[Resource]) -> str:
    """The Kubernetes objects, as YAML. Charts are left out: what they make is not in the program."""
    objects = [_readable(item.inputs) for item in resources if item.type.startswith("kubernetes:") and "kind" in item.inputs]
    return "---\n".join(yaml.safe_dump(item, sort_keys=False) for item in objects)


def values(resources: Sequence[Resource]) -> Mapping[str, str]:
    """The values of each chart, as the file that would hold them."""
    charts = [item for item in resources if item.type.startswith("kubernetes:helm.sh/") and "values" in item.inputs]
    return {f"{item.name}/values.yaml": yaml.safe_dump(_readable(item.inputs["values"]), sort_keys=False) for item in charts}


def terraform(resources: Sequence[Resource]) -> str:
    """The OCI resources, as Terraform."""
    blocks = [
        f'resource "{_type(item.type)}" "{item.name}" {{\n{_body(item.inputs, 1)}}}\n' for item in resources if item.type.startswith("oci:")
    ]
    return "\n".join(blocks)


def _type(token: str) -> str:
    _, path, _ = token.split(":")
    module, _, name = path.partition("/")
    return f"oci_{_NAMES.get(path, f'{module.lower()}_{_snake(name)}')}"


def _snake(name: str) -> str:
    return _HUMP.sub("_", name).lower()


def _body(inputs: Mapping[str, Any], depth: int) -> str:
    indent = "  " * depth
    lines = []
    for key, value in inputs.items():
        name = _snake(key)
        if isinstance(value, Mapping) and name not in _MAPS:
            lines.append(f"{indent}{name} {{\n{_body(value, depth + 1)}{indent}}}\n")
        elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            lines += [f"{indent}{name} {{\n{_body(item, depth + 1)}{indent}}}\n" for item in value]
        else:
            lines.append(f"{indent}{name} = {_literal(value)}\n")
    return "".join(lines)


def _literal(value: Any) -> str:
    if unknown(value):
        return "var.unknown"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return json.dumps(value)


def _readable(value: Any) -> Any:
    return json.loads(json.dumps(value))
