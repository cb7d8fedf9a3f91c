"""The pack as the engine meets it: a process that prints a port, and answers in the analyzer's protocol."""

import contextlib
import copy
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc

from infra.pricing.resources import UNKNOWN
from policies import exemptions, wire
from policies.configuration import compiled
from policies.registry import RULES
from policies.rule import Declared
from policies.server import listening
from testkit import policy_cases

PACK = Path(__file__).resolve().parents[2] / "policies"
POOL = "oci:ContainerEngine/nodePool:NodePool"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET, OUTPUT = "1b47061264138c4ac30d75fd1eb44270", "d0e6a833031e9bbcd3f4e8bde6ca49a4"


Connect = Callable[[], Any]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connects somebody with one pack, which serves as it does in its process."""
    with contextlib.ExitStack() as scope:
        server, port = listening()
        scope.callback(server.stop, None)

        def connected() -> Any:
            # Without the option, channels to one address share a connection, and so are one caller.
            channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)])
            return analyzer_pb2_grpc.AnalyzerStub(scope.enter_context(channel))

        yield connected


@pytest.fixture
def stub(connect: Connect) -> Any:
    return connect()


@pytest.fixture
def started() -> Iterator[Any]:
    """A stub of a pack that runs as the engine runs it: by Pulumi's module, in its own folder."""
    started = subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", "."],
        cwd=PACK,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert started.stdout is not None
        port = started.stdout.readline().strip()
        assert port.isdigit(), started.communicate()[1]
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        started.kill()
        started.wait()
        for pipe in (started.stdout, started.stderr):
            assert pipe is not None
            pipe.close()


def pool(name: str = "a10", most: Any = "2", **inputs: Any) -> Any:
    """A request about a pool of A10 that starts at zero."""
    properties = {
        "nodeShape": "VM.GPU.A10.1",
        "nodeConfigDetails": {
            "size": 0,
            "isPvEncryptionInTransitEnabled": True,
            "placementConfigs": [{"availabilityDomain": "AD-1", "subnetId": UNKNOWN}],
        },
        "nodeSourceDetails": {"bootVolumeSizeInGbs": "100"},
        "nodeMetadata": {"areLegacyImdsEndpointsDisabled": "true"},
        "freeformTags": {"team": "platform", "autoscaler-min": "0", "autoscaler-max": most},
        **inputs,
    }
    options = proto.AnalyzerResourceOptions(ignoreChanges=["nodeConfigDetails.size"])
    options.customTimeouts.create = options.customTimeouts.delete = 3600
    return request(POOL, name, properties, options)


def request(type_: str, name: str, properties: dict[str, Any], options: Any = None) -> Any:
    struct = json_format.ParseDict(properties, struct_pb2.Struct())
    made = options or proto.AnalyzerResourceOptions()
    return proto.AnalyzeRequest(type=type_, name=name, urn=f"urn:pulumi:dev::p::{type_}::{name}", properties=struct, options=made)


DECLARED = {
    "oke-gpu-platform:environment": "dev",
    "oke-gpu-platform:layers": '["cluster", "guardrails"]',
    "oke-gpu-platform:cluster": '{"region": "eu-frankfurt-1"}',
    "oke-gpu-platform:spend": '{"monthlyUsd": 10000, "gpus": {"A10": 4}}',
    "oke-gpu-platform:tags": '{"team": "platform"}',
}
"""A stack file's configuration, as the engine hands it over."""


def configure(stub: Any, **changes: Any) -> None:
    stub.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack="dev", project="oke-gpu-platform", config=DECLARED))
    made = {**compiled(Declared(environment="dev", monthly_usd=10000, gpus={"A10": 4}, availability_domains=3, tags=("team",))), **changes}
    levels = {"mandatory": proto.MANDATORY, "advisory": proto.ADVISORY, "disabled": proto.DISABLED}
    config = proto.ConfigureAnalyzerRequest()
    for name, given in made.items():
        config.policyConfig[name].enforcementLevel = levels[given.get("enforcementLevel", "mandatory")]
        config.policyConfig[name].properties.update({key: value for key, value in given.items() if key != "enforcementLevel"})
    stub.Configure(config)


