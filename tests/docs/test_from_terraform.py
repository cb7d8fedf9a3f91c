"""Every variable of the modules has one answer, and every key that an answer names is one of the stack file's."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from stacks.config import Stack
from tools.docs.terraform_table import KINDS, MODULES, document, names, page, rows

SCHEMA = Stack.model_json_schema(by_alias=True)


def forms(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The node, and whatever it refers to or may be instead."""
    yield node
    for other in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())):
        yield from forms(other)
    if "$ref" in node:
        yield from forms(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]])


def below(node: Mapping[str, Any], step: str) -> Iterator[Mapping[str, Any]]:
    for form in forms(node):
        entries = (form.get("additionalProperties"), *form.get("patternProperties", {}).values())
        found = entries if step == "*" else (form.get("properties", {}).get(step),)
        yield from (each for each in found if isinstance(each, Mapping))


def is_key(path: str) -> bool:
    here: list[Mapping[str, Any]] = [SCHEMA]
    for step in path.split("."):
        here = [found for node in here for found in below(node, step)]
    return bool(here)


def test_a_key_is_told_from_what_is_none() -> None:
    assert is_key("cluster.nodePools.*.image.id")
    assert not is_key("cluster.nodePools.*.image.ids")
    assert not is_key("cluster.nodePools.shape")


@pytest.mark.parametrize("module", MODULES)
def test_every_variable_has_one_answer(module: str) -> None:
    answered = [row.variable for row in rows(module)]
    assert sorted(answered) == sorted(names(module))


@pytest.mark.parametrize("module", MODULES)
def test_an_answer_is_a_key_or_a_reason(module: str) -> None:
    assert [entry for entry in document(module)["rows"] if sum(kind in entry for kind in KINDS) != 1] == []
    assert [row for row in rows(module) if row.kind == "key" and not is_key(row.answer)] == []
    assert [row for row in rows(module) if row.kind != "key" and (not row.answer or row.answer.endswith("."))] == []


def test_the_page_has_a_row_each() -> None:
    assert page().count("\n| `") == sum(len(names(module)) for module in MODULES)
