"""What a change does to what exists: the cloud refuses the same in a preview as when it is asked to do it."""

from typing import TYPE_CHECKING, Any

import pytest

from simulator.errors import CloudError
from simulator.facts import Fields, TypeFacts
from simulator.oci import changes
from simulator.oci.changes import RULES
from simulator.oci.provider import SCHEMA
from simulator.provider import Live
from simulator.wire import UNKNOWN

if TYPE_CHECKING:
    from tests.simulator.conftest import Cloud, Site

VCN = "oci:Core/vcn:Vcn"
SUBNET = "oci:Core/subnet:Subnet"
CLUSTER = "oci:ContainerEngine/cluster:Cluster"
POOL = "oci:ContainerEngine/nodePool:NodePool"
BUCKET = "oci:ObjectStorage/bucket:Bucket"
LUSTRE = "oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem"

BOOT_VOLUMES = {"isNodeCyclingEnabled": True, "cycleModes": ["BOOT_VOLUME_REPLACE"]}
INSTANCES = {"isNodeCyclingEnabled": True, "cycleModes": ["INSTANCE_REPLACE"]}
FLEX = {"nodeShape": "VM.Standard.E5.Flex", "nodeShapeConfig": {"ocpus": 2, "memoryInGbs": 16}}


def facts_of(token: str) -> TypeFacts:
    found: TypeFacts | None = SCHEMA.get(token)
    assert found is not None
    return found


def foreseen(cloud: "Cloud", token: str, live: Live, inputs: dict[str, Any]) -> str | None:
    """What a preview says, which is what the update says then."""
    said: str | None = None
    try:
        cloud.provider.foresee(cloud.config, cloud.resource(token, "it", live.id), inputs, live.inputs)
    except CloudError as refusal:
        said = str(refusal)
    if said is None:
        cloud.update(token, live, **inputs)
    else:
        with pytest.raises(CloudError) as refused:
            cloud.update(token, live, **inputs)
        assert str(refused.value) == said
    return said


def pool(site: "Site", **changes: Any) -> Live:
    return site.cloud.create(POOL, "it", **site.pool("it", **{**FLEX, **changes}))


def node_pool(site: "Site", before: dict[str, Any], after: dict[str, Any]) -> str | None:
    live = pool(site, **before)
    return foreseen(site.cloud, POOL, live, {**live.inputs, **after})


@pytest.mark.parametrize(
    ("version", "refusal"),
    [
        ("v1.36.1", None),
        ("v1.34.2", "400-InvalidParameter, kubernetesVersion cannot go back from v1.35.2 to v1.34.2"),
        ("v1.33.1", "400-InvalidParameter, kubernetesVersion cannot go back from v1.35.2 to v1.33.1"),
    ],
)
def test_a_version_is_judged_in_the_preview(site: "Site", version: str, refusal: str | None) -> None:
    assert foreseen(site.cloud, CLUSTER, site.cluster, {**site.cluster.inputs, "kubernetesVersion": version}) == refusal


def test_a_skipped_minor_is_judged_in_the_preview(site: "Site") -> None:
    cluster = site.cloud.create(CLUSTER, "older", **{**site.cluster.inputs, "name": "older", "kubernetesVersion": "v1.33.1"})
    said = foreseen(site.cloud, CLUSTER, cluster, {**cluster.inputs, "kubernetesVersion": "v1.35.2"})
    assert said == "400-InvalidParameter, kubernetesVersion can go up one minor version at a time: from v1.33.1 not to v1.35.2"


def test_all_that_is_refused_of_a_resource_is_said_at_once(site: "Site") -> None:
    said = foreseen(site.cloud, CLUSTER, site.cluster, {**site.cluster.inputs, "kubernetesVersion": "v1.34.2", "type": "BASIC_CLUSTER"})
    assert said is not None
    assert said.count("cannot") == 2


def test_what_is_not_known_yet_is_not_judged(site: "Site") -> None:
    inputs = {**site.cluster.inputs, "kubernetesVersion": UNKNOWN}
    site.cloud.provider.foresee(site.cloud.config, site.cloud.resource(CLUSTER, "it", site.cluster.id), inputs, site.cluster.inputs)


