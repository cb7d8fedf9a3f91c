"""The program as it is served: what an earlier engine leaves behind in this process is nothing to the next."""

from concurrent import futures
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc
from pulumi.runtime.settings import Settings

import platformctl.engine.program  # noqa: F401 - what it sets for the SDK is what is tried


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    def SupportsFeature(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        return resource_pb2.SupportsFeatureResponse(hasSupport=True)


def monitor(port: int = 0) -> tuple[Any, int]:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(Monitor(), server)
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, bound


def ask(settings: Settings) -> bool:
    assert settings.monitor is not None
    return bool(settings.monitor.SupportsFeature(resource_pb2.SupportsFeatureRequest(id="secrets")).hasSupport)


def test_an_engine_that_gets_the_port_of_an_earlier_one_is_reached() -> None:
    first, port = monitor()
    earlier = Settings("sample", "dev", monitor=f"127.0.0.1:{port}")
    assert ask(earlier)
    first.stop(0).wait()
    with pytest.raises(grpc.RpcError):
        ask(earlier)
    second, _ = monitor(port)
    try:
        assert ask(Settings("sample", "dev", monitor=f"127.0.0.1:{port}"))
    finally:
        second.stop(0).wait()
