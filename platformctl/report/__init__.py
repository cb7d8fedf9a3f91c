"""All that is known of a stack, on one page of HTML that needs nothing beside it. Pure: what it shows is given to it."""

from platformctl.report.contents import Contents
from platformctl.report.page import page

__all__ = ["Contents", "page"]
