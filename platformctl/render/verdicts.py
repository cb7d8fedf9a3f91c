"""What the policies found, on the terminal."""

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from platformctl.engine.plan import Plan
from platformctl.render.policy_words import fix_of, resource

COLOURS: Mapping[bool, str] = {True: "bold red", False: "yellow"}
"""By whether a violation refuses the plan."""


def marks(plan: Plan, urn: str) -> Text:
    """The rules that a resource violates, to stand beside it."""
    text = Text()
    refuses = {violation.policy: violation.refuses for violation in reversed(plan.found.get(urn, ()))}
    for policy, grave in sorted(refuses.items(), key=lambda entry: (not entry[1], entry[0])):
        text.append(f"  {'✗' if grave else '!'} {policy}", style=COLOURS[grave])
    return text


def table(plan: Plan) -> Table:
    """The verdicts that the plan brings, what refuses it first, each with the way to fix it."""
    shown = Table(title="Policies", title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in ("rule", "level", "resource"):
        shown.add_column(heading, overflow="fold")
    shown.add_column("what was found, and how to fix it", overflow="fold", ratio=1)
    for violation in filter(plan.is_new, plan.violations):
        words = Text(violation.message)
        fix = fix_of(plan, violation)
        if fix:
            words.append(f"\n{fix}", style="dim")
        level = violation.level + (f", {violation.severity}" if violation.severity else "")
        shown.add_row(Text(violation.policy, style=COLOURS[violation.refuses]), Text(level), Text(resource(violation)), words)
    return shown
