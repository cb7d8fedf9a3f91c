"""Where in a stack file a YAML path is written."""

from pathlib import Path

import yaml


def line_of(file: Path, project: str, path: str) -> int:
    """Line of the entry at `path` (`cluster.nodePools.a10`), or of the closest section that encloses it. 1-based."""
    node = yaml.compose(file.read_text(), Loader=yaml.SafeLoader)
    line = 1
    for part in ("config", *path.split(".")):
        found = _child(node, {part, f"{project}:{part}"})
        if found is None:
            break
        line, node = found
    return line


def _child(node: yaml.Node | None, names: set[str]) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in names:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            if str(index) in names:
                return item.start_mark.line + 1, item
    return None
