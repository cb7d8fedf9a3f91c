"""Volumes that Helm values ask for, held to what the cluster's storage makes of them."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from infra.problems import Problem

if TYPE_CHECKING:  # commands read the values of releases here, and do without the SDK
    from infra.facts import ClusterContext

BLOCK_VOLUMES = "oci-bv"
"""OKE's own storage class."""
SMALLEST_BLOCK_GIB = 50
"""Oracle, "Provisioning PVCs on the Block Volume Service", 2026-08: smaller claims become this large, and are billed as such."""

_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?")
_BYTES = {
    None: 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15,
}  # fmt: skip


def problems(values: Mapping[str, Any], cluster: "ClusterContext") -> Iterator[Problem]:
    """Volumes that are too small for Oracle's block storage, or of a storage class that the cluster does not have."""
    for path, size, chosen in claims(values):
        known = cluster.storage_classes
        if isinstance(chosen, str) and chosen and chosen not in known:
            place = (*path[:-1], "storageClassName")
            yield Problem(".".join(place), f"is {chosen!r}, which the cluster does not have; it has {', '.join(sorted(known)) or 'none'}")
            continue
        gib = _gib(size)
        if (chosen or BLOCK_VOLUMES) == BLOCK_VOLUMES and BLOCK_VOLUMES in known and gib is not None and gib < SMALLEST_BLOCK_GIB:
            fix = f"ask for {SMALLEST_BLOCK_GIB}Gi"
            yield Problem(".".join(path), f"is {size}, but Oracle makes and bills {SMALLEST_BLOCK_GIB} GiB at least; {fix}")


def claims(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Where Helm values say the size of a volume, the size, and its storage class."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from claims(item, (*path, str(index)))
    if not isinstance(value, Mapping):
        return
    if "size" in value and path[-1:] == ("persistence",) and value.get("enabled") is not False:
        yield (*path, "size"), value["size"], value.get("storageClassName", value.get("storageClass"))
    requests = (value.get("resources") or {}).get("requests") if isinstance(value.get("resources"), Mapping) else None
    if isinstance(requests, Mapping) and "storage" in requests:
        yield (*path, "resources", "requests", "storage"), requests["storage"], value.get("storageClassName")
    for key, item in value.items():
        yield from claims(item, (*path, str(key)))


def _gib(size: Any) -> float | None:
    found = _QUANTITY.fullmatch(str(size)) if isinstance(size, str | int) else None
    return float(found[1]) * _BYTES[found[2]] / 2**30 if found else None
