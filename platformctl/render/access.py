"""Who may do what, as a table on the terminal and as sentences."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from platformctl.access.access import Access
from platformctl.access.words import Line, RightsChange, unseen

MOST = 40
"""Lines of a change that are shown; `--json` has all."""


def table(lines: Sequence[Line], found: Access) -> Group:
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("who", "may", "where"):
        grid.add_column(heading, overflow="fold")
    grid.add_column("which would allow more", overflow="fold")
    for line in lines:
        grid.add_row(Text(line.who), Text(line.what), Text(line.where), Text(line.why, style="bold red"))
    parts: list[RenderableType] = [grid, Text()]
    parts += [Text(each, style="dim") for each in unseen(found)]
    return Group(*parts)


def change(found: RightsChange) -> Iterator[Text]:
    """What a change gives and takes, for the terminal."""
    for line in found.added[:MOST]:
        text = Text(f"+ {line.sentence}", style="bold red" if line.why else "green")
        yield text.append(f": {line.why}" if line.why else "")
    for line in found.removed[:MOST]:
        yield Text(f"- {line.sentence}", style="dim")
    more = max(0, len(found.added) - MOST) + max(0, len(found.removed) - MOST)
    if more:
        yield Text(f"and {more} more; --json has them", style="dim")
