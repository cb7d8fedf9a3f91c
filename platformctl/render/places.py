"""Where what a policy found was written: in the stack file where it shows, else where the program declares the resource."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.stack_file import line_of
from infra.yaml_nodes import compose
from platformctl.engine import stackfile
from platformctl.engine.events import Violation
from platformctl.engine.plan import Plan, PlannedResource

SECTIONS: Mapping[str, str] = {
    "platform:oke:Network": "cluster.network",
    "platform:oke:Bastion": "cluster.bastion",
    "platform:oke:Storage": "cluster.storage",
    "platform:oke:Guardrails": "guardrails",
}
"""Section of the stack file that a component is made from."""

MENTIONED = re.compile(r"\b[a-z]\w*(?:\.\w+)+")
"""A path of the stack file in a sentence: `spend.gpus.A10`."""


@dataclass(frozen=True, kw_only=True)
class Place:
    path: Path
    line: int
    """From 1 on."""


class Places:
    """Finds the places of one stack's violations."""

    def __init__(self, file: Path, root: Path) -> None:
        self._file, self._root = file, root
        self._project = str(stackfile.read(root / "Pulumi.yaml").get("name", ""))
        config = stackfile.read(file).get("config") or {}
        self._config = {str(key).removeprefix(f"{self._project}:"): value for key, value in config.items()}

    def of(self, plan: Plan, violation: Violation) -> Place:
        """The closest place there is; the stack file's first line at worst."""
        resource = plan.by_urn.get(violation.urn)
        for path in (*self._written(plan, resource), *([] if resource and resource.custom else MENTIONED.findall(violation.message))):
            if self._has(path):
                return self._line(path)
        return self.declared(resource) or Place(path=self._file, line=1)

    def declared(self, resource: PlannedResource | None) -> Place | None:
        """Where the program declares the resource."""
        if resource is None or not resource.options.declared:
            return None
        path, _, line = resource.options.declared.rpartition(":")
        return Place(path=self._root / path, line=int(line))

    def _written(self, plan: Plan, resource: PlannedResource | None) -> Iterator[str]:
        """Paths of the stack file that a resource may come from, the closest first."""
        while resource is not None:
            if resource.type.endswith(":NodePool"):
                found = re.fullmatch(r"pool-(.+?)(?:-ad\d+)?", resource.name)
                if found:
                    yield f"cluster.nodePools.{found.group(1)}"
            elif resource.type.startswith("platform:addon:"):
                yield f"addons.{re.sub('-(.)', lambda part: part.group(1).upper(), resource.name)}"
            elif resource.type in SECTIONS:
                yield SECTIONS[resource.type]
            resource = plan.by_urn.get(resource.parent)

    def _has(self, path: str) -> bool:
        section: Any = self._config
        for part in path.split("."):
            if not isinstance(section, Mapping) or part not in section:
                return False
            section = section[part]
        return True

    def _line(self, path: str) -> Place:
        return Place(path=self._file, line=line_of(compose(self._file.read_bytes()), self._project, path) or 1)
