"""Errors a cloud answers with, and what a provider refuses before it asks the cloud."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Something wrong with one input."""

    path: str
    """Where, as a property path; empty for the resource as a whole."""
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


class CloudError(Exception):
    """The cloud said no. The message is what the user sees."""


class NotSimulated(CloudError):  # noqa: N818 - reads as the sentence it is
    """The simulator has no facts for what was asked: said by name, never guessed."""
