"""Policies are declared in the home region, one after the other, and those that name the cluster wait for its OCID."""

from typing import Any

import pulumi
import pytest
from pulumi.runtime import set_mocks

from infra.oci import oci
from infra.oke.access.grants import Needs, plan
from infra.oke.access.identity import Identity, IdentityArgs
from infra.oke.access.statements import StatementError
from testkit.registrations import Sent

HERE = "ocid1.compartment.oc1..platform01"
TENANCY = "ocid1.tenancy.oc1..tenancy01"
CLUSTER = "ocid1.cluster.oc1.eu-frankfurt-1.cluster0001"
NEEDS = Needs(prefix="lab", compartment_id=HERE, rdma=True, registry_compartment_id=HERE, autoscaler=True, load_balancer_nsgs=True)


def home() -> oci.Provider:
    return oci.Provider("oci-home", region="eu-amsterdam-1")


def names(urns: Any) -> list[str]:
    return [urn.rsplit("::", 1)[1] for urn in urns]


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_the_first_part_makes_the_group_and_then_each_policy_in_its_turn(sent: Sent) -> pulumi.Output[None]:
    identity = Identity("identity", IdentityArgs(needs=NEEDS, tenancy_id=TENANCY, home=home()))

    def check(_: object) -> None:
        group = sent["identity-nodes"]
        assert dict(group.object) == {
            "compartmentId": TENANCY,
            "name": "lab-nodes",
            "description": "Worker nodes of lab",
            "matchingRule": f"ALL {{instance.compartment.id = '{HERE}'}}",
        }
        assert names(sent["identity-rdma"].dependencies) == ["identity-nodes"]
        assert names(sent["identity-image-pull"].dependencies) == ["identity-rdma"]
        assert "identity-autoscaler" not in sent

    return pulumi.Output.all(*[policy.urn for policy in identity.ready]).apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_the_second_part_goes_on_where_the_first_ended_and_names_the_cluster(sent: Sent) -> pulumi.Output[None]:
    provider = home()
    first = Identity("identity", IdentityArgs(needs=NEEDS, tenancy_id=TENANCY, home=provider))
    cluster_id = pulumi.Output.from_input(CLUSTER)
    second = Identity(
        "cluster-identity",
        IdentityArgs(needs=NEEDS, tenancy_id=TENANCY, home=provider, cluster_id=cluster_id, after=first.ready),
    )

    def check(_: object) -> None:
        autoscaler, balancers = sent["cluster-identity-autoscaler"], sent["cluster-identity-load-balancers"]
        assert autoscaler.object["statements"] == plan(NEEDS, CLUSTER)[0].texts
        assert balancers.object["statements"] == plan(NEEDS, CLUSTER)[1].texts
        assert set(names(autoscaler.dependencies)) == {"identity-rdma", "identity-image-pull"}
        assert names(balancers.dependencies) == ["cluster-identity-autoscaler"]
        assert "cluster-identity-nodes" not in sent

    return pulumi.Output.all(*[policy.urn for policy in second.ready]).apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_everything_goes_to_the_home_region_and_into_the_compartment_it_is_about(sent: Sent) -> pulumi.Output[None]:
    identity = Identity("identity", IdentityArgs(needs=NEEDS, tenancy_id=TENANCY, home=home(), cluster_id=CLUSTER))

    def check(_: object) -> None:
        made = sent.of("oci:Identity/policy:Policy")
        assert len(made) == 2
        assert all("::oci-home::" in request.provider for request in made)
        assert {request.object["compartmentId"] for request in made} == {HERE}

    return pulumi.Output.all(*[policy.urn for policy in identity.ready]).apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_a_preview_knows_which_policies_there_will_be_before_the_cluster_is(sent: Sent) -> None:
    set_mocks(sent.mocks, preview=True, monitor=sent)
    unknown: pulumi.Output[Any] = pulumi.Output.from_input(CLUSTER).apply(lambda _: pulumi.UNKNOWN)
    identity = Identity("identity", IdentityArgs(needs=NEEDS, tenancy_id=TENANCY, home=home(), cluster_id=unknown))
    assert len(identity.ready) == 2


def test_a_grant_that_cannot_be_is_refused_before_anything_is_made(sent: Sent) -> None:
    needs = Needs(prefix="lab", compartment_id=TENANCY)
    with pytest.raises(StatementError, match="compartmentId: is the tenancy's root"):
        Identity("identity", IdentityArgs(needs=needs, tenancy_id=TENANCY, home=home()))
    assert "identity" not in sent


LOGS = Needs(prefix="lab", compartment_id=HERE, native_pods=False, logs_tenancy_id=TENANCY)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_rights_to_put_logs_wait_for_the_group_and_hold_no_cluster_up(sent: Sent) -> pulumi.Output[None]:
    provider = home()
    first = Identity("identity", IdentityArgs(needs=LOGS, tenancy_id=TENANCY, home=provider))
    second = Identity("cluster-identity", IdentityArgs(needs=LOGS, tenancy_id=TENANCY, home=provider, cluster_id=CLUSTER, after=first.made))
    assert first.ready == ()

    def check(_: object) -> None:
        here, tenancy = sent["cluster-identity-logs"], sent["cluster-identity-logs-tenancy"]
        assert names(here.dependencies) == ["identity-nodes"]
        assert names(tenancy.dependencies) == ["cluster-identity-logs"]
        assert (here.object["compartmentId"], tenancy.object["compartmentId"]) == (HERE, TENANCY)

    return pulumi.Output.all(*[policy.urn for policy in second.ready]).apply(check)
