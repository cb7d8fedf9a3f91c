"""What may be granted, to whom and on which conditions: each row by a statement that it allows, and by the nearest that it does not."""

import pytest

from infra.oke.access.grants import Key, Needs, plan
from policies.iam.grants import GRANTS, refusal, who
from policies.iam.statement import parse
from policies.rules.security import dynamic_groups, iam_statements

OWN = "request.principal.type = 'workload', request.principal.namespace = 'ml', request.principal.service_account = 'a', " \
      "request.principal.cluster_id = 'ocid1.cluster.oc1..c'"  # fmt: skip
AUTOSCALER = OWN.replace("'ml'", "'kube-system'").replace("'a'", "'cluster-autoscaler'")
CLUSTER = "request.principal.type = 'cluster', request.principal.id = 'ocid1.cluster.oc1..c'"
POOLS = "request.principal.type = 'nodepool', request.principal.compartment.id = 'ocid1.compartment.oc1..c'"
KEY, BUCKET = "target.key.id = 'ocid1.key.oc1..k'", "target.bucket.name = 'models'"


def any_user(access: str, conditions: str, place: str = "compartment gpu") -> str:
    return f"Allow any-user to {access} in {place} where all {{{conditions}}}"


ALLOWED = (
    any_user("manage cluster-node-pools", AUTOSCALER), any_user("manage instance-family", AUTOSCALER),
    any_user("read instance-family", AUTOSCALER), any_user("use vnics", AUTOSCALER), any_user("inspect compartments", AUTOSCALER),
    any_user("manage objects", f"{OWN}, {BUCKET}"), any_user("read buckets", f"{OWN}, {BUCKET}"),
    any_user("{OBJECT_READ, OBJECT_INSPECT}", f"{OWN}, {BUCKET}"),
    any_user("read secret-bundles", f"{OWN}, target.secret.id = 'ocid1.vaultsecret.oc1..s'"),
    any_user("read secret-bundles", f"{OWN}, target.secret.name = 'hf-token'"),
    any_user("use keys", f"{OWN}, {KEY}"), any_user("use metrics", OWN), any_user("read repos", OWN),
    any_user("manage network-security-groups", CLUSTER), any_user("use private-ips", CLUSTER),
    any_user("{VCN_ATTACH, VCN_READ}", CLUSTER), any_user("use key-delegates", f"{CLUSTER}, {KEY}"),
    any_user("use keys", f"request.principal.type = 'cluster', request.principal.compartment.id = 'x', {KEY}"),
    any_user("read instance-images", "request.principal.type = 'cluster', request.principal.compartment.id = 'x'"),
    any_user("use key-delegates", f"{POOLS}, {KEY}"), any_user("{COMPUTE_CLUSTER_LAUNCH_INSTANCE}", POOLS),
    any_user("use compute-capacity-reservations", POOLS), any_user("read instance-images", POOLS),
    "Allow dynamic-group nodes to read repos in compartment images",
    "Allow dynamic-group nodes to {LOG_ANALYTICS_LOG_GROUP_UPLOAD_LOGS} in compartment gpu",
    "Allow dynamic-group nodes to {LOG_ANALYTICS_DISCOVERY_UPLOAD} in tenancy",
    "Allow dynamic-group nodes to {VCN_READ} in compartment network",
    f"Allow service blockstorage to use keys in compartment keys where {KEY}",
    f"Allow service objectstorage-eu-frankfurt-1, FssOc1Prod to use keys in compartment keys where {KEY}",
    "Allow service lustrefs to use virtual-network-family in compartment network",
    "Allow service objectstorage-eu-frankfurt-1 to manage object-family in compartment gpu",
    "Allow group engineers to use clusters in compartment gpu", "Allow group engineers to manage bastion-session in compartment gpu",
    "Allow group engineers to read bastion in compartment gpu", f"Allow group people to manage objects in compartment gpu where {BUCKET}",
    "Allow group people to inspect buckets in compartment gpu", "Allow group people to use repos in compartment gpu",
    "Allow group people to read instances in compartment gpu", "Allow group auditors to read audit-events in tenancy",
    "Allow group people to inspect limits in tenancy",
    "Deny any-user to manage all-resources in tenancy", "Deny group interns to manage policies in compartment gpu",
)  # fmt: skip

