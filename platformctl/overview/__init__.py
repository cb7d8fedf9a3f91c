"""A stack on one screen: what it is made of, a line of facts for each subject. Pure."""

from platformctl.overview.sections import overview
from platformctl.overview.subjects import Overview, Pool, Section

__all__ = ["Overview", "Pool", "Section", "overview"]
