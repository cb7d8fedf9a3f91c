"""YAML is read as the engine reads it, and what would hang, overflow or surprise its reader is refused with the line."""

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from infra.yaml_nodes import DEEPEST, LARGEST, MOST, Time, YamlError, compose, doubtful, value


def refused(raw: bytes | str) -> list[str]:
    with pytest.raises(YamlError) as refusal:
        compose(raw)
    return [f"{problem.line}: {problem}" for problem in refusal.value.problems]


def doubts(text: str) -> list[str]:
    return [f"{problem.line}: {problem}" for problem in doubtful(compose(text))]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("Null", None),
        ("1_000", 1000),
        ("0777", 511),
        ("0o17", 15),
        ("0x1F", 31),
        ("-0b11", -3),
        ("0", 0),
        ("08", 8.0),
        ("1.30", 1.3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.2.3", "1.2.3"),
        ("12:30:45", "12:30:45"),
        ("v1.34", "v1.34"),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("2026-01-01", Time("2026-01-01")),
    ],
)
def test_a_scalar_means_what_it_means_to_the_engine(text: str, meant: Any) -> None:
    found = value(compose(f"a: {text}\n"))["a"]
    assert found == meant
    assert type(found) is type(meant)


def test_aliases_and_merges_are_followed() -> None:
    text = "base: &base {a: 1, b: {c: 2}}\nother: *base\nmore: {<<: *base, a: 3}\nlist: {<<: [{x: 1}, {x: 2, y: 3}]}\n"
    assert value(compose(text)) == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "3: a: is given twice, on lines 1 and 3; keep one"),
        ("a: {b: 1, b: 2}\n", "1: a.b: is given twice, on lines 1 and 1; keep one"),
        ("a:\n- b: 1\n  'b': 2\n", "3: a.0.b: is given twice, on lines 2 and 3; keep one"),
        ("a: &a [*a]\n", "1: a.0: *a stands inside what it repeats"),
        ("a: &a\n  b: {<<: *a}\n", "2: a.b.<<: *a stands inside what it repeats"),
        ("a: *b\n", "1: a: *b repeats nothing"),
        ("? [a]\n: b\n", "1: has a mapping or a list as a key; keys are text"),
        ("a: 1\n---\nb: 2\n", "2: has a second document"),
        ("a: 1\nb: [\n", "3: is not YAML: "),
        ("a:\tb: c\n", "1: is not YAML: "),
        ('a: 1\nb: "\\ud800"\n', "2: is not YAML: "),
        ("a: 1\n\x00", "2: is not YAML: it has the character U+0000"),
        ("a: %\n", "1: is not YAML: "),
        ("a: 1".encode("utf-16"), "1: is not YAML in UTF-8: it is in UTF-16"),
        ("a: 1".encode("utf-16-le"), "1: is not YAML in UTF-8: it is in UTF-16"),
        ("a: 1".encode("utf-32-be"), "1: is not YAML in UTF-8: it is in UTF-16"),
        (b"a: 1\nb: \xe9\n", "2: is not YAML in UTF-8: byte 0xe9 is no character"),
        (b"a: \xed\xa0\x80\n", "1: is not YAML in UTF-8: byte 0xed is no character"),
    ],
)
def test_what_is_no_yaml_or_says_a_thing_twice_is_refused_with_its_line(raw: bytes | str, message: str) -> None:
    (told,) = refused(raw)
    assert told.startswith(message)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("a: " + "[" * 100_000, "more than 64 mappings and lists deep"),
        ("{a: " * 100_000, "more than 64 mappings and lists deep"),
        ("- " * 400_000, "more than 64 mappings and lists deep"),
        ("\n".join([f"a0: &a0 {'[' * 60}{']' * 60}", *(f"a{n}: &a{n} {'[' * 60}*a{n - 1}{']' * 60}" for n in range(1, 90))]), "lists deep"),
        ("\n".join(["a0: &a0 x", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 11))]), "more than 20,000 values"),
        ("a: [" + "x," * (MOST + 1) + "]", "more than 20,000 values"),
        (b"a: " + b"x" * LARGEST, "has 1,048,579 bytes, but a stack file has at most 1,048,576"),
        (b"\xef\xbb\xbfa: '" + b"y\n" * (LARGEST // 2), "at most 1,048,576"),
        ("a: '" + "y\n" * (LARGEST // 2 - 10), "is not YAML"),
        ("&a " * 300_000, "is not YAML"),
        ("{" + '"a" ' * 200_000, "is not YAML"),
    ],
    ids=["[", "{", "-", "deep aliases", "ten of ten", "many", "large", "large with a mark", "open quote", "anchors", "no commas"],
)
def test_what_would_take_long_or_much_is_refused_where_it_begins(raw: bytes | str, message: str) -> None:
    (told,) = refused(raw)
    assert message in told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:\n  b: .nan\n", "2: a.b: is .nan, but must be a number"),
        ("a: [1, -.Inf]\n", "1: a.1: is -.Inf, but must be a number"),
        ("a: {day: 2026-01-01}\n", "1: a.day: 2026-01-01 is a date to YAML, which becomes a time of day with it; put it in quotes"),
        ("a: 2026-01-01T10:00:00Z\n", "1: a: 2026-01-01T10:00:00Z is a date to YAML"),
        ("a:\n  1: x\n", "2: a.1: the key 1 is a number to YAML; put it in quotes"),
        ("true: x\n", "1: true: the key true is true or false to YAML; put it in quotes"),
        ("~: x\n", "1: ~: the key ~ is nothing to YAML; put it in quotes"),
        ("2026-01-01: x\n", "1: 2026-01-01: the key 2026-01-01 is a date to YAML; put it in quotes"),
        ("a: !!binary aGk=\n", "1: a: has the tag !!binary"),
        (f"a: !{'x' * 1000} b\n", f"1: a: has the tag !{'x' * 36}..., which"),
        ("a: !Ref b\n", "1: a: has the tag !Ref"),
        ("a: !!set {b}\n", "1: a: has the tag !!set"),
        ("a: !!python/object:os.system {}\n", "1: a: has the tag !!python/object:os.system"),
        ('a: "b\\0"\n', "1: a: has the character U+0000, which nobody can see"),
        ('a: "b\\e[31m"\n', "1: a: has the character U+001B, which nobody can see"),
        ("a: b\u202ec\n", "1: a: has the character U+202E, which nobody can see"),
        ('"a\\u200b": b\n', "1: a?: the key has the character U+200B, which nobody can see"),
        ("a: {<<: 3}\n", "1: a: merges (`<<`) what is no mapping"),
    ],
)
def test_what_nobody_writes_on_purpose_is_reported_with_its_line(text: str, message: str) -> None:
    told = doubts(text)
    assert len(told) == 1
    assert told[0].startswith(message)


