"""Kubernetes versions that OKE offers for new clusters."""

import re
from collections.abc import Sequence

from infra.problems import Problem

# Oracle, "Supported Kubernetes Versions" and "Cluster Add-on Supported Versions", 2026-11; terraform/schema.yaml of
# oracle-quickstart/oci-hpc-oke, 61d210a of 2026-08-20; v1.33.10 and v1.34.1 by the names of OKE's images of 2026-08-31.
SUPPORTED = ("v1.33.1", "v1.33.10", "v1.34.1", "v1.34.2", "v1.35.2", "v1.36.1")

_VERSION = re.compile(r"v1\.(\d+)\.\d+")


def minor(version: str) -> int:
    """The minor version: 34 of `v1.34.2`. Raises ValueError for what is no version."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ValueError(f"{version!r} is not a Kubernetes version, like {SUPPORTED[-1]}")
    return int(found[1])


def problems(version: str, offered: Sequence[str] = SUPPORTED) -> tuple[Problem, ...]:
    """What is wrong with a control plane's version.

    What OKE no longer offers, or what came between two versions that are known here, may be the version of a cluster that runs: Oracle
    refuses it for a new one. No cluster runs a minor version that came after the newest that is known.
    """
    known = ", ".join(offered)
    if _VERSION.fullmatch(version) is None:
        return (Problem("", f"{version!r} is not a version as OKE names it, like {SUPPORTED[-1]}; choose one of {known}"),)
    if minor(version) > max(map(minor, offered)):
        fix = f"choose one of {known}, or name it in catalogue.kubernetesVersions"
        return (Problem("", f"{version!r} is newer than what is known of OKE; {fix}"),)
    return ()
