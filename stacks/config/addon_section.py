"""What the section of every add-on has."""

from typing import Any

from stacks.config.base import Section


class AddOnSection(Section):
    enabled: bool | None = None
    """Install it. Left out: where the cluster has use for it and does not bring it itself."""
    values: dict[str, Any] = {}
    """Helm values laid over those that the platform decides. Keys that the chart does not know are refused."""
