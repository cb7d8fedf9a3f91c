"""What is in rendered documents: pods, images, tolerations, ports."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from testkit.charts.render import is_hook
from testkit.control_plane.client import Object

STAYS = frozenset({"Deployment", "DaemonSet", "StatefulSet"})
"""Kinds whose pods run for as long as the release is there."""

_ARGUMENT = re.compile(r"^--?[a-z-]*(?:image|reloader)[a-z-]*=(?P<image>[^=\s]*/[^=\s]+)$")
_FIELDS = frozenset({"image", "defaultJobImage"})


@dataclass(frozen=True, kw_only=True)
class Template:
    """Pods that an object makes."""

    kind: str
    name: str
    namespace: str | None
    labels: Mapping[str, str]
    spec: Mapping[str, Any]
    hook: bool

    @property
    def stays(self) -> bool:
        return self.kind in STAYS and not self.hook

    @property
    def containers(self) -> list[Mapping[str, Any]]:
        """Those that run side by side for as long as the pod does: init containers that go on are among them."""
        beside = [each for each in self.spec.get("initContainers") or () if each.get("restartPolicy") == "Always"]
        return [*beside, *self.spec["containers"]]

    def pod(self, name: str, namespace: str) -> Object:
        """One pod of it. It runs under the namespace's default account: a hook's own is made with the hook, and gone with it."""
        spec = {key: value for key, value in self.spec.items() if key not in ("serviceAccountName", "serviceAccount")}
        metadata = {"name": name, "namespace": self.namespace or namespace, "labels": dict(self.labels)}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def templates(documents: Iterable[Object]) -> Iterator[Template]:
    for document in documents:
        spec = document.get("spec") or {}
        if document["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        made = document if document["kind"] == "Pod" else spec.get("template") if isinstance(spec, Mapping) else None
        if isinstance(made, Mapping) and "containers" in (made.get("spec") or {}):
            meta = document["metadata"]
            labels = (made.get("metadata") or {}).get("labels") or {}
            yield Template(
                kind=document["kind"], name=meta["name"], namespace=meta.get("namespace"), labels=labels, spec=made["spec"],
                hook=is_hook(document),
            )  # fmt: skip


def references(spec: Mapping[str, Any]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """What a pod does not start without: kind and name of each ConfigMap and Secret, with the keys that it must have, and its account."""
    if account := spec.get("serviceAccountName"):
        yield "ServiceAccount", account, frozenset()
    for volume in spec.get("volumes") or ():
        projected = (volume.get("projected") or {}).get("sources") or ()
        for source in (volume, *projected):
            for kind, key, name in (("ConfigMap", "configMap", "name"), ("Secret", "secret", "secretName")):
                found = source.get(key) or {"optional": True}
                if not found.get("optional"):
                    yield kind, found.get(name) or found["name"], frozenset(item["key"] for item in found.get("items") or ())
    for container in (*(spec.get("initContainers") or ()), *spec["containers"]):
        taken = [(each.get("valueFrom") or {}, "KeyRef") for each in container.get("env") or ()]
        for source, ending in (*taken, *((each, "Ref") for each in container.get("envFrom") or ())):
            for kind, key in (("ConfigMap", "configMap"), ("Secret", "secret")):
                found = source.get(f"{key}{ending}") or {"optional": True}
                if not found.get("optional"):
                    yield kind, found["name"], frozenset({found["key"]} if "key" in found else ())


def images(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every image that a document names, with where: in containers and in fields of custom resources, in operators' arguments, and in
    JSON that a ConfigMap holds. Those of what is switched off are left out."""
    if isinstance(value, Mapping):
        if value.get("enabled") is False:
            return
        if all(isinstance(value.get(part), str) for part in ("repository", "image", "version")):  # as NVIDIA's operator takes them
            yield path, f"{value['repository']}/{value['image']}:{value['version']}"
            value = {key: item for key, item in value.items() if key != "image"}
        version = value.get("defaultImageVersion")  # as KServe takes those of explainers
        for key, item in value.items():
            here = f"{path}.{key}" if path else str(key)
            if key in _FIELDS and isinstance(item, str) and item:
                yield here, f"{item}:{version}" if version else item
            else:
                yield from images(item, here)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from images(item, f"{path}.{index}")
    elif isinstance(value, str):
        if found := _ARGUMENT.match(value):
            yield path, found["image"]
        elif value.lstrip().startswith("{"):
            yield from images(_json(value), path)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def unpinned(image: str) -> str | None:
    """What is wrong with an image that a node may not find, or find changed; None where nothing is."""
    name, _, digest = image.partition("@")
    registry, slash, rest = name.partition("/")
    if not slash or not ("." in registry or ":" in registry or registry == "localhost"):
        return "names no registry, and CRI-O completes no short names"
    tag = rest.rpartition(":")[2] if ":" in rest else ""
    if digest or (tag and tag != "latest"):
        return None
    return "has the tag latest" if tag else "has no tag"


def tolerates(tolerations: Iterable[Mapping[str, Any]], taint: Mapping[str, str]) -> bool:
    """Kubernetes, "Taints and Tolerations": whether one of them matches the taint (key, value, effect)."""
    return any(
        each.get("effect") in (None, "", taint["effect"])
        and (not each.get("key") or each["key"] == taint["key"])
        and (each.get("operator") == "Exists" or each.get("value", "") == taint["value"])
        for each in tolerations
    )


def matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector (matchLabels, matchExpressions) selects `labels`. An empty one selects all."""
    wanted = selector.get("matchLabels") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    for each in selector.get("matchExpressions") or ():
        there, values = each["key"] in labels, each.get("values") or ()
        holds = {
            "Exists": there,
            "DoesNotExist": not there,
            "In": labels.get(each["key"]) in values,
            "NotIn": labels.get(each["key"]) not in values,
        }
        if not holds[each["operator"]]:
            return False
    return True
