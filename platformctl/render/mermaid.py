"""A graph as Mermaid text, which GitHub draws in Markdown."""

from platformctl.render.graph import Graph, Part


def mermaid(graph: Graph) -> str:
    """A flowchart from left to right; what is drawn first must be there first."""
    names = {part.urn: f"p{number}" for number, part in enumerate(graph.parts)}
    lines = ["flowchart LR"]
    lines.extend(f"  {names[part.urn]}{_shape(part)}" for part in graph.parts)
    lines.extend(f"  {names[before]} --> {names[after]}" for before, after in graph.edges)
    return "\n".join(lines) + "\n"


def _shape(part: Part) -> str:
    count = f"{part.size} resource{'s' if part.size != 1 else ''}"
    label = f"<b>{_escape(part.name)}</b><br/>{_escape(part.kind)}"
    return f'["{label}<br/>{count}"]' if part.component else f'(["{label}"])'


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