def said(response: Any) -> list[tuple[str, Any]]:
    return [(diagnostic.policyName, diagnostic.enforcementLevel) for diagnostic in response.diagnostics]


def test_it_introduces_itself_with_every_rule(started: Any) -> None:
    info = started.GetAnalyzerInfo(empty_pb2.Empty())
    assert (info.name, info.supportsConfig) == ("oke-gpu-platform", True)
    assert [policy.name for policy in info.policies] == [rule.name for rule in RULES]
    by_name = {policy.name: policy for policy in info.policies}
    cost = by_name["stack-cost"]
    assert cost.enforcementLevel == proto.MANDATORY
    assert cost.severity == proto.POLICY_SEVERITY_CRITICAL
    assert cost.policy_type == proto.POLICY_TYPE_RESOURCE
    assert json_format.MessageToDict(cost.configSchema)["properties"]["monthlyUsd"]["default"] == 0
    assert by_name["gpu-quota"].policy_type == proto.POLICY_TYPE_STACK
    assert by_name["legacy-metadata"].framework.reference == "checkov CKV_OCI_5, CIS OCI 3.1, NSA/CISA Network separation and hardening"


def test_limits_come_from_the_stack_that_is_previewed(stub: Any) -> None:
    config = {
        "oke-gpu-platform:environment": "staging",
        "oke-gpu-platform:spend": '{"monthlyUsd": 700, "gpus": {"A10": 3}}',
        "oke-gpu-platform:tags": '{"secret": "x"}',
    }
    stub.ConfigureStack(
        proto.AnalyzerStackConfigureRequest(
            stack="s", project="oke-gpu-platform", config=config, config_secret_keys=["oke-gpu-platform:tags"]
        )
    )
    initial = stub.GetAnalyzerInfo(empty_pb2.Empty()).initialConfig
    assert json_format.MessageToDict(initial["stack-cost"].properties) == {"monthlyUsd": 700, "billed": True, "shapes": {}}
    assert json_format.MessageToDict(initial["gpu-total"].properties) == {"gpus": {"A10": 3}, "shapes": {}}
    assert json_format.MessageToDict(initial["required-tags"].properties) == {"tags": []}, "a secret is not read"
    assert initial["preemptible"].enforcementLevel == proto.ADVISORY


def test_a_pool_within_its_limits_passes(stub: Any) -> None:
    configure(stub)
    assert said(stub.Analyze(pool())) == []


def test_the_third_pool_is_refused_before_it_exists(stub: Any) -> None:
    configure(stub)
    assert said(stub.Analyze(pool("one"))) == []
    assert said(stub.Analyze(pool("two"))) == []
    assert said(stub.Analyze(pool("three", "1"))) == [("gpu-total", proto.MANDATORY)]
    assert said(stub.Analyze(pool("one"))) == [("gpu-total", proto.MANDATORY)], "the sum is still above the cap"


def test_a_pool_that_is_seen_twice_counts_once(stub: Any) -> None:
    configure(stub)
    for _ in range(3):
        assert said(stub.Analyze(pool("one", "4"))) == []


def test_an_unknown_maximum_is_mandatory_and_not_a_note(stub: Any) -> None:
    configure(stub)
    found = stub.Analyze(pool(most=UNKNOWN)).diagnostics
    assert ("gpu-total", proto.MANDATORY) in [(diagnostic.policyName, diagnostic.enforcementLevel) for diagnostic in found]
    assert all("is not known before the update" in diagnostic.message for diagnostic in found)


