"""Providers behind ports."""

from concurrent.futures import ThreadPoolExecutor

import grpc  # type: ignore[import-untyped]
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

from simulator import PROVIDERS
from simulator.provider import Provider
from simulator.servicer import Servicer
from simulator.simulated_state import SimulatedState

_OPTIONS = [
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),  # the engine's own limit
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
    ("grpc.so_reuseport", 0),
]


def provider(name: str, simulated: SimulatedState) -> Provider:
    """The simulated provider of a package. Its module is imported only now: each plugin process starts with its own alone."""
    match name:
        case "oci":
            from simulator.oci.provider import Oci  # noqa: PLC0415

            return Oci(simulated)
        case "kubernetes":
            from simulator.kubernetes.provider import Kubernetes  # noqa: PLC0415

            return Kubernetes(simulated)
        case "random":
            from simulator.random.provider import Random  # noqa: PLC0415

            return Random(simulated)
    raise ValueError(f"no simulated provider {name!r}; there are: {', '.join(PROVIDERS)}")


def serve(name: str, simulated: SimulatedState) -> tuple[grpc.Server, int]:
    """Start one provider on a free local port; returns the running server and its port."""
    server = grpc.server(ThreadPoolExecutor(max_workers=16, thread_name_prefix=name), options=_OPTIONS)
    add_ResourceProviderServicer_to_server(Servicer(provider(name, simulated)), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port
