"""GitHub's REST API, as far as it is needed here."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

PAGE = 100
MOST_PAGES = 30
"""GitHub lists 3,000 files of a pull request and no more (REST API, "List pull requests files", 2026-11)."""
SECONDS = 30


class GitHubError(Exception):
    """GitHub refused, or did not answer. `status` is 0 where it did not."""

    def __init__(self, status: int, what: str, message: str) -> None:
        self.status = status
        super().__init__(f"{what}: {status or 'no answer'}: {message}")


@dataclass(frozen=True, kw_only=True)
class GitHub:
    """One repository, as the owner of a token."""

    address: str
    """Of the API: `https://api.github.com`."""
    repository: str
    """`owner/name`."""
    token: str

    @classmethod
    def of_environment(cls, env: Mapping[str, str] = os.environ) -> "GitHub":
        return cls(
            address=env.get("GITHUB_API_URL", "https://api.github.com"), repository=env["GITHUB_REPOSITORY"], token=env["GITHUB_TOKEN"]
        )

    def get(self, path: str) -> Any:
        return self._send("GET", path)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._send("POST", path, body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._send("PATCH", path, body)

    def pages(self, path: str, key: str | None = None) -> Iterator[Any]:
        """Everything of a list. Raises GitHubError where it is longer than can be read."""
        joint = "&" if "?" in path else "?"
        for page in range(1, MOST_PAGES + 1):
            answer = self.get(f"{path}{joint}per_page={PAGE}&page={page}")
            items = answer[key] if key is not None else answer
            yield from items
            if len(items) < PAGE:
                return
        raise GitHubError(0, path, f"more than {PAGE * MOST_PAGES} entries, which cannot all be looked at")

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the address is GitHub's own
            f"{self.address}/repos/{self.repository}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise GitHubError(error.code, f"{method} {path}", _message(error.read())) from None
        except (urllib.error.URLError, TimeoutError) as error:
            raise GitHubError(0, f"{method} {path}", str(error)) from None
        return json.loads(text) if text else None


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")[:200]


def escaped(part: str) -> str:
    """A name as a part of a path."""
    return quote(part, safe="")
