"""Statements say what was asked and nothing more, and refuse every part that could smuggle words in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.oke.access.statements import (
    ANY_USER,
    Condition,
    Statement,
    StatementError,
    Subject,
    broad,
    bucket,
    dynamic_group,
    ocid,
    service,
    workload_statement,
)

CLUSTER = "ocid1.cluster.oc1.eu-frankfurt-1.cluster0001"
HERE = "ocid1.compartment.oc1..platform01"
TENANCY = "ocid1.tenancy.oc1..tenancy01"


def test_a_workload_is_told_by_namespace_service_account_and_cluster() -> None:
    assert str(workload_statement("models", "trainer", CLUSTER, "read", "objects", location=HERE)) == (
        f"Allow any-user to read objects in compartment id {HERE} where ALL {{request.principal.type = 'workload',"
        " request.principal.namespace = 'models', request.principal.service_account = 'trainer',"
        f" request.principal.cluster_id = '{CLUSTER}'}}"
    )


def test_a_bucket_is_read_without_the_right_to_change_it() -> None:
    assert [statement.permissions for statement in bucket("models", "trainer", CLUSTER, "weights", location=HERE)] == [
        ("BUCKET_INSPECT", "BUCKET_READ"),
        ("OBJECT_INSPECT", "OBJECT_READ"),
    ]


def test_a_bucket_is_written_object_by_object_and_never_managed() -> None:
    whole, objects = bucket("models", "trainer", CLUSTER, "weights", location=HERE, write=True)
    assert (whole.value("target.bucket.name"), objects.value("target.bucket.name")) == ("weights", "weights")
    assert str(objects).startswith(
        "Allow any-user to {OBJECT_INSPECT, OBJECT_READ, OBJECT_CREATE, OBJECT_OVERWRITE, OBJECT_DELETE} in compartment id "
    )


@pytest.mark.parametrize(("name", "text"), [
    ("gpu-nodes", "dynamic-group 'gpu-nodes'"),
    ("Default/gpu-nodes", "dynamic-group 'Default'/'gpu-nodes'"),
    ("ocid1.dynamicgroup.oc1..group01", "dynamic-group id ocid1.dynamicgroup.oc1..group01"),
])  # fmt: skip
def test_a_dynamic_group_goes_by_name_domain_or_ocid(name: str, text: str) -> None:
    assert dynamic_group(name).text == text


def test_the_whole_tenancy_is_written_as_such() -> None:
    statement = Statement(subject=service("lustrefs"), verb="use", resource="subnets", location=TENANCY)
    assert str(statement) == "Allow service lustrefs to use subnets in tenancy"


HOSTILE = ["x' } , ANY {request.user.id = 'y", "a b", "a\nb", "*", "/models*/", "", "a,b", "{A}", "'"]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_cannot_end_its_own_quotes(value: str) -> None:
    with pytest.raises(StatementError, match=r"where\.target\.bucket\.name: .* is not allowed; allowed: letters, digits"):
        Condition("target.bucket.name", value)


@pytest.mark.parametrize("value", [*HOSTILE, "Upper", "-dash"])
def test_namespaces_and_service_accounts_are_kubernetes_names(value: str) -> None:
    with pytest.raises(StatementError, match=r"namespace: .* is not allowed; allowed: a Kubernetes namespace"):
        workload_statement(value, "trainer", CLUSTER, "read", "objects", location=HERE)
    with pytest.raises(StatementError, match=r"serviceAccount: .* is not allowed; allowed: a Kubernetes service account"):
        workload_statement("models", value, CLUSTER, "read", "objects", location=HERE)


@pytest.mark.parametrize("value", [*HOSTILE, "a/b/c", "Domain/x y"])
def test_a_dynamic_group_cannot_bring_a_second_subject(value: str) -> None:
    with pytest.raises(StatementError, match=r"dynamicGroup: .* is not allowed; allowed: an OCID, a name, or Domain/name"):
        dynamic_group(value)


@pytest.mark.parametrize(("parts", "message"), [
    ({"verb": "own", "resource": "objects"}, "verb: 'own' is not allowed; allowed: inspect, read, use, manage"),
    ({"verb": "read", "resource": "objects in tenancy"}, "resource: 'objects in tenancy' is not allowed"),
    ({"permissions": ("VCN_READ} in tenancy",)}, "permissions: .* is not allowed; allowed: permissions such as VCN_ATTACH"),
    ({"verb": "read"}, "statement: needs a verb and a resource, or permissions instead of both"),
    ({"verb": "read", "resource": "objects", "permissions": ("VCN_READ",)}, "needs a verb and a resource, or permissions"),
    ({}, "needs a verb and a resource, or permissions"),
])  # fmt: skip
def test_an_access_that_is_not_one_is_refused(parts: dict[str, object], message: str) -> None:
    with pytest.raises(StatementError, match=message):
        Statement(subject=ANY_USER, location=HERE, **parts)  # type: ignore[arg-type]


def test_a_location_is_the_ocid_of_a_compartment_or_tenancy() -> None:
    with pytest.raises(StatementError, match=r"compartmentId: 'platform' is not the OCID of a compartment or tenancy \(ocid1\."):
        Statement(subject=ANY_USER, verb="read", resource="objects", location="platform")


def test_an_ocid_of_another_kind_is_refused_by_name() -> None:
    with pytest.raises(StatementError, match=r"clusterId: 'ocid1\.vcn\..*' is not the OCID of a cluster"):
        workload_statement("models", "trainer", "ocid1.vcn.oc1..network01", "read", "objects", location=HERE)


@given(st.text(max_size=40))
def test_whatever_is_given_as_an_ocid_stays_one_word(text: str) -> None:
    try:
        accepted = ocid(f"ocid1.cluster.oc1..{text}", "cluster", path="id")
    except StatementError:
        return
    assert accepted.isascii()
    assert not set(accepted) & set(" '\"{},=\n\t/*")


def whoever(**where: str) -> Statement:
    names = {"kind": "type", "compartment_id": "compartment.id"}
    conditions = tuple(Condition(f"request.principal.{names.get(name, name)}", value) for name, value in where.items())
    return Statement(subject=ANY_USER, verb="use", resource="subnets", location=HERE, conditions=conditions)


@pytest.mark.parametrize(("statement", "reason"), [
    (Statement(subject=ANY_USER, verb="manage", resource="all-resources", location=HERE), "grants all resources"),
    (Statement(subject=service("lustrefs"), verb="use", resource="subnets", location=TENANCY), "reaches the whole tenancy"),
    (
        Statement(subject=dynamic_group("nodes"), permissions=("LOG_ANALYTICS_DISCOVERY_UPLOAD", "VCN_READ"), location=TENANCY),
        "reaches the whole tenancy",
    ),
    (Statement(subject=dynamic_group("nodes"), verb="manage", resource="cluster-family", location=HERE), "manages cluster-family"),
    (Statement(subject=Subject("any-group"), verb="use", resource="subnets", location=HERE), "lets any principal in"),
    (whoever(), "lets any principal in: request.principal.type is not said"),
    (whoever(kind="cluster"), "lets every cluster of the tenancy in"),
    (whoever(kind="nodepool"), "lets every nodepool of the tenancy in"),
    (whoever(kind="workload", namespace="models", service_account="trainer"), "lets workloads of any cluster in"),
    (whoever(kind="workload", cluster_id=CLUSTER, service_account="trainer"), "lets workloads of any namespace in"),
    (whoever(kind="workload", cluster_id=CLUSTER, namespace="models"), "lets workloads of any service account in"),
])  # fmt: skip
def test_what_lets_too_much_in_is_found(statement: Statement, reason: str) -> None:
    assert (broad(statement) or "").startswith(reason)


@pytest.mark.parametrize("statement", [
    whoever(kind="cluster", id=CLUSTER),
    whoever(kind="nodepool", compartment_id=HERE),
    whoever(kind="workload", cluster_id=CLUSTER, namespace="models", service_account="trainer"),
    Statement(subject=dynamic_group("nodes"), verb="read", resource="repos", location=HERE),
    Statement(subject=dynamic_group("nodes"), permissions=("LOG_ANALYTICS_DISCOVERY_UPLOAD",), location=TENANCY),
])  # fmt: skip
def test_what_names_its_principal_is_let_pass(statement: Statement) -> None:
    assert broad(statement) is None
