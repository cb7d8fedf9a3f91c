"""An S3 store on the loopback that is as strict as Oracle's: moto, with a front that refuses what Oracle refuses."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server, make_ssl_devcert

from platformctl.state import StateLocation

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Environ = dict[str, Any]
Answer = Iterable[bytes]
REGION = "eu-frankfurt-1"


@dataclass
class Store:
    """The store, and what it is to be like in a test."""

    application: Callable[[Environ, Any], Answer]
    oracle: bool = False
    """Knows only the calls that Oracle documents: none for versioning, access lists and policies."""
    strangers_welcome: bool = False
    """Answers requests that carry no credentials."""
    requests: list[Environ] = field(default_factory=list)
    endpoint: str = ""

    def __call__(self, environ: Environ, start: Any) -> Answer:
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        if not path.startswith("/moto-api"):
            self.requests.append(environ)
            if "HTTP_AUTHORIZATION" not in environ and not self.strangers_welcome:
                return refuse(start, "403 Forbidden", "AccessDenied")
            chunked = "aws-chunked" in environ.get("HTTP_CONTENT_ENCODING", "")
            if chunked or environ.get("HTTP_X_AMZ_CONTENT_SHA256", "").startswith("STREAMING"):
                return refuse(start, "403 Forbidden", "SignatureDoesNotMatch")
            if self.oracle and query.split("=")[0] in {"versioning", "acl", "policy"}:
                return refuse(start, "501 Not Implemented", "NotImplemented")
        return self.application(environ, start)

    def client(self) -> "S3Client":
        """A way in by the back door, to arrange a test."""
        return boto3.Session().client("s3", endpoint_url=self.endpoint, region_name=REGION)

    def writes(self) -> list[str]:
        return [f"{each['REQUEST_METHOD']} {each['PATH_INFO']}" for each in self.requests if each["REQUEST_METHOD"] not in {"GET", "HEAD"}]


def refuse(start: Any, status: str, code: str) -> Answer:
    start(status, [("Content-Type", "application/xml")])
    return [f"<Error><Code>{code}</Code><Message>not here</Message></Error>".encode()]


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        pass


@contextmanager
def serving(store: Store, certificate: tuple[str, str] | None = None) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, store, threaded=True, request_handler=Quiet, ssl_context=certificate)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield int(server.port)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def running() -> Iterator[Store]:
    store = Store(DomainDispatcherApplication(create_backend_app))
    with serving(store) as port:
        store.endpoint = f"http://127.0.0.1:{port}"
        yield store


@pytest.fixture
def store(running: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    moto_api_backend.reset()
    running.oracle = running.strangers_welcome = False
    running.requests.clear()
    return running


@pytest.fixture
def place(store: Store) -> StateLocation:
    return StateLocation(bucket="state", region=REGION, namespace="acme", prefix="platform", endpoint=store.endpoint)


@pytest.fixture
def secure_place(store: Store, place: StateLocation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StateLocation]:
    """The same place over TLS, as at Oracle: a Go client sends chunks with trailing checksums over nothing else."""
    certificate = make_ssl_devcert(str(tmp_path / "stand-in"), cn="localhost")
    monkeypatch.setenv("AWS_CA_BUNDLE", certificate[0])
    with serving(store, certificate) as port:
        yield replace(place, endpoint=f"https://localhost:{port}")
