"""GitHub's API on loopback, with one pull request in it. It answers in the form of the REST API's documentation, 2022-11-28."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

HEAD = "a" * 40
TOKEN = "not-a-token"  # noqa: S105 - it is none
NOT_FOUND = {"message": "Not Found"}
BOT = {"login": "github-actions[bot]", "type": "Bot"}


@dataclass
class Repository:
    """What is in it, and what it was asked to do."""

    permissions: dict[str, str] = field(default_factory=lambda: {"maintainer": "write", "owner": "admin", "reader": "read"})
    pull_request: dict[str, Any] = field(default_factory=lambda: {"number": 7, "state": "open", "head": {"sha": HEAD}})
    files: list[dict[str, Any]] = field(default_factory=lambda: [{"filename": "blueprints/t5/notebook.ipynb", "status": "modified"}])
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    dispatches: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """Paths that answer with 500."""

    def answer(self, method: str, path: str, page: int, per_page: int, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and body. What nobody asks for is not there."""
        if path in self.broken:
            return 500, {"message": "Server Error"}
        for of, pattern, answers in self._routes():
            found = re.fullmatch(pattern, path)
            if of == method and found is not None:
                status, answer = answers(*found.groups(), **({"body": body} if method != "GET" else {}))
                begin = (page - 1) * per_page
                return status, answer[begin : begin + per_page] if isinstance(answer, list) else answer
        return 404, NOT_FOUND

    def _routes(self) -> tuple[tuple[str, str, Callable[..., tuple[int, Any]]], ...]:
        return (
            ("GET", "/pulls/7", lambda: (200, self.pull_request)),
            ("GET", "/pulls/7/files", lambda: (200, self.files)),
            ("GET", "/commits/([0-9a-f]{40})/statuses", lambda sha: (200, [each for each in self.statuses if each["sha"] == sha])),
            ("GET", "/issues/7/comments", lambda: (200, list(self.comments.values()))),
            ("GET", r"/issues/comments/(\d+)", self._comment),
            ("GET", "/collaborators/([^/]+)/permission", self._permission),
            ("GET", r"/actions/runs/\d+/jobs", lambda: (200, {"jobs": self.jobs})),
            ("POST", "/statuses/([0-9a-f]{40})", self._mark),
            ("POST", "/issues/7/comments", self._say),
            ("PATCH", r"/issues/comments/(\d+)", self._write),
            ("POST", r"/actions/workflows/([\w.-]+)/dispatches", self._dispatch),
        )

    def _comment(self, ident: str) -> tuple[int, Any]:
        comment = self.comments.get(int(ident))
        return (200, comment) if comment is not None else (404, NOT_FOUND)

    def _permission(self, user: str) -> tuple[int, Any]:
        known = self.permissions.get(user)
        return (200, {"permission": known, "role_name": known}) if known is not None else (404, NOT_FOUND)

    def _mark(self, sha: str, body: dict[str, Any]) -> tuple[int, Any]:
        self.statuses.append({**body, "sha": sha})
        return 201, body

    def _say(self, body: dict[str, Any]) -> tuple[int, Any]:
        ident = max(self.comments, default=0) + 1
        self.comments[ident] = comment_of(ident, body["body"], BOT)
        return 201, self.comments[ident]

    def _write(self, ident: str, body: dict[str, Any]) -> tuple[int, Any]:
        self.comments[int(ident)]["body"] = body["body"]
        return 200, self.comments[int(ident)]

    def _dispatch(self, workflow: str, body: dict[str, Any]) -> tuple[int, Any]:
        self.dispatches.append({"workflow": workflow, **body})
        return 204, None


def comment_of(ident: int, body: str, user: dict[str, str], at: str = "2026-11-28T10:00:00Z", updated: str | None = None) -> dict[str, Any]:
    return {"id": ident, "body": body, "user": user, "created_at": at, "updated_at": updated or at}


@contextmanager
def serving(repository: Repository) -> Iterator[str]:
    """Its address, for as long as it is entered."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            query = {key: int(values[0]) for key, values in parse_qs(parts.query).items()}
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            status, answer = 401, {"message": "Bad credentials"}
            if self.headers["Authorization"] == f"Bearer {TOKEN}":
                path = parts.path.removeprefix("/repos/acme/models")
                status, answer = repository.answer(self.command, path, query.get("page", 1), query.get("per_page", 30), body)
            text = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - named by the library

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