REFUSED = (
    # The autoscaler's rights for others, and others for the autoscaler
    (any_user("manage instance-family", OWN), "grants manage instance-family too widely: its conditions must hold "
     "request.principal.namespace = 'kube-system' and request.principal.service_account = 'cluster-autoscaler'"),
    (any_user("manage instances", AUTOSCALER), "which a service account of a cluster is not known to need"),
    (any_user("manage instance-family", AUTOSCALER, "tenancy"), "in the whole tenancy: name a compartment"),
    # A workload is one service account in one namespace of one cluster
    (any_user("use metrics", OWN.replace("request.principal.namespace = 'ml', ",
     "")), "hold request.principal.namespace to one value each"),
    (any_user("use metrics", OWN.replace("service_account = 'a'", "service_account = /*/")), "hold request.principal.service_account to"),
    (any_user("use metrics", OWN.replace("cluster_id = ", "cluster_id != ")), "hold request.principal.cluster_id to one value each"),
    ("Allow any-user to use metrics in compartment gpu where request.principal.type = 'workload'", "lets every workload in"),
    # Everybody, and kinds of principals that nobody knows
    ("Allow any-user to use metrics in compartment gpu", "lets any principal in"),
    ("Allow any-group to use metrics in compartment gpu", "lets any principal in"),
    (f"Allow any-user to use metrics in compartment gpu where any {{{OWN}}}", "joins"),
    (any_user("use metrics", "request.principal.type = 'instance', request.principal.id = 'x'"), "is for principals of type 'instance'"),
    # Reading contents is not looking
    ("Allow group interns to read secret-family in compartment gpu", "grants read secret-family, which a group of people is not known"),
    ("Allow group interns to read secret-bundles in tenancy", "grants read secret-bundles"),
    ("Allow group interns to read object-family in tenancy", "grants read object-family"),
    ("Allow group interns to read objects in compartment gpu", "too widely: its conditions must hold target.bucket.name to one value"),
    (any_user("read secret-bundles", OWN), "must hold target.secret.id to one value, or target.secret.name to one value"),
    (f"Allow group people to read objects in tenancy where {BUCKET}", "in the whole tenancy"),
    ("Allow group people to read objects in compartment a where any {target.bucket.name = 'x', target.bucket.name = 'y'}",
     "grants read objects to whoever meets one of its conditions: join them by all"),
    # Machines, networks, rights, under their single types and permissions
    ("Allow group engineers to manage instances in compartment gpu",
     "grants manage instances, which a group of people is not known to need (read"),
    ("Allow group engineers to use instance-pools in compartment gpu", "grants use instance-pools"),
    ("Allow group engineers to {INSTANCE_CREATE} in compartment gpu", "grants {INSTANCE_CREATE}"),
    ("Allow group engineers to manage generative-ai-family in compartment gpu", "grants manage generative-ai-family"),
    ("Allow group engineers to manage route-tables in compartment gpu", "grants manage route-tables"),
    ("Allow group engineers to manage policies in compartment gpu", "grants manage policies"),
    ("Allow dynamic-group nodes to manage clusters in compartment gpu",
     "grants manage clusters, which a dynamic group is not known to need"),
    ("Allow dynamic-group nodes to {LOG_ANALYTICS_DISCOVERY_UPLOAD, VCN_READ} in tenancy", "which a dynamic group is not known to need"),
    ("Allow dynamic-group nodes to read repos in tenancy", "in the whole tenancy"),
    # Services, clusters and node pools
    (f"Allow service blockstorage, somethingelse to use keys in compartment keys where {KEY}",
     "must hold target.key.id to one value and service"),
    ("Allow service blockstorage to use keys in compartment keys", "too widely"),
    (any_user("manage network-security-groups", "request.principal.type = 'cluster'"), "must hold request.principal.id to one value"),
    (any_user("use key-delegates", POOLS), "must hold request.principal.compartment.id to one value and target.key.id to one value"),
    (any_user("manage cluster-node-pools", CLUSTER), "grants manage cluster-node-pools, which a cluster is not known to need"),
)  # fmt: skip