def test_a_text_where_a_number_belongs_is_a_violation_and_no_error(stub: Any) -> None:
    configure(stub)
    found = stub.Analyze(pool(nodeConfigDetails={"size": "2"})).diagnostics
    assert any("nodeConfigDetails.size is another text, but must be a whole number" in diagnostic.message for diagnostic in found)


@pytest.mark.parametrize("value", [{SIGNATURE: SECRET, "value": "4"}, {SIGNATURE: OUTPUT, "value": "4", "secret": True}])
def test_secrets_and_outputs_are_unwrapped(stub: Any, value: dict[str, Any]) -> None:
    configure(stub)
    assert said(stub.Analyze(pool(most=value))) == []


@pytest.mark.parametrize(
    "value",
    [{SIGNATURE: OUTPUT}, {SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u"}, {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17"}],
)
def test_what_cannot_be_looked_into_is_unknown(stub: Any, value: dict[str, Any]) -> None:
    configure(stub)
    assert ("gpu-total", proto.MANDATORY) in said(stub.Analyze(pool(most=value)))


def test_a_secret_that_is_marked_is_no_plain_text(stub: Any) -> None:
    configure(stub)
    release = {"chart": "grafana", "version": "1.2.3", "timeout": 300, "values": {"adminPassword": "x"}}
    assert said(stub.Analyze(request("kubernetes:helm.sh/v3:Release", "grafana", release))) == [("helm-secrets", proto.MANDATORY)]
    release["values"] = {"adminPassword": {SIGNATURE: SECRET, "value": "x"}}
    assert said(stub.Analyze(request("kubernetes:helm.sh/v3:Release", "grafana", release))) == []


def test_a_rule_cannot_be_disabled(stub: Any) -> None:
    configure(stub, **{"gpu-total": {"enforcementLevel": "disabled", "gpus": {"A10": 0}}})
    root = stub.Analyze(request("pulumi:pulumi:Stack", "dev", {}))
    assert [diagnostic.message for diagnostic in root.diagnostics] == [
        "gpu-total: is mandatory in dev and cannot be disabled; write an exception for the resource instead"
    ]
    assert ("gpu-total", proto.MANDATORY) in said(stub.Analyze(pool()))


def test_a_rule_that_does_not_exist_is_reported(stub: Any) -> None:
    configure(stub, **{"gpu-totals": {"gpus": {}}})
    assert said(stub.Analyze(request("pulumi:pulumi:Stack", "dev", {}))) == [("policy-configuration", proto.MANDATORY)]


def test_a_file_loosens_nothing_that_the_stack_file_says(stub: Any) -> None:
    configure(stub, **{"gpu-total": {"gpus": {"A10": 99}}})
    (found,) = stub.Analyze(request("pulumi:pulumi:Stack", "dev", {})).diagnostics
    assert (found.policyName, found.enforcementLevel) == ("policy-configuration", proto.MANDATORY)
    assert found.message.startswith("gpu-total: gpus is {A10: 99}, and the stack file says {A10: 4}")


def test_a_file_may_tighten_what_the_stack_file_says(stub: Any) -> None:
    configure(stub, **{"gpu-total": {"gpus": {"A10": 1}}})
    assert said(stub.Analyze(request("pulumi:pulumi:Stack", "dev", {}))) == []


CONFIGURE, CONFIGURE_STACK = proto.ConfigureAnalyzerRequest(), proto.AnalyzerStackConfigureRequest(stack="dev")


@pytest.mark.parametrize(
    ("method", "asked"),
    [("Configure", CONFIGURE), ("ConfigureStack", CONFIGURE_STACK), ("Analyze", pool()), ("AnalyzeStack", proto.AnalyzeStackRequest())],
)
def test_another_caller_than_the_first_is_refused_and_ends_all_trust(connect: Connect, method: str, asked: Any) -> None:
    engine, program = connect(), connect()
    configure(engine)
    assert said(engine.Analyze(pool("one"))) == []
    with pytest.raises(grpc.RpcError) as refused:
        getattr(program, method)(asked)
    assert refused.value.code() == grpc.StatusCode.PERMISSION_DENIED
    for answer in (engine.Analyze(pool("two")), engine.AnalyzeStack(proto.AnalyzeStackRequest())):
        found = answer.diagnostics[0]
        assert (found.policyName, found.enforcementLevel) == ("policy-configuration", proto.MANDATORY)
        assert found.message.startswith(f"the policy pack cannot be trusted any more, for {method} was called by another")


