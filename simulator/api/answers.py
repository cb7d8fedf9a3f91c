"""A request as the operations see it, and what they answer."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.api.errors import invalid
from simulator.api.operations import Operation

MOST = 1000
"""Items of a page."""
PAGING = frozenset({"limit", "page", "sortBy", "sortOrder"})
"""Parameters of a list that say which part of it, and in which order."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that has found its operation."""

    operation: Operation
    path: Mapping[str, str]
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    """By name, in lower case."""
    body: Any = None

    def one(self, name: str) -> str | None:
        """A parameter of the query that is given once."""
        found = self.query.get(name)
        return found[0] if found else None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    """A body that is no JSON."""


def paged(asked: Asked, items: list[Any]) -> Answer:
    """The page of a list that was asked for, and the token of the next. Raises ApiError for a token that nobody gave."""
    begin = _offset(asked.one("page"))
    limit = _limit(asked.one("limit"))
    page, left = items[begin : begin + limit], len(items) - begin - limit
    headers = {"opc-total-items": str(len(items))}
    if left > 0:
        headers["opc-next-page"] = base64.urlsafe_b64encode(f"from:{begin + limit}".encode()).decode()
    answer = asked.operation.answer
    collection = answer is not None and answer.kind == "model"
    return Answer(body={"items": page} if collection else page, headers=headers)


def _limit(text: str | None) -> int:
    if text is None:
        return 100
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise invalid(f"limit is {text!r}, and must be a whole number from 1 to {MOST}")
    return int(text)


def _offset(text: str | None) -> int:
    if text is None:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(text.encode()).decode().partition(":")
    except (binascii.Error, ValueError):
        word, number = "", ""
    if word != "from" or not number.isdecimal():
        raise invalid(f"page is {text!r}, which is no token of opc-next-page")
    return int(number)


def etag(held: object) -> str:
    """A version of what the cloud holds."""
    return hashlib.sha256(repr(held).encode()).hexdigest()[:32]
