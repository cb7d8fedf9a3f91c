"""What the simulated cloud offers beside what its tables know: machines, versions and regions that a stack file describes.

Oracle offers more than any table has. The process is told once, as it starts: the stack file's section `catalogue` as JSON, in the
variable SIMULATOR_OFFERS. What cannot be read of it is not offered.
"""

import json
from collections.abc import Mapping
from typing import Any

VARIABLE = "SIMULATOR_OFFERS"


def read(text: str | None, key: str) -> dict[str, Mapping[str, Any]]:
    """The rows of a part, `shapes` or `regions`, by their names."""
    rows = _section(text).get(key)
    return {name: row for name, row in rows.items() if isinstance(row, Mapping)} if isinstance(rows, Mapping) else {}


def versions(text: str | None) -> tuple[str, ...]:
    """Versions of Kubernetes."""
    found = _section(text).get("kubernetesVersions")
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _section(text: str | None) -> Mapping[str, Any]:
    try:
        section = json.loads(text or "{}")
    except ValueError:
        return {}
    return section if isinstance(section, Mapping) else {}
