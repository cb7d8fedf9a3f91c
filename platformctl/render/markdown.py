"""Comparisons and costs as Markdown, ready for a pull request's comment."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from infra.pricing import CostChange, Estimate
from infra.pricing.usage import Scenarios, Usage
from platformctl.costs import dollars, monthly, signed_monthly
from platformctl.engine.causes import GONE, causing
from platformctl.engine.events import Violation
from platformctl.engine.plan import Plan, PlannedResource
from platformctl.render.changes import ORDER, differing, is_forcing
from platformctl.render.money import book
from platformctl.render.policy_words import fix_of, headline, summary
from platformctl.render.policy_words import resource as blamed
from platformctl.render.scenarios import markdown_rows, words
from platformctl.render.words import SIGNS, knock_on, planned, short

if TYPE_CHECKING:
    from platformctl.access.words import Line, RightsChange

ROWS = 150
"""Changes that are listed: GitHub takes no comment of more than 65,536 characters."""


def of_diff(plan: Plan, change: CostChange | None, rights: "RightsChange", base: str) -> str:
    """A sentence with the totals, what is refused, lost or replaced, and dangerous rights in full view, the rest folded away.

    No `change`: it is not known.
    """
    changed = [resource for resource in plan.changes if resource.custom]
    grave = [resource for resource in causing(plan) if resource.op in GONE]
    blocks = [f"### `{plan.stack}`: {_sentence(plan, change)}"]
    blocks += _refusals(plan)
    if grave:
        rows = [(_sign(resource), f"`{resource.name}`", short(resource.type), _reasons(resource, plan)) for resource in _sorted(grave)]
        blocks.append(_table(("", "resource", "type", "why"), rows))
    blocks += _rights(rights)
    if change is not None and change.lines:
        rows_ = [
            (
                f"`{line.name}`",
                line.after.detail if line.after else "gone",
                signed_monthly(line.minimum_hourly),
                signed_monthly(line.maximum_hourly),
            )
            for line in change.lines
        ]
        rows_.append(("**total**", "", f"**{signed_monthly(change.minimum_hourly)}**", f"**{signed_monthly(change.maximum_hourly)}**"))
        blocks.append(_table(("cost a month", "", "at minimum", "at maximum"), rows_, right=2))
    if changed:
        all_ = [(_sign(resource), f"`{resource.name}`", short(resource.type), _properties(resource)) for resource in _sorted(changed)]
        more = f"\n\nAnd {len(all_) - ROWS} more." if len(all_) > ROWS else ""
        blocks.append(_folded(f"All {len(changed)} changes", _table(("", "resource", "type", "properties"), all_[:ROWS]) + more))
    blocks += _advice(plan)
    if change is not None:
        blocks.append(_folded("Cost after the change", _costs(change.after)))
    prices = book(change.after) if change is not None else "Something in it has no price, so its cost is not known."
    blocks.append(f"<sub>Rehearsed on a simulated cloud, over `{_cell(base)}`. Checked: {summary(plan)}. {prices}</sub>")
    return "\n\n".join(blocks) + "\n"


def of_plan(plan: Plan, estimate: Estimate | None) -> str:
    """A whole stack: what is refused in full view, what it costs, the resources folded away. No `estimate`: it is not known."""
    refused = "**refused by policy**; " if plan.refusals else ""
    cost = f"at most {monthly(estimate.maximum_hourly)} a month" if estimate is not None else "the cost is not known"
    blocks = [f"### `{plan.stack}`: {refused}{planned(_counts(plan.custom))}; {cost}", *_refusals(plan)]
    if estimate is not None:
        blocks.append(_costs(estimate))
    rows = [(f"`{_cell(resource.name)}`", short(resource.type), _marks(plan, resource)) for resource in plan.custom]
    more = f"\n\nAnd {len(rows) - ROWS} more." if len(rows) > ROWS else ""
    if rows:
        blocks.append(_folded(f"All {len(rows)} resources", _table(("resource", "type", "policies"), rows[:ROWS]) + more))
    blocks += _advice(plan)
    prices = book(estimate) if estimate is not None else "Something in it has no price, so its cost is not known."
    blocks.append(f"<sub>Rehearsed on a simulated cloud. Checked: {summary(plan)}. {prices}</sub>")
    return "\n\n".join(blocks) + "\n"


def of_cost(stack: str, estimate: Estimate, found: Scenarios, usage: Usage) -> str:
    """A sentence with the totals, three months beside each other, then every line."""
    months = _table(("what", "idle", words(usage), "flat out"), markdown_rows(estimate, found))
    title = f"### `{stack}` costs {monthly(estimate.minimum_hourly)} to {monthly(estimate.maximum_hourly)} a month"
    return "\n\n".join([title, months, _folded("By the hour", _costs(estimate)), f"<sub>{book(estimate)}</sub>"]) + "\n"


def _sentence(plan: Plan, change: CostChange | None) -> str:
    refused = "**refused by policy**; " if any(map(plan.is_new, plan.refusals)) else "**refused by policy, as the base is**; "
    lost = headline(plan)
    refused = f"**{lost.removesuffix('; ')}**; " if lost else refused if plan.refusals else ""
    if not plan.changes:
        return f"{refused}no change"
    counts = _counts(resource for resource in plan.changes if resource.custom)
    if change is None:
        return f"{refused}{planned(counts)}; the cost is not known"
    most = signed_monthly(change.maximum_hourly)
    cost = f"at most {most} a month" if change.maximum_hourly else "the cost stays"
    return f"{refused}{planned(counts)}; {cost}, {monthly(change.after.maximum_hourly)} in all"


def _counts(resources: Iterable[PlannedResource]) -> Counter[str]:
    """By operation. Components are not counted: the tables below the heading have none."""
    return Counter(resource.op for resource in resources)


def _refusals(plan: Plan) -> Iterator[str]:
    """What the change brings in full view, what was there before folded away."""
    new = [violation for violation in plan.refusals if plan.is_new(violation)]
    old = [violation for violation in plan.refusals if not plan.is_new(violation)]
    if new:
        yield f"**Refused by policy**\n\n{_verdicts(plan, new)}"
    if old:
        yield _folded(f"{len(old)} refused by policy in the base already", _verdicts(plan, old))


def _rights(change: "RightsChange") -> Iterator[str]:
    """Who may do more, the dangerous in full view; then the rest, and who may do less."""
    if change.dangerous:
        said = [f"{_bullet(line)}: **{_cell(line.why)}**" for line in change.dangerous]
        yield f"**This change lets**\n\n{_listed(said)}"
    harmless = [_bullet(line) for line in change.added if not line.why]
    if harmless:
        yield _folded(f"{len(harmless)} more rights that it gives", _listed(harmless))
    if change.removed:
        yield _folded(f"{len(change.removed)} rights that it takes", _listed([_bullet(line) for line in change.removed]))
    if change.added or change.removed:
        yield f"<sub>{_cell(' '.join(change.unseen))}</sub>"


def _bullet(line: "Line") -> str:
    return f"- {_cell(line.who)} `{_cell(line.what)}` {_cell(line.where)}".rstrip()


def _listed(lines: Sequence[str]) -> str:
    more = f"\n\nAnd {len(lines) - ROWS} more." if len(lines) > ROWS else ""
    return "\n".join(lines[:ROWS]) + more


def _advice(plan: Plan) -> Iterator[str]:
    advice = [violation for violation in plan.violations if not violation.refuses]
    new = sum(map(plan.is_new, advice))
    if advice:
        said = f", {new or 'none'} of them new" if plan.before is not None else ""
        yield _folded(f"{len(advice)} to consider{said}", _verdicts(plan, sorted(advice, key=lambda found: not plan.is_new(found))))


def _marks(plan: Plan, resource: PlannedResource) -> str:
    found = plan.found.get(resource.urn, ())
    return ", ".join(dict.fromkeys(f"{'✗' if violation.refuses else '!'} `{violation.policy}`" for violation in found))


def _verdicts(plan: Plan, violations: Iterable[Violation]) -> str:
    rows = [
        (f"`{found.policy}`", found.severity, f"`{_cell(blamed(found))}`", f"{_cell(found.message)}<br>_{_cell(fix_of(plan, found))}_")
        for found in violations
    ]
    more = f"\n\nAnd {len(rows) - ROWS} more." if len(rows) > ROWS else ""
    return _table(("policy", "severity", "resource", "what was found, and how to fix it"), rows[:ROWS]) + more


def _costs(estimate: Estimate) -> str:
    rows: list[tuple[str, ...]] = [
        (
            f"`{line.name}`", line.detail, f"{line.minimum}-{line.maximum}" if line.scales else str(line.maximum),
            dollars(line.minimum_hourly), dollars(line.maximum_hourly), monthly(line.minimum_hourly), monthly(line.maximum_hourly),
        )
        for line in (*estimate.pools, *estimate.fixed)
    ]  # fmt: skip
    totals = (
        dollars(estimate.minimum_hourly),
        dollars(estimate.maximum_hourly),
        monthly(estimate.minimum_hourly),
        monthly(estimate.maximum_hourly),
    )
    rows.append(("**total**", "", "", *(f"**{amount}**" for amount in totals)))
    shown = _table(("what", "of what kind", "how many", "min/h", "max/h", "min/month", "max/month"), rows, right=5)
    if not estimate.metered:
        return shown
    metered = ", ".join(f"`{item.name}` {dollars(item.usd, 4)} a {item.unit}" for item in estimate.metered)
    return f"{shown}\n\nBy what is used, not in the total: {metered}."


def _sorted(resources: Iterable[PlannedResource]) -> list[PlannedResource]:
    return sorted(resources, key=lambda resource: ORDER.index(resource.op))


def _sign(resource: PlannedResource) -> str:
    return f"{SIGNS[resource.op]} {resource.op}"


def _reasons(resource: PlannedResource, plan: Plan) -> str:
    protected = " **protected: the engine will refuse**" if resource.protected else ""
    others = knock_on(resource, plan)
    more = f"<br>with it {_cell(others)}" if others else ""
    if resource.op == "delete":
        return f"no longer declared{protected}{more}"
    return f"{_properties(resource, forcing=True) or _cell(', '.join(resource.replace_keys))}{protected}{more}"


def _properties(resource: PlannedResource, *, forcing: bool = False) -> str:
    if resource.op not in ("update", "replace"):
        return ""
    said = []
    for path, kind in resource.diffs.items():
        if not forcing or is_forcing(resource, path, kind):
            said += [f"`{_cell(part.path)}`: {_cell(part.before)} → {_cell(part.after)}" for part in differing(resource, path)]
    return "<br>".join(said)


def _cell(text: str) -> str:
    """Text that can break neither its table nor the page."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "\\|").replace("`", "'").replace("\n", " ")


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], right: int = 0) -> str:
    """A table whose last `right` columns are numbers."""
    line = ["---"] * (len(headings) - right) + ["---:"] * right
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (headings, line, *rows))


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{content}\n\n</details>"
