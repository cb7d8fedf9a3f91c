"""Wrong inputs are refused with their path, and with what is allowed."""

from typing import TYPE_CHECKING, Any

import pytest

from simulator.wire import SIGNATURE, UNKNOWN

if TYPE_CHECKING:
    from tests.simulator.conftest import Cloud

VCN = "oci:Core/vcn:Vcn"
CLUSTER = "oci:ContainerEngine/cluster:Cluster"
POOL = "oci:ContainerEngine/nodePool:NodePool"


def pool(**changes: Any) -> dict[str, Any]:
    return {"compartmentId": "c", "clusterId": "k", "name": "p", "nodeShape": "VM.GPU.A10.1", **changes}


def test_right_inputs_are_not_refused(oci: "Cloud") -> None:
    assert oci.refusals(VCN, compartmentId="c", cidrBlocks=["10.0.0.0/16"]) == []


def test_an_unknown_property_is_named_with_the_one_that_was_meant(oci: "Cloud") -> None:
    (refusal,) = oci.refusals(VCN, compartmentId="c", cidrBlok="10.0.0.0/16")
    assert refusal.startswith("cidrBlok: is not a property here; did you mean cidrBlock? Allowed: byoipv6cidrDetails, ")


def test_a_property_far_from_any_gets_the_list_alone(oci: "Cloud") -> None:
    (refusal,) = oci.refusals("oci:Core/drg:Drg", compartmentId="c", zzz=1)
    assert refusal == "zzz: is not a property here; Allowed: compartmentId, definedTags, displayName, freeformTags"


def test_a_missing_property_is_named(oci: "Cloud") -> None:
    assert oci.refusals(VCN) == ["compartmentId: is required and was not given"]


def test_nested_mistakes_have_their_whole_path(oci: "Cloud") -> None:
    details = {"size": "3", "placementConfigs": [{"availabilityDomain": "a", "subnetId": "s"}, {"availabilityDomain": "a", "subnet": "s"}]}
    refusals = oci.refusals(POOL, **pool(nodeConfigDetails=details))
    assert refusals[0] == "nodeConfigDetails.size: must be a whole number, not the string '3'"
    assert refusals[1].startswith("nodeConfigDetails.placementConfigs[1].subnet: is not a property here; did you mean subnetId?")
    assert refusals[2] == "nodeConfigDetails.placementConfigs[1].subnetId: is required and was not given"


@pytest.mark.parametrize(
    ("inputs", "refusal"),
    [
        ({"displayName": 5}, "displayName: must be a string, not the number 5"),
        ({"displayName": True}, "displayName: must be a string, not true (true or false)"),
        ({"isIpv6enabled": "true"}, "isIpv6enabled: must be true or false, not the string 'true'"),
        ({"cidrBlocks": "10.0.0.0/16"}, "cidrBlocks: must be a list, not the string '10.0.0.0/16'"),
        ({"cidrBlocks": [1]}, "cidrBlocks[0]: must be a string, not the number 1"),
        ({"freeformTags": ["a"]}, "freeformTags: must be a map, not a list of 1"),
        ({"freeformTags": {"a.b": 1}}, 'freeformTags["a.b"]: must be a string, not the number 1'),
        ({"byoipv6cidrDetails": [{"x": 1}]}, None),
    ],
)
def test_a_value_of_the_wrong_type_is_described(oci: "Cloud", inputs: dict[str, Any], refusal: str | None) -> None:
    refusals = oci.refusals(VCN, compartmentId="c", **inputs)
    assert refusals == [refusal] if refusal else refusals


def test_a_whole_number_is_not_a_flag_nor_a_fraction(oci: "Cloud") -> None:
    assert oci.refusals(POOL, **pool(quantityPerSubnet=True)) == ["quantityPerSubnet: must be a whole number, not true (true or false)"]
    assert oci.refusals(POOL, **pool(quantityPerSubnet=1.5)) == ["quantityPerSubnet: must be a whole number, not the number 1.5"]
    assert oci.refusals(POOL, **pool(nodeShapeConfig={"ocpus": 1.5, "memoryInGbs": 16})) == []


def test_accepted_values_are_compared_ignoring_case(oci: "Cloud") -> None:
    given = {"compartmentId": "c", "kubernetesVersion": "v1.35.2", "vcnId": "v"}
    assert oci.refusals(CLUSTER, **given, type="enhanced_cluster") == []
    assert oci.refusals(CLUSTER, **given, type="HUGE") == ["type: is 'HUGE', allowed: BASIC_CLUSTER, ENHANCED_CLUSTER"]


