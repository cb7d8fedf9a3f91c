"""Figures that pages state are those of the code."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_on_the_rehearsal_counts_the_types_that_the_simulator_knows() -> None:
    (stated,) = re.findall(r"(\d+) resource types of pulumi-oci", (ROOT / "docs/rehearsal.md").read_text())
    assert int(stated) == len(json.loads((ROOT / "simulator/oci/schema.json").read_text()))
