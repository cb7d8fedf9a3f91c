"""What an object asks for, counted over all the pods that it may make: GPUs, and gigabytes of volumes.

A count in a mapping (`replicas`, `maxReplicas`, `parallelism` ...) counts for everything below it, so a pod in a template in a worker
group is counted as often as all of them say.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from policies.accessor import Path, Refused, unknown, written

COUNTS: Final = frozenset({
    "maxreplicacount", "maxreplicas", "maxrunners", "maxscale", "maxworkers", "numnodes", "numworkers", "parallelism", "replicacount",
    "replicas", "workerreplicas",
})  # fmt: skip
"""Keys that say how many, in small letters; the largest of those in one mapping counts."""
MOST: Final = 10**9

_GPU = re.compile(r"(?:requests\.|limits\.)?(?:nvidia|amd)\.com/(?:gpu(?:\.\w+)*|mig-.+)", re.IGNORECASE)
_HOLDS = re.compile(r"(?:specs?|templates?|containers|resources|limits|requests|hard|flavors|resourcegroups)$")
"""Keys of what demand is counted in."""
_DEVICE = re.compile(r"gpu|\bmig\b|nvidia|amd\.com", re.IGNORECASE)
"""Classes of devices that are GPUs."""
_SLICES: Final = 7
"""MIG instances of one GPU at most."""
_STORAGE = re.compile(r"(?:storage|size|capacity)$")
_IN_UNITS = re.compile(r"(?:storage|size|capacity|disk|volume)(?:in)?_?(?P<unit>[gt])i?bs?$")
"""Keys that say the unit themselves: `storageGib`, `diskSizeInGB`."""
_QUANTITY = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?)(?P<unit>[KMGTPE]i?|k|)")
_UNITS: Final = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}


def gpus(inputs: Mapping[str, Any], path: Path) -> Decimal:
    """GPUs of all pods together. Raises Refused where a number cannot be read."""
    return sum((amount for _, amount in _counted(inputs, path, Decimal(1), _gpus)), Decimal(0))


def gigabytes(inputs: Mapping[str, Any], path: Path, *, in_values: bool) -> Decimal:
    """Gigabytes of all volume claims together; in a chart's values every size that is written with a unit is one. Raises Refused."""
    found = _sizes if in_values else _requests
    return sum((amount for _, amount in _counted(inputs, path, Decimal(1), found)), Decimal(0))


def quotas(inputs: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Decimal]]:
    """What queues and quotas let jobs have of GPUs. Raises Refused."""
    yield from _counted(inputs, path, None, _quota)


Found = Callable[[Mapping[str, Any], Path], Iterator[tuple[Path, Decimal]]]


def _counted(value: Any, path: Path, times: Decimal | None, find: Found) -> Iterator[tuple[Path, Decimal]]:
    if isinstance(value, list | tuple):
        for place, item in enumerate(value):
            if unknown(item) and path and _HOLDS.search(str(path[-1]).lower()):
                raise Refused(f"{written((*path, place))} is not known before the update, so it cannot be counted: it must be written out")
            yield from _counted(item, (*path, place), times, find)
        return
    if not isinstance(value, Mapping):
        return
    if times is not None:
        times *= _times(value, path)
    yield from ((at, amount * (1 if times is None else times)) for at, amount in find(value, path))
    for key, item in value.items():
        if unknown(item) and _HOLDS.search(str(key).lower()):
            raise Refused(f"{written((*path, key))} is not known before the update, so it cannot be counted: it must be written out")
        yield from _counted(item, (*path, key), times, find)


def _times(value: Mapping[str, Any], path: Path) -> Decimal:
    """How many there are of what is in a mapping: at least what it says, and once where it says nothing."""
    said = [
        number((*path, key), item) for key, item in value.items() if str(key).lower() in COUNTS and not isinstance(item, Mapping | list)
    ]
    group = number((*path, "size"), value["size"]) if "workerTemplate" in value and "size" in value else Decimal(1)
    return max(said, default=Decimal(1)) * group


def _gpus(value: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Decimal]]:
    """Limits and requests of one container are the same GPUs: extended resources cannot differ, so limits are read where they are."""
    device = value.get("deviceClassName")
    if isinstance(device, str) and _DEVICE.search(device):
        yield (*path, "count"), number((*path, "count"), value.get("count", 1))
    for key in ("limits", "requests"):
        asked = value.get(key)
        if isinstance(asked, Mapping):
            found = [((*path, key, name), _whole((*path, key, name), str(name), item)) for name, item in asked.items() if _is_gpu(name)]
            if found:
                yield from found
                return


def _quota(value: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Decimal]]:
    if unknown(value.get("name")) and "nominalQuota" in value:
        raise Refused(f"{written((*path, 'name'))} is not known before the update, so it cannot be counted: it must be written out")
    if _is_gpu(value.get("name")):
        for key in ("nominalQuota", "borrowingLimit"):
            if value.get(key) is not None:
                yield (*path, key), _whole((*path, key), str(value["name"]), value[key])
    if path and path[-1] == "hard":
        for name, item in value.items():
            if _is_gpu(name):
                yield (*path, name), _whole((*path, name), str(name), item)


def _is_gpu(name: Any) -> bool:
    return isinstance(name, str) and bool(_GPU.fullmatch(name))


def _whole(path: Path, name: str, item: Any) -> Decimal:
    return number(path, item) / (_SLICES if "/mig-" in name.lower() else 1)


def _requests(value: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Decimal]]:
    if path[-2:] == ("resources", "requests") and value.get("storage") is not None:
        yield (*path, "storage"), size((*path, "storage"), value["storage"])


def _sizes(value: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Decimal]]:
    for key, item in value.items():
        small = str(key).lower()
        units = _IN_UNITS.search(small)
        if units is not None and (unknown(item) or _is_number(item)):
            yield (*path, key), number((*path, key), item) * (1000 if units["unit"] == "t" else 1)
        elif _STORAGE.search(small) and (unknown(item) or (isinstance(item, str | int | float) and _QUANTITY.fullmatch(str(item)))):
            yield (*path, key), size((*path, key), item)


def _is_number(item: Any) -> bool:
    return isinstance(item, str | int | float) and not isinstance(item, bool) and bool(re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]+)?", str(item)))


def number(path: Path, value: Any) -> Decimal:
    """A count, which may be text. Raises Refused."""
    if unknown(value):
        raise Refused(f"{written(path)} is not known before the update, so it cannot be counted: it must be a literal or a config value")
    try:
        found = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except ArithmeticError:
        found = Decimal("NaN")
    if value is None:
        return Decimal(1)
    if not found.is_finite() or not 0 <= found <= MOST:
        raise Refused(f"{written(path)} is no number from 0 to {MOST:,}, so it cannot be counted: write one")
    return found


def size(path: Path, value: Any) -> Decimal:
    """Gigabytes of a quantity such as `50Gi`. Raises Refused."""
    if unknown(value):
        raise Refused(f"{written(path)} is not known before the update, so it cannot be priced: it must be a literal or a config value")
    match = _QUANTITY.fullmatch(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    if match is None:
        raise Refused(f"{written(path)} is no size such as 50Gi, so it cannot be priced: write one")
    unit = match["unit"]
    return Decimal(match["number"]) * Decimal(1024 if unit.endswith("i") else 1000) ** _UNITS[unit.removesuffix("i")] / Decimal(10**9)
