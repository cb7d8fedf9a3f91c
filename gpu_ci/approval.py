"""Whether a comment starts a run. A pure decision: everything that it rests on is asked for before."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

COMMAND = "/gpu-test"
CONTEXT = "gpu-tests"
"""Name of the commit status."""
MAY_START = ("admin", "write")
"""Permissions on the repository (REST API, "Get repository permissions for a user": `maintain` is told as `write`, `triage` as `read`)."""
_SHA = re.compile(r"[0-9a-f]{40}")
_WORKFLOWS = (".github/",)
"""What a pull request may not change and be run: what decides how it is run."""


@dataclass(frozen=True, kw_only=True)
class Comment:
    id: int
    body: str
    author: str
    is_bot: bool
    created: str
    updated: str
    """Both as GitHub writes them; a comment that nobody edited has the same twice."""


@dataclass(frozen=True, kw_only=True)
class PullRequest:
    number: int
    head: str
    """Commit that it proposes now."""
    is_open: bool
    files: tuple[str, ...] = ()
    """Paths that it changes."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A comment, and what GitHub says of everything around it at this moment."""

    event: str
    """The event's `action`."""
    in_fork: bool
    """The workflow runs in a fork of the repository, which has no runners of its own."""
    attempt: int
    """Of the workflow's run: 2 and more are somebody's re-run."""
    comment: Comment
    """As the event has it."""
    comment_now: Comment | None
    """As GitHub has it now; None where it is gone."""
    permission: str
    """Of the comment's author on the repository."""
    pull_request: PullRequest
    started: frozenset[int] = frozenset()
    """Ids of comments that have started a run for this commit."""
    notebooks: int = 1
    """Notebooks that would run."""


def commanded(body: str) -> str | None:
    """What follows the command on the comment's first line; None where the comment is no command at all."""
    first = body.strip().splitlines()[0].split() if body.strip() else []
    return " ".join(first[1:]) if first and first[0] == COMMAND else None


def refusals(asked: Asked) -> tuple[str, ...]:
    """Every reason why the run does not start, for whoever wrote the comment. None: it starts."""
    return tuple(_refusals(asked))


def _refusals(asked: Asked) -> Iterator[str]:
    wanted = commanded(asked.comment.body)
    if asked.in_fork:
        yield "this is a fork, whose workflows start no runs"
    if asked.event != "created":
        yield f"the comment was {asked.event}, and only a new one starts a run"
    if asked.comment.is_bot:
        yield f"{asked.comment.author} is a bot, and a person decides"
    elif asked.permission not in MAY_START:
        yield f"{asked.comment.author} has no right to write to this repository"
    yield from _edited(asked.comment, asked.comment_now)
    if asked.attempt > 1 or asked.comment.id in asked.started:
        yield "this comment has started its run already: write a new one"
    yield from _commit(wanted, asked.pull_request)
    yield from _touched(asked.pull_request.files)
    if not asked.notebooks:
        yield "it changes no notebook that is watched, so there is nothing to run"


def _edited(then: Comment, now: Comment | None) -> Iterator[str]:
    if now is None:
        yield "the comment is gone"
    elif now.body != then.body or now.updated != now.created:
        yield "the comment was edited: write a new one, so that what was approved is what was written"


def _commit(wanted: str | None, pull_request: PullRequest) -> Iterator[str]:
    if not pull_request.is_open:
        yield f"#{pull_request.number} is closed"
    fix = f"write `{COMMAND} {pull_request.head}` once you have read that commit"
    if wanted is None or not _SHA.fullmatch(wanted):
        yield f"name the whole commit that you have read, 40 characters: {fix}"
    elif wanted != pull_request.head:
        yield f"{wanted[:12]} is not what #{pull_request.number} proposes now: {fix}"


def _touched(files: Iterable[str]) -> Iterator[str]:
    workflows = sorted(path for path in files if path.startswith(_WORKFLOWS))
    if workflows:
        yield f"it changes {workflows[0]}, which decides how it is run: let that be merged by itself first"
