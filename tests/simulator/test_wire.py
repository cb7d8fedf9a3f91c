"""Values cross the wire unchanged, and marks on them come off."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import wire

VALUES = st.recursive(
    st.booleans() | st.text(max_size=8) | st.integers(-(2**50), 2**50) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=6), VALUES, max_size=5))
def test_what_goes_out_comes_back(properties: dict[str, Any]) -> None:
    assert wire.decode(wire.encode(properties)) == properties


def test_whole_numbers_come_back_whole() -> None:
    found = wire.decode(wire.encode({"size": 3, "ratio": 0.5, "flag": True}))
    assert {key: type(value) for key, value in found.items()} == {"size": int, "ratio": float, "flag": bool}


def test_properties_come_in_one_order() -> None:
    assert list(wire.decode(wire.encode(dict.fromkeys("qazwsxedc", 1)))) == sorted("qazwsxedc")


def test_a_null_is_no_property_but_stays_in_a_list() -> None:
    assert wire.decode(wire.encode({"gone": None, "list": [None, "a"]})) == {"list": [None, "a"]}
    assert wire.decode(wire.encode({"values": {"gone": None}}), nulls=True) == {"values": {"gone": None}}


def test_empty_lists_and_objects_are_not_lost() -> None:
    assert wire.decode(wire.encode({"list": [], "map": {}})) == {"list": [], "map": {}}


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ({wire.SIGNATURE: wire.SECRET, "value": "hidden"}, "hidden"),
        ({wire.SIGNATURE: wire.OUTPUT, "value": [1]}, [1]),
        ({wire.SIGNATURE: wire.OUTPUT}, wire.UNKNOWN),
        ({wire.SIGNATURE: wire.RESOURCE, "urn": "urn:x", "id": "ocid1"}, "ocid1"),
        ({wire.SIGNATURE: wire.RESOURCE, "urn": "urn:x"}, "urn:x"),
    ],
)
def test_marked_values_are_unwrapped(marked: dict[str, Any], plain: Any) -> None:
    assert wire.decode(wire.encode({"a": {"b": marked}})) == {"a": {"b": plain}}


def test_an_asset_stays_an_asset() -> None:
    asset = {wire.SIGNATURE: next(iter(wire.ASSETS)), "text": "values"}
    assert wire.decode(wire.encode({"a": asset})) == {"a": asset}


def test_a_value_that_cannot_cross_is_named() -> None:
    with pytest.raises(TypeError, match="a set cannot cross the wire"):
        wire.encode({"a": {1}})


def test_an_unknown_is_found_however_deep() -> None:
    assert wire.has_unknown({"a": [{"b": wire.UNKNOWN}]})
    assert not wire.has_unknown({"a": [{"b": "known"}]})
