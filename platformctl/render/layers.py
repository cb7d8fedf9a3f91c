"""Places for the parts of a graph: in columns by what they wait for, in each column where their edges cross least. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[str, str]
Point = tuple[float, float]

SWEEPS = 8
"""Passes over the columns. The order is settled after four or five on graphs of this size."""


@dataclass(frozen=True, kw_only=True)
class Size:
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Place:
    x: float
    y: float
    """Upper left corner."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    places: Mapping[str, Place]
    ways: Mapping[Edge, tuple[Point, ...]]
    """For each edge the points that its line goes through, from box to box."""
    width: float
    height: float


def layout(sizes: Mapping[str, Size], edges: Sequence[Edge], *, gap: float, between: float) -> Layout:
    """Lay the nodes out from left to right. `gap` parts two boxes of a column, `between` two columns, in pixels."""
    column = _columns(list(sizes), edges)
    chains = {edge: _chain(edge, column) for edge in edges}
    # A bend is a place in a column that a long edge goes through: it takes a row like a box of no height.
    for chain in chains.values():
        for offset, bend in enumerate(chain[1:-1], 1):
            column[bend] = column[chain[0]] + offset
    before, after = _neighbours(list(chains.values()))
    columns = _ordered(column, before, after)
    height = {node: sizes[node].height if node in sizes else 0.0 for node in column}
    middle = _middles(columns, before, after, height, gap)
    widths = [max((sizes[node].width for node in nodes if node in sizes), default=0.0) for nodes in columns]
    left = [sum(widths[:index]) + between * index for index in range(len(columns))]
    top = min((middle[node] - height[node] / 2 for node in middle), default=0.0)
    bottom = max((middle[node] + height[node] / 2 for node in middle), default=0.0)

    def sides(node: str) -> tuple[Point, Point]:
        at, y = column[node], middle[node] - top
        return (left[at], y), (left[at] + (sizes[node].width if node in sizes else widths[at]), y)

    return Layout(
        places={node: Place(x=left[column[node]], y=middle[node] - height[node] / 2 - top) for node in sizes},
        ways={edge: tuple(point for node in chain for point in sides(node))[1:-1] for edge, chain in chains.items()},
        width=sum(widths) + between * max(len(widths) - 1, 0),
        height=bottom - top,
    )


def _columns(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Each node one column right of the last it waits for. A circle is cut where it closes."""
    before: dict[str, list[str]] = {node: [] for node in nodes}
    for start, end in edges:
        before[end].append(start)
    column: dict[str, int] = {}
    entered: set[str] = set()

    def place(node: str) -> int:
        if node not in column:
            entered.add(node)
            column[node] = max((place(start) + 1 for start in before[node] if start not in entered or start in column), default=0)
        return column[node]

    for node in nodes:
        place(node)
    return column


def _chain(edge: Edge, column: Mapping[str, int]) -> list[str]:
    """The edge's ends with its bends between them: one for each column it crosses."""
    start, end = edge
    return [start, *(f"{start}\n{end}\n{at}" for at in range(column[start] + 1, column[end])), end]


def _neighbours(chains: Sequence[Sequence[str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for chain in chains:
        for here, there in pairwise(chain):
            after.setdefault(here, []).append(there)
            before.setdefault(there, []).append(here)
    return before, after


def _ordered(column: Mapping[str, int], before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> list[list[str]]:
    """Nodes and bends of each column, each near the middle of what it is joined to."""
    columns: list[list[str]] = [[] for _ in range(max(column.values(), default=-1) + 1)]
    for node, at in column.items():
        columns[at].append(node)
    for sweep in range(SWEEPS):
        rank = {node: index / len(nodes) for nodes in columns for index, node in enumerate(nodes)}
        joined, order = (before, columns) if sweep % 2 == 0 else (after, columns[::-1])
        for nodes in order:
            wanted = {node: _mean([rank[other] for other in joined.get(node, [])], rank[node]) for node in nodes}
            nodes.sort(key=wanted.__getitem__)
            rank.update({node: index / len(nodes) for index, node in enumerate(nodes)})
    return columns


def _middles(
    columns: Sequence[Sequence[str]],
    before: Mapping[str, list[str]],
    after: Mapping[str, list[str]],
    height: Mapping[str, float],
    gap: float,
) -> dict[str, float]:
    """Vertical middle of every node and bend: level with what it is joined to, as far as its column has room."""
    middle: dict[str, float] = {}
    for nodes in columns:
        middle.update(zip(nodes, _spread([0.0] * len(nodes), [height[node] for node in nodes], gap), strict=True))
    for sweep in range(SWEEPS):
        joined, order = (before, columns) if sweep % 2 == 0 else (after, columns[::-1])
        for nodes in order:
            wanted = [_mean([middle[other] for other in joined.get(node, [])], middle[node]) for node in nodes]
            middle.update(zip(nodes, _spread(wanted, [height[node] for node in nodes], gap), strict=True))
    return middle


def _spread(wanted: Sequence[float], heights: Sequence[float], gap: float) -> list[float]:
    """Middles as near to `wanted` as boxes of these heights come without touching, their order kept.

    With each box's own room taken off, the middles must only not decrease: where they would, the run that does is given its mean.
    """
    room = 0.0
    rooms: list[float] = []
    for index, height in enumerate(heights):
        room += (heights[index - 1] + height) / 2 + gap if index else 0.0
        rooms.append(room)
    runs: list[tuple[float, int]] = []
    for y, taken in zip(wanted, rooms, strict=True):
        runs.append((y - taken, 1))
        while len(runs) > 1 and runs[-2][0] > runs[-1][0]:
            (upper, many), (lower, more) = runs[-2:]
            runs[-2:] = [((upper * many + lower * more) / (many + more), many + more)]
    level = [mean for mean, many in runs for _ in range(many)]
    return [y + taken for y, taken in zip(level, rooms, strict=True)]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