def test_a_mistake_that_aliases_repeat_is_reported_once() -> None:
    assert len(doubts("a: &a {b: .nan}\nc: *a\nd: *a\n")) == 1


def test_ordinary_text_raises_no_doubt() -> None:
    assert doubts("a: 'x\ty\n  z'\nb: |\n  line\n  line\nc: [1, 2.5, true, null, gr\u00fc\u00dfe, \u65e5\u672c]\nd: {<<: {e: 1}}\n") == []


# PyYAML leaves 08, 0o7 and 1E0 without quotes, for they are no numbers in YAML 1.1; the engine reads them as numbers.
TEXTS = st.text(st.characters(categories=["L", "N", "P", "Zs"])).filter(lambda text: not re.match(r"[-+.]?[0-9]", text))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(categories=["L"]), min_size=1), inner, max_size=4),
)


@given(content=st.dictionaries(st.text(st.characters(categories=["L"]), min_size=1), PLAIN, max_size=4))
def test_what_is_written_is_read_again(content: dict[str, Any]) -> None:
    root = compose(yaml.safe_dump(content, allow_unicode=True))
    assert value(root) == content
    assert doubtful(root) == ()


@given(raw=st.binary(max_size=200) | st.text(st.sampled_from("{}[]:,-&*!|>?#'\" \na1.<\t"), max_size=60))
def test_whatever_it_is_it_is_read_or_refused(raw: bytes | str) -> None:
    try:
        root = compose(raw)
    except YamlError:
        return
    value(root)
    doubtful(root)


def test_the_limit_of_depth_is_far_from_what_a_stack_file_has() -> None:
    text = "a: " + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)
    assert value(compose(text))["a"]
