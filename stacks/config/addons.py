"""The `addons` section, assembled from the registry: each add-on brings its own."""

from typing import TYPE_CHECKING, Any

from pydantic import Field, create_model

from components.framework.addon import AddOnType
from components.framework.section import AddOnSection
from components.registry import ALL
from infra.section import Section


def field_of(kind: AddOnType) -> str:
    """Name of an add-on's field in the section."""
    return kind.key.replace("-", "_")


if TYPE_CHECKING:
    PlatformAddOns = Section
else:
    _FIELDS: dict[str, Any] = {field_of(kind): (kind.Section, Field(default=kind.Section(), description=kind.about)) for kind in ALL}
    PlatformAddOns = create_model("PlatformAddOns", __base__=Section, __module__=__name__, **_FIELDS)


def section_of(kind: AddOnType, sections: Section) -> AddOnSection:
    """What the stack file says of an add-on."""
    found: AddOnSection = getattr(sections, field_of(kind))
    return found
