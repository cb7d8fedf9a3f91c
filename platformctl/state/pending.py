"""What an engine that was killed left unsettled in a stack's state, and the state with that settled: pure."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.engine.plan import name_of, type_of

CREATING = "creating"
IDENTIFYING = ("displayName", "name", "cidrBlock", "description")
"""Inputs that people find a resource by in a console, best first."""


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An operation that was under way when the engine ended."""

    urn: str
    what: str
    """`creating`, `updating`, `deleting` ..."""
    inputs: Mapping[str, Any]
    region: str = ""
    """Where its provider makes it; empty where the state does not say."""

    @property
    def type(self) -> str:
        return type_of(self.urn)

    @property
    def name(self) -> str:
        return name_of(self.urn)

    @property
    def displayed(self) -> str:
        """The name that Oracle shows of it, empty where it has none."""
        return next((str(self.inputs[key]) for key in ("displayName", "name") if isinstance(self.inputs.get(key), str)), "")

    @property
    def called(self) -> str:
        """What it is called in the cloud, empty where nothing says."""
        metadata = self.inputs.get("metadata")
        if isinstance(metadata, dict):
            return "/".join(str(metadata[key]) for key in ("namespace", "name") if metadata.get(key))
        return next((str(self.inputs[key]) for key in IDENTIFYING if isinstance(self.inputs.get(key), str)), "")


def pending(exported: Mapping[str, Any]) -> tuple[Pending, ...]:
    """The operations that a state, as `pulumi stack export` prints it, has not seen the end of."""
    deployment = exported.get("deployment", {})
    regions = {f"{each['urn']}::{each.get('id')}": (each.get("inputs") or {}).get("region") for each in deployment.get("resources") or ()}
    return tuple(
        Pending(
            urn=each["resource"]["urn"],
            what=each["type"],
            inputs=each["resource"].get("inputs") or {},
            region=_text(regions.get(each["resource"].get("provider"))),
        )
        for each in deployment.get("pending_operations") or ()
    )


def known(exported: Mapping[str, Any]) -> frozenset[str]:
    """The ids of what the state has."""
    return frozenset(each["id"] for each in exported.get("deployment", {}).get("resources") or () if each.get("id"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def settled(exported: Mapping[str, Any], made: Mapping[str, str]) -> dict[str, Any]:
    """The state with nothing pending: what was `made`, ids by URN, is in it, and the next refresh fills in the rest.

    What was being created and is not in `made` is not there. What was being updated or deleted stays as it was before. Raises KeyError for
    a URN in `made` that nothing was creating.
    """
    state: dict[str, Any] = copy.deepcopy(dict(exported))
    deployment = state["deployment"]
    creating = {
        each["resource"]["urn"]: each["resource"] for each in deployment.get("pending_operations") or () if each["type"] == CREATING
    }
    for urn, ident in made.items():
        resource = {**creating[urn], "id": ident}
        resource.setdefault("outputs", resource.get("inputs", {}))
        # Whatever it depends on was there before it was asked for, so that its place is after all others.
        deployment.setdefault("resources", []).append(resource)
    deployment.pop("pending_operations", None)
    return state
