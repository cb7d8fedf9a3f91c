"""A stack file, read and planned, for every command that needs no engine."""

from pathlib import Path

from platformctl.errors import WrongInput
from stacks.config import StackFileError, load
from stacks.plan import PlatformPlan, plan


def planned(file: Path) -> PlatformPlan:
    """Raises WrongInput with everything that is wrong with the file."""
    try:
        return plan(load(file), file)
    except StackFileError as error:
        raise WrongInput(*str(error).splitlines()) from None
