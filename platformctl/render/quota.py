"""Queues as tables and bars on the terminal."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from components.queues.quota.planner import Preempts, shown
from platformctl.queues import MOST_QUEUES, Sharing
from platformctl.waiting import Row

COLUMNS = 64
"""Of the longest bar."""
KEPT, LENT, BORROWED = "█", "▓", "░"


def sharing(found: Sharing) -> Group:
    parts: list[RenderableType] = []
    for flavor in found.plan.kinds:
        parts += [_standings(found, flavor), Text(), *_picture(found, flavor), Text(), *_cases(found, flavor)]
    parts += _preempts(found)
    parts += [Text(f"warning: {each}", style="yellow") for each in found.warnings]
    return Group(*parts)


def waiting(rows: Sequence[Row]) -> Table | Text:
    """What waits first; what ended is counted alone."""
    count = Counter(row.state for row in rows)
    ended = count["ended"]
    title = f"{count['waits']} wait, {count['starts'] + count['runs']} have quota, {ended} ended"
    if len(rows) == ended:
        return Text(title)
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in ("state", "queue", "job"):
        table.add_column(heading, no_wrap=heading == "state")
    table.add_column("priority", justify="right")
    table.add_column("since", no_wrap=True)
    table.add_column("why, or where")
    for row in rows:
        if row.state != "ended":
            table.add_row(row.state, row.queue or "-", row.workload, str(row.priority), row.since, row.why)
    return table


def _standings(found: Sharing, flavor: str) -> Table:
    kind, resource = found.plan.kinds[flavor], found.counted(found.plan.kinds[flavor])
    title = f"{flavor}: {shown(resource, found.total(flavor))} {resource} on {kind.max_nodes} nodes"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("queue")
    for heading in ("own", "kept free", "guaranteed", "most"):
        table.add_column(heading, justify="right")
    for each in found.standings(flavor):
        values = (each.nominal, each.reserved, each.guaranteed, each.most)
        table.add_row(each.queue, *(shown(resource, value) for value in values))
    return table


def _picture(found: Sharing, flavor: str) -> Iterator[Text]:
    """A bar a queue: what it keeps, what it has and lends, what it borrows at most."""
    rows = found.standings(flavor)
    widest = max((each.most for each in rows), default=0) or 1
    name = max((len(each.queue) for each in rows), default=0)
    for each in rows:
        kept, own, most = (round(value * COLUMNS / widest) for value in (min(each.reserved, each.nominal), each.nominal, each.most))
        own_shown = min(own, most)
        bar = KEPT * min(kept, own_shown) + LENT * (own_shown - min(kept, own_shown)) + BORROWED * max(0, most - own)
        yield Text(f"{each.queue:{name}}  {bar}")
    yield Text(f"{KEPT} its own, kept free   {LENT} its own, lent while idle   {BORROWED} borrowed at most", style="dim")


def _cases(found: Sharing, flavor: str) -> Iterator[RenderableType]:
    resource, cases = found.counted(found.plan.kinds[flavor]), found.cases(flavor)
    if len(found.standings(flavor)) > MOST_QUEUES:
        yield Text(f"More than {MOST_QUEUES} queues: what each leaves to each other is not shown.", style="dim")
    if not cases:
        return
    table = Table(title="When one has taken its most", title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in ("first", "takes", "then comes", "gets at once", "and takes back, to"):
        table.add_column(heading, justify="right" if heading not in {"first", "then comes"} else "left")
    for each in cases:
        table.add_row(each.first, shown(resource, each.took), each.other, shown(resource, each.at_once), shown(resource, each.reclaimed))
    yield table
    yield Text()


def _preempts(found: Sharing) -> Iterator[Text]:
    if len(found.planner.queues) > MOST_QUEUES:
        yield Text(f"More than {MOST_QUEUES} queues: who preempts whom is not shown; --json has it.", style="dim")
        return
    rows = tuple(found.planner.preempts())
    for each in rows:
        yield Text(_sentence(each))
    preempted = {each.other for each in rows}
    for queue in found.planner.queues:
        if queue not in preempted:
            yield Text(f"{queue} is preempted by nobody.")


def _sentence(each: Preempts) -> str:
    which = "workloads of lower priority" if each.only_lower else "workloads"
    if each.queue == each.other:
        which = "workloads of lower priority" if each.only_lower else "workloads of lower priority, and newer ones of the same"
        return f"{each.queue} may preempt {which} of its own."
    borrows = ", even to borrow" if each.borrowing else ", to get back what is its own"
    return f"{each.queue} may preempt {which} of {each.other}{borrows}."
