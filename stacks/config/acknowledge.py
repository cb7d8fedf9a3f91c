"""The `acknowledge` section: what may be replaced or deleted, said by name."""

from contextlib import suppress
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from infra.section import RESOURCE, Section


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) == len("2026-12-31"):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError("write the day in quotes, like '2026-12-31'")


class Acknowledgement(Section):
    resource: Annotated[str, StringConstraints(pattern=RESOURCE)]
    """Type and name of the resource that may be replaced or deleted, as `platformctl diff` writes them."""
    reason: Annotated[str, Field(min_length=1)]
    """Why that is right."""
    expires: Annotated[date, BeforeValidator(_day)]
    """The last day on which it holds, at most 30 days from now: it is for one update."""
