"""The options of a resource, as the program registered them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of a resource that decide what happens to it, as the program registered them."""

    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    deleted_with: str = ""
    """URN of the resource that takes this one with it when it is deleted; empty when there is none."""
    retain_on_delete: bool = False
    delete_before_replace: bool = False
    timeouts: Mapping[str, str] = field(default_factory=dict)
    """Custom timeouts by operation (`create`, `update`, `delete`), as Go durations: `30m0s`."""
    provider: str = ""
    """URN of the provider; empty for components."""
    providers: Mapping[str, str] = field(default_factory=dict)
    """URN of the provider that a component hands down, by package."""
    dependencies: tuple[str, ...] = ()
    """URNs of all resources that must exist before this one."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """URNs that the value of each property comes from."""
    declared: str = ""
    """Where in the program the resource is declared: `infra/oke/network/component.py:57`."""
