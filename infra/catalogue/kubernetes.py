"""Kubernetes versions that OKE offers for new clusters."""

import re

from infra.problems import Problem

# Oracle, "Supported Kubernetes Versions", and terraform/schema.yaml of oracle-quickstart/oci-hpc-oke, 61d210a of 2026-08-20.
SUPPORTED = ("v1.33.1", "v1.34.2", "v1.35.2", "v1.36.1")

_VERSION = re.compile(r"v(\d+)\.(\d+)\.(\d+)")


def minor(version: str) -> int:
    """The minor version: 34 of `v1.34.2`. Raises ValueError for what is no version."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ValueError(f"{version!r} is not a Kubernetes version, like {SUPPORTED[-1]}")
    return int(found[2])


def problems(version: str) -> tuple[Problem, ...]:
    """What is wrong with a control plane's version."""
    if version in SUPPORTED:
        return ()
    if _VERSION.fullmatch(version) is None:
        return (Problem("", f"{version!r} is not a version as OKE names it, like {SUPPORTED[-1]}; choose one of {', '.join(SUPPORTED)}"),)
    known = ", ".join(SUPPORTED)
    return (Problem("", f"{version!r} is not a version that OKE offers; choose one of {known}, or add what is new to infra/catalogue"),)
