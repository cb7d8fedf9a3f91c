"""What a person sees of a stack at four widths, as it was reviewed."""

from collections.abc import Callable

import pytest
from rich.console import Console

from platformctl import costs
from platformctl.engine.plan import Plan
from platformctl.overview import overview
from platformctl.render.overview import headline, screen
from tests.rehearsal.conftest import FILES

WIDTHS = (60, 80, 120, 200)


@pytest.mark.parametrize("stack", FILES)
def test_the_screen_of_a_stack_is_as_it_was_reviewed(stack: str, plans: Callable[[str], Plan], golden: Callable[[str, str], None]) -> None:
    plan = plans(stack)
    estimate = costs.reported(plan)
    shown = []
    for width in WIDTHS:
        console = Console(width=width, record=True, force_terminal=False, highlight=False)
        with console.capture() as captured:
            console.print(headline(plan, estimate))
            console.print(screen(overview(plan, estimate), width))
        lines = [line.rstrip() for line in captured.get().splitlines()]
        assert max(map(len, lines)) <= width
        shown.append(f"{width} columns\n\n" + "\n".join(lines) + "\n")
    golden(f"screens/{stack}.txt", "\n".join(shown))


@pytest.mark.parametrize("stack", FILES)
def test_no_section_is_left_for_what_nobody_knows(stack: str, plans: Callable[[str], Plan]) -> None:
    assert "other" not in [section.title for section in overview(plans(stack)).sections]
