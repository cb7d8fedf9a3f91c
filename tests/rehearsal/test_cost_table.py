"""The figures that a user sees are those of the price book, recomputed here by hand."""

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from infra.pricing import BOOK

ROOT = Path(__file__).resolve().parents[2]


def boot(gib: int) -> Decimal:
    """US dollars an hour for a balanced boot volume."""
    return gib * (BOOK.price("B91961") + 10 * BOOK.price("B91962")) / 730


def test_the_preview_of_dev_shows_what_the_price_book_says() -> None:
    command = [sys.executable, "-m", "platformctl", "preview", "dev", "--all"]
    wide = {**os.environ, "COLUMNS": "200"}
    answer = subprocess.run(command, cwd=ROOT, env=wide, capture_output=True, text=True, check=True)
    a10 = BOOK.price("B95909") + boot(200)
    system = 2 * (2 * BOOK.price("B97384") + 16 * BOOK.price("B97385") + boot(100))
    cluster = BOOK.price("B96545")
    rest, most = system + cluster, system + cluster + 2 * a10
    rows = {line.split()[0]: line.split() for line in answer.stdout.splitlines() if "$" in line and "GB-month" not in line}
    assert rows["pool-a10-ad1"][-4:] == ["$0.00", f"${2 * a10:.2f}", "$0", f"${2 * a10 * 730:,.0f}"]
    assert rows["pool-system"][-4:] == [f"${system:.2f}", f"${system:.2f}", f"${system * 730:,.0f}", f"${system * 730:,.0f}"]
    assert rows["cluster"][-4:] == ["$0.10", "$0.10", "$73", "$73"]
    assert rows["total"][-4:] == [f"${rest:.2f}", f"${most:.2f}", f"${rest * 730:,.0f}", f"${most * 730:,.0f}"]
    for component in ("Network", "Cluster", "NodePool", "Identity", "Autoscaler"):
        assert any(line.endswith(f"  {component}") for line in answer.stdout.splitlines()), component