# Cycling


@pytest.mark.parametrize(
    "after",
    [
        {"kubernetesVersion": "v1.34.2"},
        {"nodeMetadata": {"kubelet-extra-args": "--register-with-taints=a=b:NoSchedule"}},
        {"sshPublicKey": "ssh-ed25519 AAAA"},
        {"nodeSourceDetails": {"sourceType": "IMAGE", "imageId": "ocid1.image.oc1..mine", "bootVolumeSizeInGbs": "200"}},
        {"name": "other", "freeformTags": {"team": "ml"}},
        {"nodeEvictionNodePoolSettings": {"evictionGraceDuration": "PT10M"}},
    ],
)
def test_boot_volumes_carry_what_oracle_lists_and_what_is_the_pools_own(site: "Site", after: dict[str, Any]) -> None:
    assert node_pool(site, {"nodePoolCyclingDetails": BOOT_VOLUMES}, after) is None


def test_the_key_of_the_disks_and_the_size_of_the_pool_are_carried(site: "Site") -> None:
    live = pool(site, nodePoolCyclingDetails=BOOT_VOLUMES)
    details = {**live.inputs["nodeConfigDetails"], "size": 2, "kmsKeyId": "ocid1.key.oc1.eu-frankfurt-1.a.b"}
    assert foreseen(site.cloud, POOL, live, {**live.inputs, "nodeConfigDetails": details}) is None


NOT_CARRIED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("initialNodeLabels", {"initialNodeLabels": [{"key": "team", "value": "ml"}]}),
    ("nodeShapeConfig", {"nodeShapeConfig": {"ocpus": 4, "memoryInGbs": 32}}),
    ("nodeShape", {"nodeShape": "VM.Standard.A1.Flex"}),
    ("secondaryVnics", {"secondaryVnics": [{"createVnicDetails": {}}]}),
)


@pytest.mark.parametrize(("named", "after"), NOT_CARRIED)
def test_boot_volumes_carry_nothing_else(site: "Site", named: str, after: dict[str, Any]) -> None:
    said = node_pool(site, {"nodePoolCyclingDetails": BOOT_VOLUMES}, after)
    assert said is not None
    assert said.startswith(f"400-InvalidParameter, cycling with BOOT_VOLUME_REPLACE cannot bring a change of {named} to the nodes of")
    assert said.endswith("Cycle with INSTANCE_REPLACE for this change, or turn cycling off, so that only new nodes get it")


@pytest.mark.parametrize("how", [INSTANCES, {"isNodeCyclingEnabled": True}, {"isNodeCyclingEnabled": False}])
@pytest.mark.parametrize(("named", "after"), NOT_CARRIED)
def test_new_instances_and_new_nodes_carry_everything(site: "Site", named: str, after: dict[str, Any], how: dict[str, Any]) -> None:
    assert node_pool(site, {"nodePoolCyclingDetails": BOOT_VOLUMES}, {**after, "nodePoolCyclingDetails": how}) is None, named


def test_groups_of_nodes_and_encryption_need_new_instances(site: "Site") -> None:
    live = pool(site, nodePoolCyclingDetails=BOOT_VOLUMES)
    details = {**live.inputs["nodeConfigDetails"], "isPvEncryptionInTransitEnabled": True, "freeformTags": {"team": "ml"}}
    said = foreseen(site.cloud, POOL, live, {**live.inputs, "nodeConfigDetails": details})
    assert said is not None
    assert "a change of nodeConfigDetails.isPvEncryptionInTransitEnabled, nodeConfigDetails.freeformTags to the nodes" in said


