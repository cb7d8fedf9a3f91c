"""A comparison on the terminal."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from infra.pricing import CostChange
from platformctl.access.words import RightsChange
from platformctl.costs import monthly, signed_monthly
from platformctl.engine.causes import causing
from platformctl.engine.plan import Plan, PlannedResource
from platformctl.render import access
from platformctl.render.difference import Part, parts
from platformctl.render.document import at
from platformctl.render.policy_words import headline, summary, there_before
from platformctl.render.terminal import console
from platformctl.render.verdicts import marks, table
from platformctl.render.words import COLOURS, SIGNS, knock_on, planned, short

ORDER = ("delete", "replace", "update", "create")
MOST = 12
"""Places of one property that are shown."""


def show(plan: Plan, change: CostChange | None, rights: RightsChange, base: str) -> None:
    """Most dangerous first: what is deleted and replaced, then the rest; at the end the cost, where it is known, rights and policies.

    What changes only because something else does is shown under that.
    """
    out = console()
    for resource in sorted(causing(plan), key=lambda found: ORDER.index(found.op)):
        _change(out, resource, plan)
    out.print(Text(f"\n{plan.stack} over {base}: {headline(plan)}{planned(plan.counts)}", style="bold"))
    if change is not None:
        _cost(out, change)
    for number, line in enumerate(access.change(rights)):
        if not number:
            out.print(Text("\nWho may do what", style="bold"))
        out.print(line)
    if any(map(plan.is_new, plan.violations)):
        out.print()
        out.print(table(plan))
    if there_before(plan):
        out.print(Text(f"\nViolated by the base already: {there_before(plan)}", style="dim"))
    out.print(Text(f"Checked: {summary(plan)}."))


def _cost(out: Console, change: CostChange) -> None:
    for line in change.lines:
        nodes = f"  {line.after.detail}" if line.after else "  gone"
        out.print(
            f"  {line.name}{nodes}: {signed_monthly(line.minimum_hourly)} at minimum scale, {signed_monthly(line.maximum_hourly)} at most"
        )
    after = f"{monthly(change.after.minimum_hourly)} to {monthly(change.after.maximum_hourly)} a month"
    if change.lines:
        after += f" ({signed_monthly(change.minimum_hourly)} at minimum scale, {signed_monthly(change.maximum_hourly)} at most)"
    out.print(Text(f"Cost: {after}, prices as of {change.after.book.as_of}"))


def _change(out: Console, resource: PlannedResource, plan: Plan) -> None:
    colour = COLOURS[resource.op]
    text = Text(f"{SIGNS[resource.op]} {resource.name}", style=colour).append(f"  {short(resource.type)}", style="dim")
    if resource.protected and resource.op in ("delete", "replace"):
        text.append("  protected: the engine will refuse", style="bold red")
    if resource.options.declared:
        text.append(f"  {resource.options.declared}", style="dim")
    out.print(text.append_text(marks(plan, resource.urn)))
    if resource.op in ("update", "replace"):
        for path, kind in resource.diffs.items():
            forces = "  forces the replacement" if is_forcing(resource, path, kind) else ""
            for part in differing(resource, path):
                out.print(Text(f"    {part.path}: {part.before} -> {part.after}").append(forces, style=colour))
    others = knock_on(resource, plan)
    if others:
        out.print(Text(f"    with it {others}", style=colour))


def is_forcing(resource: PlannedResource, path: str, kind: str) -> bool:
    return resource.op == "replace" and (
        kind.endswith("-replace") or any(path == key or path.startswith((f"{key}.", f"{key}[")) for key in resource.replace_keys)
    )


def known_later(resource: PlannedResource, path: str) -> bool:
    return any(entry == path or entry.startswith((f"{path}.", f"{path}[")) for entry in resource.unknown)


def differing(resource: PlannedResource, path: str) -> Iterator[Part]:
    """Where the property at `path` differs, at most MOST places of it."""
    later = known_later(resource, path)
    found = list(parts(path, at(resource.old_inputs, path), at(resource.inputs, path), later=later))
    yield from found[:MOST]
    if len(found) > MOST:
        yield Part(path=path, before=f"{len(found) - MOST} more places", after="see --json")
