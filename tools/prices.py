"""Refresh the price book from Oracle's public price list: `python -m tools.prices [--url URL | --file FILE] [--write]`.

Prints what changed. Only parts of the book are read; a part that Oracle no longer lists, or lists at zero, is reported and kept.
Exit code 1 when something needs a person's eye.
"""

import argparse
import json
import sys
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from infra.pricing.book import FILE, read

PRICE_LIST = "https://apexapps.oracle.com/pls/apex/cetools/api/v1/products/?currencyCode=USD"


@dataclass(frozen=True, kw_only=True)
class Refresh:
    changed: Mapping[str, tuple[Decimal, Decimal]]
    """Price before and after, by part number."""
    missing: tuple[str, ...]
    """Parts of the book that the list does not have."""
    refused: tuple[str, ...]
    """Parts that the list has at no price or at zero."""


def listed(response: Mapping[str, Any]) -> dict[str, Decimal]:
    """Pay-as-you-go price in USD by part number. Of a tiered part it is the highest tier: the first is often a free allowance."""
    return {item["partNumber"]: price for item in response["items"] if (price := _price(item)) is not None}


def _price(item: Mapping[str, Any]) -> Decimal | None:
    dollars = {"currencyCode": "USD", "prices": item.get("prices")}
    localized: Iterable[Mapping[str, Any]] = item.get("currencyCodeLocalizations") or [dollars]
    prices = [price for entry in localized if entry.get("currencyCode") == "USD" for price in entry.get("prices") or ()]
    used = [price for price in prices if price.get("model", "PAY_AS_YOU_GO") == "PAY_AS_YOU_GO"]
    if not used:
        return None
    highest = max(used, key=lambda price: Decimal(str(price.get("rangeMin") or 0)))
    return Decimal(str(highest["value"]))


def compare(book: Mapping[str, Any], prices: Mapping[str, Decimal]) -> Refresh:
    """How the list differs from the book (the content of book.json)."""
    official = {number: Decimal(part["usd"]) for number, part in book["parts"].items() if not number.startswith("unlisted:")}
    return Refresh(
        changed={number: (old, prices[number]) for number, old in official.items() if prices.get(number, old) not in (old, 0)},
        missing=tuple(number for number in official if number not in prices),
        refused=tuple(number for number in official if prices.get(number) == 0),
    )


def updated(book: Mapping[str, Any], refresh: Refresh, today: date) -> dict[str, Any]:
    """The book with the new prices, dated today."""
    parts = {
        number: {**part, "usd": str(refresh.changed[number][1])} if number in refresh.changed else part
        for number, part in book["parts"].items()
    }
    return {**book, "asOf": today.isoformat(), "parts": parts}


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
        text = options.file.read_text() if options.file else _fetch(options.url)
        prices = listed(json.loads(text))
        if not prices:
            raise ValueError("it lists no price")
        refresh = compare(json.loads(book_file.read_text()), prices)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"the price list cannot be read: {error}; expected the JSON of {PRICE_LIST}", file=sys.stderr)
        return 2
    for number, (old, new) in refresh.changed.items():
        print(f"{number:18} {old:>10} -> {new:>10}")
    for number in refresh.missing:
        print(f"{number:18} is no longer listed; its price is kept")
    for number in refresh.refused:
        print(f"{number:18} is listed at zero, which is not believed; its price is kept")
    if options.write:
        text = render(updated(json.loads(book_file.read_text()), refresh, date.today()))
        read(text)
        book_file.write_text(text)
    print(f"{len(refresh.changed)} changed, {len(refresh.missing)} missing, {len(refresh.refused)} refused")
    return 1 if refresh.missing or refresh.refused else 0


def _fetch(url: str) -> str:
    if not url.startswith("https://"):
        raise ValueError(f"{url} is not fetched: only https:// is")
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - https only, checked above
        return str(answer.read().decode())


if __name__ == "__main__":
    sys.exit(main())
