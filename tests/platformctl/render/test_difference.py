"""A difference is shown where it is, and nowhere else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.engine.plan import UNKNOWN
from platformctl.render.difference import LATER, WIDTH, parts

RULES = [{"alert": "A", "for": "5m"}, {"alert": "B", "for": "5m"}]
LONG = "x" * 300
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}


def shown(before: Any, after: Any, **options: Any) -> list[tuple[str, str, str]]:
    return [(part.path, part.before, part.after) for part in parts("p", before, after, **options)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (1, 2, [("p", "1", "2")]),
        (None, "a", [("p", "none", '"a"')]),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, [("p.b", "2", "3")]),
        ({"a": {"b": True}}, {"a": {}}, [("p.a.b", "true", "none")]),
        ({"a.b/c": 1}, {"a.b/c": 2}, [('p["a.b/c"]', "1", "2")]),
        # Lists by what their entries are called: one that goes to the front changes nothing else.
        (RULES, [{"alert": "C", "for": "1m"}, *RULES], [("p[alert=C]", "none", '{"alert": "C", "for": "1m"}')]),
        (RULES, [RULES[0], {"alert": "B", "for": "9m"}], [("p[alert=B].for", '"5m"', '"9m"')]),
        ([{"key": "a", "value": "1"}], [{"key": "a", "value": "2"}], [("p[key=a].value", '"1"', '"2"')]),
        # Two of one name are told by place.
        ([{"name": "a", "v": 1}, {"name": "a", "v": 2}], [{"name": "a", "v": 1}, {"name": "a", "v": 3}], [("p[1].v", "2", "3")]),
        (["10.0.0.0/8"], ["192.0.2.0/24", "10.0.0.0/8"], [("p[]", "none", '"192.0.2.0/24"')]),
        (["a", "b"], ["b"], [("p[]", '"a"', "none")]),
        (["a", "a"], ["a"], [("p", '["a", "a"]', '["a"]')]),
        # What is not known, and what is secret, is said in words.
        ({"a": "x"}, {"a": UNKNOWN}, [("p.a", '"x"', LATER)]),
        ({"a": 1}, {"a": SECRET}, [("p.a", "1", "[secret]")]),
        ('{"panels": [{"id": 1, "t": "a"}]}', '{"panels": [{"id": 1, "t": "b"}]}', [("p.panels[id=1].t", '"a"', '"b"')]),
        ({"a": 1}, {"a": True}, [("p.a", "1", "true")]),
    ],
)  # fmt: skip
def test_what_differs_is_shown_at_its_place(before: Any, after: Any, expected: list[tuple[str, str, str]]) -> None:
    assert shown(before, after) == expected


def test_what_only_the_update_knows_is_said_so() -> None:
    assert shown([1], None, later=True) == [("p", "[1]", LATER)]


def test_a_long_text_is_cut_to_where_it_differs() -> None:
    ((_, before, after),) = shown(f"{LONG}one{LONG}", f"{LONG}two{LONG}")
    assert "one" in before
    assert "two" in after
    assert max(len(before), len(after)) <= WIDTH
    assert before.startswith('"…')
    assert after.endswith('…"')


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "name", "key", "x.y"]), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, VALUES)
def test_two_values_have_a_difference_exactly_where_they_are_not_one(before: Any, after: Any) -> None:
    found = shown(before, after)
    if before is not None and after is not None and json.dumps(before) != json.dumps(after):
        assert found
    if json.dumps(before) == json.dumps(after) and isinstance(before, dict | list):
        assert not found
