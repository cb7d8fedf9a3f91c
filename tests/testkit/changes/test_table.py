"""The table of changes has every key, and others agree with it."""

import pytest

from components.framework.addon import section_key
from components.registry import KINDS
from testkit.changes import table
from testkit.changes.bases import ABOUT, BASES, base
from testkit.changes.effects import WORDS
from testkit.changes.keys import keys, schema
from testkit.changes.opinions import OPINIONS, Opinion
from testkit.changes.rows import GIVEN, where

PROTECTED = ("prod",)
"""Stacks on which what is replaced elsewhere is refused."""


def test_no_key_of_the_stack_file_is_missing() -> None:
    assert [str(key) for key in table.missing()] == [], "run `make changes`"


def test_no_row_is_of_a_key_that_is_gone() -> None:
    assert {row.key for row in table.table()} <= {str(key) for key in keys()}, "run `make changes`"
    assert GIVEN.keys() <= {str(key) for key in keys()}


def test_every_property_of_the_schema_is_a_key_or_holds_some() -> None:
    known = {(key.section, key.name) for key in keys()}
    missing = [
        (name, key)
        for name, section in [("", schema()), *schema()["$defs"].items()]
        for key, node in section.get("properties", {}).items()
        if (name, key) not in known and not any("$ref" in form for form in (node, *node.get("oneOf", ())))
    ]
    assert missing == []


@pytest.mark.parametrize("name", [section_key(key) for key in KINDS])
def test_an_add_on_is_on_where_its_settings_are_changed(name: str) -> None:
    """A change of one that is off has no effect, and would be written down as if it had none anywhere."""
    (enabled,) = (key for key in keys() if key.path == f"addons.{name}.enabled")
    assert [stack for stack in where(enabled) if not base(stack)["addons"][name]["enabled"]] == []


def test_every_row_says_something_known() -> None:
    for row in table.table():
        assert row.effect.word in WORDS, row.name
        assert row.base in BASES, row.name
        assert bool(row.effect.why) >= (row.effect.word == "refused"), row.name
        assert bool(row.effect.of) == (row.effect.word in ("replaces", "removes", "cycles nodes", "new nodes only")), row.name


def test_every_stack_says_what_it_is() -> None:
    assert ABOUT.keys() == BASES.keys()


def test_thirty_rows_have_a_second_opinion() -> None:
    assert len(OPINIONS) >= 30
    assert len({(opinion.key, opinion.new, opinion.base) for opinion in OPINIONS}) == len(OPINIONS)


@pytest.mark.parametrize("opinion", OPINIONS, ids=lambda opinion: f"{opinion.key} {opinion.new}".strip())
def test_the_table_says_what_others_say(opinion: Opinion) -> None:
    rows = [row for row in table.table() if opinion.of(row.key, row.base, row.old, row.new) and row.base not in PROTECTED]
    alone = [row for row in rows if not row.along]
    assert rows, "no such row"
    assert opinion.word in {row.effect.word for row in rows}
    assert {row.effect.word for row in alone} <= {opinion.word}
