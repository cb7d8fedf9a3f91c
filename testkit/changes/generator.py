"""Stack files that nobody wrote: a seeded generator over the schema, whose every file the checks accept."""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network
from random import Random
from types import MappingProxyType
from typing import Any

from infra.catalogue.kubernetes import SUPPORTED
from infra.catalogue.regions import REGIONS
from infra.catalogue.shapes import SHAPES
from testkit.changes.documents import Document, Place, at, changed, places
from testkit.changes.keys import Key, keys
from testkit.changes.rows import accepted
from testkit.changes.values import of_sections, others

TRIES = 40
"""Changes that are tried before a step is given up: most break a rule that no schema says."""

ON_THE_CLUSTER = 0.6
"""How many of the changes are of the section `cluster`, which has a quarter of the keys and most of what can go wrong."""


def _block(random: Random, document: Document) -> Any:
    network = IPv4Network(at(document, ("cluster", "network", "vcnCidr")) or "10.0.0.0/16")
    prefix = random.randint(network.prefixlen + 2, 28)
    return str(
        IPv4Network((int(network.network_address) + random.randrange(2 ** (prefix - network.prefixlen)) * 2 ** (32 - prefix), prefix))
    )


def _domains(random: Random, document: Document) -> Any:
    return sorted(random.sample([1, 2, 3], random.randint(1, 3)))


def _pool(random: Random, document: Document) -> Any:
    return random.choice(list(at(document, ("cluster", "nodePools"))))


# What the schema calls text, and is one of a list. By the end of the key.
_KNOWN: Mapping[str, Callable[[Random, Document], Any]] = MappingProxyType(
    {
        "kubernetesVersion": lambda random, document: random.choice(SUPPORTED),
        "region": lambda random, document: random.choice(list(REGIONS)),
        "homeRegion": lambda random, document: random.choice(list(REGIONS)),
        "shape": lambda random, document: random.choice(list(SHAPES)),
        "availabilityDomains": _domains,
        "cidr": _block,
        "ocpus": lambda random, document: random.choice([1, 2, 4, 8]),
        "memoryGib": lambda random, document: random.choice([8, 16, 32, 64]),
        "bootVolumeGib": lambda random, document: random.choice([50, 100, 150, 250]),
        "vcnCidr": lambda random, document: f"10.{random.choice([20, 40, 60])}.0.0/{random.choice([16, 17, 18])}",
        "pools": lambda random, document: [_pool(random, document)],
        "pool": _pool,
        "imported": lambda random, document: random.choice(list(at(document, ("cluster", "importedImages")) or ["none"])),
    }
)


def stack(random: Random, base: Document, steps: int) -> Document:
    """The base after some changes that the checks accept."""
    document = base
    for _ in range(steps):
        document = step(random, document)[0]
    return document


def step(random: Random, document: Document) -> tuple[Document, str]:
    """One change that the checks accept, and the key that it is of. The document itself, and nothing, where none was found."""
    for _ in range(TRIES):
        tried = mutation(random, document)
        if tried is not None and accepted(tried[0]):
            return tried
    return document, ""


def mutation(random: Random, document: Document) -> tuple[Document, str] | None:
    """A change of one key that the schema allows, and where it is; the checks may refuse it. None where the key has no place."""
    key = random.choice(_of(document, random.random() < ON_THE_CLUSTER))
    found = list(places(document, key.steps))
    if not found:
        return None
    where = random.choice(found)
    values = list(_values(random, key, document, where))
    if not values:
        return None
    return changed(document, where, random.choice(values)), ".".join(map(str, where))


def _of(document: Document, cluster: bool) -> tuple[Key, ...]:
    backend = at(document, ("cluster", "backend"))
    return tuple(key for key in keys() if key.backend in ("", backend) and (key.steps[0] == "cluster") is cluster)


def _values(random: Random, key: Key, document: Document, where: Place) -> Iterator[Any]:
    current = at(document, where)
    if key.name in _KNOWN and not key.holds_sections:
        value = _KNOWN[key.name](random, document)
        if value != current:
            yield value
    else:
        yield from of_sections(current) if key.holds_sections else others(key.node, current)
    if current is not None:
        yield ...  # left out: the checks say where it is needed
