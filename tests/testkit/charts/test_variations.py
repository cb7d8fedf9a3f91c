"""Values varied one at a time, with charts that are made up."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from testkit.charts.variations import idle, leaves, varied

VALUES = {"on": True, "size": 2, "name": "a", "none": None, "args": ["--x", {"deep": "y"}], "empty": {}, "list": []}


def test_a_leaf_holds_no_other_value() -> None:
    assert list(leaves(VALUES)) == [
        ("on",), ("size",), ("name",), ("none",), ("args", 0), ("args", 1, "deep"), ("empty",), ("list",),
    ]  # fmt: skip
    assert list(leaves({})) == []


def test_one_value_is_another_and_then_gone_and_the_rest_stays() -> None:
    assert [each["on"] for each in varied(VALUES, ("on",)) if "on" in each] == [False]
    other, without = varied(VALUES, ("args", 1, "deep"))
    assert (other["args"], without["args"]) == (["--x", {"deep": "y-other"}], ["--x", {}])
    assert VALUES["args"] == ["--x", {"deep": "y"}]
    assert {key: value for key, value in other.items() if key != "args"} == {key: value for key, value in VALUES.items() if key != "args"}


def made(*documents: Any) -> list[dict[str, Any]]:
    return [dict(document) for document in documents]


def test_what_no_template_reads_is_idle() -> None:
    def render(values: Mapping[str, Any]) -> list[dict[str, Any]]:
        return made({"spec": values.get("name")}, *([{"kind": "Service"}] if values["on"] else ()))

    assert idle({"on": True, "name": "a", "size": 2}, render, KeyError) == ["size"]


def test_a_value_that_is_read_where_another_is_refused_is_not_idle() -> None:
    def render(values: Mapping[str, Any]) -> list[dict[str, Any]]:
        if values.get("mode") != "strict":
            raise ValueError(values)
        return made({"kind": "Service"})

    assert idle({"mode": "strict", "more": 1}, render, ValueError) == ["more"]


def test_what_a_chart_makes_up_each_time_makes_no_difference() -> None:
    numbers = count()

    def render(values: Mapping[str, Any]) -> list[dict[str, Any]]:
        return made({"password": next(numbers)}, {"spec": values.get("name")})

    assert idle({"name": "a", "more": 1}, render, KeyError) == ["more"]
