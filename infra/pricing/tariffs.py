"""What each type of resource costs: a tariff turns the inputs of one resource into entries of the estimate."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from infra.catalogue.shapes import Shape, UnknownShapeError, shape
from infra.node_pool_tags import AUTOSCALER_MAX, AUTOSCALER_MIN
from infra.pricing.book import PREEMPTIBLE_FACTOR, UNUSED_RESERVATION_FACTOR, PriceBook, UnpricedError
from infra.pricing.lines import Line, Metered
from infra.pricing.reading import Reader

BOOT_GB = 50
"""Boot volume of Oracle's images where none is asked for."""
BALANCED_VPUS = 10
"""Volume performance units per GB where none are asked for; node pools cannot ask."""

ENHANCED_CLUSTER = "B96545"
"""Part number of an enhanced cluster's control plane."""

LUSTRE_TIER = "MBPS_PER_TB_"

Entries = Iterator[Line | Metered]
Tariff = Callable[[Reader, PriceBook], Entries]


def node_pool(pool: Reader, book: PriceBook) -> Entries:
    placements = [_asks(place, "preemptibleNodeConfig") for place in pool.section("nodeConfigDetails").each("placementConfigs")]
    node, detail = _node(pool, "nodeShape", "nodeShapeConfig", book, preemptible=bool(placements) and all(placements))
    boot = _volume(pool.section("nodeSourceDetails").number("bootVolumeSizeInGbs", BOOT_GB), Decimal(BALANCED_VPUS), book)
    minimum, maximum = _nodes(pool)
    maximum += _beside(pool)
    yield Line(name=pool.name, kind="pool", detail=detail, unit_hourly=node + boot, minimum=minimum, maximum=maximum)


def virtual_node_pool(pool: Reader, book: PriceBook) -> Entries:
    """The nodes themselves. Their pods are billed by what they ask for, at the rates of the shape."""
    size = pool.count("size")
    yield Line(name=pool.name, kind="pool", detail="virtual nodes", unit_hourly=book.hourly("B96109"), minimum=size, maximum=size)


def cluster(cluster: Reader, book: PriceBook) -> Entries:
    """Oracle makes a basic cluster, free of charge, where no type is asked for."""
    if cluster.text("type", "BASIC_CLUSTER") != "BASIC_CLUSTER":
        yield _single(cluster, "cluster", "enhanced control plane", book.hourly(ENHANCED_CLUSTER))


def instance(instance: Reader, book: PriceBook) -> Entries:
    node, detail = _node(instance, "shape", "shapeConfig", book, preemptible=_asks(instance, "preemptibleInstanceConfig"))
    source = instance.section("sourceDetails")
    boot = _volume(source.number("bootVolumeSizeInGbs", BOOT_GB), source.number("bootVolumeVpusPerGb", BALANCED_VPUS), book)
    yield _single(instance, "instance", detail, node + boot)


def capacity_reservation(reservation: Reader, book: PriceBook) -> Entries:
    """Bills whether it is used or not. A pool that uses it has a line of its own: together they say too much rather than too little."""
    entries = list(reservation.each("instanceReservationConfigs"))
    if not entries:
        raise reservation.refuse("instanceReservationConfigs", "is missing, so its price is unknown; give it")
    for entry in entries:
        node, detail = _node(entry, "instanceShape", "instanceShapeConfig", book)
        count = entry.count("reservedCount")
        unused = node * UNUSED_RESERVATION_FACTOR
        yield Line(name=reservation.name, kind="reservation", detail=f"{detail}, unused", unit_hourly=unused, minimum=count, maximum=count)


def lustre(files: Reader, book: PriceBook) -> Entries:
    """Capacity, and performance by the tier.

    Oracle's list has the rate of a performance unit and not how many a tier has. One for each MB/s per TB is inferred: block volumes
    count theirs alike, and it is the reading that costs more.
    """
    tier, capacity = files.text("performanceTier"), files.count("capacityInGbs")
    units = tier.removeprefix(LUSTRE_TIER)
    if not units.isdecimal():
        raise files.refuse("performanceTier", f"is {tier!r}, but must be like {LUSTRE_TIER}125")
    rate = book.hourly("B111091") + int(units) * book.hourly("B111092")
    yield _single(files, "storage", f"Lustre, {capacity:,} GB, {units} MB/s per TB", rate * capacity)


def volume(disk: Reader, book: PriceBook) -> Entries:
    size, vpus = disk.number("sizeInGbs"), disk.number("vpusPerGb", BALANCED_VPUS)
    yield _single(disk, "storage", f"block volume, {size:g} GB, {vpus:g} VPU", _volume(size, vpus, book))


def load_balancer(balancer: Reader, book: PriceBook) -> Entries:
    """A tenancy's first one is free; which it is, a plan cannot know. Bandwidth bills what is used, from the configured minimum on."""
    if balancer.text("shape") != "flexible":
        raise balancer.refuse("shape", f"is {balancer.text('shape')!r}, of which no price is known; use flexible")
    details = balancer.section("shapeDetails")
    low, high = details.count("minimumBandwidthInMbps"), details.count("maximumBandwidthInMbps")
    yield _single(balancer, "load balancer", "flexible load balancer", book.hourly("B93030"))
    yield Line(
        name=balancer.name, kind="bandwidth", detail="Mbps of bandwidth", unit_hourly=book.hourly("B93031"), minimum=low, maximum=high
    )


