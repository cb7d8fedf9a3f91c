"""Property paths: `nodeConfigDetails.placementConfigs[0].subnetId`, as tuples and as the engine writes them."""

import re

Path = tuple[str | int, ...]
"""Keys and list indexes from the root of a resource's properties."""

_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_STEP = re.compile(r'\.?([^.\[\]]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]')

ANY = "*"
"""Stands for any list index or map key in a pattern."""


def render(path: Path, plain: re.Pattern[str] = _PLAIN) -> str:
    """A path the way the engine and its users write it; keys that are not `plain`, identifiers, are quoted."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif plain.fullmatch(step):
            text += f".{step}" if text else step
        else:
            quoted = step.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


def parse(text: str) -> Path:
    """The inverse of `render`. Raises ValueError for text that is no path."""
    path: list[str | int] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(f"{text!r} is not a property path: cannot read {text[position:]!r}")
        plain, quoted, index = match.groups()
        if plain is not None:
            path.append(plain)
        elif quoted is not None:
            path.append(re.sub(r"\\(.)", r"\1", quoted))
        else:
            path.append(index if index == ANY else int(index))
        position = match.end()
    return tuple(path)


def covers(pattern: Path, path: Path) -> bool:
    """True if `path` is the place the pattern names, or lies below it."""
    return len(pattern) <= len(path) and all(want in (ANY, got) for want, got in zip(pattern, path, strict=False))


def general(path: Path) -> Path:
    """The path with every list index replaced by `*`, as schema facts write it."""
    return tuple(ANY if isinstance(step, int) else step for step in path)
