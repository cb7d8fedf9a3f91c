"""Changes that the schema gives: every form of a text has a value, and no value is the one that is there."""

import re
from typing import Any

import pytest

from testkit.changes.documents import NoPlaceError, at, changed, place
from testkit.changes.keys import Key, content, forms, keys
from testkit.changes.values import of_sections, others, switches


def patterns(node: Any) -> list[str]:
    """Forms of the texts that a key takes."""
    found = [form["pattern"] for form in forms(node) if "pattern" in form]
    for form in forms(node):
        if form.get("type") in ("array", "object"):
            found += patterns(form.get("items") or content(form) or {})
    return found


@pytest.mark.parametrize("key", [key for key in keys() if not key.holds_sections and patterns(key.node)], ids=str)
def test_a_text_has_the_form_that_its_key_asks_for(key: Key) -> None:
    texts: list[str] = []
    for value in others(key.node):
        texts += value if isinstance(value, list) else value.values() if isinstance(value, dict) else [value]
    assert texts
    assert all(any(re.search(pattern, text) for pattern in patterns(key.node)) for text in texts if isinstance(text, str))


@pytest.mark.parametrize(
    ("node", "current", "expected"),
    [
        ({"type": "boolean", "default": True}, None, [False]),
        ({"enum": ["a", "b", "c"]}, "b", ["a", "c"]),
        ({"type": "integer", "minimum": 1, "maximum": 3}, 3, [2]),
        ({"type": "integer", "minimum": 1, "default": 1}, None, [2]),
        ({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}], "default": None}, None, [1, 1, 2**31]),
        ({"type": "string", "format": "ipv4network"}, "10.0.0.0/16", ["10.1.0.0/16", "10.0.0.0/17"]),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, ["a"], [["a", "b"], ["b"], []]),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"a": 1}, [{"a": 2}, {"a": 0}, {"a": 1, "other": 1}, {}]),
        ({"const": "oke"}, "oke", []),
    ],
)  # fmt: skip
def test_other_values_come_in_the_order_of_what_is_ordinary(node: dict[str, Any], current: Any, expected: list[Any]) -> None:
    found = list(others(node, current))
    assert current not in found
    assert [value for value in expected if value not in found] == []
    assert found[:1] == expected[:1]


def test_entries_of_sections_come_and_go() -> None:
    first, *rest = of_sections({"a": {"size": 1}, "b": {}})
    assert first == {"a": {"size": 1}, "b": {}, "b-b": {}}
    assert {"a": {"size": 1}} in rest
    assert {"b": {}} in rest
    assert list(of_sections(None)) == []


def test_every_switch_of_a_chart_is_tried_both_ways() -> None:
    values = {
        "properties": {"name": {"type": "string"}, "a": {"properties": {"on": {"type": "boolean"}, "any": {}}}, "b": {"type": "boolean"}}
    }
    assert list(switches(values)) == [{"a": {"on": True}}, {"a": {"on": False}}, {"b": True}, {"b": False}]


def test_a_place_is_one_that_has_a_value_where_there_is_one() -> None:
    document = {"pools": {"a": {}, "b": {"taints": [{"key": "x"}]}}}
    assert place(document, ("pools", "*", "taints", "[]", "key")) == ("pools", "b", "taints", 0, "key")
    assert place(document, ("pools", "*", "size")) == ("pools", "a", "size")
    with pytest.raises(NoPlaceError):
        place({"pools": {}}, ("pools", "*", "size"))


def test_a_change_leaves_the_document_as_it_was() -> None:
    document = {"cluster": {"pools": {"a": {"size": 1}}}}
    assert at(changed(document, ("cluster", "pools", "a", "size"), 2), ("cluster", "pools", "a", "size")) == 2
    assert at(changed(document, ("cluster", "pools", "a", "size"), ...), ("cluster", "pools", "a", "size")) is None
    assert changed(document, ("cluster", "network", "vcnCidr"), "10.0.0.0/16")["cluster"]["network"] == {"vcnCidr": "10.0.0.0/16"}
    assert document == {"cluster": {"pools": {"a": {"size": 1}}}}
