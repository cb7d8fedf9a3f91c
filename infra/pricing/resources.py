"""What cost and policies read of a resource: the engine's word on it, and nothing else."""

from collections.abc import Mapping
from typing import Any, Protocol

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How Pulumi writes a value that is not known yet. pulumi 3.272.0, sdk/go/common/resource/plugin/rpc.go."""


class PlannedResource(Protocol):
    @property
    def type(self) -> str:
        """Pulumi's type token: `oci:ContainerEngine/nodePool:NodePool`."""

    @property
    def name(self) -> str: ...

    @property
    def inputs(self) -> Mapping[str, Any]:
        """As they go over the wire: camelCase keys, UNKNOWN for what is not known yet."""