@pytest.mark.parametrize(("how", "refused"), [(BOOT_VOLUMES, True), (INSTANCES, True), ({"isNodeCyclingEnabled": False}, False)])
def test_nodes_are_not_cycled_and_placed_anew_in_one_update(site: "Site", how: dict[str, Any], refused: bool) -> None:
    live = pool(site, nodePoolCyclingDetails=how)
    second = {"availabilityDomain": "Uocm:EU-FRANKFURT-1-AD-2", "subnetId": site.subnet.id}
    placed = {"size": 1, "placementConfigs": [*live.inputs["nodeConfigDetails"]["placementConfigs"], second]}
    said = foreseen(site.cloud, POOL, live, {**live.inputs, "nodeConfigDetails": placed})
    assert (said is not None and "Cannot perform nodepool cycling and nodepool Placement Configuration change" in said) is refused


@pytest.mark.parametrize(("size", "how", "refused"), [("100", BOOT_VOLUMES, True), ("100", INSTANCES, False), ("300", BOOT_VOLUMES, False)])
def test_a_boot_volume_is_not_replaced_by_a_smaller_one(site: "Site", size: str, how: dict[str, Any], refused: bool) -> None:
    source = {"sourceType": "IMAGE", "imageId": "ocid1.image.oc1..mine", "bootVolumeSizeInGbs": "200"}
    after = {"nodeSourceDetails": {**source, "bootVolumeSizeInGbs": size}}
    said = node_pool(site, {"nodePoolCyclingDetails": how, "nodeSourceDetails": source}, after)
    assert (said is not None and "cannot go from 200 to 100 with BOOT_VOLUME_REPLACE" in said) is refused


# Networks and stores


def test_a_network_keeps_the_blocks_that_its_subnets_are_in(site: "Site") -> None:
    said = foreseen(site.cloud, VCN, site.vcn, {**site.vcn.inputs, "cidrBlocks": ["10.1.0.0/16"]})
    assert said == "400-InvalidParameter, the blocks 10.1.0.0/16 leave subnets of the VCN outside: nodes (10.0.1.0/24)"


def test_a_network_takes_a_block_beside_the_first(site: "Site") -> None:
    assert foreseen(site.cloud, VCN, site.vcn, {**site.vcn.inputs, "cidrBlocks": ["10.0.0.0/16", "10.1.0.0/16"]}) is None


def test_addresses_in_use_stay_in_their_subnet(site: "Site") -> None:
    said = foreseen(site.cloud, SUBNET, site.subnet, {**site.subnet.inputs, "cidrBlock": "10.0.2.0/24"})
    assert said is not None
    assert said.startswith("400-InvalidParameter, The requested CIDR 10.0.2.0/24 leaves addresses in use outside: 10.0.1.")
    assert said.endswith("of the Cluster cluster")
    assert said.count("of the Cluster cluster") == 1


@pytest.mark.parametrize(("private", "refused"), [(True, True), (False, False)])
def test_an_endpoint_is_public_in_a_public_subnet_alone(site: "Site", private: bool, refused: bool) -> None:
    subnet = site.cloud.create(
        SUBNET, "endpoint", compartmentId="c", vcnId=site.vcn.id, cidrBlock="10.0.9.0/28", prohibitPublicIpOnVnic=private
    )
    endpoint = {"subnetId": subnet.id, "isPublicIpEnabled": False}
    live = site.cloud.create(CLUSTER, "it", **{**site.cluster.inputs, "name": "it", "endpointConfig": endpoint})
    said = foreseen(site.cloud, CLUSTER, live, {**live.inputs, "endpointConfig": {**endpoint, "isPublicIpEnabled": True}})
    assert bool(said) == refused
    if said:
        assert f"isPublicIpEnabled is true, but the subnet {subnet.id} is private" in said


def test_an_empty_subnet_moves(site: "Site") -> None:
    empty = site.cloud.create(SUBNET, "empty", compartmentId="c", vcnId=site.vcn.id, cidrBlock="10.0.4.0/24")
    assert foreseen(site.cloud, SUBNET, empty, {**empty.inputs, "cidrBlock": "10.0.5.0/24"}) is None


@pytest.mark.parametrize(("after", "refused"), [("Disabled", True), (None, True), ("Suspended", False)])
def test_versions_of_a_bucket_are_suspended_and_not_taken_off(oci: "Cloud", after: str | None, refused: bool) -> None:
    live = oci.create(BUCKET, "it", compartmentId="c", namespace="n", name="it", versioning="Enabled")
    inputs = {**live.inputs, "versioning": after} if after else {key: value for key, value in live.inputs.items() if key != "versioning"}
    assert (foreseen(oci, BUCKET, live, inputs) is not None) is refused


