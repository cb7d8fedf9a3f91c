"""What the section of every add-on has."""

from typing import Any

from infra.section import Section


class AddOnSection(Section):
    enabled: bool | None = None
    """Install it. Left out: where the cluster has use for it and does not bring it itself."""
    values: dict[str, Any] = {}
    """Overrides of the Helm values that the platform decides: a mapping by release name where the add-on has several releases.
    Keys that the chart does not know are refused."""


__all__ = ["AddOnSection", "Section"]
