"""Quota statements that hold GPUs to a cap: a cap for the region is dealt out over its availability domains.

A compute quota counts in each availability domain by itself: `gpu-a10-count to 4` allows 12 A10 in a region of three. So every
`set` names its domain, and what the domains get never adds up to more than the cap. Statements are read in order and the last
match wins: zeros come first. Oracle, "Quota Policy Syntax" and "Sample Quotas", 2026-08.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from infra.problems import PlanError, Problem

FAMILY = "compute-core"

PUBLISHED = frozenset({
    "gpu2-count", "gpu3-count", "gpu4-count", "gpu-a10-count", "gpu-a100-v2-count", "gpu-h200-count", "gpu-b200-count", "gpu-mi300x-count",
})  # fmt: skip
"""GPU quotas of the compute-core family. Oracle, "Compute Quotas", 2026-05."""

KNOWN = PUBLISHED | {"gpu-h100-count"}
"""With those that Oracle's tools use and its page leaves out. Others exist: ask the tenancy (`oci limits definition list
--service-name compute`) and pass what it answers. A name that does not exist is refused by Oracle when the quota is made."""

ZEROS = ("zero compute-core quotas /gpu*/", "zero data-science quotas /ds-gpu*/")
"""Every door to a GPU. The first covers capacity reservations too, whose quotas start with `gpu` as well."""

_NAME = re.compile(r"gpu[a-z0-9-]*-count")
_PATH = re.compile(r"[A-Za-z0-9_.-]{1,100}(:[A-Za-z0-9_.-]{1,100}){0,5}")
_DOMAIN = re.compile(r"[A-Za-z0-9]+:[A-Za-z0-9-]+-AD-[1-9]")
_STATEMENT = re.compile(
    r"(?:zero|set) (?P<family>\S+) quotas? (?P<name>\S+)(?: to (?P<value>\d+))? in compartment \S+(?: where request\.ad = '(?P<ad>[^']+)')?"
)


class QuotaPlanError(PlanError):
    """The quotas cannot be written as asked."""


@dataclass(frozen=True, kw_only=True)
class GpuCap:
    """Most GPUs of one kind in the region."""

    quota: str
    """Name of Oracle's quota: `gpu-a10-count`."""
    key: str = ""
    """Of the cap in the stack file, under `spend.gpus`: `A10`. Empty where it is the quota's own name."""
    gpus: int
    """Most GPUs over all availability domains together."""
    gpus_per_node: int = 1
    """GPUs of the smallest node: an availability domain gets whole nodes, since part of one is no use."""
    domains: tuple[int, ...] | None = None
    """Numbers of the availability domains whose pools have these GPUs, 1 first; None for all."""
    reserved: bool = False
    """The pools draw from capacity reservations, which count under a quota of their own."""

    @property
    def path(self) -> str:
        """Of the cap in the stack file."""
        return f"spend.gpus.{self.key or self.quota}"

    @property
    def counted_as(self) -> str:
        return self.quota.replace("-count", "-reserved-count") if self.reserved else self.quota


def check(caps: Iterable[GpuCap], compartment_path: str, names: frozenset[str] = KNOWN) -> None:
    """Raises QuotaPlanError with everything wrong that can be seen without knowing the region's availability domains."""
    problems: list[Problem] = []
    if not _PATH.fullmatch(compartment_path):
        message = "is not a compartment's path from the root: names joined by colons, at most 6, as in platform:gpu-ci"
        problems.append(Problem("guardrails.compartmentPath", f"{compartment_path!r} {message}"))
    seen: set[str] = set()
    for cap in caps:
        path = cap.path
        if cap.quota not in names or not _NAME.fullmatch(cap.quota):
            problems.append(Problem(path, f"{cap.quota!r} is not a GPU quota known here; known: {', '.join(sorted(names))}"))
        if cap.quota in seen:
            problems.append(Problem(path, f"{cap.quota!r} is capped twice, and the second cap would win; give their sum once"))
        seen.add(cap.quota)
        if cap.gpus < 0:
            problems.append(Problem(path, f"is {cap.gpus}, but must be at least 0"))
        if cap.gpus_per_node < 1:
            problems.append(Problem(path, f"has {cap.gpus_per_node} GPUs per node, but must have at least 1"))
        elif 0 < cap.gpus < cap.gpus_per_node:
            problems.append(Problem(path, f"is {cap.gpus}, less than one node of {cap.gpus_per_node} GPUs; raise it, or remove the pools"))
    if problems:
        raise QuotaPlanError(problems)


def check_place(compartment_path: str, found: Sequence[str | None]) -> None:
    """Raises QuotaPlanError where the path is not that of the cluster's compartment: quotas would guard another place.

    `found` is what Oracle calls the compartment and those it lies in, from the root on; None from one on that may not be seen.
    """
    seen = [name for name in found if name is not None]
    stated = compartment_path.casefold().split(":")[-len(seen) if len(seen) < len(found) else 0 :]
    if seen and stated != [name.casefold() for name in seen]:
        real = f"{'...:' if len(seen) < len(found) else ''}{':'.join(seen)}"
        message = f"is {compartment_path}, but Oracle calls the cluster's compartment {real}, so quotas would guard another one: correct it"
        raise QuotaPlanError([Problem("guardrails.compartmentPath", message)])


def spread(cap: GpuCap, domains: Sequence[str]) -> dict[str, int]:
    """GPUs of `cap` per availability domain: whole nodes, dealt out evenly, the first domains first; never more than the cap.

    Raises QuotaPlanError where the cap names a domain that the region does not have.
    """
    numbers = tuple(range(1, len(domains) + 1)) if cap.domains is None else tuple(dict.fromkeys(cap.domains))
    missing = [number for number in numbers if not 1 <= number <= len(domains)]
    if missing or not numbers:
        found = f"availability domain {', '.join(map(str, missing))}" if missing else "no availability domain"
        raise QuotaPlanError([Problem(cap.path, f"names {found}; the region has 1 to {len(domains)}")])
    nodes, left = divmod(cap.gpus // cap.gpus_per_node, len(numbers))
    return {domains[number - 1]: cap.gpus_per_node * (nodes + (place < left)) for place, number in enumerate(numbers)}


def quota_statements(
    caps: Sequence[GpuCap], compartment_path: str, domains: Sequence[str], names: frozenset[str] = KNOWN
) -> tuple[str, ...]:
    """Statements that allow the GPUs of `caps` in a compartment, and no other.

    `compartment_path` is the path from the tenancy's root, names joined by colons. `domains` are the region's availability domains as
    the tenancy sees them (`bzBe:EU-FRANKFURT-1-AD-1`), in order. Raises QuotaPlanError.
    """
    check(caps, compartment_path, names)
    problems = [
        Problem("availabilityDomains", f"{domain!r} is not an availability domain's name, as in bzBe:EU-FRANKFURT-1-AD-1")
        for domain in domains
        if not _DOMAIN.fullmatch(domain)
    ]
    if problems:
        raise QuotaPlanError(problems)
    place = f"in compartment {compartment_path}"
    allowed = [
        f"set {FAMILY} quota {cap.counted_as} to {gpus} {place} where request.ad = '{domain}'"
        for cap in caps
        for domain, gpus in spread(cap, domains).items()
        if gpus
    ]
    return (*(f"{zero} {place}" for zero in ZEROS), *allowed)


def effective(statements: Iterable[str], quota: str, domain: str, family: str = FAMILY) -> int | None:
    """What `statements` leave of one quota in one availability domain, the last match winning; None where they say nothing of it.

    Reads the statements written here, to hold them against other caps.
    """
    found: int | None = None
    for text in statements:
        statement = _STATEMENT.fullmatch(text)
        if statement is None:
            raise ValueError(f"not a statement written here: {text}")
        glob = statement["name"].strip("/")
        if statement["family"] == family and fnmatchcase(quota, glob) and statement["ad"] in (None, domain):
            found = int(statement["value"] or 0)
    return found


def total(statements: Sequence[str], domains: Iterable[str]) -> Mapping[str, int]:
    """GPUs that `statements` allow over `domains`, by quota name; a quota that is not here may have none."""
    names = dict.fromkeys(match["name"] for text in statements if (match := _STATEMENT.fullmatch(text)) and match["value"])
    places = tuple(domains)
    return {name: sum(effective(statements, name, domain) or 0 for domain in places) for name in names}
