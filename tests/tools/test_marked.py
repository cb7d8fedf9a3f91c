"""The part of a page that a command writes."""

import pytest

from tools.marked import rewritten

PAGE = "before\n<!-- begin: make it -->\nold\n<!-- end -->\nafter\n<!-- begin: other -->\nkept\n<!-- end -->\n"


def test_what_stands_around_it_stays() -> None:
    assert rewritten(PAGE, "make it", r"new \1") == PAGE.replace("old", r"new \1")


@pytest.mark.parametrize("text", ["", "<!-- begin: make it -->", PAGE + PAGE])
def test_marks_that_are_not_there_once_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="but must be once"):
        rewritten(text, "make it", "new")
