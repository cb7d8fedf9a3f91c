"""A schedule as an SVG picture that reads on light and on dark pages."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from platformctl.render.svg import CHARACTER, MARGIN
from platformctl.render.timeline import Row, chain, rows, summary
from platformctl.render.words import time
from platformctl.schedule import Schedule

LINE, BAR, INDENT = 20.0, 11.0, 14.0
ROOM = 720.0
"""Width of the bars, in pixels."""
HEAD = 52.0
TIMES = 70.0
STEPS = (10, 30, 60, 120, 300, 600, 1200, 3600)
"""Seconds between two lines of the axis: the first that gives fewer than ten."""

STYLE = """
  text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #57606a; }
  .name { font-weight: 600; fill: #1f2328; }
  rect { fill: #54aeff; }
  .critical { fill: #cf222e; }
  line { stroke: #d0d7de; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; }
    .name { fill: #f0f6fc; }
    rect { fill: #1f6feb; }
    .critical { fill: #f85149; }
    line { stroke: #30363d; }
  }
"""


def svg(schedule: Schedule) -> str:
    """The picture: time from left to right, one line a row."""
    found = rows(schedule)
    left = max((len(row.label) * CHARACTER + row.depth * INDENT for row in found), default=0.0) + 2 * MARGIN
    width, height = left + ROOM + TIMES + MARGIN, HEAD + len(found) * LINE + 2 * MARGIN
    scale = ROOM / schedule.makespan if schedule.makespan else 0.0
    head = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {head} role="img">',
        f"<title>{escape(summary(schedule))}</title>",
        f"<desc>{escape(chain(schedule))}</desc>",
        f"<style>{STYLE}</style>",
        f'<text class="name" x="{MARGIN:.0f}" y="24">{escape(summary(schedule))}</text>',
        *_axis(schedule, left, scale, height),
        *(part for number, row in enumerate(found) for part in _row(row, HEAD + number * LINE, left, scale)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _axis(schedule: Schedule, left: float, scale: float, height: float) -> Iterator[str]:
    step = next((step for step in STEPS if schedule.makespan / step < 10), STEPS[-1])
    for second in range(0, int(schedule.makespan) + 1, step):
        x = left + second * scale
        yield f'<line x1="{x:.1f}" y1="{HEAD - 6:.0f}" x2="{x:.1f}" y2="{height - MARGIN:.0f}"/>'
        yield f'<text x="{x:.1f}" y="{HEAD - 10:.0f}" text-anchor="middle">{time(second)}</text>'


def _row(row: Row, top: float, left: float, scale: float) -> Iterator[str]:
    base = top + LINE - 6
    style = ' class="name"' if row.kind and row.depth == 0 else ""
    yield f'<text{style} x="{MARGIN + row.depth * INDENT:.1f}" y="{base:.1f}">{escape(row.label)}</text>'
    x, width = left + row.began * scale, max(row.seconds * scale, 1.5)
    style = ' class="critical"' if row.critical else ""
    yield f'<rect{style} x="{x:.1f}" y="{base - BAR + 2:.1f}" width="{width:.1f}" height="{BAR:.0f}" rx="2"/>'
    yield f'<text x="{x + width + 5:.1f}" y="{base:.1f}">{time(row.seconds)}</text>'
