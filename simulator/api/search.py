"""Resource search: the structured queries that Oracle takes, as far as they are needed to find what a stack left behind.

    query all resources where compartmentId = 'ocid1...' && freeformTags.value = 'oke-gpu-platform'

Oracle, "Search Language Syntax", 2026-11. What is not understood is refused, never guessed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.api.errors import invalid

_QUERY = re.compile(
    r"\s*query\s+(?P<types>[\w\s,]+?)\s+resources(?:\s+return\s+\S+)?(?:\s+where\s+(?P<where>.*?))?(?:\s+sorted\s+by\s+.*)?\s*", re.I | re.S
)
_JOIN = re.compile(r"\s*(&&|\|\||\band\b|\bor\b)\s*", re.I)
_CONDITION = re.compile(
    r"""\(*\s*(?P<field>[\w.-]+)\s*(?P<op>!=|==|=~|=|!~)\s*(?P<quote>['"])(?P<value>.*?)(?P=quote)\s*\)*""", re.I | re.S
)

# What search calls the types: Oracle, "Supported Resources", 2026-11. Others are called as their API's model is.
TYPES: Mapping[str, str] = {
    "Cluster": "ClustersCluster", "NodePool": "NodePool", "Addon": "ClustersAddon", "FileStorageLustreFileSystem": "LustreFileSystem",
    "Rule": "AlertRule", "NotificationTopic": "OnsTopic", "Subscription": "OnsSubscription",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Query:
    types: frozenset[str]
    """In lower case; empty for all."""
    conditions: tuple[tuple[str, str, str], ...]
    """Field, operator and value. All must hold."""


def read(text: str) -> Query:
    """Raises ApiError for what is not understood."""
    said = _QUERY.fullmatch(text)
    if said is None:
        raise invalid(f"query is {text!r}, and must read: query <types or all> resources [where <field> = '<value>' [&& ...]]")
    types = frozenset(word.lower() for word in re.split(r"[\s,]+", said["types"].strip()) if word)
    conditions = []
    for part in _parts(said["where"] or ""):
        hit = _CONDITION.fullmatch(part)
        if hit is None:
            raise invalid(f"query has the condition {part!r}; conditions are: <field> = '<value>', !=, =~ and !~")
        conditions.append((hit["field"], hit["op"], hit["value"]))
    return Query(types=types - {"all"}, conditions=tuple(conditions))


def _parts(where: str) -> Iterator[str]:
    if not where.strip():
        return
    pieces = _JOIN.split(where)
    if any(word.lower() in ("||", "or") for word in pieces[1::2]):
        raise invalid("query joins conditions with `or`, which is not simulated: ask twice")
    yield from pieces[::2]


def matches(query: Query, kind: str, item: Mapping[str, Any]) -> bool:
    if query.types and kind.lower() not in query.types:
        return False
    return all(_holds(item, field, op, value) for field, op, value in query.conditions)


def _holds(item: Mapping[str, Any], field: str, op: str, value: str) -> bool:
    found = [text.lower() for text in _values(item, field.split("."))]
    wanted = value.lower()
    hit = any(wanted in text for text in found) if op.endswith("~") else wanted in found
    return hit != op.startswith("!")


def _values(item: Any, path: list[str]) -> Iterator[str]:
    """The values of a field; `freeformTags.key` and `.value` are those of any tag."""
    if not path:
        yield str(item)
        return
    head, *tail = path
    if not isinstance(item, Mapping):
        return
    for key, value in item.items():
        if key.lower() == head.lower():
            yield from _values(value, tail)
            return
    if head.lower() == "key":
        yield from map(str, item)
    elif head.lower() == "value":
        for value in item.values():
            yield from _values(value, tail)
