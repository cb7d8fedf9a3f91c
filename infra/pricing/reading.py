"""Reads what a price hangs on from a resource's inputs. What is unknown, missing or of another kind raises: nothing is taken for 0."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from infra.pricing.book import UnpricedError
from infra.pricing.resources import UNKNOWN

MOST = 10**9
"""Nothing planned here comes in larger numbers, whatever its unit."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Inputs of the resource `name`, or the part of them at `path`. Every method raises UnpricedError, naming both."""

    name: str
    inputs: Mapping[str, Any]
    path: str = ""

    def has(self, key: str) -> bool:
        """Something is said, known or not."""
        return self.inputs.get(key) is not None

    def text(self, key: str, default: str | None = None) -> str:
        value = self._value(key, default)
        if not isinstance(value, str):
            raise self._wrong(key, value, "a text")
        return value

    def number(self, key: str, default: float | None = None) -> Decimal:
        """A number of at least 0, which may come as text."""
        value = self._value(key, default)
        if not isinstance(value, int | float | str):
            raise self._wrong(key, value, "a number")
        try:
            number = Decimal(str(value))
        except ArithmeticError:
            raise self._wrong(key, value, "a number") from None
        if not number.is_finite() or number < 0:
            raise self._wrong(key, value, "at least 0")
        if number > MOST:
            raise self._wrong(key, value, f"at most {MOST:,}")
        return number

    def count(self, key: str) -> int:
        number = self.number(key)
        if number != number.to_integral_value():
            raise self._wrong(key, self.inputs[key], "a whole number")
        return int(number)

    def section(self, key: str) -> "Reader":
        """The mapping at `key`; an empty one where nothing is said."""
        value = self._value(key, {})
        if not isinstance(value, Mapping):
            raise self._wrong(key, value, "a mapping")
        return Reader(name=self.name, inputs=value, path=f"{self._at(key)}.")

    def each(self, key: str) -> Iterator["Reader"]:
        """The mappings listed at `key`; none where nothing is said."""
        value = self._value(key, [])
        if isinstance(value, str | Mapping) or not hasattr(value, "__iter__"):
            raise self._wrong(key, value, "a list")
        for index, entry in enumerate(value):
            yield Reader(name=self.name, inputs={str(index): entry}, path=f"{self._at(key)}.").section(str(index))

    def refuse(self, key: str, why: str) -> UnpricedError:
        return UnpricedError(f"{self.name}: {self._at(key)} {why}")

    def _value(self, key: str, default: Any) -> Any:
        value = self.inputs.get(key)
        value = default if value is None else value
        if value is None:
            raise self.refuse(key, "is missing, so its price is unknown; give it")
        if value == UNKNOWN:
            raise self.refuse(key, "is not known before the update, so its price is unknown; make it a literal")
        return value

    def _wrong(self, key: str, value: Any, wanted: str) -> UnpricedError:
        return self.refuse(key, f"is {value!r}, but must be {wanted}")

    def _at(self, key: str) -> str:
        return f"{self.path}{key}"
