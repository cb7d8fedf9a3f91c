"""Which id a resource has that was being created when the engine was killed."""

from typing import Any

import pytest

from platformctl.state.identities import Found, is_local, made_of, searched
from platformctl.state.pending import Pending

COMPARTMENT = "ocid1.compartment.oc1..platform"
TAGS = {"platform": "gpu-dev", "managed-by": "oke-gpu-platform"}


def creating(type_: str, **inputs: Any) -> Pending:
    return Pending(urn=f"urn:pulumi:dev::project::platform:oke:Network${type_}::it", what="creating", inputs=inputs)


def vcn(**fields: Any) -> Found:
    known = {
        "ident": "ocid1.vcn.oc1..a",
        "name": "gpu-dev",
        "compartment": COMPARTMENT,
        "state": "AVAILABLE",
        "tags": {**TAGS, "more": "x"},
    }
    return Found(**{**known, **fields})


VCN = creating("oci:Core/vcn:Vcn", displayName="gpu-dev", compartmentId=COMPARTMENT, freeformTags=TAGS)


@pytest.mark.parametrize(
    ("pending", "ident"),
    [
        (creating("oci:ObjectStorage/bucket:Bucket", namespace="ax", name="gpu-dev-models"), "n/ax/b/gpu-dev-models"),
        (creating("oci:ContainerEngine/addon:Addon", clusterId="ocid1.cluster.a", addonName="DNS"), "clusters/ocid1.cluster.a/addons/DNS"),
        (creating("kubernetes:helm.sh/v3:Release", namespace="keda", name="keda"), "keda/keda"),
        (creating("kubernetes:core/v1:ConfigMap", metadata={"namespace": "monitoring", "name": "gpus"}), "monitoring/gpus"),
        (creating("kubernetes:core/v1:Namespace", metadata={"name": "keda"}), "keda"),
        (creating("kubernetes:core/v1:ConfigMap", metadata={"generateName": "gpus-"}), ""),
        (creating("kubernetes:helm.sh/v3:Release", namespace="keda"), ""),
        (creating("oci:ContainerEngine/addon:Addon", clusterId={"4dabf18193072939515e22adb298388d": "secret"}, addonName="CoreDNS"), ""),
        (VCN, ""),
    ],
)  # fmt: skip
def test_an_id_that_is_made_of_what_the_resource_is(pending: Pending, ident: str) -> None:
    assert made_of(pending) == ident


def test_what_its_provider_makes_alone_is_nowhere_else() -> None:
    assert is_local(creating("random:index/randomPassword:RandomPassword"))
    assert not is_local(VCN)


def test_the_one_of_its_name_kind_compartment_and_tags_is_found() -> None:
    asked: list[str] = []

    def search(name: str) -> list[Found]:
        asked.append(name)
        return [
            vcn(),
            vcn(ident="ocid1.vcn.oc1..other", name="gpu-dev-2"),
            vcn(ident="ocid1.subnet.oc1..a"),
            vcn(ident="ocid1.vcn.oc1..b", compartment="ocid1.compartment.oc1..other"),
            vcn(ident="ocid1.vcn.oc1..c", state="Terminated"),
            vcn(ident="ocid1.vcn.oc1..d", tags={"platform": "gpu-prod"}),
            vcn(ident="ocid1.vcn.oc1..e"),
        ]

    assert searched(VCN, search, known={"ocid1.vcn.oc1..e"}) == "ocid1.vcn.oc1..a"
    assert asked == ["gpu-dev"]


@pytest.mark.parametrize("found", [[], [vcn(), vcn(ident="ocid1.vcn.oc1..b")]])
def test_none_or_several_are_no_answer(found: list[Found]) -> None:
    assert searched(VCN, lambda name: found, known=()) == ""


@pytest.mark.parametrize(
    "pending",
    [
        creating("oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule"),
        creating("kubernetes:core/v1:Secret", name="gpu-dev"),
    ],
)
def test_what_has_no_name_in_oracles_cloud_is_not_searched_for(pending: Pending) -> None:
    def search(name: str) -> list[Found]:
        raise AssertionError(name)

    assert searched(pending, search, known=()) == ""


def test_a_lustre_file_system_is_found_by_what_its_ocid_calls_it() -> None:
    pending = creating("oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem", displayName="l", compartmentId=COMPARTMENT)
    found = vcn(ident="ocid1.lustrefilesystem.oc1.eu-frankfurt-1.a", name="l")
    assert searched(pending, lambda name: [found], known=()) == found.ident
