"""What Kubernetes takes as labels and taints: their form. Whose a key is, is for those to say who know the cluster."""

import re
from collections.abc import Iterator, Mapping

from infra.problems import Problem, shown

# Kubernetes, "Labels and Selectors", 1.36.
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_PREFIX = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


def is_key(key: str) -> bool:
    prefix, slash, name = key.rpartition("/")
    return bool(_NAME.fullmatch(name)) and (not slash or bool(_PREFIX.fullmatch(prefix)))


def is_value(value: str) -> bool:
    return not value or bool(_NAME.fullmatch(value))


def problems(labels: Mapping[str, str]) -> Iterator[Problem]:
    """Labels that no API server takes; paths begin at `labels`."""
    for key, value in labels.items():
        if not is_key(key):
            yield Problem(f"labels.{key}", "is not a label key; allowed: [domain/]name of letters, digits, dash, dot and underscore")
        if not is_value(value):
            what = f"has the value {shown(value, 80)}; allowed: at most 63 letters, digits, dash, dot and underscore"
            yield Problem(f"labels.{key}", what)