@pytest.mark.parametrize(("after", "refused"), [(31200, True), (62400, False), (124800, False), (166400, False)])
def test_a_lustre_file_system_grows_only(site: "Site", after: int, refused: bool) -> None:
    live = site.cloud.create(
        LUSTRE, "it", compartmentId="c", availabilityDomain="Uocm:EU-FRANKFURT-1-AD-1", capacityInGbs=62400, fileSystemName="it",
        performanceTier="MBPS_PER_TB_125", subnetId=site.subnet.id, rootSquashConfiguration={"identitySquash": "NONE"},
    )  # fmt: skip
    assert (foreseen(site.cloud, LUSTRE, live, {**live.inputs, "capacityInGbs": after}) is not None) is refused


@pytest.mark.parametrize("after", [35000, 62401, 135200, 170000])
def test_a_lustre_file_system_grows_in_steps(site: "Site", after: int) -> None:
    given = {
        "compartmentId": "c", "availabilityDomain": "Uocm:EU-FRANKFURT-1-AD-1", "fileSystemName": "it",
        "performanceTier": "MBPS_PER_TB_125", "subnetId": site.subnet.id, "rootSquashConfiguration": {"identitySquash": "NONE"},
    }  # fmt: skip
    live = site.cloud.create(LUSTRE, "it", **given, capacityInGbs=31200)
    said = foreseen(site.cloud, LUSTRE, live, {**live.inputs, "capacityInGbs": after})
    assert said is not None and f"capacityInGbs {after} is none that there is" in said
    with pytest.raises(CloudError, match="is none that there is"):
        site.cloud.create(LUSTRE, "other", **given, capacityInGbs=after)


# The table


def test_every_row_names_a_property_a_source_and_a_reason() -> None:
    for row in RULES:
        facts = facts_of(row.type)
        fields: Fields | None = facts.inputs
        for step in row.property.split("."):
            assert fields is not None and step in fields, row
            spec = fields[step]
            fields = facts.fields(spec.item) if spec.item is not None else facts.fields(spec)
        assert row.why and row.source.startswith("https://"), row
        assert (row.effect == "refused") == bool(row.when), row
        assert not row.when or row.when in changes.CONDITIONS, row


def test_every_condition_has_a_row() -> None:
    assert set(changes.CONDITIONS) == {row.when for row in RULES if row.when}


def test_every_property_of_a_node_pool_has_a_row_or_replaces() -> None:
    """Allow-list: what the table does not know is not carried by boot volumes, so that it must know all that there is."""
    facts = facts_of(POOL)
    replacing = {changes.dotted(path) for path in facts.replaces}
    nested = {f"nodeConfigDetails.{name}" for name in facts.fields(facts.inputs["nodeConfigDetails"]) or {}}
    everything = (set(facts.inputs) - {"nodeConfigDetails"}) | nested
    assert {name for name in everything if changes.effect(POOL, name) is None} <= replacing


def test_a_live_stack_keeps_its_tenancy(oci: "Cloud") -> None:
    quota = {"name": "gpus", "description": "GPUs", "statements": ["set compute quota gpu-a10-count to 2 in tenancy"]}
    oci.create("oci:Limits/quota:Quota", "gpus", compartmentId="ocid1.tenancy.oc1..first", **quota)
    (said,) = oci.refusals("oci:Limits/quota:Quota", compartmentId="ocid1.tenancy.oc1..second", **quota)
    assert said.startswith("compartmentId: 404-NotAuthorizedOrNotFound, ocid1.tenancy.oc1..second is not the tenancy of what exists, which")
    assert oci.refusals("oci:Limits/quota:Quota", compartmentId="ocid1.tenancy.oc1..first", **quota) == []
    assert oci.refusals("oci:Limits/quota:Quota", compartmentId="ocid1.compartment.oc1..other", **quota) == []
