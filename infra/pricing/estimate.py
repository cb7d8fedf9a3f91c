"""What planned resources cost: at rest, and at the most the autoscaler may make of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from infra.catalogue.shapes import Shape, UnknownShapeError, shape
from infra.pricing.book import BOOK, HOURS_PER_MONTH, PREEMPTIBLE_FACTOR, UNUSED_RESERVATION_FACTOR, PriceBook, UnpricedError
from infra.pricing.free import is_free
from infra.pricing.resources import UNKNOWN, PlannedResource

MINIMUM_TAG, MAXIMUM_TAG = "autoscaler-min", "autoscaler-max"
"""Free-form tags that say the autoscaler's bounds of a pool, as literals."""

BOOT_GB = 50
"""Boot volume of Oracle's images where none is asked for."""
BALANCED_VPUS = 10
"""Volume performance units per GB of a boot volume; node pools cannot ask for others."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One resource that costs money."""

    name: str
    kind: str
    """`pool`, `cluster`, `storage`, `reservation` ..."""
    detail: str
    unit_hourly: Decimal
    """US dollars an hour for one of it: a node, with its boot volume, or the resource itself."""
    minimum: int = 1
    """How many there are at rest."""
    maximum: int = 1

    @property
    def minimum_hourly(self) -> Decimal:
        return self.unit_hourly * self.minimum

    @property
    def maximum_hourly(self) -> Decimal:
        return self.unit_hourly * self.maximum

    @property
    def scales(self) -> bool:
        return self.minimum != self.maximum


