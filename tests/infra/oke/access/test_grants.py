"""OKE's principals are granted what they need, where they need it, word for word; and nothing that was not asked for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.oke.access.grants import Key, Needs, People, PolicyPlan, Workload, nodes_matching_rule, plan
from infra.oke.access.statements import Condition, StatementError, broad

CLUSTER = "ocid1.cluster.oc1.eu-frankfurt-1.cluster0001"
HERE = "ocid1.compartment.oc1..platform01"
NETWORK = "ocid1.compartment.oc1..network01"
TENANCY = "ocid1.tenancy.oc1..tenancy01"
VAULT = "ocid1.compartment.oc1..vault01"
KEY = "ocid1.key.oc1.eu-frankfurt-1.vault01.key01"

NOTHING = Needs(prefix="lab", compartment_id=HERE, native_pods=False)
EVERYTHING = Needs(
    prefix="lab",
    compartment_id=HERE,
    network_compartment_id=NETWORK,
    cluster_key=Key(id=KEY, compartment_id=VAULT),
    image_keys=(Key(id=KEY, compartment_id=VAULT),),
    volume_key=Key(id=KEY, compartment_id=VAULT),
    rdma=True,
    capacity_reservations=True,
    image_compartment_id=HERE,
    lustre=True,
    registry_compartment_id=HERE,
    logs_tenancy_id=TENANCY,
    autoscaler=True,
    load_balancer_nsgs=True,
    file_storage=True,
    workloads=(
        Workload(namespace="models", service_account="trainer", access="read", resource="buckets"),
        Workload(
            namespace="models",
            service_account="trainer",
            access=("OBJECT_INSPECT", "OBJECT_READ"),
            where=(Condition("target.bucket.name", "weights"),),
        ),
    ),
)

THE_AUTOSCALER = (
    "where ALL {request.principal.type = 'workload', request.principal.namespace = 'kube-system',"
    f" request.principal.service_account = 'cluster-autoscaler', request.principal.cluster_id = '{CLUSTER}'}}"
)
THE_CLUSTER = f"where ALL {{request.principal.type = 'cluster', request.principal.id = '{CLUSTER}'}}"
OUR_CLUSTERS = f"request.principal.type = 'cluster', request.principal.compartment.id = '{HERE}'"
OUR_POOLS = f"request.principal.type = 'nodepool', request.principal.compartment.id = '{HERE}'"
THE_KEY = f"target.key.id = '{KEY}'"


def texts(policies: tuple[PolicyPlan, ...]) -> dict[str, list[str]]:
    return {policy.key: policy.texts for policy in policies}


def test_nothing_is_granted_that_is_not_asked_for() -> None:
    assert plan(NOTHING) == plan(NOTHING, CLUSTER) == ()


def test_before_the_cluster_principals_are_told_by_their_compartment() -> None:
    assert texts(plan(EVERYTHING)) == {
        "cluster-key-elsewhere-1": [f"Allow any-user to use keys in compartment id {VAULT} where ALL {{{OUR_CLUSTERS}, {THE_KEY}}}"],
        "image-keys-elsewhere-1": [f"Allow any-user to read keys in compartment id {VAULT} where ALL {{{OUR_CLUSTERS}, {THE_KEY}}}"],
        "volume-key-elsewhere-1": [
            f"Allow service blockstorage to use keys in compartment id {VAULT} where ALL {{{THE_KEY}}}",
            f"Allow any-user to use key-delegates in compartment id {VAULT} where ALL {{{OUR_POOLS}, {THE_KEY}}}",
            f"Allow any-user to use key-delegates in compartment id {VAULT} where ALL {{{OUR_CLUSTERS}, {THE_KEY}}}",
        ],
        "rdma": [f"Allow any-user to {{COMPUTE_CLUSTER_LAUNCH_INSTANCE}} in compartment id {HERE} where ALL {{{OUR_POOLS}}}"],
        "reservations": [f"Allow any-user to use compute-capacity-reservations in compartment id {HERE} where ALL {{{OUR_POOLS}}}"],
        "images": [
            f"Allow any-user to read instance-images in compartment id {HERE} where ALL {{{OUR_POOLS}}}",
            f"Allow any-user to read instance-images in compartment id {HERE} where ALL {{{OUR_CLUSTERS}}}",
        ],
        "lustre-network": [f"Allow service lustrefs to use virtual-network-family in compartment id {NETWORK}"],
        "image-pull": [f"Allow dynamic-group 'lab-nodes' to read repos in compartment id {HERE}"],
    }


def test_with_the_cluster_every_grant_names_it() -> None:
    workload = (
        "where ALL {request.principal.type = 'workload', request.principal.namespace = 'models',"
        f" request.principal.service_account = 'trainer', request.principal.cluster_id = '{CLUSTER}'"
    )
    assert texts(plan(EVERYTHING, CLUSTER)) == {
        "autoscaler": [
            f"Allow any-user to manage cluster-node-pools in compartment id {HERE} {THE_AUTOSCALER}",
            f"Allow any-user to manage instance-family in compartment id {HERE} {THE_AUTOSCALER}",
            f"Allow any-user to use vnics in compartment id {HERE} {THE_AUTOSCALER}",
            f"Allow any-user to inspect compartments in compartment id {HERE} {THE_AUTOSCALER}",
        ],
        "autoscaler-network": [
            f"Allow any-user to use subnets in compartment id {NETWORK} {THE_AUTOSCALER}",
            f"Allow any-user to read virtual-network-family in compartment id {NETWORK} {THE_AUTOSCALER}",
            f"Allow any-user to use vnics in compartment id {NETWORK} {THE_AUTOSCALER}",
            f"Allow any-user to inspect compartments in compartment id {NETWORK} {THE_AUTOSCALER}",
        ],
        "load-balancers-network": [
            f"Allow any-user to manage network-security-groups in compartment id {NETWORK} {THE_CLUSTER}",
            f"Allow any-user to {{VCN_READ, VCN_ATTACH, VCN_DETACH}} in compartment id {NETWORK} {THE_CLUSTER}",
        ],
        "pods": [f"Allow any-user to manage instances in compartment id {HERE} {THE_CLUSTER}"],
        "pods-network": [
            f"Allow any-user to use private-ips in compartment id {NETWORK} {THE_CLUSTER}",
            f"Allow any-user to use network-security-groups in compartment id {NETWORK} {THE_CLUSTER}",
        ],
        "file-storage": [f"Allow any-user to manage file-family in compartment id {HERE} {THE_CLUSTER}"],
        "file-storage-network": [f"Allow any-user to use virtual-network-family in compartment id {NETWORK} {THE_CLUSTER}"],
        "workload-models-trainer": [
            f"Allow any-user to read buckets in compartment id {HERE} {workload}}}",
            f"Allow any-user to {{OBJECT_INSPECT, OBJECT_READ}} in compartment id {HERE} {workload}, target.bucket.name = 'weights'}}",
        ],
        "logs": [f"Allow dynamic-group 'lab-nodes' to {{LOG_ANALYTICS_LOG_GROUP_UPLOAD_LOGS}} in compartment id {HERE}"],
        "logs-tenancy": ["Allow dynamic-group 'lab-nodes' to {LOG_ANALYTICS_DISCOVERY_UPLOAD} in tenancy"],
    }


def test_one_compartment_for_all_needs_one_policy_a_purpose() -> None:
    policies = plan(replace(EVERYTHING, network_compartment_id=None), CLUSTER)
    assert [policy.key for policy in policies] == [
        "autoscaler", "load-balancers", "file-storage", "workload-models-trainer", "logs", "logs-tenancy",
    ]  # fmt: skip
    assert policies[0].name == "lab-autoscaler"
    assert len(policies[0].statements) == 6


def test_a_policy_sits_in_the_compartment_its_statements_are_about() -> None:
    for policy in (*plan(EVERYTHING), *plan(EVERYTHING, CLUSTER)):
        assert {statement.location for statement in policy.statements} == {policy.compartment_id}


def test_a_group_that_exists_is_used_and_none_is_made() -> None:
    needs = replace(EVERYTHING, nodes_group="Default/gpu-nodes")
    assert (EVERYTHING.makes_nodes_group, needs.makes_nodes_group) == (True, False)
    assert replace(NOTHING, logs_tenancy_id=TENANCY).makes_nodes_group
    assert texts(plan(needs))["image-pull"] == [f"Allow dynamic-group 'Default'/'gpu-nodes' to read repos in compartment id {HERE}"]


def test_nodes_are_the_instances_of_the_compartment() -> None:
    assert nodes_matching_rule(HERE) == f"ALL {{instance.compartment.id = '{HERE}'}}"


flags = st.booleans()
compartments = st.sampled_from([None, HERE, NETWORK, VAULT])
keys = st.none() | st.builds(Key, id=st.just(KEY), compartment_id=st.sampled_from([HERE, NETWORK, VAULT]))
any_needs = st.builds(
    Needs,
    prefix=st.just("lab"),
    compartment_id=st.just(HERE),
    network_compartment_id=compartments,
    cluster_key=keys,
    image_keys=st.lists(keys.filter(bool), max_size=2).map(tuple),
    volume_key=keys,
    rdma=flags,
    capacity_reservations=flags,
    image_compartment_id=compartments,
    lustre=flags,
    registry_compartment_id=compartments,
    logs_tenancy_id=st.sampled_from([None, TENANCY]),
    autoscaler=flags,
    load_balancer_nsgs=flags,
    native_pods=flags,
    file_storage=flags,
    workloads=st.sampled_from([(), EVERYTHING.workloads]),
)


@given(any_needs)
def test_no_grant_is_broader_than_its_purpose(needs: Needs) -> None:
    statements = [statement for policy in (*plan(needs), *plan(needs, CLUSTER)) for statement in policy.statements]
    assert [broad(statement) for statement in statements] == [None] * len(statements)


@given(any_needs)
def test_which_policies_there_are_does_not_depend_on_the_clusters_ocid(needs: Needs) -> None:
    other = "ocid1.cluster.oc1..any"
    known, placeholder = plan(needs, CLUSTER), plan(needs, other)
    assert [policy.name for policy in known] == [policy.name for policy in placeholder]
    assert [policy.texts for policy in known] == [[text.replace(other, CLUSTER) for text in policy.texts] for policy in placeholder]


@given(any_needs)
def test_no_two_policies_share_a_name(needs: Needs) -> None:
    names = [policy.name for policy in (*plan(needs), *plan(needs, CLUSTER))]
    assert len(names) == len(set(names))


def test_the_tenancys_root_is_no_place_for_a_platform() -> None:
    with pytest.raises(StatementError, match=r"^compartmentId: is the tenancy's root, .* make a compartment for the platform"):
        plan(replace(NOTHING, compartment_id="ocid1.tenancy.oc1..tenancy01"))


def test_a_workload_that_asks_for_everything_is_refused_with_the_policy_that_would_carry_it() -> None:
    greedy = Workload(namespace="models", service_account="trainer", access="manage", resource="all-resources")
    with pytest.raises(StatementError, match=r"policies\.workload-models-trainer: grants all resources: Allow any-user to manage"):
        plan(replace(NOTHING, workloads=(greedy,)), CLUSTER)


def test_more_statements_than_a_policy_holds_are_refused() -> None:
    many = tuple(Workload(namespace="models", service_account="trainer", access="read", resource=f"kind{number}") for number in range(51))
    with pytest.raises(StatementError, match=r"policies\.workload-models-trainer: has 51 statements; at most 50 fit in one policy"):
        plan(replace(NOTHING, workloads=many), CLUSTER)


TEAM, ON_CALL = "ocid1.group.oc1..team01", "ocid1.group.oc1..oncall01"


def test_people_get_a_token_for_this_cluster_and_nothing_else() -> None:
    needs = replace(NOTHING, people=(People(group=TEAM), People(group=ON_CALL, until="2026-12-01T18:00:00Z"), People(group=TEAM)))
    assert texts(plan(needs, CLUSTER)) == {
        "people": [
            f"Allow group id {TEAM} to use clusters in compartment id {HERE} where ALL {{target.cluster.id = '{CLUSTER}'}}",
            f"Allow group id {ON_CALL} to use clusters in compartment id {HERE} where ALL "
            f"{{target.cluster.id = '{CLUSTER}', request.utc-timestamp before '2026-12-01T18:00:00Z'}}",
        ]
    }
    assert plan(needs) == ()


@pytest.mark.parametrize("name", ["ml-research", "ocid1.user.oc1..someone", f"{TEAM} to manage all-resources in tenancy", ""])
def test_who_is_no_group_gets_no_statement(name: str) -> None:
    with pytest.raises(StatementError, match=r"group: .* is not the OCID of a group"):
        plan(replace(NOTHING, people=(People(group=name),)), CLUSTER)
