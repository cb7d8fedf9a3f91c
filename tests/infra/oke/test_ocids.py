"""An OCID of another realm or region is refused where it is written."""

from typing import Any

import pytest

from infra.oke.ocids import problems

TENANCY = "ocid1.tenancy.oc1..a"


def reported(section: dict[str, Any], region: str = "eu-frankfurt-1", tenancy: str = TENANCY) -> list[str]:
    return [str(problem) for problem in problems(section, region, tenancy)]


@pytest.mark.parametrize("name", ["eu-frankfurt-1", "fra"])
def test_a_region_goes_by_its_name_and_by_its_key(name: str) -> None:
    assert (
        reported({"network": {"vcnId": f"ocid1.vcn.oc1.{name}.a"}, "compartmentId": "ocid1.compartment.oc1..a", "tenancyId": TENANCY}) == []
    )


def test_what_is_elsewhere_is_named_with_its_place() -> None:
    pools = {"a": {"image": {"id": "ocid1.image.oc1.iad.a"}}, "b": {"capacityReservationId": "ocid1.capacityreservation.oc1.uk-london-1.a"}}
    assert reported({"nodePools": pools, "keys": ["ocid1.key.oc2.fra.a"]}) == [
        "nodePools.a.image.id: is of the region us-ashburn-1, but the cluster is in eu-frankfurt-1; use one of eu-frankfurt-1",
        "nodePools.b.capacityReservationId: is of the region uk-london-1, but the cluster is in eu-frankfurt-1; use one of eu-frankfurt-1",
        "keys.0: is of the realm oc2, but the tenancy is of oc1; use one of the tenancy's own",
    ]


def test_a_tenancy_of_another_realm_is_reported_once() -> None:
    found = reported({"vcnId": "ocid1.vcn.oc2.fra.a"}, tenancy="ocid1.tenancy.oc2..a")
    assert found == ["tenancyId: is of the realm oc2, but eu-frankfurt-1 is a region of oc1; one of the two is another's"]


def test_of_a_region_that_is_not_known_nothing_is_said_but_its_realm() -> None:
    assert reported({"vcnId": "ocid1.vcn.oc1.fra.a"}, region="mars-1") == []


def test_text_of_labels_is_nobodys_business() -> None:
    assert reported({"nodePools": {"a": {"labels": {"image": "ocid1.image.oc2.iad.a"}}}}) == []
