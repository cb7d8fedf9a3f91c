"""What a person sees of a stack at four widths, as it was reviewed."""

from collections.abc import Callable

import pytest
from rich.console import Console, RenderableType

from infra.pricing.usage import scenarios
from platformctl import costs
from platformctl.engine.plan import Plan
from platformctl.overview import overview
from platformctl.render import overview as render
from platformctl.render.scenarios import screen
from platformctl.usage import usage
from tests.rehearsal.conftest import FILES

WIDTHS = (60, 80, 120, 200)


def at_widths(shown: Callable[[int], list[RenderableType]]) -> str:
    """What a terminal without colour shows at each width; no line is longer."""
    found = []
    for width in WIDTHS:
        console = Console(width=width, force_terminal=False, highlight=False)
        with console.capture() as captured:
            console.print(*shown(width), sep="\n")
        lines = [line.rstrip() for line in captured.get().splitlines()]
        assert max(map(len, lines)) <= width
        found.append(f"{width} columns\n\n" + "\n".join(lines) + "\n")
    return "\n".join(found)


@pytest.mark.parametrize("stack", FILES)
def test_the_screen_of_a_stack_is_as_it_was_reviewed(stack: str, plans: Callable[[str], Plan], golden: Callable[[str, str], None]) -> None:
    plan = plans(stack)
    estimate = costs.reported(plan)
    found = overview(plan, estimate)
    golden(f"screens/{stack}.txt", at_widths(lambda width: [render.headline(plan, estimate), render.screen(found, width)]))


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_what_a_stack_costs_is_as_it_was_reviewed(stack: str, plans: Callable[[str], Plan], golden: Callable[[str, str], None]) -> None:
    plan = plans(stack)
    estimate = costs.estimate(plan)
    said = usage(plan, estimate, None, None, None)
    golden(
        f"screens/{stack}-cost.txt", at_widths(lambda width: [screen(estimate, scenarios(estimate, said), said, costs.cap(plan), width)])
    )


@pytest.mark.parametrize("stack", FILES)
def test_no_section_is_left_for_what_nobody_knows(stack: str, plans: Callable[[str], Plan]) -> None:
    assert "other" not in [section.title for section in overview(plans(stack)).sections]
