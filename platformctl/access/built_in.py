"""Roles that every cluster has. Kubernetes v1.34.2, as its API server makes them; a test asks the server for each.

`view`, `edit` and `admin` are aggregated: a label on another role adds to them.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("built_in_roles.json")


@cache
def roles() -> Mapping[str, Mapping[str, Any]]:
    """By name: `rules`, or `aggregationRule`, and the labels by which other roles take them in."""
    found: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
