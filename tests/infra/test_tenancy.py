"""What is the tenancy's root, and what is a compartment in it."""

import pytest

from infra.tenancy import is_tenancy


@pytest.mark.parametrize(
    ("ocid", "root"),
    [
        ("ocid1.tenancy.oc1..a", True),
        ("OCID1.TENANCY.oc1..a", True),
        ("ocid1.compartment.oc1..a", False),
        ("ocid1.tenancyish.oc1..a", False),
        ("platform", False),
        ("", False),
    ],
)
def test_the_kind_of_an_ocid_says_whether_it_is_the_root(ocid: str, *, root: bool) -> None:
    assert is_tenancy(ocid) is root
