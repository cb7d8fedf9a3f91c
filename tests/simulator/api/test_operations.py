"""The table of operations is what the installed SDK says."""

import pytest

from simulator.api.operations import TABLE, parse, table
from tools.schema import oci_api


@pytest.mark.slow
def test_the_table_is_that_of_the_installed_sdk() -> None:
    assert TABLE.read_text(encoding="utf-8") == oci_api.text(), "run: python -m tools.schema.oci_api"


def test_what_is_named_goes_before_what_is_any() -> None:
    found = table().find("GET", "/20160918/compartments/bulkActionResourceTypes")
    assert found is not None
    assert (found[0].name, found[1]) == ("ListBulkActionResourceTypes", {})
    found = table().find("GET", "/20160918/compartments/ocid1.compartment.oc1..a%2Fb")
    assert found is not None
    assert found[1] == {"compartmentId": "ocid1.compartment.oc1..a/b"}


def test_words_of_the_table() -> None:
    read = parse("[str=A|B]!")
    assert (read.kind, read.required, read.item and read.item.values) == ("list", True, ("A", "B"))
    assert parse("{object}").item == parse("object")
    assert parse("#Vcn").model == "Vcn"
