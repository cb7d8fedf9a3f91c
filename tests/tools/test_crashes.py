"""The table of what was killed. The kills themselves: tests/rehearsal/test_crashes.py."""

import json

from tools.crashes import Kill, Row, row, table

VCN = Kill(type="oci:Core/vcn:Vcn", heard=True)
RULE = Kill(type="oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule", heard=True)
ROWS = [
    Row(operation="up", kill=VCN, looked=False, back="yes"),
    Row(operation="up", kill=Kill(type="oci:Core/subnet:Subnet", heard=True), looked=False, back="yes"),
    Row(operation="up", kill=RULE, looked=True, back="yes"),
    Row(operation="destroy", kill=Kill(type=VCN.type, heard=False), looked=False, back="it failed"),
]


def test_types_that_came_out_alike_are_one_row_and_a_failure_is_in_the_count() -> None:
    assert table(ROWS).splitlines()[0].startswith("**After 3 of 4 kills the same command went through.**")
    assert table(ROWS).splitlines()[4:] == [
        "| up | done it | 2: Subnet, Vcn | was found, or there was none | yes |",
        "| up | done it | 1: NetworkSecurityGroupSecurityRule | was looked up, and given with `--made` | yes |",
        "| destroy | never been asked | 1: Vcn | was found, or there was none | it failed |",
    ]


def test_a_row_is_read_as_it_was_written() -> None:
    assert [row(json.loads(json.dumps(each.to_json()))) for each in ROWS] == ROWS
