"""What a usage file and the options say, and every way in which it is wrong."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from infra.facts import POOL_LABEL
from infra.pricing import BOOK, Estimate, Line
from infra.pricing.lines import Metered
from infra.pricing.usage import Hours
from platformctl.engine.plan import Plan
from platformctl.errors import WrongInput
from platformctl.usage import usage

NODE_POOL = "oci:ContainerEngine/nodePool:NodePool"
LINES = (
    *(Line(name=f"pool-a10-ad{domain}", kind="pool", detail="", unit_hourly=Decimal(2), minimum=0, maximum=4) for domain in (1, 2)),
    Line(name="pool-system", kind="pool", detail="", unit_hourly=Decimal(1), minimum=3, maximum=3),
)
BUCKET = Metered(name="storage-models", kind="Object Storage", unit="GB-month", usd=Decimal("0.02"))
ESTIMATE = Estimate(lines=LINES, metered=(BUCKET,), book=BOOK)


def hours(per_day: int, days_per_week: int) -> Hours:
    return Hours(per_day=Decimal(per_day), days_per_week=Decimal(days_per_week))


@pytest.fixture
def pools(resource: Callable[..., Any], plan: Callable[..., Plan]) -> Plan:
    def labelled(name: str, entry: str) -> Any:
        return resource(name, NODE_POOL, inputs={"initialNodeLabels": [{"key": POOL_LABEL, "value": entry}]})

    return plan(labelled("pool-a10-ad1", "a10"), labelled("pool-a10-ad2", "a10"), labelled("pool-system", "system"))


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def written(text: str) -> Path:
        file = tmp_path / "usage.yaml"
        file.write_text(text)
        return file

    return written


def test_without_a_file_it_is_a_working_week(pools: Plan) -> None:
    found = usage(pools, ESTIMATE, None, None, None)
    assert found.hours == hours(8, 5)
    assert (found.nodes, found.own_hours, found.metered) == ({}, {}, {})


def test_options_count_for_all_that_has_no_hours_of_its_own(pools: Plan, write: Callable[[str], Path]) -> None:
    file = write("hoursPerDay: 2\npools: {a10: {hoursPerDay: 10}}")
    found = usage(pools, ESTIMATE, file, 6, 7)
    assert found.hours == hours(6, 7)
    assert found.own_hours == dict.fromkeys(("pool-a10-ad1", "pool-a10-ad2"), hours(10, 7))


@pytest.mark.parametrize(("nodes", "first", "second"), [(0, 0, 0), (3, 3, 0), (5, 4, 1), (8, 4, 4)])
def test_nodes_of_a_pool_fill_its_domains_in_order(pools: Plan, write: Callable[[str], Path], nodes: int, first: int, second: int) -> None:
    found = usage(pools, ESTIMATE, write(f"pools: {{a10: {{nodes: {nodes}}}}}"), None, None)
    assert found.nodes == {"pool-a10-ad1": first, "pool-a10-ad2": second}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pools: {a1O: {nodes: 1}}", "usage.yaml:1: pools.a1O: the stack has no such pool; did you mean a10?"),
        ("pools:\n  a10: {nodes: 9}", "usage.yaml:2: pools.a10.nodes: is 9, but the pool has 0 to 8 nodes"),
        ("pools: {system: {nodes: 2}}", "pools.system.nodes: is 2, but the pool always has 3 nodes"),
        ("pools: {a10: {hours: 3}}", "pools.a10.hours: unknown key"),
        ("hoursPerDay: 25", "hoursPerDay: is 25, but must be at most 24"),
        ("daysPerWeek: -1", "daysPerWeek: is -1, but must be at least 0"),
        ("metered: {models: 5}", "metered.models: the stack has nothing of that name that is metered; did you mean storage-models?"),
        ("metered: {storage-models: -1}", "metered.storage-models"),
        ("- 8", "usage.yaml:1: must be a mapping with hoursPerDay, daysPerWeek, pools and metered"),
        ("hoursPerDay: 8\nhoursPerDay: 9", "usage.yaml:2"),
        ("hoursPerDay: .nan", "hoursPerDay"),
        ("metered: {storage-models: .inf}", "metered.storage-models"),
    ],
)
def test_a_mistake_is_said_with_its_line_and_what_is_allowed(pools: Plan, write: Callable[[str], Path], text: str, words: str) -> None:
    with pytest.raises(WrongInput) as raised:
        usage(pools, ESTIMATE, write(text), None, None)
    assert words in str(raised.value)


def test_a_file_that_is_not_there_is_said(pools: Plan, tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match=r"usage\.yaml:1: is missing"):
        usage(pools, ESTIMATE, tmp_path / "usage.yaml", None, None)


def test_all_mistakes_are_said_at_once(pools: Plan, write: Callable[[str], Path]) -> None:
    with pytest.raises(WrongInput) as raised:
        usage(pools, ESTIMATE, write("pools: {gone: {}, a10: {nodes: 9}}\nmetered: {x: 1}"), None, None)
    assert len(raised.value.lines) == 3
