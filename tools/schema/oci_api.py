"""Write `simulator/api/operations.json` from the installed OCI SDK, read as text.

    python -m tools.schema.oci_api

Every operation of the services that the simulated cloud answers for, by name, method and path, and the models of those that it
carries out. The SDK's clients and models are the published record of Oracle's REST API. One short word a property keeps the file
small: `str int float bool datetime object`, `[x]` a list, `{x}` a map, `#Name` a model, `str=A|B` those values only; a trailing
`!` means required.
"""

import ast
import importlib.metadata
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.api import answering

OUT = Path(__file__).parents[2] / "simulator" / "api" / "operations.json"

# Service, and the modules of its clients. The order decides where two services have an operation of one method and path.
SERVICES = {
    "core": ("virtual_network_client", "compute_client", "compute_management_client", "blockstorage_client"),
    "container_engine": ("container_engine_client",),
    "identity": ("identity_client",),
    "work_requests": ("work_request_client",),
    "limits": ("limits_client", "quotas_client"),
    "budget": ("budget_client",),
    "bastion": ("bastion_client",),
    "file_storage": ("file_storage_client",),
    "object_storage": ("object_storage_client",),
    "resource_search": ("resource_search_client",),
    "lustre_file_storage": ("lustre_file_storage_client",),
    "log_analytics": ("log_analytics_client",),
    "ons": ("notification_control_plane_client", "notification_data_plane_client"),
}

_SCALARS = {"str", "int", "float", "bool", "datetime", "object"}
_WORDS = {"date": "datetime", "bytes": "str", "stream": "stream", "dict(str, object)": "{object}"}


def sdk() -> Path:
    spec = importlib.util.find_spec("oci")
    if spec is None or spec.origin is None:
        raise SystemExit("oci is not installed: pip install -r requirements-dev.txt")
    return Path(spec.origin).parent


def word(text: str) -> str:
    """A type as the SDK writes it, as the table does."""
    text = text.strip()
    if text in _SCALARS:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text.startswith("list["):
        return f"[{word(text[5:-1])}]"
    if text.startswith("dict("):
        return f"{{{word(text[5:-1].partition(',')[2])}}}"
    return f"#{text}"


# Operations


def operations(root: Path, service: str, module: str) -> Iterator[dict[str, Any]]:
    path = root / service / f"{module}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for cls in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        base = ""
        for method in (node for node in cls.body if isinstance(node, ast.FunctionDef)):
            if method.name == "__init__":
                base = next(iter(_strings(method, "base_path")), "/").rstrip("/")
            elif (found := _operation(base, method)) is not None:
                yield found


def _strings(method: ast.FunctionDef, key: str) -> Iterator[str]:
    """Values of a key in the dictionaries of a method."""
    for node in ast.walk(method):
        if isinstance(node, ast.Dict):
            for name, value in zip(node.keys, node.values, strict=True):
                if isinstance(name, ast.Constant) and name.value == key and isinstance(value, ast.Constant):
                    yield str(value.value)


def _operation(base: str, method: ast.FunctionDef) -> dict[str, Any] | None:
    said: dict[str, Any] = {}
    for node in method.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
            if name in ("resource_path", "method", "api_reference_link") and isinstance(value, ast.Constant):
                said[name] = value.value
            elif name in ("query_params", "header_params") and isinstance(value, ast.Dict):
                said[name] = [key.value for key in value.keys if isinstance(key, ast.Constant)]
    if "resource_path" not in said:
        return None
    call = next(
        node for node in ast.walk(method) if isinstance(node, ast.Call) and any(word.arg == "resource_path" for word in node.keywords)
    )
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    found: dict[str, Any] = {
        "name": said.get("api_reference_link", "").rpartition("/")[2] or _camel(method.name),
        "method": said["method"],
        "path": base + said["resource_path"],
    }
    if said.get("query_params"):
        found["query"] = [key for key in said["query_params"] if isinstance(key, str)]
    body = keywords.get("body")
    if isinstance(body, ast.Name):
        hit = re.search(rf":param (\S+) {re.escape(body.id)}:", ast.get_docstring(method) or "")
        found["body"] = word(re.sub(r"oci\.\w+\.models\.", "", hit[1])) if hit else "object"
    answer = keywords.get("response_type")
    if isinstance(answer, ast.Constant):
        found["answer"] = word(str(answer.value))
    return found


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


# Models