def test_whoever_comes_before_the_engine_shuts_it_out(connect: Connect) -> None:
    connect().ConfigureStack(CONFIGURE_STACK)
    with pytest.raises(grpc.RpcError) as refused:
        configure(connect())
    assert refused.value.code() == grpc.StatusCode.PERMISSION_DENIED


@pytest.mark.parametrize(("method", "asked"), [("Configure", CONFIGURE), ("ConfigureStack", CONFIGURE_STACK)])
@pytest.mark.parametrize("judged", [False, True])
def test_limits_are_taken_once(stub: Any, method: str, asked: Any, judged: bool) -> None:
    configure(stub)
    if judged:
        assert said(stub.Analyze(pool())) == []
    with pytest.raises(grpc.RpcError) as refused:
        getattr(stub, method)(asked)
    assert refused.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert ("policy-configuration", proto.MANDATORY) in said(stub.Analyze(pool()))


def test_limits_are_not_taken_once_a_resource_was_judged(stub: Any) -> None:
    stub.Analyze(pool())
    with pytest.raises(grpc.RpcError, match="with other limits perhaps"):
        configure(stub)


def test_anybody_may_read_what_the_rules_are(connect: Connect) -> None:
    engine, reader = connect(), connect()
    configure(engine)
    assert len(reader.GetAnalyzerInfo(empty_pb2.Empty()).policies) == len(RULES)
    assert said(engine.Analyze(pool())) == []


def test_the_stack_is_judged_by_what_was_asked_for(stub: Any) -> None:
    """The engine gives outputs at the end: what the cloud adds to them is nothing the program could fix."""
    configure(stub, budget={"required": False}, **{"gpu-quota": {"required": False}})
    asked = pool("one", "4")
    assert said(stub.Analyze(asked)) == []
    returned = proto.AnalyzerResource(type=asked.type, name=asked.name, urn=asked.urn, options=asked.options)
    returned.properties.update({"nodeShape": "VM.GPU.A10.1", "quantityPerSubnet": 0})
    assert said(stub.AnalyzeStack(proto.AnalyzeStackRequest(resources=[returned]))) == []


def test_the_stack_knows_which_subnet_its_pools_are_in(stub: Any) -> None:
    configure(stub, budget={"required": False}, **{"gpu-quota": {"required": False}})
    subnet = request("oci:Core/subnet:Subnet", "public", {"prohibitPublicIpOnVnic": False, "freeformTags": {"team": "x"}})
    asked = pool()
    resources = [
        proto.AnalyzerResource(type=item.type, name=item.name, urn=item.urn, properties=item.properties, options=item.options)
        for item in (subnet, asked)
    ]
    resources[1].propertyDependencies["nodeConfigDetails"].urns.append(subnet.urn)
    (found,) = stub.AnalyzeStack(proto.AnalyzeStackRequest(resources=resources)).diagnostics
    assert (found.policyName, found.urn) == ("public-nodes", subnet.urn)


def test_nothing_is_changed_behind_the_authors_back(stub: Any) -> None:
    assert list(stub.Remediate(pool()).remediations) == []


def test_it_answers_the_rest_of_the_protocol(stub: Any) -> None:
    assert stub.GetPluginInfo(empty_pb2.Empty()).version
    stub.Handshake(proto.AnalyzerHandshakeRequest(engine_address="127.0.0.1:1"))
    stub.Cancel(empty_pb2.Empty())


