"""Manifests of Kueue's objects, read into types. What cannot be read is said, all of it at once."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from components.queues.model.findings import Finding
from components.queues.model.objects import GROUP, KINDS, VERSION, WITHOUT_SPEC, Named
from infra.problems import choices

RENAMED = {
    "cohort": "cohortName (v1beta2)",
    "admissionChecks": "admissionChecksStrategy.admissionChecks (v1beta2)",
    "retryDelayMinutes": "nothing: v1beta2 has no such field",
    "kubeConfig": "clusterSource.kubeConfig (v1beta2)",
}
"""Fields of v1beta1, which the API server takes in a v1beta2 object and drops unless it is told to be strict."""
MOVED_VALUES = {"Borrow": "MayStopSearch", "Preempt": "MayStopSearch"}
_METADATA = ("apiVersion", "kind", "metadata")


def parse(documents: Iterable[Mapping[str, Any]]) -> tuple[tuple[Named, ...], tuple[Finding, ...]]:
    """The objects that could be read, and what is wrong with the others. Documents of other groups are left out."""
    read: list[Named] = []
    found: list[Finding] = []
    for document in documents:
        if not str(document.get("apiVersion", "")).startswith(f"{GROUP}/"):
            continue
        problems = list(_read(document, read))
        found += problems
    return tuple(read), tuple(found)


def _read(document: Mapping[str, Any], read: list[Named]) -> Iterable[Finding]:
    kind, metadata = str(document.get("kind", "")), document.get("metadata") or {}
    name, namespace = str(metadata.get("name", "")), str(metadata.get("namespace", ""))
    subject = f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"
    if document["apiVersion"] != VERSION:
        return [Finding(subject, "apiVersion", f"is {document['apiVersion']}; only {VERSION} is taken", "version")]
    if kind not in KINDS:
        return [Finding(subject, "kind", f"{kind!r} is not known; {choices(kind, KINDS)}", "version")]
    if kind in WITHOUT_SPEC:
        fields, below = {key: value for key, value in document.items() if key not in _METADATA}, ""
    else:
        fields, below = document.get("spec") or {}, "spec"
    try:
        read.append(Named(name=name, namespace=namespace, spec=KINDS[kind].model_validate(fields, by_alias=True, by_name=False)))
    except ValidationError as error:
        return [Finding(subject, _path(below, each["loc"]), _words(dict(each)), "schema") for each in error.errors()]
    return []


def _path(below: str, loc: tuple[int | str, ...]) -> str:
    path = below
    for step in loc:
        path = f"{path}[{step}]" if isinstance(step, int) else f"{path}.{step}" if path else step
    return path


def _words(error: Mapping[str, Any]) -> str:
    last = str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        return f"is not a field of {VERSION}" + (f"; use {RENAMED[last]}" if last in RENAMED else "; take it out")
    if error["type"] == "missing":
        return "is missing"
    value = error.get("input")
    if error["type"] == "literal_error":
        moved = f"; {VERSION} calls it {MOVED_VALUES[value]}" if value in MOVED_VALUES else ""
        return f"is {value!r}, but must be {error['ctx']['expected']}{moved}"
    return f"is {value!r}: {str(error['msg']).removeprefix('Value error, ')}"
