"""A repository at GitHub, and what an action has in its environment."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from testkit.github import TOKEN, Repository, comment_of, serving

Environment = Callable[..., dict[str, str]]


@pytest.fixture
def repository() -> Repository:
    return Repository()


@pytest.fixture
def environment(repository: Repository, tmp_path: Path) -> Iterator[Environment]:
    """Variables of a step; those of the workflow are given."""
    with serving(repository) as address:

        def make(**given: str) -> dict[str, str]:
            return {
                "GITHUB_API_URL": address,
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_REPOSITORY": "acme/models",
                "GITHUB_TOKEN": TOKEN,
                "GITHUB_RUN_ID": "42",
                "GITHUB_RUN_ATTEMPT": "1",
                "GITHUB_OUTPUT": str(tmp_path / "output"),
                "NOTEBOOKS_WATCHED": "blueprints/**/*.ipynb",
                "WORKFLOW": "gpu-tests.yml",
                **given,
            }

        yield make


@pytest.fixture
def commented(repository: Repository, environment: Environment, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """The environment of a run that a new comment on the pull request starts."""

    def write(
        body: str, author: str = "maintainer", *, kind: str = "User", action: str = "created", fork: bool = False, **given: Any
    ) -> dict[str, str]:
        ident = max(repository.comments, default=100) + 1
        comment = comment_of(ident, body, {"login": author, "type": kind})
        repository.comments[ident] = dict(comment)
        event = {
            "action": action,
            "comment": comment,
            "issue": {"number": 7, "pull_request": {}},
            "repository": {"full_name": "acme/models", "fork": fork, "default_branch": "main"},
        }
        file = tmp_path / f"event-{ident}.json"
        file.write_text(json.dumps(event))
        return environment(GITHUB_EVENT_PATH=str(file), **given)

    return write