def test_without_any_configuration_nothing_that_costs_money_passes(stub: Any) -> None:
    refused = {name for name, _ in said(stub.Analyze(pool()))}
    assert {"gpu-pool-size", "gpu-total", "stack-cost", "gpu-models"} <= refused


@pytest.mark.parametrize(("stack", "level"), [("prod", proto.ADVISORY), ("dev", proto.MANDATORY)])
def test_an_exception_of_another_stack_holds_nothing_here(monkeypatch: pytest.MonkeyPatch, stack: str, level: Any) -> None:
    entry = {"rule": "gpu-models", "resource": f"{POOL}/a10", "reason": "r", "approver": "a", "expires": date(9999, 1, 1), "stack": "prod"}
    monkeypatch.setattr(exemptions, "load", lambda: exemptions.parse([entry]))
    server, port = listening()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = analyzer_pb2_grpc.AnalyzerStub(channel)
        stub.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack=stack))
        assert ("gpu-models", level) in said(stub.Analyze(pool()))
    server.stop(None)


def test_pools_are_told_apart_by_what_the_cloud_calls_them() -> None:
    asked = pool()
    made = proto.AnalyzerResource(type=POOL, name="a10", urn=asked.urn, properties=asked.properties)
    assert wire.resource(made).id is None
    made.properties.update({"id": "ocid1.nodepool.oc1..a"})
    assert wire.resource(made).id == "ocid1.nodepool.oc1..a"
    made.properties.update({"id": UNKNOWN})
    assert wire.resource(made).id is None
    asked.properties.update({"id": "ocid1.nodepool.oc1..a"})
    assert wire.resource(asked).id is None, "an input that is called so is no identifier"


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from leaves(item, (*path, key))


def put(value: Any, path: tuple[Any, ...], found: Any) -> Any:
    copied = copy.deepcopy(value)
    inner = copied
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = found(inner[path[-1]])
    return copied


ASSET, ARCHIVE, REFERENCE = "c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7", "5cf8f73096256a8f31e491e813e4eb8e"


def test_whatever_an_input_is_wrapped_in_it_is_read_or_unknown() -> None:
    """Secrets and outputs are what they hold. Assets, archives, references and what is not known yet cannot be read: nothing passes so."""
    for entry in policy_cases.entries():
        inputs = policy_cases.known(entry.get("inputs", {}))
        for path in leaves(inputs):
            for signature in (SECRET, OUTPUT):
                wrapped = put(inputs, path, lambda value, signature=signature: {SIGNATURE: signature, "value": value, "secret": True})
                plain, secrets = wire.plain(json_format.ParseDict(wrapped, struct_pb2.Struct()))
                assert plain == inputs
                assert path in secrets
            for signature in (OUTPUT, ASSET, ARCHIVE, REFERENCE, "of-a-later-engine"):
                opaque = put(inputs, path, lambda _, signature=signature: {SIGNATURE: signature, "path": "./values.yaml"})
                plain, _ = wire.plain(json_format.ParseDict(opaque, struct_pb2.Struct()))
                assert plain == put(inputs, path, lambda _: UNKNOWN)


def test_an_output_that_is_no_secret_is_none_and_a_text_asset_is_its_text() -> None:
    def read(value: dict[str, Any]) -> tuple[dict[str, Any], frozenset[Any]]:
        return wire.plain(json_format.ParseDict({"a": value}, struct_pb2.Struct()))

    assert read({SIGNATURE: OUTPUT, "value": "x", "secret": False}) == ({"a": "x"}, frozenset())
    assert read({SIGNATURE: OUTPUT, "value": "x"}) == ({"a": "x"}, frozenset())
    assert read({SIGNATURE: ASSET, "text": "x"}) == ({"a": "x"}, frozenset())
    assert read({SIGNATURE: REFERENCE, "text": "x"}) == ({"a": UNKNOWN}, frozenset())
