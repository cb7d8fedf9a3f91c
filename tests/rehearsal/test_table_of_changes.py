"""The table of changes says what the engine does: a row of each kind, and every row whose plan is another than when it was rehearsed.

All rows, every night: `make changes-all`.
"""

import pytest

from testkit.changes import table
from testkit.changes.effects import WORDS
from testkit.changes.rehearsed import rehearse
from testkit.changes.rows import Row, rows

BASE = "dev"
"""The stack that the sample is of: it is brought up once."""


def sample() -> list[Row]:
    """The first row of each kind."""
    held = table.by_name()
    first: dict[str, Row] = {}
    for row in rows():
        if row.base == BASE and not row.own_base and not row.refused and row.name in held:
            first.setdefault(held[row.name].effect.word, row)
    return list(first.values())


def differing(wanted: list[Row]) -> list[str]:
    """What the engine does otherwise than the table says."""
    held = table.by_name()
    return [
        f"{row.name}: the table has {held[row.name].effect.to_json() if row.name in held else 'nothing'}, the engine {effect.to_json()}"
        for row, effect in rehearse(wanted)
        if row.name not in held or not held[row.name].effect.like(effect)
    ]


def test_the_table_says_what_the_engine_does() -> None:
    wanted = sample()
    assert {table.by_name()[row.name].effect.word for row in wanted} == set(WORDS)
    assert differing(wanted) == [], "run `make changes`, and review it"


@pytest.mark.slow
def test_rows_whose_plans_have_changed_do_what_the_table_says() -> None:
    assert differing([row for row in rows() if table.is_stale(row)]) == [], "run `make changes`, and review it"


def test_no_row_is_left_that_nothing_makes() -> None:
    assert {row.name for row in table.table()} == {row.name for row in rows()}, "run `make changes`"
