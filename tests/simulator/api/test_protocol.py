"""What every operation has in common: signatures, versions, pages, retries, errors, states, and what is not simulated."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import oci  # type: ignore[import-untyped]
import pytest

from simulator.api import work
from simulator.api.operations import table
from simulator.api.server import Server
from simulator.oci.outputs import NODE_POOL
from simulator.simulated_state import Delay, SimulatedState
from tests.simulator.api.cases import BY_NAME, COMPARTMENT, VERSION
from tests.simulator.api.test_resources import Maker, sound

Client = Callable[[Any], Any]
VCN = "oci:Core/vcn:Vcn"
CLUSTER = "oci:ContainerEngine/cluster:Cluster"


@pytest.fixture
def maker(client: Client) -> Maker:
    return Maker(client)


@pytest.fixture
def network(client: Client) -> Any:
    return client(oci.core.VirtualNetworkClient)


@pytest.fixture
def oke(client: Client) -> Any:
    return client(oci.container_engine.ContainerEngineClient)


def vcn(**values: Any) -> Any:
    return oci.core.models.CreateVcnDetails(
        **{"compartment_id": COMPARTMENT, "cidr_blocks": ["10.0.0.0/16"], "display_name": "a", **values}
    )


def refused(call: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[int, str, str]:
    with pytest.raises(oci.exceptions.ServiceError) as refusal:
        call(*arguments, **named)
    assert refusal.value.request_id
    return refusal.value.status, refusal.value.code, refusal.value.message


def ask(server: Server, path: str, headers: dict[str, str], method: str = "GET", body: bytes | None = None) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(server.endpoint + path, data=body, method=method, headers=headers)  # noqa: S310 - the loopback
    try:
        with urllib.request.urlopen(request) as response:  # noqa: S310
            return response.status, json.loads(response.read() or b"{}")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


SIGNED = {
    "Authorization": 'Signature version="1",keyId="a/b/c",algorithm="rsa-sha256",headers="date (request-target) host",signature="eA=="',
    "Date": "Sat, 28 Nov 2026 22:55:00 GMT",
}


# Signatures and the network


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {**SIGNED, "Authorization": "Bearer eA=="},
        {**SIGNED, "Authorization": SIGNED["Authorization"].replace("a/b/c", "a")},
        {**SIGNED, "Authorization": SIGNED["Authorization"].replace("(request-target) ", "")},
        {**SIGNED, "Authorization": SIGNED["Authorization"].partition(",signature")[0]},
        {"Authorization": SIGNED["Authorization"]},
    ],
)
def test_a_request_without_a_signature_is_not_answered(server: Server, headers: dict[str, str]) -> None:
    status, body = ask(server, "/20160918/regions", headers)
    assert (status, body["code"]) == (401, "NotAuthenticated")


def test_it_listens_on_the_loopback_and_for_nobody_elses_name(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    status, body = ask(server, "/20160918/regions", {**SIGNED, "Host": "cloud.example.com"})
    assert (status, body["code"]) == (400, "InvalidParameter")


def test_a_body_that_is_no_json_is_said_to_be_none(server: Server) -> None:
    status, body = ask(server, "/20160918/vcns", SIGNED, "POST", b"{")
    assert (status, body["code"]) == (400, "CannotParseRequest")


# What is not simulated


def test_an_operation_that_is_not_simulated_is_refused_by_its_name(network: Any) -> None:
    status, code, message = refused(network.list_drgs, COMPARTMENT)
    assert (status, code) == (501, "NotImplemented")
    assert message.startswith("ListDrgs (GET /20160918/drgs of core) is an operation of Oracle's that is not simulated")


def test_a_path_that_the_sdk_does_not_know_is_said_to_be_unknown(server: Server) -> None:
    assert ask(server, "/20160918/unicorns", SIGNED)[1] == {
        "code": "NotImplemented",
        "message": "GET /20160918/unicorns is none of the operations of the services that are simulated",
    }
    status, body = ask(server, "/20160918/vcns", SIGNED, "PATCH", b"{}")
    assert (status, body["message"]) == (405, "PATCH is not allowed for /20160918/vcns; it takes POST, GET")


def test_a_filter_that_is_not_simulated_is_refused_rather_than_ignored(network: Any) -> None:
    network.create_vcn(vcn())
    group = oci.core.models.CreateNetworkSecurityGroupDetails(compartment_id=COMPARTMENT, vcn_id=network.list_vcns(COMPARTMENT).data[0].id)
    network.create_network_security_group(group)
    status, _, message = refused(network.list_network_security_groups, compartment_id=COMPARTMENT, vlan_id="ocid1.vlan.oc1..a")
    assert (status, message) == (501, "the filter vlanId of a list of networkSecurityGroups is not simulated")


# Bodies


def test_all_that_is_wrong_with_a_body_is_said_at_once(server: Server) -> None:
    body = {"compartmentId": 7, "name": "a", "kubernetesVersion": VERSION, "vcnId": "ocid1.vcn.oc1..a", "type": "FANCY", "colour": "red"}
    status, said = ask(server, "/20180222/clusters", SIGNED, "POST", json.dumps(body).encode())
    assert (status, said["code"]) == (400, "InvalidParameter")
    for part in (
        "compartmentId: is 7, and must be a string",
        "type: is 'FANCY', and must be one of BASIC_CLUSTER, ENHANCED_CLUSTER",
        "colour: is no field of CreateClusterDetails",
    ):
        assert part in said["message"]


def test_what_is_required_and_missing_is_a_missing_parameter(server: Server) -> None:
    assert ask(server, "/20180222/clusters", SIGNED, "POST", b'{"name": "a", "vcnId": "b", "compartmentId": "c"}') == (
        400,
        {"code": "MissingParameter", "message": "kubernetesVersion: is required"},
    )


# Oracle's refusals


def test_the_rules_of_the_simulated_provider_hold_here_too(maker: Maker, network: Any) -> None:
    maker.make(BY_NAME["subnet"])
    details = oci.core.models.CreateSubnetDetails(compartment_id=COMPARTMENT, vcn_id=maker.ids["vcn"], cidr_block="10.0.1.128/25")
    assert refused(network.create_subnet, details)[:2] == (400, "InvalidParameter")
    status, code, message = refused(network.delete_vcn, maker.ids["vcn"])
    assert (status, code) == (409, "Conflict")
    assert maker.ids["subnet"] in message
    assert refused(network.get_vcn, "ocid1.vcn.oc1.eu-frankfurt-1.a")[:2] == (404, "NotAuthorizedOrNotFound")


def test_a_change_that_oracle_refuses_is_refused(maker: Maker, oke: Any) -> None:
    maker.make(BY_NAME["cluster"])
    details = oci.container_engine.models.UpdateClusterDetails(kubernetes_version="v1.33.1")
    status, code, message = refused(oke.update_cluster, maker.ids["cluster"], details)
    assert (status, code, message) == (400, "InvalidParameter", "kubernetesVersion cannot go back from v1.34.2 to v1.33.1")


def test_nothing_answers_for_another_region(network: Any, simulated: SimulatedState) -> None:
    other = "ocid1.vcn.oc1.uk-london-1.aaaa"
    simulated.adopt(VCN, other, compartmentId=COMPARTMENT, cidrBlocks=["10.0.0.0/16"], displayName="elsewhere")
    assert refused(network.get_vcn, other)[0] == 404
    assert network.list_vcns(COMPARTMENT).data == []


def test_what_nobody_made_is_shown_and_changed_like_the_rest(network: Any, simulated: SimulatedState) -> None:
    there = "ocid1.vcn.oc1.eu-frankfurt-1.aaaa"
    simulated.adopt(VCN, there, compartmentId=COMPARTMENT, cidrBlocks=["10.0.0.0/16"], displayName="there before")
    found = network.list_vcns(COMPARTMENT).data
    sound(found)
    assert [(each.id, each.display_name) for each in found] == [(there, "there before")]
    network.update_vcn(there, oci.core.models.UpdateVcnDetails(display_name="changed"))
    assert (network.get_vcn(there).data.display_name, network.get_vcn(there).data.cidr_blocks) == ("changed", ["10.0.0.0/16"])
    network.delete_vcn(there)
    network.get_vcn(there)
    assert network.list_vcns(COMPARTMENT).data == []


# Versions, pages and retries


def test_a_change_of_another_version_is_refused(network: Any) -> None:
    made = network.create_vcn(vcn()).data
    first = network.get_vcn(made.id).headers["etag"]
    change = oci.core.models.UpdateVcnDetails(display_name="b")
    second = network.update_vcn(made.id, change, if_match=first).headers["etag"]
    assert second != first
    assert refused(network.update_vcn, made.id, change, if_match=first)[:2] == (412, "NoEtagMatch")
    assert refused(network.delete_vcn, made.id, if_match=first)[:2] == (412, "NoEtagMatch")
    network.delete_vcn(made.id, if_match=network.get_vcn(made.id).headers["etag"])


def test_lists_page(network: Any) -> None:
    for number in range(7):
        network.create_vcn(vcn(display_name=f"net-{number}"))
    first = network.list_vcns(COMPARTMENT, limit=3)
    assert ([each.display_name for each in first.data], first.has_next_page) == (["net-0", "net-1", "net-2"], True)
    every = oci.pagination.list_call_get_all_results(network.list_vcns, COMPARTMENT, limit=3).data
    assert [each.display_name for each in every] == [f"net-{number}" for number in range(7)]
    backwards = network.list_vcns(COMPARTMENT, sort_by="DISPLAYNAME", sort_order="DESC", limit=1).data
    assert [each.display_name for each in backwards] == ["net-6"]
    assert [each.display_name for each in network.list_vcns(COMPARTMENT, display_name="net-4").data] == ["net-4"]
    assert network.list_vcns("ocid1.compartment.oc1..other").data == []


@pytest.mark.parametrize("page", ["nonsense", "ZnJvbTp4"])
def test_a_page_that_nobody_gave_is_refused(network: Any, page: str) -> None:
    assert refused(network.list_vcns, COMPARTMENT, page=page)[:2] == (400, "InvalidParameter")


@pytest.mark.parametrize("limit", [0, 1001, -1])
def test_a_page_has_a_size(network: Any, limit: int) -> None:
    assert refused(network.list_vcns, COMPARTMENT, limit=limit)[:2] == (400, "InvalidParameter")


def test_a_request_that_is_sent_again_makes_nothing_twice(network: Any) -> None:
    one, other = (network.create_vcn(vcn(), opc_retry_token="a").data.id for _ in range(2))
    assert one == other != network.create_vcn(vcn(), opc_retry_token="b").data.id


def test_requests_at_the_same_time_lose_nothing_of_each_other(network: Any, simulated: SimulatedState) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [made.data.id for made in pool.map(lambda number: network.create_vcn(vcn(display_name=f"net-{number}")), range(40))]
    assert len(set(made)) == 40
    assert {record.id for record in simulated.of(VCN)} == set(made)


# What takes its time


def test_a_work_request_is_accepted_then_in_progress_then_has_succeeded(maker: Maker, oke: Any) -> None:
    maker.make(BY_NAME["subnet"])
    case = BY_NAME["cluster"]
    answered = oke.create_cluster(maker.details(case, "create", case.create(maker.ids)))
    assert (answered.status, answered.data) == (202, None)
    ident = answered.headers["opc-work-request-id"]
    seen = [oke.get_work_request(ident).data for _ in range(4)]
    for each in seen:
        sound(each)
    assert [each.status for each in seen] == ["ACCEPTED", "IN_PROGRESS", "SUCCEEDED", "SUCCEEDED"]
    assert [each.resources[0].action_type for each in seen] == ["IN_PROGRESS", "IN_PROGRESS", "CREATED", "CREATED"]
    cluster = oke.get_cluster(seen[-1].resources[0].identifier).data
    assert cluster.lifecycle_state == "ACTIVE"
    assert [each.id for each in oke.list_work_requests(COMPARTMENT, resource_id=cluster.id).data] == [ident]
    assert oke.list_work_request_errors(COMPARTMENT, ident).data == []
    assert oke.list_work_request_logs(COMPARTMENT, ident).data[0].message == "CLUSTER_CREATE is SUCCEEDED"


def test_the_waiters_of_the_sdk_end_as_they_do_at_oracle(maker: Maker, oke: Any) -> None:
    maker.make(BY_NAME["subnet"])
    case = BY_NAME["cluster"]
    both = oci.container_engine.ContainerEngineClientCompositeOperations(oke)
    made = both.create_cluster_and_wait_for_state(maker.details(case, "create", case.create(maker.ids)), ["SUCCEEDED"]).data
    ident = made.resources[0].identifier
    oke.update_cluster(ident, oci.container_engine.models.UpdateClusterDetails(name="b"))
    assert oke.get_cluster(ident).data.lifecycle_state == "UPDATING"
    assert oci.wait_until(oke, oke.get_cluster(ident), "lifecycle_state", "ACTIVE").data.name == "b"
    gone = both.delete_cluster_and_wait_for_state(ident, ["SUCCEEDED"]).data
    assert gone.operation_type == "CLUSTER_DELETE"
    assert refused(oke.get_cluster, ident)[0] == 404


def test_parts_of_a_network_go_from_state_to_state(network: Any) -> None:
    both = oci.core.VirtualNetworkClientCompositeOperations(network)
    answered = network.create_vcn(vcn())
    assert (answered.status, answered.data.lifecycle_state) == (200, "PROVISIONING")
    assert "opc-work-request-id" not in answered.headers  # Terraform's provider would ask a host that cannot be overridden
    assert oci.wait_until(network, network.get_vcn(answered.data.id), "lifecycle_state", "AVAILABLE").data.id == answered.data.id
    both.delete_vcn_and_wait_for_state(answered.data.id, ["TERMINATED"])
    assert network.list_vcns(COMPARTMENT).data == []


def test_what_is_under_way_takes_no_other_change(maker: Maker, oke: Any) -> None:
    maker.make(BY_NAME["subnet"])
    case = BY_NAME["cluster"]
    oke.create_cluster(maker.details(case, "create", case.create(maker.ids)))
    maker.ids["cluster"] = oke.list_clusters(COMPARTMENT).data[0].id
    pool = BY_NAME["node_pool"]
    details = maker.details(pool, "create", pool.create(maker.ids))
    assert refused(oke.create_node_pool, details)[:2] == (409, "IncorrectState")
    assert refused(oke.delete_cluster, maker.ids["cluster"])[:2] == (409, "IncorrectState")


def test_a_delay_holds_an_operation_back_by_the_clock(
    maker: Maker, oke: Any, simulated: SimulatedState, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker.make(BY_NAME["subnet"])
    now = [1000.0]
    monkeypatch.setattr(work, "time", SimpleNamespace(time=lambda: now[0]))
    with simulated.locked():
        simulated.state.delays.append(Delay(type=CLUSTER, operation="create", seconds=600))
        simulated.touch()
    case = BY_NAME["cluster"]
    ident = oke.create_cluster(maker.details(case, "create", case.create(maker.ids))).headers["opc-work-request-id"]
    assert {oke.get_work_request(ident).data.status for _ in range(5)} == {"ACCEPTED", "IN_PROGRESS"}
    now[0] += 600
    assert [oke.get_work_request(ident).data.status for _ in range(2)] == ["IN_PROGRESS", "SUCCEEDED"]


def test_a_fault_ends_the_work_request(maker: Maker, oke: Any, simulated: SimulatedState) -> None:
    maker.make(BY_NAME["cluster"])
    simulated.fail("Out of host capacity.", type=NODE_POOL)
    case = BY_NAME["node_pool"]
    answered = oke.create_node_pool(maker.details(case, "create", case.create(maker.ids)))
    ident = answered.headers["opc-work-request-id"]
    assert [oke.get_work_request(ident).data.status for _ in range(3)] == ["ACCEPTED", "IN_PROGRESS", "FAILED"]
    assert [each.message for each in oke.list_work_request_errors(COMPARTMENT, ident).data] == ["Out of host capacity."]
    pool = oke.list_node_pools(COMPARTMENT).data[0]
    assert pool.lifecycle_state == "FAILED"


def test_a_fault_with_a_status_is_answered_with_it(network: Any, simulated: SimulatedState) -> None:
    simulated.fail("429-TooManyRequests, Slow down.", type=VCN)
    assert refused(network.create_vcn, vcn()) == (429, "TooManyRequests", "Slow down.")
    network.create_vcn(vcn())


def test_every_operation_type_and_state_is_one_that_the_sdk_knows() -> None:
    from simulator.api.kinds import KINDS  # noqa: PLC0415

    known = table()
    for kind in KINDS:
        service = next(row.service for row in known.operations if row.path == kind.path)
        states = known.model(service, kind.model).attributes.get("lifecycleState")
        if states is not None and states.values:
            used = {kind.life.made, kind.life.making, kind.life.going, kind.life.changing} - {""}
            assert used <= set(states.values), (kind.model, used, states.values)
        if kind.work is not None:
            types = known.model(service, "WorkRequest").attributes["operationType"].values
            assert {kind.work.create, kind.work.update, kind.work.delete} - {""} <= set(types), (kind.model, types)
