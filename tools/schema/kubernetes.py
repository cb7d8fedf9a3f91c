"""Write `simulator/kubernetes/schema.json` from the installed pulumi_kubernetes SDK, read as text.

    python -m tools.schema.kubernetes

The SDK's argument classes are the only published record of the provider's inputs that needs no plugin and no cluster. One short
word a property keeps the file small: `string integer number boolean any asset`, `[x]` an array, `{x}` a map, `#name` a type of the
`types` table, `a|b` either, `string=v1` that value only; a trailing `!` means required.
"""

import ast
import importlib.metadata
import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path

OUT = Path(__file__).parents[2] / "simulator" / "kubernetes" / "schema.json"

KINDS = {
    "admissionregistration/v1": [
        "MutatingWebhookConfiguration", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
    ],
    "apiextensions/v1": ["CustomResourceDefinition"],
    "apps/v1": ["DaemonSet", "Deployment", "StatefulSet"],
    "autoscaling/v2": ["HorizontalPodAutoscaler"],
    "batch/v1": ["CronJob", "Job"],
    "core/v1": [
        "ConfigMap", "LimitRange", "Namespace", "PersistentVolume", "PersistentVolumeClaim", "Pod", "ResourceQuota", "Secret", "Service",
        "ServiceAccount",
    ],
    "helm/v3": ["Release"],
    "networking/v1": ["Ingress", "IngressClass", "NetworkPolicy"],
    "node/v1": ["RuntimeClass"],
    "policy/v1": ["PodDisruptionBudget"],
    "rbac/v1": ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
    "resource/v1": ["DeviceClass", "ResourceClaim", "ResourceClaimTemplate"],
    "scheduling/v1": ["PriorityClass"],
    "storage/v1": ["CSIDriver", "StorageClass"],
}  # fmt: skip

# Kinds without a namespace (Kubernetes API reference, 1.36).
CLUSTER_SCOPED = {
    "ClusterRole", "ClusterRoleBinding", "CSIDriver", "CustomResourceDefinition", "DeviceClass", "IngressClass",
    "MutatingWebhookConfiguration", "Namespace", "PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass",
    "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
}  # fmt: skip

PRIMITIVES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "Any": "any"}


class Sdk:
    """The SDK's source files, parsed once each."""

    def __init__(self) -> None:
        spec = importlib.util.find_spec("pulumi_kubernetes")
        if spec is None or spec.origin is None:
            raise SystemExit("pulumi_kubernetes is not installed: pip install -r requirements.txt")
        self.root = Path(spec.origin).parent
        self._modules: dict[Path, dict[str, ast.ClassDef]] = {}

    def classes(self, relative: str) -> dict[str, ast.ClassDef]:
        path = self.root / relative
        if path not in self._modules:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            self._modules[path] = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        return self._modules[path]


def getters(cls: ast.ClassDef) -> dict[str, str]:
    """Python name to wire name, of the properties of a class."""
    found = {}
    for node in cls.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            target = call.func if call else decorator
            if isinstance(target, ast.Attribute) and target.attr == "getter":
                found[node.name] = call.keywords[0].value.value if call and isinstance(call.keywords[0].value, ast.Constant) else node.name
    return {python: str(wire) for python, wire in found.items()}


def arguments(cls: ast.ClassDef) -> Iterator[tuple[str, ast.expr, bool]]:
    """Name, annotation and whether it is required, of the constructor's keyword arguments."""
    init = next(node for node in cls.body if isinstance(node, ast.FunctionDef) and node.name == "__init__")
    for argument, default in zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True):
        if argument.annotation is not None:
            yield argument.arg, argument.annotation, default is None


