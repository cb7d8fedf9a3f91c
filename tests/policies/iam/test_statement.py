"""A statement is read whole, in every way of writing it, and anything that is more than one plain statement is not read at all."""

import pytest

from policies.iam.statement import UnreadableStatement, parse

PLAIN = "Allow group engineers to use clusters in compartment gpu"


def test_what_a_statement_says() -> None:
    statement = parse(
        "Allow any-user to use keys in compartment id ocid1.compartment.oc1..a where ALL {request.principal.type = 'workload', "
        "request.principal.namespace = 'ml', target.key.id != 'ocid1.key.oc1..b'}"
    )
    assert (statement.effect, statement.subject, statement.names) == ("allow", "any-user", ())
    assert (statement.verb, statement.resource, statement.permissions) == ("use", "keys", ())
    assert statement.compartment == "ocid1.compartment.oc1..a"
    assert dict(statement.facts) == {"request.principal.type": "workload", "request.principal.namespace": "ml"}
    assert not statement.either


@pytest.mark.parametrize(
    "text",
    [
        "ALLOW GROUP engineers TO USE clusters IN COMPARTMENT gpu",
        "allow  group\tengineers to use\nclusters in compartment gpu  ",
        "Allow group 'engineers' to use clusters in compartment 'gpu'",
        'Allow group "engineers" to use CLUSTERS in compartment id gpu',
    ],
)
def test_a_statement_is_the_same_however_it_is_written(text: str) -> None:
    assert parse(text) == parse(PLAIN)


def test_groups_and_permissions_come_in_lists() -> None:
    statement = parse("Allow group id ocid1.group.oc1..a, 'People/data science' to {vcn_read, VCN_ATTACH} in tenancy")
    assert statement.names == ("ocid1.group.oc1..a", "People/data science")
    assert statement.permissions == ("VCN_READ", "VCN_ATTACH")
    assert statement.access == "{VCN_READ, VCN_ATTACH}"
    assert statement.compartment is None


@pytest.mark.parametrize("place", ["tenancy", "TENANCY", "compartment id ocid1.tenancy.oc1..a", "compartment OCID1.TENANCY.oc1..a"])
def test_the_tenancy_is_the_tenancy_under_each_of_its_names(place: str) -> None:
    assert parse(f"Allow group a to use clusters in {place}").compartment is None


@pytest.mark.parametrize(
    ("where", "facts", "either"),
    [
        ("request.region = 'fra'", {"request.region": "fra"}, False),
        ("all {request.region = 'fra', target.bucket.name = \"models\"}", {"request.region": "fra", "target.bucket.name": "models"}, False),
        ("any {request.region = 'fra', request.region = 'iad'}", {}, True),
        ("ANY {request.region = 'fra'}", {}, True),
        ("all {target.bucket.name = 'a', any {request.region = 'fra', request.region = 'iad'}}", {"target.bucket.name": "a"}, True),
        ("all {target.bucket.name = /models-*/, request.region = 'fra'}", {"request.region": "fra"}, False),
        ("target.bucket.name = request.principal.name", {}, False),
        ("request.region != 'fra'", {}, False),
        ("request.utc-timestamp before '2026-12-01T18:00:00Z'", {}, False),
    ],
)
def test_only_what_every_request_has_in_common_is_a_fact(where: str, facts: dict[str, str], either: bool) -> None:
    statement = parse(f"{PLAIN} where {where}")
    assert dict(statement.facts) == facts
    assert statement.either is either


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ends before it says"),
        ("Allow group a to use", "ends before it says"),
        ("Endorse group a to use clusters in any-tenancy", "is of the kind endorse, which reaches other tenancies"),
        ("admit group a of tenancy b to use clusters in tenancy", "is of the kind admit"),
        ("Define tenancy b as ocid1.tenancy.oc1..b", "is of the kind define"),
        ("Grant group a to use clusters in tenancy", "does not begin with Allow or Deny"),
        (f"{PLAIN} Allow group b to manage all-resources in tenancy", "has 'Allow' where 'where' belongs"),
        (f"{PLAIN} where request.region = 'fra' allow any-user to use keys in tenancy", "goes on after its end with 'allow any-user"),
        (f"{PLAIN}; Allow group b to manage all-resources in tenancy", "cannot be read from ';"),
        (f"{PLAIN} // all of it", "has '//' where 'where' belongs"),
        (f"/* */ {PLAIN}", "does not begin with Allow or Deny"),
        (f"{PLAIN} # why", "cannot be read from '# why'"),
        ("Allow group a, any-user to use clusters in tenancy", "has 'any-user' where a name belongs"),
        ("Allow everybody to use clusters in tenancy", "is for 'everybody'"),
        ("Allow group a to own clusters in tenancy", "grants by 'own'; verbs are inspect, read, use, manage"),
        ("Allow group a to use 'clusters' in tenancy", "where a resource type belongs"),
        ("Allow group a to {} in tenancy", "has '}' where a permission belongs"),
        ("Allow group a to {A B} in tenancy", "has 'B' where , or } belongs"),
        ("Allow group a to use clusters in region fra", "is in 'region'"),
        ("Allow group a to use clusters on compartment fra", "has 'on' where 'in' belongs"),
        ("Allow group a to use clusters in compartment a*b", "where a compartment belongs"),
        (f"{PLAIN} where all {{request.region = 'fra', request.region = 'iad'}}", "asks for two values of request.region at once"),
        (f"{PLAIN} where all {{region = 'fra'}}", "where a variable such as"),
        (f"{PLAIN} where request.region > 'fra'", "cannot be read from"),
        (f"{PLAIN} where request.region 'fra'", "where = or != belongs"),
        (f"{PLAIN} where request.region before 'fra'", "where = or != belongs"),
        (f"{PLAIN} where request.region = ''", "which is no single value"),
        (f"{PLAIN} where request.region = 'f*'", "which is no single value"),
        (f"{PLAIN} where request.region = 'fra", "cannot be read from"),
        (f"{PLAIN} where {'all {' * 6}request.region = 'fra'{'}' * 6}", "nests its conditions too deep"),
    ],
)
def test_what_is_no_single_plain_statement_is_not_read(text: str, said: str) -> None:
    with pytest.raises(UnreadableStatement) as unreadable:
        parse(text)
    assert said in str(unreadable.value)
