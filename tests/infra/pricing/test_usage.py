"""What a month costs by how much of a stack runs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.pricing import BOOK, Estimate, Line
from infra.pricing.lines import Metered
from infra.pricing.usage import Hours, Month, Usage, scenarios

POOL = Line(name="a10", kind="pool", detail="", unit_hourly=Decimal(2), minimum=1, maximum=4)
CLUSTER = Line(name="cluster", kind="cluster", detail="", unit_hourly=Decimal("0.1"))
BUCKET = Metered(name="models", kind="Object Storage", unit="GB-month", usd=Decimal("0.02"))
ESTIMATE = Estimate(lines=(CLUSTER, POOL), metered=(BUCKET,), book=BOOK)
WORKING = Hours(per_day=Decimal(8), days_per_week=Decimal(5))


def test_a_working_month_pays_the_minimum_always_and_the_rest_in_its_hours() -> None:
    found = scenarios(ESTIMATE, Usage(hours=WORKING))
    assert found.idle.lines == {0: Decimal(73), 1: Decimal(2 * 730)}
    assert found.flat_out.lines == {0: Decimal(73), 1: Decimal(8 * 730)}
    assert found.used.lines[1] == pytest.approx(Decimal(2) * 730 * (1 + 3 * Decimal(40) / 168))
    assert found.used.lines[0] == 73


def test_a_pool_has_nodes_and_hours_of_its_own() -> None:
    own = Hours(per_day=Decimal(24), days_per_week=Decimal(7))
    found = scenarios(ESTIMATE, Usage(hours=WORKING, nodes={"a10": 2}, own_hours={"a10": own}))
    assert found.used.lines[1] == 2 * 2 * 730


def test_what_is_metered_counts_where_somebody_says_how_much() -> None:
    assert scenarios(ESTIMATE, Usage(hours=WORKING)).idle.metered == {}
    found = scenarios(ESTIMATE, Usage(hours=WORKING, metered={"models": Decimal(500)}))
    assert [month.metered for month in (found.idle, found.used, found.flat_out)] == [{"models": 10}] * 3
    assert found.idle.total == 73 + 1460 + 10


@given(st.decimals(0, 24, places=1), st.decimals(0, 7, places=1), st.integers(1, 4))
def test_a_month_in_use_lies_between_idle_and_flat_out(per_day: Decimal, days: Decimal, nodes: int) -> None:
    usage = Usage(hours=Hours(per_day=per_day, days_per_week=days), nodes={"a10": nodes})
    found = scenarios(ESTIMATE, usage)
    totals: list[Month] = [found.idle, found.used, found.flat_out]
    assert totals == sorted(totals, key=lambda month: month.total)