class Reader:
    """Follows the types of the chosen kinds through the SDK and collects what they are made of."""

    def __init__(self, sdk: Sdk) -> None:
        self.sdk = sdk
        self.types: dict[str, dict[str, str]] = {}

    def word(self, node: ast.expr, home: str) -> str:  # noqa: PLR0911 - one return an annotation form
        """The short word for an annotation found in module `home`."""
        match node:
            case ast.Subscript(value=outer, slice=inner):
                name = outer.attr if isinstance(outer, ast.Attribute) else getattr(outer, "id", "")
                parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                if name in ("Input", "Optional"):
                    return self.word(parts[0], home)
                if name == "Sequence":
                    return f"[{self.word(parts[0], home)}]"
                if name == "Mapping":
                    return f"{{{self.word(parts[1], home)}}}"
                if name == "Literal":
                    return "|".join(
                        f"string={part.value!s}" for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)
                    )
                if name == "Union":
                    return "|".join(dict.fromkeys(self.word(part, home) for part in parts if not _is_dict_form(part)))
                raise ValueError(ast.dump(node))
            case ast.Constant(value=str(reference)):
                # A name without "Args" is an enum class, offered beside str: the SDK does not close the list.
                return self.reference(reference, home) if reference.endswith("Args") else "string"
            case ast.Attribute(attr=("Asset" | "Archive")):
                return "asset"
            case ast.Attribute(attr=name) | ast.Name(id=name):
                return PRIMITIVES[name]
        raise ValueError(ast.dump(node))

    def reference(self, text: str, home: str) -> str:
        *module, name = text.split(".")
        place = "/".join(part.removeprefix("_") for part in module) or home
        key = f"{place}:{name.removesuffix('Args')}"
        if key not in self.types:
            self.types[key] = {}  # before its fields: types refer to themselves
            self.types[key] = self.fields(self.sdk.classes(f"{place}/_inputs.py")[name], place)
        return f"#{key}"

    def fields(self, cls: ast.ClassDef, home: str) -> dict[str, str]:
        wire = getters(cls)
        return {wire[name]: self.word(annotation, home) + "!" * required for name, annotation, required in arguments(cls)}


def _is_dict_form(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith("Dict")


def kind_facts(reader: Reader, home: str, kind: str) -> tuple[str, dict[str, object]]:
    classes = reader.sdk.classes(f"{home}/{kind}.py")
    resource = classes[kind]
    decorators = (d for d in resource.decorator_list if isinstance(d, ast.Call) and isinstance(d.args[0], ast.Constant))
    token = str(next(d.args[0].value for d in decorators if isinstance(d.args[0], ast.Constant)))
    args = classes.get(f"{kind}InitArgs") or classes[f"{kind}Args"]
    inputs = reader.fields(args, home)
    facts: dict[str, object] = {"inputs": inputs, "outputs": sorted(set(getters(resource).values()) - set(inputs))}
    if kind in CLUSTER_SCOPED:
        facts["clusterScoped"] = True
    return token, facts


def provider_inputs(reader: Reader) -> dict[str, str]:
    return reader.fields(reader.sdk.classes("provider.py")["ProviderArgs"], ".")


def render(facts: dict[str, object]) -> str:
    """JSON with one line per kind or type: a changed property is a changed line in review."""
    lines = ["{"]
    for section, content in facts.items():
        if section in ("types", "kinds") and isinstance(content, dict):
            rows = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in sorted(content.items()))
            lines.append(f" {json.dumps(section)}: {{\n{rows}\n }},")
        else:
            lines.append(f" {json.dumps(section)}: {json.dumps(content)},")
    lines[-1] = lines[-1].removesuffix(",")
    return "\n".join([*lines, "}"]) + "\n"


def collect() -> dict[str, object]:
    reader = Reader(Sdk())
    provider = provider_inputs(reader)
    kinds = dict(kind_facts(reader, home, kind) for home, names in KINDS.items() for kind in names)
    version = importlib.metadata.version("pulumi_kubernetes")
    groups = sorted(path.name for path in reader.sdk.root.iterdir() if (path / "v1").is_dir())
    return {
        "source": f"pulumi_kubernetes {version}, written by tools/schema/kubernetes.py",
        "version": version,
        "groups": groups,
        "provider": provider,
        "kinds": kinds,
        "types": reader.types,
    }


def main() -> int:
    OUT.write_text(render(collect()), encoding="utf-8")
    print(f"wrote {OUT.relative_to(Path.cwd()) if OUT.is_relative_to(Path.cwd()) else OUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
