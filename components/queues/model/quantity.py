"""Kubernetes' quantities: `64`, `1500m`, `100Gi`, `1e3`. Compared as numbers, so that `1000m` is `1`.

kubernetes/apimachinery v0.34.2, pkg/api/resource/quantity.go, 2026-11.
"""

import re
from fractions import Fraction
from functools import lru_cache

_BINARY = {f"{letter}i": Fraction(1024) ** power for power, letter in enumerate("KMGTPE", start=1)}
_DECIMAL = {
    "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "": Fraction(1), "k": Fraction(1000), "M": Fraction(10**6),
    "G": Fraction(10**9), "T": Fraction(10**12), "P": Fraction(10**15), "E": Fraction(10**18),
}  # fmt: skip
_FORM = re.compile(r"([+-]?)(\d+\.?\d*|\.\d+)(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?\d{1,3}))?")

EXPECTED = "a quantity like 64, 1500m or 100Gi"


@lru_cache(maxsize=4096)
def parse(text: str | int) -> Fraction:
    """Raises ValueError. A thousand queues say few amounts, each of them often."""
    found = _FORM.fullmatch(str(text))
    if found is None:
        raise ValueError(f"{text!r} is not {EXPECTED}")
    sign, digits, suffix, exponent = found.groups()
    scale = Fraction(10) ** int(exponent) if exponent is not None else (_BINARY | _DECIMAL)[suffix or ""]
    return Fraction(digits) * scale * (-1 if sign == "-" else 1)


def text(value: Fraction | int, *, binary: bool = False) -> str:
    """The quantity, as short as it is exact; `binary` for bytes. Raises ValueError for what no quantity says: a third."""
    value = Fraction(value)
    if binary:
        for suffix, scale in reversed(_BINARY.items()):
            if value and value % scale == 0:
                return f"{value / scale}{suffix}"
    for suffix in ("", "m", "u", "n"):
        if (value / _DECIMAL[suffix]).denominator == 1:
            return f"{value / _DECIMAL[suffix]}{suffix}"
    raise ValueError(f"{value} is not a whole number of billionths")
