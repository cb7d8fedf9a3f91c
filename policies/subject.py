"""What a rule judges: one resource, or the whole stack of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from policies.accessor import Inputs, Path, Read

ROOT_STACK = "pulumi:pulumi:Stack"
"""Type of the resource that stands for the stack. It is registered before every other."""


@dataclass(frozen=True, kw_only=True)
class Options:
    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    delete_before_replace: bool | None = None
    """None where the program does not say."""
    create_seconds: float = 0
    update_seconds: float = 0
    delete_seconds: float = 0
    """0 where the program does not say."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    type: str
    name: str
    urn: str
    inputs: Mapping[str, Any]
    """As on the wire: camelCase keys, unknown values as the engine writes them. Read them through `read`."""
    options: Options = field(default_factory=Options)
    provider: str | None = None
    """Name of the provider it is made with; None for a component."""
    dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """URNs that each input depends on. Only known when the whole stack is judged."""
    secrets: frozenset[Path] = frozenset()
    """Where the inputs hold what is marked as a secret."""
    id: str | None = None
    """What the cloud calls it. Only known when the whole stack is judged, after an update."""
    path: Path = ()
    """Where the inputs lie in those of the resource that was registered; see `policies/objects.py`."""
    disguise: str | None = None
    """The type that it was registered as, where the object says that it is another."""
    partial: bool = False
    """It changes a part of what there is, and leaves the rest as it is."""
    reads: list[Read] | None = field(default=None, compare=False)
    """What is read of the inputs is written down here, for tests."""

    @cached_property
    def read(self) -> Inputs:
        return Inputs(self.inputs, path=self.path, secrets=self.secrets, reads=self.reads)

    @property
    def key(self) -> str:
        """Tells it from others in the same registered resource."""
        return f"{self.urn}#{self.path}" if self.path else self.urn


@dataclass(frozen=True)
class Stack:
    resources: Sequence[Resource]

    @cached_property
    def _by_urn(self) -> Mapping[str, Resource]:
        return {resource.urn: resource for resource in self.resources}

    def of(self, *types: str) -> Iterator[Resource]:
        return (resource for resource in self.resources if resource.type in types)

    def behind(self, resource: Resource, key: str, kind: str) -> Iterator[Resource]:
        """Resources of type `kind` that the input `key` of `resource` depends on."""
        found = (self._by_urn.get(urn) for urn in resource.dependencies.get(key, ()))
        return (other for other in found if other is not None and other.type == kind)
