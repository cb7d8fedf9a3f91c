"""The official SDK against the simulated cloud: clients on a server of this process, and waits that cost nothing."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import oci  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from simulator.api.server import Api, Server
from simulator.oci.ids import TENANCY
from simulator.simulated_state import SimulatedState

REGION = "eu-frankfurt-1"
COMPARTMENT = "ocid1.compartment.oc1..exampleplatform"


@pytest.fixture(scope="session")
def key() -> str:
    """A private key of nobody's."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    return made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


@pytest.fixture
def simulated() -> SimulatedState:
    return SimulatedState()


@contextmanager
def running(api: Api) -> Iterator[Server]:
    """A server of this process."""
    made = Server(api)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


@pytest.fixture
def server(simulated: SimulatedState) -> Iterator[Server]:
    with running(Api(simulated, REGION)) as made:
        yield made


@pytest.fixture
def config(key: str) -> dict[str, Any]:
    """What `~/.oci/config` would say."""
    return {
        "user": "ocid1.user.oc1..aaaaaaaasimulated",
        "tenancy": TENANCY,
        "region": REGION,
        "fingerprint": ":".join(["aa"] * 16),
        "key_content": key,
    }


@pytest.fixture
def client(server: Server, config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], Any]]:
    """`client(oci.core.ComputeClient)`; waiters ask again at once."""
    monkeypatch.setattr(oci.waiter, "time", SimpleNamespace(sleep=lambda seconds: None, time=time.time))
    made: dict[Any, Any] = {}

    def of(service: Any) -> Any:
        if service not in made:
            made[service] = service(config, service_endpoint=server.endpoint, retry_strategy=oci.retry.NoneRetryStrategy())
        return made[service]

    yield of
    for each in made.values():
        each.base_client.session.close()
