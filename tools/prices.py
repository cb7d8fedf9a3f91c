"""Refresh the price book from Oracle's public price list: `python -m tools.prices [--url URL | --file FILE] [--write]`.

Prints what changed. Only parts of the book are read; a part that Oracle no longer lists, or lists at zero or by another unit, is reported
and kept. The book gets the date of the list.
Exit code 1 when something needs a person's eye.
"""

import argparse
import json
import re
import sys
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from infra.pricing.book import FILE, read

PAGES = 100
"""More than this many pages are no price list."""

# What Oracle's list calls the units of the book: its words vary from part to part ("Gigabyte", "GB Storage", "Gigabytes").
UNITS = {
    "gpu-hour": "^gpu per hour",
    "ocpu-hour": "^ocpu per hour",
    "gb-hour": "^gigabytes? per hour",
    "tb-hour": "terabytes? per hour",
    "mbps-hour": "^mbps per hour",
    "hour": "per hour|^load balancer",
    "gb-month": "^gigabyte.* per month",
    "unit-gb-month": "^performance units per gigabyte per month",
}

PRICE_LIST = "https://apexapps.oracle.com/pls/apex/cetools/api/v1/products/?currencyCode=USD"


@dataclass(frozen=True, kw_only=True)
class Refresh:
    changed: Mapping[str, tuple[Decimal, Decimal]]
    """Price before and after, by part number."""
    missing: tuple[str, ...]
    """Parts of the book that the list does not have."""
    refused: tuple[str, ...]
    """Parts that the list has at no price or at zero."""
    rebased: Mapping[str, str]
    """What the list bills parts by now, where the book says another unit."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    prices: Mapping[str, Decimal]
    """Pay as you go in USD, by part number. Of a tiered part it is the highest tier: the first is often a free allowance."""
    metrics: Mapping[str, str]
    """What a part is billed by, in Oracle's words, by part number."""
    date: date | None
    """When Oracle says the list was made."""


def listed(response: Mapping[str, Any]) -> Listing:
    items = response["items"]
    said = response.get("lastUpdated")
    return Listing(
        prices={item["partNumber"]: price for item in items if (price := _price(item)) is not None},
        metrics={item["partNumber"]: item["metricName"] for item in items if item.get("metricName")},
        date=datetime.fromisoformat(str(said)).date() if said else None,
    )


def _price(item: Mapping[str, Any]) -> Decimal | None:
    dollars = {"currencyCode": "USD", "prices": item.get("prices")}
    localized: Iterable[Mapping[str, Any]] = item.get("currencyCodeLocalizations") or [dollars]
    prices = [price for entry in localized if entry.get("currencyCode") == "USD" for price in entry.get("prices") or ()]
    used = [price for price in prices if price.get("model", "PAY_AS_YOU_GO") == "PAY_AS_YOU_GO"]
    if not used:
        return None
    highest = max(used, key=lambda price: Decimal(str(price.get("rangeMin") or 0)))
    return Decimal(str(highest["value"]))


def compare(book: Mapping[str, Any], listing: Listing) -> Refresh:
    """How the list differs from the book (the content of book.json)."""
    official = {number: part for number, part in book["parts"].items() if not number.startswith("unlisted:")}
    prices = listing.prices
    rebased = {
        number: listing.metrics[number]
        for number, part in official.items()
        if number in listing.metrics and not re.search(UNITS[part["unit"]], listing.metrics[number], re.IGNORECASE)
    }
    known = {number: Decimal(part["usd"]) for number, part in official.items()}
    return Refresh(
        changed={
            number: (old, prices[number])
            for number, old in known.items()
            if number not in rebased and prices.get(number, old) not in (old, 0)
        },
        missing=tuple(number for number in official if number not in prices),
        refused=tuple(number for number in official if prices.get(number) == 0),
        rebased=rebased,
    )


def updated(book: Mapping[str, Any], refresh: Refresh, as_of: date) -> dict[str, Any]:
    """The book with the new prices, and their date."""
    parts = {
        number: {**part, "usd": str(refresh.changed[number][1])} if number in refresh.changed else part
        for number, part in book["parts"].items()
    }
    return {**book, "asOf": as_of.isoformat(), "parts": parts}


def render(book: Mapping[str, Any]) -> str:
    """The text of book.json: a line a part, so that a change is a line of the diff."""
    parts = ",\n".join(f"  {json.dumps(number)}: {json.dumps(part)}" for number, part in book["parts"].items())
    head = "".join(f" {json.dumps(key)}: {json.dumps(value)},\n" for key, value in book.items() if key != "parts")
    return f'{{\n{head} "parts": {{\n{parts}\n }}\n}}\n'


def main(arguments: list[str] | None = None, book_file: Path = FILE) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.prices", description=__doc__)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--url", default=PRICE_LIST)
    source.add_argument("--file", type=Path, help="a saved answer of the price list")
    parser.add_argument("--write", action="store_true", help="rewrite infra/pricing/book.json")
    options = parser.parse_args(arguments)
    try:
        listing = listed(json.loads(options.file.read_text()) if options.file else whole(options.url, _fetch))
        if not listing.prices:
            raise ValueError("it lists no price")
        refresh = compare(json.loads(book_file.read_text()), listing)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        print(f"the price list cannot be read: {error}; expected the JSON of {PRICE_LIST}", file=sys.stderr)
        return 2
    for number, (old, new) in refresh.changed.items():
        print(f"{number:18} {old:>10} -> {new:>10}")
    for number in refresh.missing:
        print(f"{number:18} is no longer listed; its price is kept")
    for number in refresh.refused:
        print(f"{number:18} is listed at zero, which is not believed; its price is kept")
    for number, metric in refresh.rebased.items():
        print(f"{number:18} is billed by {metric!r} now; its price is kept until the unit in the book is fixed")
    if options.write:
        text = render(updated(json.loads(book_file.read_text()), refresh, listing.date or date.today()))
        read(text)
        book_file.write_text(text)
    print(f"{len(refresh.changed)} changed, {len(refresh.missing)} missing, {len(refresh.refused) + len(refresh.rebased)} refused")
    return 1 if refresh.missing or refresh.refused or refresh.rebased else 0


def whole(url: str, fetch: Callable[[str], str]) -> dict[str, Any]:
    """The list with all its pages, each of which names the next in its links. Raises ValueError for one that never ends."""
    answer: dict[str, Any] = {}
    items: list[Any] = []
    for _ in range(PAGES):
        page = json.loads(fetch(url))
        items += page["items"]
        answer = {**page, **answer, "items": items}
        following = [link["href"] for link in page.get("links") or () if link.get("rel") == "next"]
        if not following:
            return answer
        url = following[0]
    raise ValueError(f"the list has more than {PAGES} pages")


def _fetch(url: str) -> str:
    if not url.startswith("https://"):
        raise ValueError(f"{url} is not fetched: only https:// is")
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - https only, checked above
        return str(answer.read().decode())


if __name__ == "__main__":
    sys.exit(main())
