"""The API behind a port of the loopback: requests over HTTP in, Oracle's answers out."""

import json
import re
import secrets
import sys
import threading
import traceback
from collections import OrderedDict
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from simulator.api.answering import carry_out
from simulator.api.answers import Answer, Asked
from simulator.api.errors import ApiError, not_simulated
from simulator.api.operations import Table, table
from simulator.api.resources import Resources
from simulator.api.work import Works
from simulator.oci.outputs import Place
from simulator.oci.provider import Oci
from simulator.simulated_state import SimulatedState

HOST = "127.0.0.1"
LARGEST = 8 * 1024 * 1024
"""Bytes of a body."""
_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
_SIGNATURE = re.compile(
    r'Signature\s+(?=.*keyId="[^"]+/[^"]+/[^"]+")(?=.*signature="[^"]+")(?=.*headers="[^"]*\(request-target\)[^"]*").*', re.I
)
_SECURITY_TOKEN = re.compile(r'Signature\s+(?=.*keyId="ST\$[^"]+")(?=.*signature="[^"]+").*', re.I)
_RETRIES = 4096
"""How many retry tokens are remembered."""


class Api:
    """Oracle's API over one simulated state, without the network. One request at a time holds the state."""

    def __init__(self, simulated: SimulatedState, region: str) -> None:
        self.simulated = simulated
        provider, config, place = Oci(simulated), {"region": region}, Place(simulated=simulated, region=region)
        works = Works(provider=provider, place=place, config=config)
        self.table: Table = table()
        self.cloud = Resources(table=self.table, provider=provider, config=config, place=place, works=works)
        self._retried: OrderedDict[tuple[str, str], Answer] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """What a request gets. Raises ApiError."""
        _signed(headers)
        split = urlsplit(target)
        path = split.path.rstrip("/") or "/"
        found = self.table.find(method, path)
        if found is None:
            others = self.table.methods(path)
            if others:
                raise ApiError(405, "MethodNotAllowed", f"{method} is not allowed for {path}; it takes {', '.join(others)}")
            raise not_simulated(f"{method} {unquote(path)} is none of the operations of the services that are simulated")
        operation, parameters = found
        asked = Asked(
            operation=operation,
            path=parameters,
            query=parse_qs(split.query, keep_blank_values=True),
            headers=headers,
            body=_read(body) if operation.body is not None or body else None,
        )
        retry = (operation.name, headers.get("opc-retry-token", ""))
        with self._lock, self.simulated.locked():
            if retry[1] and retry in self._retried:
                return self._retried[retry]
            given = carry_out(self.cloud, asked)
            if retry[1]:
                self._retried[retry] = given
                while len(self._retried) > _RETRIES:
                    self._retried.popitem(last=False)
            return given

    def idle(self) -> AbstractContextManager[object]:
        """No request is carried out meanwhile."""
        return self._lock


def _signed(headers: dict[str, str]) -> None:
    """Raise ApiError for a request without a signature. Whose it is does not matter here."""
    said = headers.get("authorization", "")
    if not (_SIGNATURE.fullmatch(said) or _SECURITY_TOKEN.fullmatch(said)):
        raise ApiError(401, "NotAuthenticated", "The required information to complete authentication was not provided or was incorrect.")
    if "date" not in headers and "x-date" not in headers:
        raise ApiError(401, "NotAuthenticated", "The request has no date.")


def _read(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        raise ApiError(400, "CannotParseRequest", "Incorrectly formatted request: the body is no JSON") from None


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    server: "Server"

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        ident = headers.get("opc-request-id") or secrets.token_hex(16).upper()
        try:
            answer = self.server.api.answer(self.command, self.path, headers, self._body(headers))
        except ApiError as error:
            answer = Answer(status=error.status, body={"code": error.code, "message": error.message})
        except Exception as error:  # noqa: BLE001 - a client must get an answer, and the log the reason
            traceback.print_exc(file=sys.stderr)
            message = f"defect in the simulator ({type(error).__name__}): {error}"
            answer = Answer(status=500, body={"code": "InternalServerError", "message": message})
        self._send(answer, ident)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _serve  # noqa: N815 - how the library calls them

    def _body(self, headers: dict[str, str]) -> bytes:
        if not _LOOPBACK.fullmatch(headers.get("host", "")):
            self.close_connection = True
            raise ApiError(400, "InvalidParameter", f"the host {headers.get('host')!r} is not the loopback's")
        try:
            length = int(headers.get("content-length") or 0)
        except ValueError:
            length = -1
        if not 0 <= length <= LARGEST or "transfer-encoding" in headers:
            self.close_connection = True
            raise ApiError(413, "RequestEntityTooLarge", f"a body must have a content-length from 0 to {LARGEST}")
        return self.rfile.read(length)

    def _send(self, answer: Answer, ident: str) -> None:
        raw = answer.raw if answer.raw is not None else b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in {"content-type": "application/json", **answer.headers, "opc-request-id": ident}.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("content-length", str(len(raw)))
        self.end_headers()
        if raw and self.command != "HEAD" and answer.status != 204:
            self.wfile.write(raw)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        if self.server.verbose:
            sys.stderr.write(f"{self.command} {self.path.partition('?')[0]} {arguments[1] if len(arguments) > 1 else ''}\n")


class Server(ThreadingHTTPServer):
    """Listens on the loopback alone. Port 0 for any that is free. Raises OSError for one that is taken."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, api: Api, port: int = 0, *, verbose: bool = False) -> None:
        self.api, self.verbose = api, verbose
        super().__init__((HOST, port), Handler)

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}"
