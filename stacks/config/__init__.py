"""The typed stack file: what it may say, and how it is read."""

from stacks.config.load import StackFileError, from_pulumi, load, parse
from stacks.config.stack import Stack

__all__ = ["Stack", "StackFileError", "from_pulumi", "load", "parse"]