def test_properties_that_exclude_each_other_are_refused_once(oci: "Cloud") -> None:
    details = {"size": 0, "placementConfigs": [{"availabilityDomain": "a", "subnetId": "s"}]}
    refusals = oci.refusals(POOL, **pool(nodeConfigDetails=details, subnetIds=["s"], quantityPerSubnet=1))
    assert refusals == [
        "nodeConfigDetails: cannot be given together with quantityPerSubnet: keep one of them",
        "nodeConfigDetails: cannot be given together with subnetIds: keep one of them",
    ]


def test_lists_have_their_bounds(oci: "Cloud") -> None:
    refusals = oci.refusals("oci:Core/subnet:Subnet", compartmentId="c", vcnId="v", securityListIds=list("abcdef"))
    assert refusals == ["securityListIds: has 6 elements, at most 5 are allowed"]


@pytest.mark.parametrize("name", ["compartmentId", "cidrBlocks", "isIpv6enabled", "freeformTags"])
def test_what_is_not_known_yet_is_not_wrong(oci: "Cloud", name: str) -> None:
    assert oci.refusals(VCN, **{"compartmentId": "c", name: UNKNOWN}) == []


def test_every_mistake_is_said_at_once(oci: "Cloud") -> None:
    assert len(oci.refusals(VCN, displayName=1, dnsLabel=2, nothing=3)) == 4


def test_a_name_is_made_once_and_kept(oci: "Cloud") -> None:
    given: dict[str, Any] = {"compartmentId": "c", "kubernetesVersion": "v1.35.2", "vcnId": "v"}
    first = oci.check(CLUSTER, "gpu", **given).inputs
    assert first["name"].startswith("gpu-")
    assert len(first["name"]) == len("gpu-") + 7
    assert oci.check(CLUSTER, "gpu", olds=first, **given).inputs["name"] == first["name"]
    assert oci.check(CLUSTER, "gpu", **given, name="mine").inputs == {**given, "name": "mine"}


def test_a_type_without_facts_is_refused_by_name_and_says_where_they_go(oci: "Cloud", kubernetes: "Cloud", random: "Cloud") -> None:
    assert oci.refusals("oci:Nosql/table:Table") == [
        "the simulator has no facts of oci:Nosql/table:Table; add them to simulator/oci/schema.json (see simulator/README.md)"
    ]
    assert "the simulator has no facts of kubernetes:core/v1:Node; add its kind to tools/schema" in kubernetes.refusals(
        "kubernetes:core/v1:Node"
    )[0]  # fmt: skip
    assert random.refusals("random:index/randomShuffle:RandomShuffle")[0].startswith("the simulator has no random:index/randomShuffle")


@pytest.mark.parametrize(
    ("inputs", "refusals"),
    [
        ({"region": "eu-frankfurt-1", "auth": "apikey", "ignoreDefinedTags": '["Oracle-Tags.CreatedBy"]'}, []),
        ({"region": UNKNOWN}, []),
        ({"auth": "Password"}, ["auth: is 'Password', allowed: ApiKey, InstancePrincipal"]),
        ({"regoin": "x"}, ["regoin: is not a property here; did you mean region?"]),
        ({"region": "eu-frankfurt"}, ["region: is 'eu-frankfurt'; regions the simulator knows: af-casablanca-1,"]),
        ({"disableAutoRetries": '"yes"'}, ["disableAutoRetries: must be true or false, not the string 'yes'"]),
        ({"ignoreDefinedTags": "[1]"}, ["ignoreDefinedTags[0]: must be a string, not the number 1"]),
    ],
)
def test_the_provider_itself_is_checked(oci: "Cloud", inputs: dict[str, Any], refusals: list[str]) -> None:
    found = [str(failure) for failure in oci.provider.check_config(inputs).failures]
    assert [text[: len(start)] for text, start in zip(found, refusals, strict=True)] == refusals


def test_a_chart_may_come_with_files_of_values(kubernetes: "Cloud") -> None:
    release = "kubernetes:helm.sh/v3:Release"
    asset = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": "a: 1"}
    assert kubernetes.refusals(release, chart="kueue", valueYamlFiles=[asset]) == []
    assert kubernetes.refusals(release, chart="kueue", valueYamlFiles=["a: 1"]) == [
        "valueYamlFiles[0]: must be an asset or archive, not the string 'a: 1'"
    ]