@dataclass(frozen=True, kw_only=True)
class Metered:
    """Something billed by what is used of it, which a plan cannot know."""

    name: str
    kind: str
    unit: str
    usd: Decimal
    """US dollars for one unit."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    lines: tuple[Line, ...]
    metered: tuple[Metered, ...]
    book: PriceBook

    @property
    def pools(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.kind == "pool")

    @property
    def fixed(self) -> tuple[Line, ...]:
        """What costs the same whatever the autoscaler does, pools left out."""
        return tuple(line for line in self.lines if line.kind != "pool")

    @property
    def fixed_hourly(self) -> Decimal:
        return sum((line.minimum_hourly for line in self.fixed), Decimal(0))

    @property
    def minimum_hourly(self) -> Decimal:
        return sum((line.minimum_hourly for line in self.lines), Decimal(0))

    @property
    def maximum_hourly(self) -> Decimal:
        return sum((line.maximum_hourly for line in self.lines), Decimal(0))

    @property
    def minimum_monthly(self) -> Decimal:
        return self.minimum_hourly * HOURS_PER_MONTH

    @property
    def maximum_monthly(self) -> Decimal:
        return self.maximum_hourly * HOURS_PER_MONTH

    def to_json(self) -> dict[str, Any]:
        return {
            "currency": "USD",
            "priceBook": {"asOf": self.book.as_of.isoformat(), "source": self.book.source},
            "hoursPerMonth": HOURS_PER_MONTH,
            "lines": [
                {
                    "name": line.name,
                    "kind": line.kind,
                    "detail": line.detail,
                    "unitHourly": _text(line.unit_hourly),
                    "minimum": line.minimum,
                    "maximum": line.maximum,
                    "minimumHourly": _text(line.minimum_hourly),
                    "maximumHourly": _text(line.maximum_hourly),
                }
                for line in self.lines
            ],
            "metered": [{"name": item.name, "kind": item.kind, "unit": item.unit, "usd": str(item.usd)} for item in self.metered],
            "fixedHourly": _text(self.fixed_hourly),
            "minimumHourly": _text(self.minimum_hourly),
            "maximumHourly": _text(self.maximum_hourly),
            "minimumMonthly": _text(self.minimum_monthly),
            "maximumMonthly": _text(self.maximum_monthly),
        }


def estimate(resources: Iterable[PlannedResource], book: PriceBook = BOOK) -> Estimate:
    """Lines in the order of `resources`. Raises UnpricedError for a resource that may cost money and has no price, naming it."""
    lines: list[Line] = []
    metered: list[Metered] = []
    for resource in resources:
        if is_free(resource.type):
            continue
        entry = _entry(resource, book)
        if isinstance(entry, Metered):
            metered.append(entry)
        elif entry is not None:
            lines.append(entry)
    return Estimate(lines=tuple(lines), metered=tuple(metered), book=book)


def _entry(resource: PlannedResource, book: PriceBook) -> Line | Metered | None:  # noqa: PLR0911 - one row per type
    match resource.type:
        case "oci:ContainerEngine/nodePool:NodePool":
            return _pool(resource, book)
        case "oci:ContainerEngine/cluster:Cluster":
            if _known(resource, "type", default="BASIC_CLUSTER") == "BASIC_CLUSTER":
                return None
            return _plain(resource, "cluster", "enhanced control plane", book.hourly("B96545"))
        case "oci:ContainerEngine/virtualNodePool:VirtualNodePool":
            size = _integer(resource, "size", default=0)
            return Line(
                name=resource.name, kind="pool", detail="virtual nodes", unit_hourly=book.hourly("B96109"), minimum=size, maximum=size
            )
        case "oci:Core/instance:Instance":
            config = _mapping(resource, "shapeConfig")
            node, detail = _node(resource, _shape(resource, "shape"), config, book)
            return _plain(resource, "instance", detail, node)
        case "oci:Core/computeCapacityReservation:ComputeCapacityReservation":
            return _reservation(resource, book)
        case "oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem":
            size = _integer(resource, "capacityInGbs")
            return _plain(resource, "storage", f"Lustre, {size:,} GB", book.hourly("unlisted:lustre") * size)
        case "oci:FileStorage/fileSystem:FileSystem":
            return Metered(name=resource.name, kind="File Storage", unit="GB-month", usd=book.price("B89057"))
        case "oci:ObjectStorage/bucket:Bucket":
            return Metered(name=resource.name, kind="Object Storage", unit="GB-month", usd=book.price("B91628"))
        case "oci:Kms/vault:Vault":
            if _known(resource, "vaultType") == "VIRTUAL_PRIVATE":
                return _plain(resource, "vault", "virtual private vault", book.hourly("B90328"))
            return None
    raise UnpricedError(
        f"{resource.name}: no price is known for {resource.type}; add it to infra/pricing/estimate.py, or to free.py if it costs nothing"
    )


def _pool(resource: PlannedResource, book: PriceBook) -> Line:
    details = _mapping(resource, "nodeConfigDetails")
    tags = _mapping(resource, "freeformTags")
    kind = _shape(resource, "nodeShape")
    node, detail = _node(resource, kind, _mapping(resource, "nodeShapeConfig"), book)
    placements = details.get("placementConfigs") or []
    if any(isinstance(place, Mapping) and place.get("preemptibleNodeConfig") for place in placements):
        node, detail = node * PREEMPTIBLE_FACTOR, f"{detail}, preemptible"
    source = _mapping(resource, "nodeSourceDetails")
    boot = _number(resource, "nodeSourceDetails.bootVolumeSizeInGbs", source.get("bootVolumeSizeInGbs", BOOT_GB))
    node += boot * (book.hourly("B91961") + BALANCED_VPUS * book.hourly("B91962"))
    if MINIMUM_TAG in tags or MAXIMUM_TAG in tags:
        minimum = int(_number(resource, f"freeformTags.{MINIMUM_TAG}", tags.get(MINIMUM_TAG)))
        maximum = int(_number(resource, f"freeformTags.{MAXIMUM_TAG}", tags.get(MAXIMUM_TAG)))
    else:
        minimum = maximum = int(_number(resource, "nodeConfigDetails.size", details.get("size", 0)))
    return Line(name=resource.name, kind="pool", detail=detail, unit_hourly=node, minimum=minimum, maximum=maximum)


def _node(resource: PlannedResource, kind: Shape, config: Mapping[str, Any], book: PriceBook) -> tuple[Decimal, str]:
    """US dollars an hour for a machine without its volumes, and what it is."""
    if kind.gpu_part is not None:
        return book.hourly(kind.gpu_part) * kind.gpus, f"{kind.name}, {kind.gpus} x {kind.gpu_model}"
    if kind.ocpu_part is None or kind.memory_part is None:
        raise UnpricedError(f"{resource.name}: shape {kind.name} has no price parts in the catalogue")
    ocpus = _number(resource, "ocpus", config.get("ocpus", kind.ocpus))
    memory = _number(resource, "memoryInGbs", config.get("memoryInGbs", kind.memory_gib))
    return book.hourly(kind.ocpu_part) * ocpus + book.hourly(kind.memory_part) * memory, f"{kind.name}, {ocpus:g} OCPU, {memory:g} GB"


def _reservation(resource: PlannedResource, book: PriceBook) -> Line:
    """Reserved capacity bills whether it is used or not; a pool that uses it is billed by its own line."""
    total, details = Decimal(0), []
    for entry in resource.inputs.get("instanceReservationConfigs") or []:
        config = entry if isinstance(entry, Mapping) else {}
        kind = _named(resource, config.get("instanceShape"))
        count = _number(resource, "instanceReservationConfigs.reservedCount", config.get("reservedCount"))
        node, detail = _node(resource, kind, config.get("instanceShapeConfig") or {}, book)
        total += node * count * UNUSED_RESERVATION_FACTOR
        details.append(f"{count:g} x {detail}")
    return _plain(resource, "reservation", "; ".join(details) + ", unused", total)


def _plain(resource: PlannedResource, kind: str, detail: str, hourly: Decimal) -> Line:
    return Line(name=resource.name, kind=kind, detail=detail, unit_hourly=hourly)


def _shape(resource: PlannedResource, key: str) -> Shape:
    return _named(resource, _known(resource, key))


def _named(resource: PlannedResource, name: Any) -> Shape:
    try:
        return shape(str(name))
    except UnknownShapeError as error:
        raise UnpricedError(f"{resource.name}: {error}") from None


def _known(resource: PlannedResource, key: str, default: Any = None) -> Any:
    value = resource.inputs.get(key, default)
    if value is None or value == UNKNOWN:
        state = "missing" if value is None else "not known before the update"
        raise UnpricedError(f"{resource.name}: {key} is {state}, so its price cannot be told; make it a literal")
    return value


def _mapping(resource: PlannedResource, key: str) -> Mapping[str, Any]:
    value = resource.inputs.get(key) or {}
    if not isinstance(value, Mapping):
        raise UnpricedError(f"{resource.name}: {key} is not known before the update, so its price cannot be told; make it a literal")
    return value


def _integer(resource: PlannedResource, key: str, default: int | None = None) -> int:
    return int(_number(resource, key, resource.inputs.get(key, default)))


def _number(resource: PlannedResource, path: str, value: Any) -> Decimal:
    if isinstance(value, bool) or value is None or value == UNKNOWN:
        state = {None: "missing", UNKNOWN: "not known before the update"}.get(value, f"{value!r}")
        raise UnpricedError(f"{resource.name}: {path} is {state}, so its price cannot be told; make it a literal number")
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        raise UnpricedError(f"{resource.name}: {path} is {value!r}, but must be a number") from None
    if not number.is_finite() or number < 0:
        raise UnpricedError(f"{resource.name}: {path} is {value!r}, but must be at least 0")
    return number


def _text(amount: Decimal) -> str:
    return f"{amount:.4f}"
