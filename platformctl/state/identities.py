"""The id that the cloud gives a resource, where that is made of what the resource is, or where its name leads to it: pure."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from platformctl.state.pending import Pending

LOCAL = ("pulumi:", "random:")
"""Types that are made by their provider alone: what was not finished is nowhere."""
GONE = frozenset({"DELETED", "DELETING", "TERMINATED", "TERMINATING", "FAILED"})
"""States of what is no longer there. In the services' own words, in capitals."""

# Types whose id is made of their inputs: terraform-provider-oci 8.28.0, the Get*CompositeId functions; 2026-11.
_MADE_OF: Mapping[str, str] = MappingProxyType(
    {
        "oci:ContainerEngine/addon:Addon": "clusters/{clusterId}/addons/{addonName}",
        "oci:Core/defaultDhcpOptions:DefaultDhcpOptions": "{manageDefaultResourceId}",
        "oci:Core/defaultRouteTable:DefaultRouteTable": "{manageDefaultResourceId}",
        "oci:Core/defaultSecurityList:DefaultSecurityList": "{manageDefaultResourceId}",
        "oci:Core/shapeManagement:ShapeManagement": "imageId/{imageId}/shapeName/{shapeName}",
        "oci:ObjectStorage/bucket:Bucket": "n/{namespace}/b/{name}",
        "oci:ObjectStorage/objectLifecyclePolicy:ObjectLifecyclePolicy": "n/{namespace}/b/{bucket}/l",
        "kubernetes:helm.sh/v3:Release": "{namespace}/{name}",
    }
)
_FIELD = re.compile(r"{(\w+)}")

# What an OCID calls a type, where that is not the type in lower case. Oracle, "Resource Identifiers" and the API references; 2026-11.
_ENTITIES: Mapping[str, str] = MappingProxyType({"FileStorageLustreFileSystem": "lustrefilesystem", "NotificationTopic": "onstopic"})


@dataclass(frozen=True, kw_only=True)
class Found:
    """A resource as Oracle's Search tells of it."""

    ident: str
    name: str
    compartment: str
    state: str
    tags: Mapping[str, str]


Search = Callable[[str], Sequence[Found]]
"""What is called so, wherever it is."""


def is_local(pending: Pending) -> bool:
    """Whether nothing but the engine's own state can hold it."""
    return pending.type.startswith(LOCAL)


def made_of(pending: Pending) -> str:
    """The id that the resource has if it is there, by its inputs; empty where they do not say."""
    template = _MADE_OF.get(pending.type)
    if template is not None:
        values = {key: pending.inputs.get(key) for key in _FIELD.findall(template)}
        return template.format(**values) if all(isinstance(value, str) and value for value in values.values()) else ""
    if pending.type.startswith("kubernetes:"):
        metadata = pending.inputs.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        if isinstance(name, str) and isinstance(metadata, dict):
            namespace = metadata.get("namespace")
            return f"{namespace}/{name}" if isinstance(namespace, str) else name
    return ""


def searched(pending: Pending, search: Search, known: Collection[str]) -> str:
    """The OCID of the one resource that is called so, of its kind, in its compartment, with its tags, and that no state has.

    Empty where there is none, or more than one.
    """
    name = pending.displayed
    if not name or not pending.type.startswith("oci:"):
        return ""
    fits = [found.ident for found in search(name) if _fits(found, pending) and found.ident not in known]
    return fits[0] if len(fits) == 1 else ""


def _fits(found: Found, pending: Pending) -> bool:
    kind = pending.type.rpartition(":")[2]
    wanted = _texts(pending.inputs.get("freeformTags"))
    return (
        found.name == pending.displayed
        and found.ident.startswith(f"ocid1.{_ENTITIES.get(kind, kind.lower())}.")
        and found.compartment == pending.inputs.get("compartmentId")
        and found.state.upper() not in GONE
        and all(found.tags.get(key) == value for key, value in wanted.items())
    )


def _texts(tags: Any) -> dict[str, str]:
    return {key: value for key, value in tags.items() if isinstance(value, str)} if isinstance(tags, dict) else {}