def model(root: Path, service: str, name: str) -> dict[str, Any]:
    path = root / service / "models" / f"{_module(root, service, name)}.py"
    cls = next(node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef) and node.name == name)
    methods = [node for node in cls.body if isinstance(node, ast.FunctionDef)]
    types, wire = {}, {}
    for node in ast.walk(next(method for method in methods if method.name == "__init__")):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute) and isinstance(node.value, ast.Dict):
            if node.targets[0].attr == "swagger_types":
                types = ast.literal_eval(node.value)
            elif node.targets[0].attr == "attribute_map":
                wire = ast.literal_eval(node.value)
    getters = {method.name: ast.get_docstring(method) or "" for method in methods if _decorated(method, "property")}
    values = {method.name: _allowed(method) for method in methods if _decorated(method, "setter")}
    attributes = {}
    for key, text in types.items():
        # An enumeration without a class of its own is text on the wire.
        kind = re.sub(r"#(\w+)", lambda hit: hit[0] if _module(root, service, hit[1]) else "str", word(text))
        if values.get(key):
            choice = f"str={'|'.join(values[key])}"
            kind = f"[{choice}]" if kind.startswith("[") else choice
        attributes[wire[key]] = kind + ("!" if "**[Required]**" in getters.get(key, "") else "")
    found: dict[str, Any] = {"attributes": attributes}
    subtype = next((method for method in methods if method.name == "get_subtype"), None)
    if subtype is not None:
        text = ast.unparse(subtype)
        key = re.search(r"object_dictionary\['(\w+)'\]", text)
        if key is not None:
            found["by"] = key[1]
            found["subtypes"] = dict(re.findall(r"type == '([^']+)':\s+return '(\w+)'", text))
    return found


def _decorated(method: ast.FunctionDef, name: str) -> bool:
    return any(
        (isinstance(each, ast.Name) and each.id == name) or (isinstance(each, ast.Attribute) and each.attr == name)
        for each in method.decorator_list
    )


def _allowed(method: ast.FunctionDef) -> list[str]:
    for node in ast.walk(method):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "allowed_values":
            return [str(value) for value in ast.literal_eval(node.value)]
    return []


_FILES: dict[str, dict[str, str]] = {}


def _module(root: Path, service: str, name: str) -> str:
    """The module of a model, as the package's `__init__` says; empty when there is none."""
    if service not in _FILES:
        text = (root / service / "models" / "__init__.py").read_text(encoding="utf-8")
        _FILES[service] = {cls: module for module, cls in re.findall(r"from \.(\w+) import (\w+)", text)}
    return _FILES[service].get(name, "")


def models(root: Path, service: str, wanted: set[str]) -> dict[str, Any]:
    """The models named, and all that those are made of."""
    found: dict[str, Any] = {}
    left = sorted(wanted)
    while left:
        name = left.pop()
        if name in found:
            continue
        found[name] = model(root, service, name)
        left += [each for kind in found[name]["attributes"].values() for each in re.findall(r"#(\w+)", kind)]
        left += found[name].get("subtypes", {}).values()
    return dict(sorted(found.items()))


def table() -> dict[str, Any]:
    root = sdk()
    services = {}
    for service, modules in SERVICES.items():
        found = [operation for module in modules for operation in operations(root, service, module)]
        wanted = {
            name
            for operation in found
            if answering.answers(operation["method"], operation["path"])
            for key in ("body", "answer")
            for name in re.findall(r"#(\w+)", operation.get(key, ""))
        }
        services[service] = {"operations": found, "models": models(root, service, wanted)}
    return {"sdk": importlib.metadata.version("oci"), "services": services}


def text() -> str:
    """The table, an operation and a model a line."""
    found = table()
    parts = []
    for service, held in found["services"].items():
        rows = ",\n".join(f"    {json.dumps(row, separators=(',', ':'))}" for row in held["operations"])
        kinds = ",\n".join(f"    {json.dumps(name)}: {json.dumps(row, separators=(',', ':'))}" for name, row in held["models"].items())
        parts.append(f'  {json.dumps(service)}: {{\n   "operations": [\n{rows}\n   ],\n   "models": {{\n{kinds}\n   }}\n  }}')
    return f'{{\n "sdk": {json.dumps(found["sdk"])},\n "services": {{\n{",".join(chr(10) + part for part in parts)[1:]}\n }}\n}}\n'


if __name__ == "__main__":
    OUT.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"wrote {OUT}\n")
