"""What is asked of `oci search`, and what is made of its answer, by a program that stands in for it."""

import json
import sys
from pathlib import Path

import pytest

from platformctl.errors import Refused
from platformctl.state.identities import Found
from platformctl.state.searching import read, search

ANSWER = {
    "data": {
        "items": [
            {
                "availability-domain": None,
                "compartment-id": "ocid1.compartment.oc1..a",
                "display-name": "gpu-dev",
                "freeform-tags": {"platform": "gpu-dev"},
                "identifier": "ocid1.vcn.oc1..a",
                "lifecycle-state": "AVAILABLE",
                "resource-type": "Vcn",
            },
            {"compartment-id": None, "display-name": None, "freeform-tags": None, "identifier": "x", "lifecycle-state": None},
        ]
    },
    "opc-next-page": None,
}
"""The fields that the command reference of `oci search resource structured-search` names."""


def oci(folder: Path, script: str) -> dict[str, str]:
    program = folder / "oci"
    program.write_text(f"#!{sys.executable}\nimport json, sys\n{script}\n")
    program.chmod(0o755)
    return {"PATH": str(folder)}


def test_the_answer_is_read() -> None:
    first, second = read(json.dumps(ANSWER))
    assert first == Found(
        ident="ocid1.vcn.oc1..a", name="gpu-dev", compartment="ocid1.compartment.oc1..a", state="AVAILABLE", tags={"platform": "gpu-dev"}
    )
    assert second == Found(ident="x", name="", compartment="", state="", tags={})


def test_it_is_asked_in_the_region_of_the_resource(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    environment = oci(tmp_path, f"open({str(asked)!r}, 'w').write(json.dumps(sys.argv[1:])); print({json.dumps(ANSWER)!r})")
    assert [found.ident for found in search("gpu-dev", environment, "eu-frankfurt-1")] == ["ocid1.vcn.oc1..a", "x"]
    text = "query all resources where displayName = 'gpu-dev'"
    words = ["search", "resource", "structured-search", "--query-text", text, "--output", "json", "--region", "eu-frankfurt-1"]
    assert json.loads(asked.read_text()) == words


def test_without_the_program_nothing_is_found(tmp_path: Path) -> None:
    assert search("gpu-dev", {"PATH": str(tmp_path)}, "") == ()


def test_nothing_printed_is_nothing_found(tmp_path: Path) -> None:
    assert search("gpu-dev", oci(tmp_path, ""), "") == ()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("sys.exit('ServiceError: NotAuthenticated')", "NotAuthenticated"),
        ("print('{')", "answered something else"),
        ("print('[]')", "answered something else"),
        ("print(json.dumps({'data': {'items': [{}]}}))", "KeyError: 'identifier'"),
    ],
)
def test_an_answer_that_is_none_is_refused_and_not_taken_for_nothing(tmp_path: Path, script: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        search("gpu-dev", oci(tmp_path, script), "")


def test_a_name_that_would_end_the_query_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be searched for"):
        search("it's", oci(tmp_path, ""), "")
