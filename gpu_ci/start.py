"""Starts a run for a comment: asks GitHub for what the decision rests on, decides, and says so on the pull request."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gpu_ci import notebooks
from gpu_ci.approval import CONTEXT, Asked, Comment, PullRequest, commanded, refusals
from gpu_ci.github import GitHub, GitHubError, escaped

_STARTED = re.compile(r"comment (\d+)\b")
NOT_FOUND = 404


@dataclass(frozen=True, kw_only=True)
class Settings:
    workflow: str
    """File of the workflow that runs the notebooks, of the default branch: `gpu-tests.yml`."""
    patterns: tuple[str, ...]
    """Which notebooks are watched: `examples/**/*.ipynb`."""
    attempt: int = 1
    """Of this workflow's run."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    started: bool
    message: str
    """For whoever wrote the comment."""


def start(github: GitHub, event: Mapping[str, Any], settings: Settings) -> Outcome | None:
    """None where the comment is none of ours. Raises GitHubError."""
    if "pull_request" not in event.get("issue", {}) or commanded(_text(event["comment"])) is None:
        return None
    number, comment = int(event["issue"]["number"]), _comment(event["comment"])
    pull_request, found, problem = _pull_request(github, number, settings.patterns)
    asked = Asked(
        event=str(event["action"]),
        in_fork=bool(event["repository"]["fork"]),
        attempt=settings.attempt,
        comment=comment,
        comment_now=_comment_now(github, comment.id),
        permission=_permission(github, comment.author),
        pull_request=pull_request,
        started=_started(github, pull_request.head),
        notebooks=1 if found is None else len(found),
    )
    reasons = [*refusals(asked), *problem]
    if reasons or found is None:
        message = "No GPU test was started:\n" + "\n".join(f"- {reason}" for reason in reasons)
        _say(github, number, message)
        return Outcome(started=False, message=message)
    # First the mark, then the run: a second comment that comes in between finds it.
    github.post(f"/statuses/{pull_request.head}", status("pending", f"queued by {comment.author}, comment {comment.id}"))
    inputs = {"pull_request": str(number), "sha": pull_request.head, "notebooks": json.dumps(found)}
    branch = str(event["repository"]["default_branch"])
    try:
        github.post(f"/actions/workflows/{escaped(settings.workflow)}/dispatches", {"ref": branch, "inputs": inputs})
    except GitHubError:
        github.post(f"/statuses/{pull_request.head}", status("error", f"could not be queued, comment {comment.id}"))
        raise
    message = f"Queued {len(found)} notebook{'s' if len(found) > 1 else ''} of {pull_request.head[:12]} for a GPU."
    _say(github, number, message)
    return Outcome(started=True, message=message)


def status(state: str, description: str, address: str | None = None) -> dict[str, str]:
    """A commit status. GitHub takes 140 characters of a description."""
    return {"state": state, "context": CONTEXT, "description": description[:140], **({"target_url": address} if address else {})}


def still_proposed(github: GitHub, number: int, sha: str, patterns: Iterable[str]) -> tuple[str, ...]:
    """The notebooks to run, asked for again when the run begins. Raises NotebookError where the pull request has moved on since."""
    pull_request, found, problem = _pull_request(github, number, patterns)
    if pull_request.head != sha or not pull_request.is_open:
        raise notebooks.NotebookError(f"#{number} proposes {pull_request.head[:12]} now, and not {sha[:12]}, which was approved")
    if not found:
        raise notebooks.NotebookError(*problem or [f"#{number} changes no notebook that is watched"])
    return found


def _text(comment: Mapping[str, Any]) -> str:
    return str(comment["body"] or "")


def _comment(comment: Mapping[str, Any]) -> Comment:
    return Comment(
        id=int(comment["id"]),
        body=_text(comment),
        author=str(comment["user"]["login"]),
        is_bot=comment["user"]["type"] != "User",
        created=str(comment["created_at"]),
        updated=str(comment["updated_at"]),
    )


def _comment_now(github: GitHub, ident: int) -> Comment | None:
    try:
        return _comment(github.get(f"/issues/comments/{ident}"))
    except GitHubError as error:
        if error.status == NOT_FOUND:
            return None
        raise


def _permission(github: GitHub, author: str) -> str:
    try:
        answer = github.get(f"/collaborators/{escaped(author)}/permission")
    except GitHubError as error:
        if error.status == NOT_FOUND:
            return "none"
        raise
    return str(answer["permission"])


def _pull_request(github: GitHub, number: int, patterns: Iterable[str]) -> tuple[PullRequest, tuple[str, ...] | None, list[str]]:
    """The pull request, its notebooks, and what is wrong with them: then there are none."""
    found = github.get(f"/pulls/{number}")
    files = list(github.pages(f"/pulls/{number}/files"))
    paths = {str(file[key]) for file in files for key in ("filename", "previous_filename") if file.get(key)}
    pull_request = PullRequest(number=number, head=str(found["head"]["sha"]), is_open=found["state"] == "open", files=tuple(sorted(paths)))
    try:
        return pull_request, notebooks.changed(files, patterns), []
    except notebooks.NotebookError as error:
        return pull_request, None, [str(error)]


def _started(github: GitHub, sha: str) -> frozenset[int]:
    """What the commit's statuses say of comments that started a run for it."""
    texts = [str(each["description"]) for each in github.pages(f"/commits/{sha}/statuses") if each["context"] == CONTEXT]
    return frozenset(int(found[1]) for text in texts for found in _STARTED.finditer(text))


def _say(github: GitHub, number: int, message: str) -> None:
    github.post(f"/issues/{number}/comments", {"body": message})