def vault(vault: Reader, book: PriceBook) -> Entries:
    """A default vault is free of charge."""
    kind = vault.text("vaultType")
    if kind == "VIRTUAL_PRIVATE":
        yield _single(vault, "vault", "virtual private vault", book.hourly("B90328"))
    elif kind != "DEFAULT":
        raise vault.refuse("vaultType", f"is {kind!r}, of which no price is known; use DEFAULT or VIRTUAL_PRIVATE")


def metered(kind: str, part: str) -> Tariff:
    def tariff(resource: Reader, book: PriceBook) -> Entries:
        yield Metered(name=resource.name, kind=kind, unit="GB-month", usd=book.price(part))

    return tariff


TARIFFS: Mapping[str, Tariff] = MappingProxyType(
    {
        "oci:ContainerEngine/cluster:Cluster": cluster,
        "oci:ContainerEngine/nodePool:NodePool": node_pool,
        "oci:ContainerEngine/virtualNodePool:VirtualNodePool": virtual_node_pool,
        "oci:Core/computeCapacityReservation:ComputeCapacityReservation": capacity_reservation,
        "oci:Core/instance:Instance": instance,
        "oci:Core/volume:Volume": volume,
        "oci:FileStorage/fileSystem:FileSystem": metered("File Storage", "B89057"),
        "oci:Kms/vault:Vault": vault,
        "oci:LoadBalancer/loadBalancer:LoadBalancer": load_balancer,
        "oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem": lustre,
        "oci:ObjectStorage/bucket:Bucket": metered("Object Storage", "B91628"),
    }
)


def _asks(resource: Reader, key: str) -> bool:
    """There is a section `key`. Raises UnpricedError where that is not known."""
    resource.section(key)
    return resource.has(key)


def _nodes(pool: Reader) -> tuple[int, int]:
    """Fewest and most nodes: the autoscaler's bounds where the pool's tags say them, else its size for both."""
    tags = pool.section("freeformTags")
    if tags.has(AUTOSCALER_MIN) or tags.has(AUTOSCALER_MAX):
        minimum, maximum = tags.count(AUTOSCALER_MIN), tags.count(AUTOSCALER_MAX)
        if maximum < minimum:
            raise tags.refuse(AUTOSCALER_MAX, f"is {maximum}, less than {AUTOSCALER_MIN}, which is {minimum}")
        return minimum, maximum
    size = pool.section("nodeConfigDetails").count("size")
    return size, size


def _beside(pool: Reader) -> int:
    """Nodes that cycling makes before it takes the old ones away: while it lasts, the pool has as many more."""
    cycling = pool.section("nodePoolCyclingDetails")
    return cycling.count("maximumSurge") if cycling.has("maximumSurge") else 0


def _node(resource: Reader, shape_key: str, config_key: str, book: PriceBook, *, preemptible: bool = False) -> tuple[Decimal, str]:
    """US dollars an hour for a machine without its volumes, and what it is. No discount for a shape that has no preemptible capacity."""
    kind = _shape(resource, shape_key, book)
    size: tuple[Decimal, Decimal] | None = None
    if kind.hourly is not None:
        price = kind.hourly
    elif kind.ocpu_hourly is not None and kind.memory_hourly is not None:
        ocpus, memory = size = _size(resource, kind, config_key)
        price = kind.ocpu_hourly * ocpus + kind.memory_hourly * memory
    elif kind.gpu_part is not None:
        price = book.hourly(kind.gpu_part) * kind.gpus
    elif kind.ocpu_part is not None:
        ocpus, memory = size = _size(resource, kind, config_key)
        price = book.hourly(kind.ocpu_part) * ocpus
        price += book.hourly(kind.memory_part) * memory if kind.memory_part else 0
        price += book.hourly(kind.nvme_part) * kind.nvme_tb_per_ocpu * ocpus if kind.nvme_part else 0
    else:
        raise UnpricedError(f"{resource.name}: shape {kind.name} has no price parts in infra/catalogue/shapes.py; add them")
    cheaper = preemptible and kind.preemptible
    return price * PREEMPTIBLE_FACTOR if cheaper else price, ", ".join(_details(kind, size, preemptible=cheaper))


def _details(kind: Shape, size: tuple[Decimal, Decimal] | None, *, preemptible: bool) -> Iterator[str]:
    """What is priced; `size` is in OCPUs and GB, of a machine that is billed by them."""
    yield kind.name
    if size is not None:
        yield f"{size[0]:g} OCPU, {size[1]:g} GB"
    elif kind.gpus:
        yield f"{kind.gpus} x {kind.gpu_model}"
    if kind.own:
        yield "by the stack file's catalogue"
    if preemptible:
        yield "preemptible"


def _size(resource: Reader, kind: Shape, config_key: str) -> tuple[Decimal, Decimal]:
    """OCPUs, and memory in GB. A machine of a fixed size may leave them out, or say them again."""
    config = resource.section(config_key)
    if kind.ocpus is None or kind.memory_gib is None:
        return config.number("ocpus"), config.number("memoryInGbs")
    return config.number("ocpus", kind.ocpus), config.number("memoryInGbs", kind.memory_gib)


def _shape(resource: Reader, key: str, book: PriceBook) -> Shape:
    try:
        return shape(resource.text(key), book.shapes)
    except UnknownShapeError as error:
        raise UnpricedError(f"{resource.name}: {error}") from None


def _volume(gigabytes: Decimal, vpus: Decimal, book: PriceBook) -> Decimal:
    return gigabytes * (book.hourly("B91961") + vpus * book.hourly("B91962"))


def _single(resource: Reader, kind: str, detail: str, hourly: Decimal) -> Line:
    return Line(name=resource.name, kind=kind, detail=detail, unit_hourly=hourly)
