"""What a plan takes away for good is refused unless somebody said that it may go, and told under its cause."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from platformctl.engine.causes import causing, with_it
from platformctl.engine.losses import consequences, judged, lost
from platformctl.engine.plan import Plan, PlannedResource
from policies.replacements import LOST, REMADE, Acknowledgement

CLUSTER, POOL, VCN = "oci:ContainerEngine/cluster:Cluster", "oci:ContainerEngine/nodePool:NodePool", "oci:Core/vcn:Vcn"
BUCKET, SUBNET, CLAIM = "oci:ObjectStorage/bucket:Bucket", "oci:Core/subnet:Subnet", "kubernetes:core/v1:PersistentVolumeClaim"
NAMESPACE, RELEASE = "kubernetes:core/v1:Namespace", "kubernetes:helm.sh/v3:Release"
MODEL = "kubernetes:serving.kserve.io/v1beta1:InferenceService"
PROVIDER = "pulumi:providers:kubernetes"
TODAY = date(2026, 11, 28)

Make = Callable[..., PlannedResource]
MakePlan = Callable[..., Plan]


@pytest.fixture
def rebuilt(resource: Make, plan: MakePlan) -> Plan:
    """A cluster that is replaced, and what goes with it."""
    cluster = resource("cluster", CLUSTER, op="replace", replace_keys=("options",), diffs={"options.serviceLbSubnetIds[1]": "add-replace"})
    provider = resource("kubernetes", "pulumi:providers:kubernetes", op="replace", dependencies=(cluster.urn,))
    pools = [resource(name, POOL, op="replace", dependencies=(cluster.urn,)) for name in ("pool-a", "pool-b", "pool-c")]
    inside = [
        resource("claim-1", CLAIM, op="replace", replace_keys=("provider",), provider=provider.urn),
        resource("claim-2", CLAIM, op="replace", dependencies=(provider.urn,)),
        *(resource(f"model-{number}", MODEL, op="replace", provider=provider.urn) for number in range(4)),
    ]
    policy = resource(
        "policy", "oci:Identity/policy:Policy", op="update", diffs={"statements": "update"},
        property_dependencies={"statements": (cluster.urn,)},
    )  # fmt: skip
    subnet = resource("subnet", SUBNET, op="create")
    return plan(cluster, provider, *pools, *inside, policy, subnet)


def acknowledged(resource: str, expires: date = TODAY) -> Acknowledgement:
    return Acknowledgement(resource=resource, expires=expires)


def reported(plan: Plan, *entries: Acknowledgement, policies: bool = True) -> list[tuple[str, str, str]]:
    return [
        (found.policy, found.urn.rpartition("::")[2], found.message) for found in judged(plan, entries, TODAY, policies=policies).violations
    ]


def test_one_loss_is_reported_with_its_consequences(rebuilt: Plan) -> None:
    assert [found.name for found in lost(rebuilt)] == ["cluster"]
    message = (
        "would be replaced for options: the cluster goes, and everything in it: 3 pools, 2 claims, 4 models, 1 more resource. "
        f"Its name for `acknowledge` is {CLUSTER}/cluster"
    )
    assert reported(rebuilt) == [("replacement", "cluster", message)]
    assert all(violation.refuses for violation in judged(rebuilt, (), TODAY).violations)


def test_what_changes_with_something_else_stands_under_it(rebuilt: Plan) -> None:
    assert [found.name for found in causing(rebuilt)] == ["cluster", "subnet"]
    (cluster,) = (found for found in rebuilt.resources if found.name == "cluster")
    assert len(with_it(cluster, rebuilt)) == 11


@pytest.mark.parametrize("key", ["provider", "deletedWith"])
def test_what_goes_with_something_stands_under_it_whatever_the_engine_calls_that(resource: Make, plan: MakePlan, key: str) -> None:
    cluster = resource("cluster", CLUSTER, op="replace", replace_keys=("options",), diffs={"options": "update-replace"})
    provider = resource("kubernetes", PROVIDER, op="replace", dependencies=(cluster.urn,))
    claim = resource("claim", CLAIM, op="replace", replace_keys=(key,), provider=provider.urn, deleted_with=cluster.urn)
    assert [found.name for found in lost(plan(cluster, provider, claim))] == ["cluster"]
    assert [found.name for found in lost(plan(claim))] == ["claim"]


def test_an_acknowledgement_lets_its_resource_go_until_its_last_day(rebuilt: Plan) -> None:
    assert reported(rebuilt, acknowledged(f"{CLUSTER}/cluster")) == []
    ((_, name, message),) = reported(rebuilt, acknowledged(f"{CLUSTER}/cluster", date(2026, 11, 27)))
    assert name == "cluster"
    assert "; its acknowledgement ended on 2026-11-27. Its name" in message


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (f"{SUBNET}/subnet", "this change neither replaces nor deletes it"),
        (f"{CLUSTER}/clusters", "there is no such resource"),
        (f"{VCN}/cluster", "there is no such resource"),
    ],
)
def test_an_acknowledgement_of_nothing_is_refused(rebuilt: Plan, entry: str, why: str) -> None:
    found = reported(rebuilt, acknowledged(f"{CLUSTER}/cluster"), acknowledged(entry))
    assert found == [("replacement", "", f"acknowledge: the entry for {entry} allows nothing, for {why}: remove or correct it")]


def test_without_policies_only_the_engine_refuses(rebuilt: Plan, resource: Make, plan: MakePlan) -> None:
    assert reported(rebuilt, policies=False) == []
    bucket = replace(resource("models", BUCKET, op="delete"), protected=True)
    ((policy, name, message),) = reported(plan(bucket), acknowledged(f"{BUCKET}/models"), policies=False)
    assert (policy, name) == ("protected", "models")
    assert message.startswith(
        "is protected, and would be deleted, which the engine refuses; the bucket goes, and all objects in it. Take the change back"
    )


def test_what_is_protected_is_reported_once(resource: Make, plan: MakePlan) -> None:
    bucket = replace(resource("models", BUCKET, op="replace", replace_keys=("name",)), protected=True)
    assert [policy for policy, _, _ in reported(plan(bucket))] == ["protected"]
    assert [policy for policy, _, _ in reported(plan(bucket), acknowledged(f"{BUCKET}/models"))] == ["protected"], (
        "the engine still refuses"
    )
    kept = replace(resource("models", BUCKET, op="update"), protected=True)
    assert reported(plan(kept)) == []


@pytest.mark.parametrize("op", ["delete", "replace"])
@pytest.mark.parametrize("type_", sorted(set(LOST) - {POOL}))
def test_everything_that_holds_something_is_dear(resource: Make, plan: MakePlan, type_: str, op: str) -> None:
    assert [policy for policy, _, _ in reported(plan(resource("x", type_, op=op)))] == ["replacement"]


@pytest.mark.parametrize(
    ("size", "most", "refused"), [(0, None, False), (0, "0", False), (0, "2", True), (2, None, True), (None, None, True)]
)
def test_a_pool_is_dear_where_it_may_have_nodes(resource: Make, plan: MakePlan, size: int | None, most: str | None, refused: bool) -> None:
    tags = {} if most is None else {"autoscaler-max": most}
    inputs: dict[str, object] = {"freeformTags": tags} if size is None else {"nodeConfigDetails": {"size": size}, "freeformTags": tags}
    pool = resource("pool", POOL, op="delete", inputs=inputs, old_inputs=inputs)
    assert bool(reported(plan(pool))) is refused


CLAIM_TEMPLATE = {"prometheus": {"storage": {"volumeClaimTemplate": {"spec": {"resources": {"requests": {"storage": "50Gi"}}}}}}}


@pytest.mark.parametrize("op", ["delete", "replace"])
@pytest.mark.parametrize(
    ("inside", "refused"),
    [
        ((), True),  # a team's: what people have put there is not in the plan
        (({"namespace": "it", "values": {}},), False),  # an add-on's own
        (({"namespace": "it"},), False),
        (({"namespace": "other", "values": {}},), True),
        (({"namespace": "it", "values": CLAIM_TEMPLATE},), True),
        (({"namespace": "it", "values": {}}, {"namespace": "it", "values": {"persistence": {"enabled": True, "size": "50Gi"}}}), True),
        (({"namespace": "it", "values": {"persistence": {"enabled": False, "size": "50Gi"}}},), False),
    ],
)
def test_a_namespace_is_dear_but_for_that_of_a_chart_without_volumes(
    resource: Make, plan: MakePlan, inside: tuple[dict[str, object], ...], op: str, refused: bool
) -> None:
    metadata: dict[str, object] = {"metadata": {"name": "it"}}
    namespace = resource("team", NAMESPACE, op=op, inputs=metadata, old_inputs=metadata)
    releases = [resource(f"release-{at}", RELEASE, op=op, inputs={}, old_inputs=given) for at, given in enumerate(inside)]
    assert bool(reported(plan(namespace, *releases))) is refused


def test_the_namespace_of_a_chart_that_stays_is_dear(resource: Make, plan: MakePlan) -> None:
    inputs: dict[str, object] = {"metadata": {"name": "it"}}
    namespace = resource("it", NAMESPACE, op="delete", inputs=inputs, old_inputs=inputs)
    assert reported(plan(namespace, resource("release", RELEASE, op="same", inputs={"namespace": "it"})))


def test_a_type_that_nobody_has_judged_is_dear(resource: Make, plan: MakePlan) -> None:
    assert reported(plan(resource("db", "oci:Database/autonomousDatabase:AutonomousDatabase", op="delete")))
    assert reported(plan(resource("rule", "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule", op="delete"))) == []


def test_every_type_of_the_simulated_cloud_is_judged() -> None:
    types = json.loads((Path(__file__).resolve().parents[3] / "simulator" / "oci" / "schema.json").read_text())
    both = [type_ for type_ in types if (type_ in LOST) == any(fnmatchcase(type_, pattern) for pattern in REMADE)]
    assert both == [], "in LOST or in REMADE, and not in both: policies/replacements.py"


def test_what_hangs_on_a_component_that_goes_is_reported_under_it(resource: Make, plan: MakePlan) -> None:
    addon = resource("kserve", "platform:addon:KServe", custom=False, op="delete")
    inside = resource("kserve-release", "kubernetes:helm.sh/v3:Release", parent=addon.urn, op="delete")
    whole = plan(addon, inside)
    assert [found.name for found in causing(whole)] == ["kserve"]
    assert consequences(addon, whole) == "what it holds goes with it: 1 chart"


def test_a_cluster_that_exists_is_not_left_for_another_unasked(resource: Make, plan: MakePlan) -> None:
    given: dict[str, object] = {"op": "update", "inputs": {"context": "new"}, "old_inputs": {"context": "old"}}
    moved = plan(resource("kubernetes", PROVIDER, diffs={"context": "update"}, **given))
    ((policy, name, message),) = reported(moved)
    assert (policy, name) == ("replacement", "kubernetes")
    assert message.startswith("would go from the context old to new: what the stack has in the cluster of the old context stays there")
    assert message.endswith(f"its name for `acknowledge` is {PROVIDER}/kubernetes")
    assert reported(moved, acknowledged(f"{PROVIDER}/kubernetes")) == []
    assert reported(plan(resource("kubernetes", PROVIDER, diffs={"kubeconfig": "update"}, **given))) == []


def test_a_circle_of_causes_ends(resource: Make, plan: MakePlan) -> None:
    one = resource("one", SUBNET, op="replace", dependencies=("urn:pulumi:sample::sample::oci:Core/subnet:Subnet::two",))
    two = resource("two", SUBNET, op="replace", dependencies=(one.urn,))
    assert len(causing(plan(one, two))) <= 2


def test_what_goes_although_something_that_stays_names_it_is_refused_once(resource: Make, plan: MakePlan) -> None:
    ident = "ocid1.subnet.oc1.eu-frankfurt-1.aaaalb"
    subnet = replace(resource("network-internal-lb", SUBNET, op="delete"), id=ident)
    cluster = resource("cluster", CLUSTER, op="same", inputs={"options": {"serviceLbSubnetIds": [ident]}})
    found = judged(plan(subnet, cluster), (), TODAY, policies=False)
    (violation,) = found.refusals
    assert violation.urn == subnet.urn
    assert "would be deleted, but oci:ContainerEngine/cluster:Cluster/cluster stays and names it in options.serviceLbSubnetIds[0]" in (
        violation.message
    )


@pytest.mark.parametrize("op", ["delete", "replace"])
def test_what_goes_together_with_what_names_it_is_not_in_use(op: str, resource: Make, plan: MakePlan) -> None:
    ident = "ocid1.subnet.oc1.eu-frankfurt-1.aaaalb"
    subnet = replace(resource("network-internal-lb", SUBNET, op="delete"), id=ident)
    user = resource("rule", "oci:Core/routeTable:RouteTable", op=op, inputs={"x": [ident]})
    assert judged(plan(subnet, user), (), TODAY, policies=False).refusals == ()


def test_ids_that_are_no_ocids_are_anybodys_text(resource: Make, plan: MakePlan) -> None:
    gone = replace(resource("old", "kubernetes:core/v1:ConfigMap", op="delete"), id="monitoring/grafana")
    stays = resource("other", "kubernetes:core/v1:ConfigMap", op="same", inputs={"data": {"a": "monitoring/grafana"}})
    assert judged(plan(gone, stays), (), TODAY, policies=False).refusals == ()


@pytest.mark.parametrize(
    ("type_", "inputs", "refused"),
    [
        ("oci:LogAnalytics/logAnalyticsEntity:LogAnalyticsEntity", {"metadata": {"items": [{"value": "ocid1.cluster.oc1..a"}]}}, False),
        ("oci:LogAnalytics/logAnalyticsEntity:LogAnalyticsEntity", {"cloudResourceId": "ocid1.cluster.oc1..a"}, True),
        ("oci:ContainerEngine/addon:Addon", {"clusterId": "ocid1.cluster.oc1..a"}, True),
    ],
)
def test_what_is_told_of_is_not_in_use(resource: Make, plan: MakePlan, type_: str, inputs: dict[str, object], refused: bool) -> None:
    cluster = replace(resource("cluster", CLUSTER, op="delete"), id="ocid1.cluster.oc1..a")
    said = reported(plan(cluster, resource("it", type_, op="same", inputs=inputs)), policies=False)
    assert bool(said) is refused
