"""Over the wire: every call gets an answer, in one sentence when it is a refusal."""

from collections.abc import Iterator
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from pulumi.runtime.proto import provider_pb2 as protocol
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from simulator import wire
from simulator.serving import serve
from simulator.simulated_state import SimulatedState

VCN = "oci:Core/vcn:Vcn"


def urn(token: str, name: str = "it") -> str:
    return f"urn:pulumi:dev::test::platform:oke:Network${token}::{name}"


@pytest.fixture
def port() -> Iterator[int]:
    server, port = serve("oci", SimulatedState())
    yield port
    server.stop(grace=None)


def connect(port: int) -> Any:
    # Every channel a connection of its own, as the engine's are.
    return ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)]))


@pytest.fixture
def stub(port: int) -> Any:
    stub = connect(port)
    stub.Configure(protocol.ConfigureRequest(args=wire.encode({"region": "eu-frankfurt-1"})))
    return stub


def failure(call: Any, request: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.RpcError) as error:
        call(request)
    return error.value.code(), error.value.details()


def test_a_resource_is_known_by_its_urn_alone(stub: Any) -> None:
    answer = stub.Check(protocol.CheckRequest(urn=urn(VCN), news=wire.encode({"cidrBlok": "x"})))
    assert [failure.property for failure in answer.failures] == ["cidrBlok", "compartmentId"]


def test_a_refusal_of_the_cloud_is_its_message_alone(stub: Any) -> None:
    inputs = {"compartmentId": "c", "vcnId": "ocid1.none", "cidrBlock": "10.0.0.0/24"}
    request = protocol.CreateRequest(urn=urn("oci:Core/subnet:Subnet"), properties=wire.encode(inputs))
    message = "404-NotAuthorizedOrNotFound, Authorization failed or requested resource not found: VCN ocid1.none"
    assert failure(stub.Create, request) == (grpc.StatusCode.UNKNOWN, message)


def test_a_defect_is_one_sentence_that_says_where(stub: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError("out of cheese")

    monkeypatch.setattr("simulator.oci.provider.fill", broken)
    inputs = wire.encode({"compartmentId": "c", "cidrBlocks": ["10.0.0.0/16"]})
    code, message = failure(stub.Create, protocol.CreateRequest(urn=urn(VCN), properties=inputs))
    assert code == grpc.StatusCode.INTERNAL
    assert message.startswith("defect in the simulator (RuntimeError at test_servicer.py:")
    assert message.endswith("out of cheese") and "\n" not in message
    assert "Traceback" in capfd.readouterr().err  # for whoever fixes it


def test_connections_keep_their_own_configuration(port: int) -> None:
    stubs = {region: connect(port) for region in ("eu-frankfurt-1", "us-ashburn-1")}
    for region, stub in stubs.items():
        stub.Configure(protocol.ConfigureRequest(args=wire.encode({"region": region})))
    token = "oci:Identity/getAvailabilityDomains:getAvailabilityDomains"
    for region, stub in stubs.items():
        answer = stub.Invoke(protocol.InvokeRequest(tok=token, args=wire.encode({"compartmentId": "c"})))
        first = wire.decode(getattr(answer, "return"))["availabilityDomains"][0]["name"]
        assert region.upper().split("-")[1] in first


def test_a_lookup_with_wrong_arguments_fails_by_path(stub: Any) -> None:
    token = "oci:Identity/getFaultDomains:getFaultDomains"
    answer = stub.Invoke(protocol.InvokeRequest(tok=token, args=wire.encode({"compartmentId": "c"})))
    assert [(found.property, found.reason) for found in answer.failures] == [("availabilityDomain", "is required and was not given")]


@pytest.mark.parametrize(
    ("call", "request_", "message"),
    [
        ("Parameterize", protocol.ParameterizeRequest(), "the oci provider takes no parameters"),
        ("Construct", protocol.ConstructRequest(type="oci:x:Y"), "the simulator has no component oci:x:Y; its children can be simulated"),
        ("Call", protocol.CallRequest(tok="oci:x:Y/m"), "the simulator has no method oci:x:Y/m"),
    ],
)
def test_what_is_not_simulated_is_refused_by_name(stub: Any, call: str, request_: Any, message: str) -> None:
    assert failure(getattr(stub, call), request_) == (grpc.StatusCode.UNIMPLEMENTED, message)


def test_a_preview_makes_nothing(stub: Any) -> None:
    inputs = wire.encode({"compartmentId": "c", "cidrBlocks": ["10.0.0.0/16"]})
    answer = stub.Create(protocol.CreateRequest(urn=urn(VCN), properties=inputs, preview=True))
    assert answer.id == ""
    assert wire.decode(answer.properties)["defaultRouteTableId"] == wire.UNKNOWN
    made = stub.Create(protocol.CreateRequest(urn=urn(VCN), properties=inputs))
    assert stub.Read(protocol.ReadRequest(urn=urn(VCN), id=made.id)).id == made.id
    stub.Delete(protocol.DeleteRequest(urn=urn(VCN), id=made.id))
    assert stub.Read(protocol.ReadRequest(urn=urn(VCN), id=made.id)).id == ""


def test_a_difference_says_what_and_how(stub: Any) -> None:
    olds = {"compartmentId": "c", "cidrBlock": "10.0.0.0/16", "freeformTags": {"a.b": "1"}}
    news = {"compartmentId": "d", "cidrBlock": "10.1.0.0/16", "freeformTags": {"a.b": "2", "c": "3"}}
    answer = stub.Diff(protocol.DiffRequest(urn=urn(VCN), old_inputs=wire.encode(olds), news=wire.encode(news)))
    kinds = protocol.PropertyDiff
    assert {path: diff.kind for path, diff in answer.detailedDiff.items()} == {
        "cidrBlock": kinds.UPDATE_REPLACE,
        "compartmentId": kinds.UPDATE,
        'freeformTags["a.b"]': kinds.UPDATE,
        "freeformTags.c": kinds.ADD,
    }
    assert (list(answer.replaces), list(answer.diffs)) == (["cidrBlock"], ["cidrBlock", "compartmentId", "freeformTags"])


RELEASE = "kubernetes:helm.sh/v3:Release"


def test_a_null_in_a_charts_values_is_a_change_as_it_is_for_the_real_provider() -> None:
    server, port = serve("kubernetes", SimulatedState())
    try:
        stub = connect(port)
        stub.Configure(protocol.ConfigureRequest(args=wire.encode({})))
        was = {"chart": "nfd", "version": "1.0.0", "values": {"worker": {"enable": True}}}
        now = {**was, "values": {"worker": {"enable": True, "nodeSelector": None}}, "timeout": None}
        checked = stub.Check(protocol.CheckRequest(urn=urn(RELEASE), news=wire.encode(now)))
        assert wire.decode(checked.inputs, nulls=True)["values"] == now["values"]
        assert "timeout" not in wire.decode(checked.inputs, nulls=True), "elsewhere a null is nothing"
        request = protocol.DiffRequest(urn=urn(RELEASE), id="x", old_inputs=wire.encode(was), news=wire.encode(now))
        assert "values" in stub.Diff(request).diffs
    finally:
        server.stop(grace=None)
