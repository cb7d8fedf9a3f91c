"""What has no name that Oracle's Search knows, asked for by what it belongs to: `oci network nsg rules list`.

Unlike Search, a list is complete at once.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from platformctl.state.pending import Pending
from platformctl.state.searching import printed, undocumented


@dataclass(frozen=True, kw_only=True)
class Listed:
    """How the resources of a type are listed."""

    owner: str
    """The input that names what they belong to."""
    words: tuple[str, ...]
    """The command of `oci`; the id of the owner follows."""
    told: Mapping[str, str] = field(default_factory=dict)
    """Inputs that the service calls otherwise."""


# Oracle, command reference of `oci`; the ids are those of terraform-provider-oci 8.28.0, without their owner's; 2026-11.
LISTED: Mapping[str, Listed] = MappingProxyType(
    {
        "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule": Listed(
            owner="networkSecurityGroupId",
            words=("network", "nsg", "rules", "list", "--all", "--nsg-id"),
            told=MappingProxyType({"stateless": "isStateless"}),
        ),
        "oci:Budget/rule:Rule": Listed(owner="budgetId", words=("budgets", "alert-rule", "list", "--all", "--budget-id")),
    }
)
TAGS = frozenset({"freeformTags", "definedTags"})
"""Compared by nobody: tag defaults of the tenancy add to them."""


def owner(pending: Pending) -> str:
    """The id of what the resource belongs to; empty where its type is not listed or nothing says."""
    how = LISTED.get(pending.type)
    ident = pending.inputs.get(how.owner) if how is not None else None
    return ident if isinstance(ident, str) else ""


def listed(pending: Pending, environment: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
    """All of its type that belong to the same, in the words of the inputs. Raises Refused where `oci` does not answer."""
    how = LISTED[pending.type]
    return read(printed((*how.words, owner(pending)), environment, pending.region), how.words[0])


def read(answer: str, asked: str) -> Sequence[Mapping[str, Any]]:
    """What `oci` printed: nothing at all where it found nothing. Raises Refused."""
    if not answer.strip():
        return ()
    try:
        return tuple({**_spelled(item), "id": str(item["id"])} for item in json.loads(answer)["data"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise undocumented(asked, error) from error


def fitting(pending: Pending, found: Sequence[Mapping[str, Any]], known: Collection[str]) -> str:
    """The id of the one that is as it was asked for and that no state has. Empty where there is none, or more than one."""
    how = LISTED[pending.type]
    wanted = {how.told.get(key, key): value for key, value in pending.inputs.items() if key not in TAGS and not key.startswith("__")}
    wanted.pop(how.owner, None)
    fits = [str(each["id"]) for each in found if each["id"] not in known and _same(wanted, each)]
    return fits[0] if len(fits) == 1 else ""


def _same(wanted: Any, there: Any) -> bool:
    """Whether what is there has all that was asked for. What was left out may be anything, and off is the same as not said."""
    match wanted:
        case dict():
            return isinstance(there, Mapping) and all(_same(value, there.get(key)) for key, value in wanted.items())
        case list():
            return isinstance(there, list) and len(wanted) == len(there) and all(map(_same, wanted, there))
        case False | None:
            return there in (False, None)
        case True:
            return there is True
    return bool(_number(wanted) == _number(there))


def _number(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def _spelled(value: Any) -> Any:
    """`destination-port-range` as inputs have it: destinationPortRange."""
    match value:
        case dict():
            return {re.sub("-([a-z])", lambda letter: letter[1].upper(), key): _spelled(item) for key, item in value.items()}
        case list():
            return [_spelled(item) for item in value]
    return value
