"""The versions of a stack's state that its bucket keeps, and putting one back. Nothing is lost: what was there becomes a version."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from platformctl.state import locks
from platformctl.state.location import StateLocation
from platformctl.state.report import StateError
from platformctl.state.store import NotToldError, asking

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, kw_only=True)
class Version:
    ident: str
    written: datetime
    size: int
    """Bytes."""
    current: bool


def key(location: StateLocation, project: str, stack: str) -> str:
    return location.key(f".pulumi/stacks/{project}/{stack}.json")


def versions(location: StateLocation, client: "S3Client", project: str, stack: str) -> tuple[Version, ...]:
    """Newest first. Raises StateError."""
    wanted = key(location, project, stack)
    try:
        with asking(location, "list the versions in"):
            pages = client.get_paginator("list_object_versions").paginate(Bucket=location.bucket, Prefix=wanted)
            found = [each for page in pages for each in page.get("Versions", []) if each["Key"] == wanted]
    except NotToldError as error:
        asked = (
            f"oci os object list-object-versions --namespace-name {location.namespace} --bucket-name {location.bucket} --prefix {wanted}"
        )
        raise StateError(f"{error} Ask Oracle's own interface: {asked}") from error
    if not found:
        raise StateError(f"{location.bucket} has no state at {wanted}: nobody has brought the stack up there, or it is kept elsewhere.")
    kept = (Version(ident=each["VersionId"], written=each["LastModified"], size=each["Size"], current=each["IsLatest"]) for each in found)
    return tuple(sorted(kept, key=lambda version: (version.current, version.written), reverse=True))


def content(location: StateLocation, client: "S3Client", project: str, stack: str, version: str | None = None) -> bytes:
    """The state as it is, or as it was. Raises StateError."""
    wanted = key(location, project, stack)
    if version is None:
        with asking(location, "read the state in"):
            return client.get_object(Bucket=location.bucket, Key=wanted)["Body"].read()
    with asking(location, f"read version {version} of the state in"):
        return client.get_object(Bucket=location.bucket, Key=wanted, VersionId=version)["Body"].read()


def problem(state: bytes, project: str, stack: str) -> str:
    """Why these bytes are no state of the stack; empty where they are."""
    try:
        document = json.loads(state)
    except ValueError as error:
        return f"is no whole JSON ({error}): it may have been cut off"
    if not isinstance(document, Mapping):
        return "is no state: it must be a mapping with a checkpoint"
    if "deployment" in document:
        return "is what `pulumi stack export` writes: give it to `pulumi stack import`, which settles secrets and checks it"
    checkpoint = document.get("checkpoint")
    if not isinstance(checkpoint, Mapping) or "stack" not in checkpoint:
        return "is no state of Pulumi's: it has no checkpoint that names its stack"
    if checkpoint["stack"] != f"organization/{project}/{stack}":
        return f"is the state of {str(checkpoint['stack']).removeprefix('organization/')}, not of {project}/{stack}"
    return _resources(checkpoint.get("latest"), project, stack)


def _resources(latest: Any, project: str, stack: str) -> str:
    """Whether the resources are the stack's: a name can be written over, and URNs are all of one stack."""
    resources = latest.get("resources") if isinstance(latest, Mapping) else None
    if latest is not None and not isinstance(resources, list | type(None)):
        return "is no state of Pulumi's: its resources are no list"
    begin = f"urn:pulumi:{stack}::{project}::"
    others = [each for each in resources or () if not str(each.get("urn", "") if isinstance(each, Mapping) else "").startswith(begin)]
    return f"has {len(others)} resources that are of another stack than {project}/{stack}" if others else ""


def restored(location: StateLocation, client: "S3Client", project: str, stack: str, state: bytes) -> None:
    """Put these bytes in the state's place, with every engine kept out meanwhile. Raises StateError."""
    wrong = problem(state, project, stack)
    if wrong:
        raise StateError(f"What is to be restored {wrong}.")
    with locks.taken(location, client, project, stack), asking(location, "write the state in"):
        client.put_object(Bucket=location.bucket, Key=key(location, project, stack), Body=state)
