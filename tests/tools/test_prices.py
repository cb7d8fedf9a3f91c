"""The price book is refreshed from Oracle's list without its traps."""

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from infra.pricing.book import FILE, read
from tools.prices import Listing, compare, listed, main, render, whole


def item(number: str, *prices: dict[str, Any], old_shape: bool = False) -> dict[str, Any]:
    if old_shape:
        return {"partNumber": number, "prices": list(prices)}
    return {"partNumber": number, "currencyCodeLocalizations": [{"currencyCode": "USD", "prices": list(prices)}]}


def payg(value: float, **more: Any) -> dict[str, Any]:
    return {"model": "PAY_AS_YOU_GO", "value": value, **more}


@pytest.mark.parametrize("old_shape", [False, True])
def test_both_forms_of_the_list_are_read(old_shape: bool) -> None:
    assert listed({"items": [item("B95909", payg(2), old_shape=old_shape)]}).prices == {"B95909": 2}


def test_of_a_tiered_part_the_paid_tier_counts() -> None:
    tiers = (payg(0, rangeMin=0, rangeMax=3000), payg(0.01, rangeMin=3000))
    assert listed({"items": [item("B93297", *tiers)]}).prices == {"B93297": Decimal("0.01")}


def test_other_models_and_currencies_do_not_count() -> None:
    other = {"partNumber": "B1", "currencyCodeLocalizations": [{"currencyCode": "EUR", "prices": [payg(9)]}]}
    assert listed({"items": [other, item("B2", {"model": "MONTHLY_COMMIT", "value": 1})]}).prices == {}


def test_zero_and_absence_are_reported_not_believed() -> None:
    book = {"parts": {number: {"usd": "2.00", "unit": "gpu-hour"} for number in ("B1", "B2", "B3", "unlisted:X")}}
    refresh = compare(book, Listing(prices={"B1": Decimal(0), "B2": Decimal(3)}, metrics={}, date=None))
    assert (refresh.refused, refresh.missing, refresh.changed) == (("B1",), ("B3",), {"B2": (Decimal("2.00"), Decimal(3))})


def test_a_part_that_is_billed_by_another_unit_now_keeps_its_price() -> None:
    book = {"parts": {"B1": {"usd": "2.00", "unit": "gb-hour"}, "B2": {"usd": "2.00", "unit": "gb-hour"}}}
    metrics = {"B1": "Gigabyte Storage Capacity Per Month", "B2": "Gigabytes Per Hour"}
    refresh = compare(book, Listing(prices={"B1": Decimal(3), "B2": Decimal(4)}, metrics=metrics, date=None))
    assert refresh.rebased == {"B1": "Gigabyte Storage Capacity Per Month"}
    assert refresh.changed == {"B2": (Decimal("2.00"), Decimal(4))}


def test_a_list_of_several_pages_is_read_to_its_end() -> None:
    answers: dict[str, dict[str, Any]] = {
        "https://a": {"lastUpdated": "2026-10-01T13:27:33.583Z", "items": [1], "links": [{"rel": "next", "href": "https://b"}]},
        "https://b": {"items": [2], "links": [{"rel": "prev", "href": "https://a"}]},
    }
    found = whole("https://a", lambda url: json.dumps(answers[url]))
    assert (found["items"], found["lastUpdated"]) == ([1, 2], "2026-10-01T13:27:33.583Z")
    with pytest.raises(ValueError, match="more than 100 pages"):
        whole("https://a", lambda _: json.dumps({**answers["https://a"], "links": [{"rel": "next", "href": "https://a"}]}))


def test_a_refresh_rewrites_one_price_and_the_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "book.json"
    shutil.copy(FILE, book)
    prices = {number: part.usd for number, part in read(FILE.read_text()).parts.items()} | {"B95909": Decimal("1.90")}
    answer = tmp_path / "answer.json"
    answer.write_text(
        json.dumps({"lastUpdated": "2026-11-02T08:00:00.000Z", "items": [item(number, payg(float(usd))) for number, usd in prices.items()]})
    )
    assert main(["--file", str(answer), "--write"], book) == 0
    assert "1 changed, 0 missing, 0 refused" in capsys.readouterr().out
    assert read(book.read_text()).price("B95909") == Decimal("1.9")
    assert read(book.read_text()).as_of == date(2026, 11, 2)
    changed = set(book.read_text().splitlines()) ^ set(FILE.read_text().splitlines())
    assert all("B95909" in line or "asOf" in line for line in changed)


def test_the_book_is_kept_in_the_form_that_a_refresh_writes() -> None:
    assert render(json.loads(FILE.read_text())) == FILE.read_text()


@pytest.mark.parametrize(
    "text",
    ["not json", "[]", "{}", '{"items": [{}]}', '{"items": [7]}', '{"items": [{"partNumber": "B1", "prices": [{"value": "dear"}]}]}'],
)
def test_an_answer_that_is_no_price_list_is_refused_and_nothing_is_written(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    book, answer = tmp_path / "book.json", tmp_path / "answer.json"
    shutil.copy(FILE, book)
    answer.write_text(text)
    assert main(["--file", str(answer), "--write"], book) == 2
    assert "the price list cannot be read" in capsys.readouterr().err
    assert book.read_text() == FILE.read_text()
