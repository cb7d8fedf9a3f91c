"""The accessor: a value of the kind that was asked for, or a refusal that says what to do. Nothing in between."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.pricing.resources import UNKNOWN
from policies.accessor import DIGITS, FLAG, INTEGER, LIST, MAPPING, NUMBER, TEXT, UNKNOWNS, Inputs, Kind, Read, Unreadable, unknown, written

KINDS: tuple[Kind[Any], ...] = (TEXT, FLAG, NUMBER, INTEGER, DIGITS, LIST, MAPPING)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(sorted(UNKNOWNS)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def refusal(inputs: dict[str, Any], kind: Kind[Any], *steps: str) -> str:
    with pytest.raises(Unreadable) as refused:
        Inputs(inputs).require(kind, *steps)
    return str(refused.value)


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (TEXT, "a", "a"), (TEXT, "", ""), (FLAG, False, False), (FLAG, True, True), (NUMBER, 2, 2.0), (NUMBER, 2.5, 2.5),
        (NUMBER, -1, -1.0),
        (INTEGER, 3.0, 3), (INTEGER, 0, 0), (INTEGER, 1.0, 1), (DIGITS, "0", 0), (DIGITS, "12", 12), (DIGITS, "123456789", 123456789),
        (LIST, [], []), (LIST, (1,), (1,)), (MAPPING, {}, {}),
    ],
)  # fmt: skip
def test_a_value_of_its_kind_is_given(kind: Kind[Any], value: Any, read: Any) -> None:
    assert Inputs({"a": value}).require(kind, "a") == read
    assert Inputs({"a": value}).optional(kind, "a") == read
    assert Inputs({"a": value}).known(kind, "a") == read


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        (TEXT, 3, "3"), (TEXT, True, "true"), (TEXT, [], "a list"), (TEXT, {}, "a mapping"),
        (FLAG, "true", "another text"), (FLAG, 1, "1"),
        (NUMBER, True, "true"), (NUMBER, "2", "another text"), (NUMBER, float("nan"), "nan"), (NUMBER, float("inf"), "inf"),
        (NUMBER, float("-inf"), "-inf"), (INTEGER, 2.5, "2.5"), (INTEGER, -1, "-1"), (INTEGER, False, "false"),
        (INTEGER, "", "an empty text"),
        (DIGITS, "-1", "another text"), (DIGITS, "1.0", "another text"), (DIGITS, "٣", "another text"),
        (DIGITS, "1234567890", "another text"),
        (DIGITS, 4, "4"), (LIST, "a", "another text"), (LIST, {}, "a mapping"), (MAPPING, [], "a list"), (MAPPING, object(), "a object"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused_without_being_told(kind: Kind[Any], value: Any, found: str) -> None:
    assert refusal({"a": value}, kind, "a") == f"a is {found}, but must be {kind.words}"
    with pytest.raises(Unreadable):
        Inputs({"a": value}).optional(kind, "a")
    with pytest.raises(Unreadable):
        Inputs({"a": value}).present(kind, "a")
    with pytest.raises(Unreadable):
        Inputs({"a": value}).known(kind, "a")


@pytest.mark.parametrize("sentinel", sorted(UNKNOWNS))
def test_an_unknown_value_is_refused_but_by_those_who_only_ask_whether_it_is_there(sentinel: str) -> None:
    inputs = Inputs({"a": sentinel})
    assert refusal({"a": sentinel}, TEXT, "a") == (
        "a is not known before the update, so it cannot be checked: it must be a literal or a config value"
    )
    with pytest.raises(Unreadable):
        inputs.optional(TEXT, "a")
    assert inputs.present(TEXT, "a") is True
    assert inputs.known(TEXT, "a") is None


def test_what_is_missing_is_refused_only_where_it_is_required() -> None:
    for inputs in ({}, {"a": None}):
        assert refusal(inputs, INTEGER, "a") == "a is missing: set it to a whole number, 0 or more"
        assert Inputs(inputs).optional(TEXT, "a") is None
        assert Inputs(inputs).present(TEXT, "a") is False
        assert Inputs(inputs).known(TEXT, "a") is None
        assert list(Inputs(inputs).each("a")) == []


@pytest.mark.parametrize(("kind", "empty"), [(TEXT, ""), (LIST, []), (LIST, ()), (MAPPING, {})])
def test_what_is_empty_is_not_there(kind: Kind[Any], empty: Any) -> None:
    assert Inputs({"a": empty}).present(kind, "a") is False


def test_a_flag_that_is_false_is_there() -> None:
    assert Inputs({"a": False}).present(FLAG, "a") is True


def test_what_lies_in_something_unknown_missing_or_wrong_is_so_too() -> None:
    assert "a.b is not known" in refusal({"a": UNKNOWN}, TEXT, "a", "b")
    assert "a.b is missing" in refusal({}, TEXT, "a", "b")
    assert refusal({"a": [1]}, TEXT, "a", "b") == "a is a list, but must be a mapping"
    assert "a.b is missing" in refusal({"a": None}, TEXT, "a", "b")


def test_lists_are_read_item_by_item() -> None:
    assert [item.require(TEXT, "k") for item in Inputs({"a": [{"k": "x"}, {"k": "y"}]}).each("a")] == ["x", "y"]
    assert Inputs({"a": ["x", "y"]}).texts("a") == ("x", "y")
    assert Inputs({}).texts("a") == ()
    with pytest.raises(Unreadable, match=r"a\[1\] is 3, but must be a mapping"):
        list(Inputs({"a": [{}, 3]}).each("a"))
    with pytest.raises(Unreadable, match=r"a\[0\] is not known"):
        Inputs({"a": [UNKNOWN]}).texts("a")
    with pytest.raises(Unreadable, match=r"a\[0\]\.b is missing"):
        next(Inputs({"a": [{}]}).each("a")).require(TEXT, "b")


def test_texts_that_are_known_are_given_and_the_others_passed_over() -> None:
    assert Inputs({"a": ["x", UNKNOWN, "y"]}).known_texts("a") == ("x", "y")
    assert Inputs({"a": UNKNOWN}).known_texts("a") == Inputs({}).known_texts("a") == ()
    with pytest.raises(Unreadable, match=r"a\[1\] is 3, but must be a text"):
        Inputs({"a": ["x", 3]}).known_texts("a")


def test_a_section_knows_its_place() -> None:
    section = Inputs({"a": {"b": {}}}).section("a", "b")
    assert section.path == "a.b"
    with pytest.raises(Unreadable, match=r"a\.b\.c is missing"):
        section.require(TEXT, "c")


def test_everything_below_is_walked() -> None:
    found = dict(Inputs({"a": {"b": [1, {"c": 2}]}, "d": 3}).walk())
    assert found[("a", "b", 1, "c")] == 2
    assert list(found) == [("a",), ("a", "b"), ("a", "b", 0), ("a", "b", 1), ("a", "b", 1, "c"), ("d",)]
    inner = Inputs({"a": {"b": 1}}).section("a")
    assert list(inner.walk()) == [(("a", "b"), 1)]
    assert inner.judge(INTEGER, ("a", "b"), 1) == 1
    with pytest.raises(Unreadable, match=r"a\.b is 1, but must be a text"):
        inner.judge(TEXT, ("a", "b"), 1)


def test_secrets_are_known_by_their_place_and_by_what_they_lie_in() -> None:
    inputs = Inputs({}, secrets=frozenset({("a", "b")}))
    assert inputs.secret(("a", "b")) is inputs.secret(("a", "b", 0, "c")) is True
    assert inputs.secret(("a",)) is inputs.secret(("a", "c")) is False
    assert Inputs({}, secrets=frozenset({()})).secret(("a",)) is True


def test_reads_are_written_down_for_those_who_ask() -> None:
    reads: list[Read] = []
    inputs = Inputs({"a": {"b": "x"}, "l": [{"k": "v"}]}, reads=reads)
    inputs.require(TEXT, "a", "b")
    next(inputs.each("l")).present(TEXT, "k")
    assert [(read.path, read.way) for read in reads] == [
        (("a",), "require"), (("a", "b"), "require"), (("l",), "optional"), (("l", 0), "require"), (("l", 0, "k"), "present"),
    ]  # fmt: skip


def test_paths_are_written_as_people_write_them() -> None:
    assert written(("a", "b", 0, "c")) == "a.b[0].c"
    assert written(()) == "the inputs"


def test_a_text_that_looks_like_an_unknown_is_one_and_others_are_not() -> None:
    assert unknown(UNKNOWN)
    assert not unknown("04da6b54")
    assert not unknown(4)


def test_a_kind_can_be_told_in_other_words() -> None:
    assert refusal({}, TEXT.called("a name"), "a") == "a is missing: set it to a name"


@given(JSON)
def test_no_value_breaks_the_accessor(value: Any) -> None:
    """Whatever comes over the wire, the answer is a value of the kind or a refusal."""
    for kind in KINDS:
        for way in ("require", "optional", "known"):
            try:
                found = getattr(Inputs({"a": value}), way)(kind, "a")
            except Unreadable:
                continue
            assert found is None or kind.read(found if kind is not DIGITS else value) is not None
