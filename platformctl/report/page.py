"""The page itself: what is to be decided first, then what the stack is made of, what it costs, how long it takes, who may do what."""

from collections.abc import Iterator
from decimal import Decimal

from components.queues.quota.planner import shown
from platformctl.costs import dollars, monthly
from platformctl.overview import Pool
from platformctl.queues import Sharing
from platformctl.render import scenarios
from platformctl.render.graph import graph
from platformctl.render.money import book
from platformctl.render.policy_words import fix_of, resource, summary
from platformctl.render.svg import svg
from platformctl.render.timeline import chain, sources
from platformctl.render.timeline_svg import svg as timeline_svg
from platformctl.render.words import planned
from platformctl.report.contents import Contents, Cost
from platformctl.report.elements import Html, anchor, bar, element, picture, section, table
from platformctl.report.style import STYLE

SIMULATED = "Rehearsed on a simulated cloud. Nothing was changed, and no cloud was asked."


def page(found: Contents) -> str:
    """The whole page."""
    sections = list(_sections(found))
    links = [element("a", title, href=f"#{anchor(title)}") for title, _ in sections]
    body = [
        element("header", element("h1", found.plan.stack), _verdict(found), element("p", planned(found.plan.counts), "; ", _costs(found))),
        element("nav", *links),
        *(section(title, *content) for title, content in sections),
        element("footer", element("p", SIMULATED)),
    ]
    head = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        element("title", f"{found.plan.stack}: platform report"),
        f"<style>{STYLE}</style>",
    ]
    inside = "\n".join([*head, "</head>", "<body>", *body, "</body>"])
    return f'<!doctype html>\n<html lang="en">\n<head>\n{inside}\n</html>\n'


def _verdict(found: Contents) -> Html:
    plan = found.plan
    kind = "bad" if plan.refusals else "some" if plan.violations or plan.rules is None else "good"
    return element("p", element("strong", "Refused: " if plan.refusals else "", summary(plan)), class_=f"verdict {kind}")


def _costs(found: Contents) -> str:
    if found.cost is None:
        return "the cost is not known: something in it has no price"
    low, high = found.cost.estimate.minimum_hourly, found.cost.estimate.maximum_hourly
    return f"{monthly(low)} to {monthly(high)} a month"


def _sections(found: Contents) -> Iterator[tuple[str, list[Html]]]:
    """Title and content, in reading order. What there is nothing of has no section."""
    if found.plan.violations:
        yield "Policies", [_violations(found)]
    if found.overview.pools:
        yield "Node pools", [_pools(found.overview.pools)]
    yield "What it is made of", [_made_of(found)]
    yield "Map", [picture(svg(graph(found.plan)), f"Components of {found.plan.stack}, and what waits for what")]
    if found.cost is not None:
        yield "Cost", list(_cost(found.cost))
    if found.queues is not None:
        yield "Queues", list(_queues(found.queues))
    if found.access is not None:
        rows = [(line.who, line.what, line.where, element("strong", line.why) if line.why else "", line.by) for line in found.access]
        notes = [element("p", each, class_="note") for each in found.unseen]
        yield "Access", [table(("who", "may", "where", "which would allow more", "by"), rows), *notes]
    if found.schedule is not None:
        said = [element("p", "Longest chain: ", chain(found.schedule)), element("p", sources(found.schedule), class_="note")]
        yield "Timeline", [picture(timeline_svg(found.schedule), "What is made when"), *said]


def _violations(found: Contents) -> Html:
    rows = [
        (
            element("strong", violation.policy),
            ", ".join(part for part in (violation.level, violation.severity) if part),
            resource(violation),
            element("div", violation.message, element("p", fix_of(found.plan, violation), class_="note")),
        )
        for violation in found.plan.violations
    ]
    return table(("rule", "level", "resource", "what was found, and how to fix it"), rows)


def _pools(pools: tuple[Pool, ...]) -> Html:
    greatest = max((pool.maximum_monthly or Decimal(0) for pool in pools), default=Decimal(0))
    rows = [
        (pool.name, pool.machine, " ".join(pool.domains), pool.version, _bar(pool, greatest), pool.nodes, *_months(pool)) for pool in pools
    ]
    return table(("pool", "machine", "domains", "Kubernetes", "", "nodes", "least/month", "most/month"), rows, numbers=3)


def _bar(pool: Pool, greatest: Decimal) -> Html:
    if not greatest or pool.maximum_monthly is None or pool.minimum_monthly is None:
        return Html()
    return bar(float(pool.maximum_monthly / greatest), always=float(pool.minimum_monthly / greatest))


def _months(pool: Pool) -> tuple[str, str]:
    low, high = (("" if amount is None else dollars(amount, 0)) for amount in (pool.minimum_monthly, pool.maximum_monthly))
    return low, high


def _made_of(found: Contents) -> Html:
    entries = [
        part
        for entry in found.overview.sections
        for part in (element("dt", entry.title), element("dd", element("ul", *(element("li", fact) for fact in entry.facts))))
    ]
    return element("dl", *entries)


def _cost(cost: Cost) -> Iterator[Html]:
    names = ("idle", scenarios.words(cost.usage), "flat out")
    yield table(("what", *names), scenarios.markdown_rows(cost.estimate, cost.scenarios), numbers=3, total=True)
    months = (cost.scenarios.idle, cost.scenarios.used, cost.scenarios.flat_out)
    greatest = max(*(month.total for month in months), Decimal(cost.cap or 0), Decimal(1))
    rows = [
        (name, bar(float(month.total / greatest)), dollars(month.total, 0), *_of_cap(month.total, cost.cap))
        for name, month in zip(names, months, strict=True)
    ]
    capped = (f"of the cap, {dollars(Decimal(cost.cap), 0)}",) if cost.cap else ()
    yield table(("a month", "", "in all", *capped), rows, numbers=1 + len(capped))
    yield element("p", book(cost.estimate), class_="note")


def _of_cap(total: Decimal, cap: int | None) -> tuple[str, ...]:
    return (f"{total / cap * 100:.0f} %",) if cap else ()


def _queues(sharing: Sharing) -> Iterator[Html]:
    for flavor, kind in sharing.plan.kinds.items():
        counted = sharing.counted(kind)
        yield element("h3", f"{flavor}: {shown(counted, sharing.total(flavor))} {counted}")
        rows = [
            (each.queue, *(shown(counted, value) for value in (each.nominal, each.reserved, each.guaranteed, each.most)))
            for each in sharing.standings(flavor)
        ]
        yield table(("queue", "own", "kept free", "guaranteed", "most"), rows, numbers=4)
