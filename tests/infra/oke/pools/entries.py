"""Entries of `nodePools` as tests write them, also those that the stack file's own checks would stop."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from infra.oke.pools.section import Image, NodePool

_IMAGE = {"image_id": "id", "image_name": "name", "imported_image": "imported"}


@dataclass(frozen=True)
class Entry:
    name: str
    section: NodePool


def entry(name: str, **given: Any) -> Entry:
    """An entry with the fields of a node pool; `image_id`, `image_name` and `imported_image` are those of its `image`."""
    image = Image(**{_IMAGE[key]: given.pop(key) for key in list(given) if key in _IMAGE})
    return Entry(name, NodePool.model_construct(**{"image": image, **given}))


def altered(given: Entry, **fields: Any) -> Entry:
    """The entry with other values of some fields."""
    section, image = given.section, given.section.image
    name = fields.pop("name", given.name)
    changed = {_IMAGE[key]: fields.pop(key) for key in list(fields) if key in _IMAGE}
    return Entry(name, section.model_copy(update={"image": image.model_copy(update=changed), **fields}))


def sections(entries: Iterable[Entry]) -> dict[str, NodePool]:
    return {each.name: each.section for each in entries}
