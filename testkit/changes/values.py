"""Other values that a key may have, by its schema: what a change of it may be."""

import copy
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network
from types import MappingProxyType
from typing import Any

from infra.section import FORMS
from testkit.changes.keys import Node, content, forms

KEY = "AAAAC3NzaC1lZDI1NTE5AAAAI"

# By the words of a form (`infra.section.FORMS`): two texts that have it.
_TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "a name of lower-case letters": ("other", "another"),
        "a system, the processor": ("ubuntu-24.04-cuda-13.2", "ubuntu-22.04-cuda-13.2"),
        "a shape as Oracle names it": ("VM.Standard.Other1.4", "VM.Standard.Other1.8"),
        "a region as Oracle names it": ("eu-other-1", "eu-another-1"),
        "a version as OKE names it": ("v1.38.0", "v1.39.0"),
        "where the facts are from": ("Another data sheet, 2026-11.", "Yet another data sheet, 2026-12."),
        "a region's key": ("OTH", "ANO"),
        "a mail address": ("someone@example.org", "others@example.org"),
        "an address that begins with https://": ("https://other.example.org/a", "https://another.example.org/b"),
        "a public key of SSH": (f"ssh-ed25519 {KEY}{'B' * 43} other", f"ssh-ed25519 {KEY}{'C' * 43} another"),
        "an address like oci://": ("oci://registry.example.org/charts", "https://charts.example.org/mirror"),
        "a time in UTC": ("2026-12-01T18:00:00Z", "2026-12-02T18:00:00Z"),
        "a resource's type and name": ("oci:Core/subnet:Subnet/network-pods", "oci:Core/subnet:Subnet/network-workers"),
        "a bucket name": ("other-bucket", "another-bucket"),
        "a path of compartments": ("platform:other", "platform:another"),
        "a time: 30m": ("45m", "50m"),
        "the address of an organization": ("https://github.com/acme/other", "https://github.com/acme/another"),
        "a repository: owner/name": ("acme/other", "acme/another"),
        "a team: organization/team": ("acme/other", "acme/another"),
        "a workflow file": (".github/workflows/other.yml", ".github/workflows/another.yml"),
        "a branch": ("release", "next"),
        "a label of letters": ("other", "another"),
        "a time of day": ("07:30", "19:30"),
        "a channel of Slack": ("#others", "#another"),
        "a Secret's name": ("other", "another"),
        "an address like https://host": ("https://store.example.org", "https://other.example.org"),
        "a Gateway": ("istio-system/other", "istio-system/another"),
        "a domain": ("other.example.org", "another.example.org"),
        "a path like /shared": ("/other", "/another"),
        "a reason that says something": ("Another reason, which is better.", "Yet another reason, no worse."),
        "an API group and a kind": ("ray.io/RayCluster", "batch.volcano.sh/Job"),
        "a namespace of Object Storage": ("othernamespace", "anothernamespace"),
        "a folder": ("other", "another"),
    }
)
_OCID = "the OCID of a "


def others(node: Node, current: Any = None) -> Iterator[Any]:
    """Values other than `current` that a key may have, the most ordinary first. They may break a rule that no schema says."""
    held = node.get("default") if current is None else current  # what is left out is the default
    for form in forms(node):
        for value in _values(form, held):
            if value != held:
                yield value


def of_sections(current: Any) -> Iterator[Any]:
    """Other values of a mapping or a list of sections, or of a section that may be left out: an entry less, an entry more, or none."""
    match current:
        case dict() if current and all(isinstance(entry, dict | None) for entry in current.values()):
            first, last = next(iter(current)), list(current)[-1]
            yield {**current, f"{last}-b": copy.deepcopy(current[last])}
            yield {name: entry for name, entry in current.items() if name != last}
            yield {name: entry for name, entry in current.items() if name != first}
        case list() if current:
            yield current[1:]
            yield [*current, *copy.deepcopy(current[-1:])]
    if current is not None:
        yield ...


def switches(values: Node) -> Iterator[Any]:
    """Helm values that turn one thing of a chart on or off, by the schema of its values."""
    for name, form in values.get("properties", {}).items():
        inner: Iterable[Any] = (True, False) if form.get("type") == "boolean" else switches(form)
        yield from ({name: value} for value in inner)


def _values(form: Node, current: Any) -> Iterator[Any]:
    if "const" in form:
        yield form["const"]
        return
    if "enum" in form:
        yield from form["enum"]
        return
    match form.get("type"):
        case "boolean":
            yield from (True, False)
        case "integer":
            yield from _numbers(form, current)
        case "number":
            yield from _numbers(form, current)
        case "string":
            yield from texts(form, current)
        case "array":
            yield from _lists(form, current)
        case "object":
            yield from _mappings(form, current)


def _numbers(form: Node, current: Any) -> Iterator[int]:
    low = form.get("minimum", form.get("exclusiveMinimum", 0))
    high = form.get("maximum", form.get("exclusiveMaximum", 2**31) - ("exclusiveMaximum" in form))
    base = current if isinstance(current, int | float) else None
    wanted = (base + 1, base * 2, base - 1) if base is not None else (max(low, 1), low + 1, high)
    yield from (int(value) for value in wanted if max(low, low + ("exclusiveMinimum" in form)) <= value <= high)


def texts(form: Node, current: Any) -> Iterator[str]:
    """Texts of the form that the schema asks for."""
    if form.get("format") == "ipv4network":
        yield from _blocks(current)
        return
    if form.get("format") == "date":
        yield from ("2026-12-30", "2026-12-31")
        return
    words = FORMS.get(form.get("pattern", ""), "")
    if words.startswith(_OCID):
        kind = words.removeprefix(_OCID).split(",")[0].split()[0]
        where = "" if kind in ("tenancy", "compartment") else "eu-frankfurt-1"
        yield from (f"ocid1.{kind}.oc1.{where}.{name}" for name in ("exampleother", "exampleanother"))
        return
    found = next((given for start, given in _TEXTS.items() if words.startswith(start)), None)
    yield from found or ("other", "another")


def _blocks(current: Any) -> Iterator[str]:
    if current is None:
        yield from ("10.20.192.0/20", "198.51.100.0/24")
        return
    block = IPv4Network(str(current))
    after = int(block.network_address) + block.num_addresses
    yield f"{IPv4Network((after, block.prefixlen))}"
    if block.prefixlen > 16:
        yield str(block.supernet())
    if block.prefixlen < 30:
        yield str(next(block.subnets()))


def _lists(form: Node, current: Any) -> Iterator[list[Any]]:
    held = list(current or ())
    more = [value for value in others(form.get("items", {})) if value not in held]
    if more:
        yield [*held, more[0]]
        yield [more[0]]
    if held:
        yield held[1:] or held[:-1]
        yield [*held[1:], held[0]]


def _mappings(form: Node, current: Any) -> Iterator[dict[str, Any]]:
    held = dict(current or {})
    inner = content(form)
    for key, value in held.items():
        for other in others(inner, value) if inner else ():
            yield {**held, key: other}
    pattern = next(iter(form.get("patternProperties", {})), None)
    name = next(texts({"pattern": pattern}, None)) if pattern else "other"
    for value in others(inner) if inner else ("other",):
        yield {**held, name: value}
    for key in held:
        yield {name: value for name, value in held.items() if name != key}
