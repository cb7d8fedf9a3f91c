"""A graph as an SVG picture that reads on light and on dark pages. Nothing but Python is needed to draw it."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from platformctl.render.graph import Graph, Part
from platformctl.render.layers import Place, Size, layout

MARGIN, PADDING, LINE = 16.0, 12.0, 17.0
CHARACTER = 7.3
"""Width of a character of the bold 13 px sans, generously."""
KINDS_SHOWN = 4

STYLE = """
  text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #57606a; }
  .name { font-weight: 600; font-size: 13px; fill: #1f2328; }
  rect { fill: #f6f8fa; stroke: #8c959f; stroke-width: 1; }
  .component { stroke: #0969da; }
  path { fill: none; stroke: #8c959f; stroke-width: 1.3; }
  #tip { fill: #8c959f; stroke: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; }
    .name { fill: #f0f6fc; }
    rect { fill: #151b23; stroke: #656c76; }
    .component { stroke: #4493f8; }
  }
"""

ARROW = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path id="tip" d="M0 0L8 4L0 8z"/></marker></defs>'
)


def svg(graph: Graph) -> str:
    """The picture, from left (what is there first) to right."""
    by_urn = {part.urn: part for part in graph.parts}
    lines = {part.urn: _lines(part) for part in graph.parts}
    sizes = {urn: _size(entries) for urn, entries in lines.items()}
    placed = layout(sizes, graph.edges, gap=18.0, between=70.0)
    width, height = placed.width + 2 * MARGIN, placed.height + 2 * MARGIN
    head = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {head} role="img">',
        f"<title>Components of {escape(graph.stack)}</title>",
        f"<style>{STYLE}</style>",
        ARROW,
        f'<g transform="translate({MARGIN:.0f} {MARGIN:.0f})">',
        *(f'<path d="{_way(points)}" marker-end="url(#arrow)"/>' for points in placed.ways.values()),
        *(_box(by_urn[urn], lines[urn], place, sizes[urn]) for urn, place in placed.places.items()),
        "</g>",
        "</svg>",
    ]
    return "\n".join(drawn) + "\n"


def _lines(part: Part) -> list[str]:
    kind = f"{part.kind} in {part.inside}" if part.inside else part.kind
    if not part.component:
        return [part.name, kind]
    shown = [f"{count} {name}" if count > 1 else name for name, count in list(part.contents.items())[:KINDS_SHOWN]]
    rest = len(part.contents) - KINDS_SHOWN
    return [part.name, kind, *shown, *([f"and {rest} more kinds"] if rest > 0 else [])]


def _size(lines: Sequence[str]) -> Size:
    return Size(width=max(map(len, lines)) * CHARACTER + 2 * PADDING, height=len(lines) * LINE + 2 * PADDING - 4)


def _box(part: Part, lines: Sequence[str], place: Place, size: Size) -> str:
    style = ' class="component"' if part.component else ""
    shape = f'<rect{style} x="{place.x:.1f}" y="{place.y:.1f}" width="{size.width:.1f}" height="{size.height:.1f}" rx="6"/>'
    return shape + "".join(_text(line, place, number) for number, line in enumerate(lines))


def _text(line: str, place: Place, number: int) -> str:
    style = ' class="name"' if number == 0 else ""
    return f'<text{style} x="{place.x + PADDING:.1f}" y="{place.y + PADDING + 10 + number * LINE:.1f}">{escape(line)}</text>'


def _way(points: Sequence[tuple[float, float]]) -> str:
    """A line through the points: level along a column, curved between two."""
    (x, y), *rest = points
    drawn = [f"M{x:.1f} {y:.1f}"]
    for index, (to_x, to_y) in enumerate(rest):
        if index % 2:
            drawn.append(f"L{to_x:.1f} {to_y:.1f}")
        else:
            half = (to_x - x) / 2
            drawn.append(f"C{x + half:.1f} {y:.1f} {to_x - half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return "".join(drawn)