@pytest.mark.parametrize("text", ALLOWED)
def test_what_is_known_to_be_needed_is_allowed(text: str) -> None:
    assert iam_statements.too_wide(text) is None


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_what_is_not_known_to_be_needed_is_refused(text: str, said: str) -> None:
    found = iam_statements.too_wide(text)
    assert found is not None
    assert said.replace("joins", "lets in whoever meets one of its conditions") in found


def test_every_row_allows_something_that_is_tried_here() -> None:
    statements = [parse(text) for text in ALLOWED]
    for grant in GRANTS:
        assert any(who(statement) == grant.who and grant.allows(statement) for statement in statements), grant


def test_everything_that_the_platform_grants_is_allowed() -> None:
    key = Key(id="ocid1.key.oc1.fra.v.k", compartment_id="ocid1.compartment.oc1..keys")
    needs = Needs(
        prefix="gpu", compartment_id="ocid1.compartment.oc1..gpu", network_compartment_id="ocid1.compartment.oc1..net",
        cluster_key=key, image_keys=(key,), volume_key=key, rdma=True, capacity_reservations=True, lustre=True, autoscaler=True,
        image_compartment_id="ocid1.compartment.oc1..images", registry_compartment_id="ocid1.compartment.oc1..registry",
        logs_tenancy_id="ocid1.tenancy.oc1..t", load_balancer_nsgs=True, file_storage=True,
    )  # fmt: skip
    texts = [text for cluster in (None, "ocid1.cluster.oc1.fra.c") for policy in plan(needs, cluster) for text in policy.texts]
    assert len(texts) > 20
    assert {text: why for text in texts if (why := refusal(parse(text)))} == {}


def test_a_stack_file_allows_more_word_by_word_but_never_everything() -> None:
    wanted = "Allow group engineers to manage instances in compartment lab"
    assert iam_statements.too_wide(wanted.replace(" to ", "  to "), {wanted}) is None
    assert iam_statements.too_wide(wanted.replace("lab", "gpu"), {wanted}) is not None
    everything = "Allow group engineers to manage all-resources in compartment lab"
    assert iam_statements.too_wide(everything, {everything}) == "grants all resources: name the ones it is for"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("ALL {instance.compartment.id = 'ocid1.compartment.oc1..a'}", None),
        ("instance.compartment.id='ocid1.compartment.oc1..a'", None),
        ("all {resource.type = 'fnfunc', resource.compartment.id = 'ocid1.compartment.oc1..a'}", None),
        ("Any {instance.id = 'ocid1.instance.oc1..a', instance.id = 'ocid1.instance.oc1..b'}", None),
        ("ANY {instance.compartment.id = 'a', resource.type = 'cluster'}", "whatever meets one of its conditions"),
        ("any {instance.compartment.id != 'a'}", "whatever meets one of its conditions"),
        ("ALL {instance.compartment.id != 'a'}", "names no compartment and no instance"),
        ("ALL {resource.type = 'cluster'}", "names no compartment and no instance"),
        ("ALL {tag.pool.gpu.value}", "has a condition that is no comparison with one value"),
        ("instance.compartment.id = 'ocid1.tenancy.oc1..a'", "names no compartment and no instance"),
        ("instance.id = 'ocid1.instance.*'", "names no compartment and no instance"),
        ("ALL {}", "has a condition that is no comparison"),
        ("ANY {ALL {instance.id = 'a'}}", "is more than one list of conditions"),
    ],
)
def test_a_dynamic_group_holds_one_place(rule: str, said: str | None) -> None:
    found = dynamic_groups.too_wide(rule)
    assert (found is None) if said is None else (found is not None and said in found)
