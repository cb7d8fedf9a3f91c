"""Oracle refuses what it refuses, in its words; and accepts the rest."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from simulator.check import check
from simulator.compute import placeholders
from simulator.errors import CloudError
from simulator.oci import region
from simulator.oci.provider import SCHEMA
from simulator.oci.rules import LONGEST
from simulator.simulated_state import Delay, Record
from simulator.wire import UNKNOWN

if TYPE_CHECKING:
    from tests.simulator.conftest import Cloud, Site

VCN = "oci:Core/vcn:Vcn"
SUBNET = "oci:Core/subnet:Subnet"
CLUSTER = "oci:ContainerEngine/cluster:Cluster"
POOL = "oci:ContainerEngine/nodePool:NodePool"
ADDON = "oci:ContainerEngine/addon:Addon"
POLICY = "oci:Identity/policy:Policy"


def image(*, gpu: bool, arm: bool = False, version: str = "v1.35.2") -> dict[str, str]:
    found = next(i for i in region.images("eu-frankfurt-1") if (i.gpu, i.arm, i.kubernetes) == (gpu, arm, version))
    return {"sourceType": "IMAGE", "imageId": found.id}


# Regions


def elsewhere(site: "Site") -> "Cloud":
    return replace(site.cloud, config={"region": "us-ashburn-1"})


def test_a_region_answers_for_nothing_that_is_in_another(site: "Site") -> None:
    said = elsewhere(site).refused(SUBNET, "more", compartmentId="c", vcnId=site.vcn.id, cidrBlock="10.0.2.0/24")
    assert said.startswith("404-NotAuthorizedOrNotFound")
    assert site.vcn.id in said
    with pytest.raises(CloudError, match="404-NotAuthorizedOrNotFound"):
        elsewhere(site).update(VCN, site.vcn, "main", **{**site.vcn.inputs, "displayName": "other"})
    with pytest.raises(CloudError, match="404-NotAuthorizedOrNotFound"):
        elsewhere(site).delete(SUBNET, site.subnet, "nodes")
    assert elsewhere(site).read(VCN, site.vcn, "main").id == ""
    assert site.cloud.read(VCN, site.vcn, "main").id == site.vcn.id


def test_nothing_of_another_realm_is_there(site: "Site") -> None:
    foreign = site.vcn.id.replace(".oc1.", ".oc2.")
    said = site.cloud.refused(SUBNET, "more", compartmentId="c", vcnId=foreign, cidrBlock="10.0.2.0/24")
    assert said.startswith("404-NotAuthorizedOrNotFound")
    assert site.cloud.read(VCN, replace(site.vcn, id=foreign), "main").id == ""


def test_a_change_in_another_region_fails_the_preview(site: "Site") -> None:
    there = elsewhere(site)
    with pytest.raises(CloudError, match="404-NotAuthorizedOrNotFound"):
        there.provider.foresee(
            there.config, there.resource(VCN, "main", site.vcn.id), {**site.vcn.inputs, "displayName": "x"}, site.vcn.inputs
        )


@pytest.mark.parametrize(("after", "refused"), [("us-ashburn-1", True), ("eu-frankfurt-1", False), (UNKNOWN, False)])
def test_a_provider_keeps_its_region_while_anything_is_there(site: "Site", after: str, refused: bool) -> None:
    if not refused:
        site.cloud.provider.diff_config({"region": "eu-frankfurt-1"}, {"region": after})
        return
    with pytest.raises(CloudError, match="goes from the region eu-frankfurt-1 to us-ashburn-1, and 3 resources stay in eu-frankfurt-1"):
        site.cloud.provider.diff_config({"region": "eu-frankfurt-1"}, {"region": after})


def test_an_empty_cloud_lets_a_provider_move(oci: "Cloud") -> None:
    assert oci.provider.diff_config({"region": "eu-frankfurt-1"}, {"region": "us-ashburn-1"}).changes


@pytest.mark.parametrize(
    ("ident", "found"),
    [
        ("ocid1.vcn.oc1.eu-frankfurt-1.aaaa", "eu-frankfurt-1"),
        ("ocid1.vcn.oc1.iad.aaaa", "us-ashburn-1"),
        ("ocid1.vcn.oc1.phx.aaaa", "us-phoenix-1"),
        ("ocid1.policy.oc1..aaaa", ""),
        ("n/namespace/b/bucket", ""),
    ],
)
def test_an_id_names_its_region(ident: str, found: str) -> None:
    assert region.region_of(ident) == found


# Networks


@pytest.mark.parametrize(
    ("cidr", "refusal"),
    [
        ("10.1.0.0/24", "400-InvalidParameter, The requested CIDR 10.1.0.0/24 is not within the VCN's CIDR 10.0.0.0/16"),
        ("10.0.1.128/25", "400-InvalidParameter, The requested CIDR 10.0.1.128/25 overlaps the CIDR 10.0.1.0/24 of the subnet nodes"),
        ("10.0.2.1/24", "400-InvalidParameter, subnet CIDR '10.0.2.1/24' is not a CIDR block: 10.0.2.1/24 has host bits set"),
    ],
)
def test_a_subnet_has_to_fit(site: "Site", cidr: str, refusal: str) -> None:
    assert site.cloud.refused(SUBNET, "more", compartmentId="c", vcnId=site.vcn.id, cidrBlock=cidr) == refusal


def test_a_subnet_beside_others_is_made(site: "Site") -> None:
    assert site.cloud.create(SUBNET, "more", compartmentId="c", vcnId=site.vcn.id, cidrBlock="10.0.2.0/24").id


def test_a_subnet_may_be_given_its_own_block_again(site: "Site") -> None:
    inputs = {"compartmentId": "c", "vcnId": site.vcn.id, "cidrBlock": "10.0.1.0/25"}
    assert site.cloud.update(SUBNET, site.subnet, "nodes", **inputs)["cidrBlock"] == "10.0.1.0/25"


def test_two_networks_may_use_the_same_addresses(site: "Site") -> None:
    other = site.cloud.create(VCN, "other", compartmentId="c", cidrBlocks=["10.0.0.0/16"])
    assert site.cloud.create(SUBNET, "there", compartmentId="c", vcnId=other.id, cidrBlock="10.0.1.0/24").id


def test_a_network_takes_one_change_of_its_blocks_at_a_time(site: "Site") -> None:
    blocks = ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"]
    with pytest.raises(CloudError, match="only one add/remove or modification of cidrBlocks is allowed at once"):
        site.cloud.update(VCN, site.vcn, "main", compartmentId="c", cidrBlocks=blocks)
    assert site.cloud.update(VCN, site.vcn, "main", compartmentId="c", cidrBlocks=blocks[:2])["cidrBlocks"] == blocks[:2]


def test_a_network_of_a_wrong_size_is_refused(oci: "Cloud") -> None:
    assert oci.refused(VCN, compartmentId="c", cidrBlocks=["10.0.0.0/8"]).endswith("VCN CIDR 10.0.0.0/8 must be between /16 and /30")


@pytest.mark.parametrize(
    ("token", "inputs", "what"),
    [
        (SUBNET, {"vcnId": "ocid1.vcn.none", "cidrBlock": "10.0.0.0/24"}, "VCN ocid1.vcn.none"),
        (CLUSTER, {"vcnId": "ocid1.vcn.none", "kubernetesVersion": "v1.35.2"}, "VCN ocid1.vcn.none"),
        (POOL, {"clusterId": "ocid1.cluster.none", "nodeShape": "VM.GPU.A10.1", "name": "p"}, "cluster ocid1.cluster.none"),
        (ADDON, {"clusterId": "ocid1.none", "addonName": "CertManager", "removeAddonResourcesOnDelete": True}, "cluster ocid1.none"),
        ("oci:Bastion/bastion:Bastion", {"targetSubnetId": "ocid1.none", "bastionType": "STANDARD"}, "subnet ocid1.none"),
        ("oci:Core/defaultSecurityList:DefaultSecurityList", {"manageDefaultResourceId": "ocid1.none"}, "default resource ocid1.none"),
    ],
)
def test_what_does_not_exist_cannot_be_referred_to(oci: "Cloud", token: str, inputs: dict[str, Any], what: str) -> None:
    needs = {"compartmentId": "c"} if token not in (ADDON, "oci:Core/defaultSecurityList:DefaultSecurityList") else {}
    refusal = oci.refused(token, **needs, **inputs)
    assert refusal == f"404-NotAuthorizedOrNotFound, Authorization failed or requested resource not found: {what}"


def test_what_was_there_before_the_program_can_be_referred_to(oci: "Cloud") -> None:
    oci.simulated.adopt(VCN, "ocid1.vcn.old", cidrBlocks=["172.16.0.0/16"])
    assert oci.create(SUBNET, compartmentId="c", vcnId="ocid1.vcn.old", cidrBlock="172.16.0.0/24").id


def test_a_network_manages_its_own_default_list(site: "Site") -> None:
    default = site.vcn.outputs["defaultSecurityListId"]
    live = site.cloud.create("oci:Core/defaultSecurityList:DefaultSecurityList", manageDefaultResourceId=default)
    assert live.id == default


# Clusters and node pools


def test_a_version_that_is_not_offered_is_refused(site: "Site") -> None:
    refusal = site.cloud.refused(CLUSTER, "b", compartmentId="c", vcnId=site.vcn.id, kubernetesVersion="v1.20.0")
    assert refusal == f"400-InvalidParameter, Invalid kubernetesVersion: v1.20.0. Supported versions: {', '.join(region.KUBERNETES)}"


@pytest.mark.parametrize(
    ("before", "after", "refusal"),
    [
        ("v1.34.2", "v1.33.1", "kubernetesVersion cannot go back from v1.34.2 to v1.33.1"),
        ("v1.33.1", "v1.35.2", "kubernetesVersion can go up one minor version at a time: from v1.33.1 not to v1.35.2"),
        ("v1.33.1", "v1.34.2", None),
    ],
)
def test_a_cluster_goes_up_a_step_at_a_time(site: "Site", before: str, after: str, refusal: str | None) -> None:
    inputs = {"compartmentId": "c", "name": "b", "vcnId": site.vcn.id}
    live = site.cloud.create(CLUSTER, "b", **inputs, kubernetesVersion=before)
    if refusal is None:
        assert site.cloud.update(CLUSTER, live, "b", **inputs, kubernetesVersion=after)["kubernetesVersion"] == after
    else:
        with pytest.raises(CloudError, match=refusal):
            site.cloud.update(CLUSTER, live, "b", **inputs, kubernetesVersion=after)


def test_a_version_that_is_no_longer_offered_is_not_taken_from_who_runs_it(site: "Site", monkeypatch: pytest.MonkeyPatch) -> None:
    live = site.cloud.create(POOL, **site.pool(nodeSourceDetails=image(gpu=True)))
    version = str(site.cluster.inputs["kubernetesVersion"])
    monkeypatch.setattr(region, "KUBERNETES", tuple(other for other in region.KUBERNETES if other != version))
    tagged = {"freeformTags": {"a": "b"}}
    assert site.cloud.update(CLUSTER, site.cluster, "cluster", **{**site.cluster.inputs, **tagged})["kubernetesVersion"] == version
    assert site.cloud.update(POOL, live, "pool", **{**live.inputs, **tagged})["kubernetesVersion"] == version
    refusal = site.cloud.refused(CLUSTER, "b", **{**site.cluster.inputs, "name": "b"})
    assert refusal.startswith(f"400-InvalidParameter, Invalid kubernetesVersion: {version}. Supported versions: ")


def test_an_enhanced_cluster_stays_one(site: "Site") -> None:
    inputs = {**site.cluster.inputs, "type": "BASIC_CLUSTER"}
    with pytest.raises(CloudError, match="an enhanced cluster cannot be made a basic one"):
        site.cloud.update(CLUSTER, site.cluster, "cluster", **inputs)


def test_a_right_pool_is_made(site: "Site") -> None:
    live = site.cloud.create(POOL, **site.pool(nodeSourceDetails=image(gpu=True)))
    assert live.id.startswith("ocid1.nodepool.oc1.eu-frankfurt-1.")
    assert len(live.outputs["nodes"]) == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"kubernetesVersion": "v1.36.1"}, "node pool kubernetesVersion v1.36.1 is newer than the cluster's v1.35.2"),
        ({"nodeShape": "VM.GPU.A11.1"}, "Invalid nodeShape: VM.GPU.A11.1"),
        ({"nodeShape": "VM.Standard.E5.Flex"}, "nodeShapeConfig is required for the flexible shape VM.Standard.E5.Flex"),
    ],
)
def test_a_wrong_pool_is_refused(site: "Site", changes: dict[str, Any], refusal: str) -> None:
    assert site.cloud.refused(POOL, **site.pool(**changes)) == f"400-InvalidParameter, {refusal}"


@pytest.mark.parametrize(
    ("shape", "source", "refusal"),
    [
        ("VM.GPU.A10.1", {"gpu": False}, r"is for x86-64 shapes and does not run on VM\.GPU\.A10\.1 \(x86-64 with a GPU\)"),
        ("BM.GPU.GB200.4", {"gpu": True}, r"is for x86-64 GPU shapes and does not run on BM\.GPU\.GB200\.4 \(arm64 with a GPU\)"),
        ("BM.Standard.E5.192", {"gpu": False, "arm": True}, r"is for arm64 shapes and does not run on BM\.Standard\.E5\.192"),
        ("VM.GPU.A10.1", {"gpu": True, "version": "v1.34.2"}, r"is for Kubernetes v1\.34\.2, the node pool asks for v1\.35\.2"),
    ],
)
def test_an_image_has_to_run_on_the_shape(site: "Site", shape: str, source: dict[str, Any], refusal: str) -> None:
    with pytest.raises(CloudError, match=refusal):
        site.cloud.create(POOL, **site.pool(nodeShape=shape, nodeSourceDetails=image(**source)))


def test_an_image_of_ones_own_is_taken_to_run(site: "Site") -> None:
    source = {"sourceType": "IMAGE", "imageId": "ocid1.image.oc1..mine"}
    assert site.cloud.create(POOL, **site.pool(nodeShape="BM.GPU.GB200.4", nodeSourceDetails=source)).id


def placed(site: "Site", **changes: Any) -> dict[str, Any]:
    placement = {"availabilityDomain": "Uocm:EU-FRANKFURT-1-AD-1", "subnetId": site.subnet.id, **changes}
    return {"nodeConfigDetails": {"size": 1, "placementConfigs": [placement]}}


def test_an_availability_domain_has_to_exist(site: "Site") -> None:
    refusal = site.cloud.refused(POOL, **site.pool(**placed(site, availabilityDomain="Uocm:PHX-AD-1")))
    assert "'Uocm:PHX-AD-1' does not exist in eu-frankfurt-1; it has: Uocm:EU-FRANKFURT-1-AD-1, " in refusal


def test_a_node_is_where_its_subnet_is(site: "Site") -> None:
    first, second = (f"Uocm:EU-FRANKFURT-1-AD-{n}" for n in (1, 2))
    inputs = {"compartmentId": "c", "vcnId": site.vcn.id, "cidrBlock": "10.0.2.0/24", "availabilityDomain": second}
    subnet = site.cloud.create(SUBNET, "second", **inputs)
    refusal = site.cloud.refused(POOL, **site.pool(**placed(site, subnetId=subnet.id, availabilityDomain=first)))
    assert refusal.endswith(f"is in {second}, not in {first}")
    assert site.cloud.create(POOL, **site.pool(**placed(site, subnetId=subnet.id, availabilityDomain=second.lower()))).id


def test_a_gpu_that_is_not_sold_as_preemptible_is_not(site: "Site") -> None:
    preemptible = placed(site, preemptibleNodeConfig={"preemptionAction": {"type": "TERMINATE"}})
    assert "Shape VM.GPU.A10.1 is not available as preemptible capacity" in site.cloud.refused(POOL, **site.pool(**preemptible))
    assert site.cloud.create(POOL, **site.pool(nodeShape="VM.GPU3.1", **preemptible)).id


def test_a_pool_does_not_change_between_gpu_and_other_shapes(site: "Site") -> None:
    live = site.cloud.create(POOL, **site.pool())
    with pytest.raises(CloudError, match=r"cannot change between GPU and other shapes: VM\.GPU\.A10\.1 to BM\.Standard\.E5\.192"):
        site.cloud.update(POOL, live, **site.pool(nodeShape="BM.Standard.E5.192"))


def test_a_service_limit_counts_gpus_in_an_availability_domain(site: "Site") -> None:
    site.cloud.simulated.state.limits["gpu-a10-count"] = 3
    site.cloud.create(POOL, "one", **site.pool("one"))
    refusal = site.cloud.refused(POOL, "two", **site.pool("two", nodeShape="BM.GPU.A10.4"))
    assert refusal.startswith("400-LimitExceeded, The following service limits were exceeded: gpu-a10-count. 1 x BM.GPU.A10.4 in ")
    assert "need 4 GPUs; the limit is 3, in use are 1" in refusal
    assert site.cloud.create(POOL, "three", **site.pool("three", nodeShape="VM.GPU.A10.2")).id


def test_a_pool_that_grows_counts_itself_once(site: "Site") -> None:
    site.cloud.simulated.state.limits["gpu-a10-count"] = 2
    live = site.cloud.create(POOL, **site.pool())
    grown = placed(site)
    grown["nodeConfigDetails"]["size"] = 2
    assert len(site.cloud.update(POOL, live, **site.pool(**grown))["nodes"]) == 2
    grown["nodeConfigDetails"]["size"] = 3
    with pytest.raises(CloudError, match="LimitExceeded"):
        site.cloud.update(POOL, live, **site.pool(**grown))


def test_add_ons_need_an_enhanced_cluster_a_name_and_what_they_build_on(site: "Site") -> None:
    basic = site.cloud.create(CLUSTER, "basic", compartmentId="c", vcnId=site.vcn.id, kubernetesVersion="v1.35.2")

    def addon(name: str, cluster: str) -> dict[str, Any]:
        return {"clusterId": cluster, "addonName": name, "removeAddonResourcesOnDelete": True}

    assert "add-ons need an enhanced cluster" in site.cloud.refused(ADDON, **addon("CertManager", basic.id))
    assert "Addon 'CertManger' is not supported" in site.cloud.refused(ADDON, **addon("CertManger", site.cluster.id))
    metrics = addon("KubernetesMetricsServer", site.cluster.id)
    assert site.cloud.refused(ADDON, **metrics).endswith("Addon KubernetesMetricsServer needs the add-on CertManager installed first")
    site.cloud.create(ADDON, "cert", **addon("CertManager", site.cluster.id))
    assert site.cloud.create(ADDON, "metrics", **metrics).id == f"clusters/{site.cluster.id}/addons/KubernetesMetricsServer"


# Identity and quotas


def test_identity_is_changed_in_the_home_region_only(oci: "Cloud") -> None:
    oci.simulated.state.home_region = "us-ashburn-1"
    policy = {"compartmentId": "c", "name": "p", "description": "d", "statements": ["Allow group a to read all-resources in tenancy"]}
    assert oci.refused(POLICY, **policy).startswith("403-NotAllowed, Please go to your home region IAD to execute CREATE")
    oci.config = {"region": "us-ashburn-1"}
    assert oci.create(POLICY, **policy).id.startswith("ocid1.policy.oc1..")


def test_statements_that_do_not_parse_are_refused(oci: "Cloud") -> None:
    given = {"compartmentId": "c", "name": "n", "description": "d"}
    assert "Failed to parse policy statement 'Alow group a" in oci.refused(POLICY, **given, statements=["Alow group a to do"])
    quota = "oci:Limits/quota:Quota"
    assert "Failed to parse quota statement 'limit x'" in oci.refused(quota, **given, statements=["limit x"])
    assert oci.create(quota, **given, statements=["zero compute-core quotas '/gpu*/' in tenancy"]).id


def test_a_name_is_taken_once(oci: "Cloud") -> None:
    given = {"compartmentId": "c", "name": "same", "description": "d", "statements": ["allow any-user to read x in tenancy"]}
    first = oci.create(POLICY, "one", **given)
    assert oci.refused(POLICY, "two", **given) == f"409-Conflict, Policy with name 'same' already exists in compartment c: {first.id}"
    oci.delete(POLICY, first, "one")
    assert oci.create(POLICY, "two", **given).id != first.id


@pytest.mark.parametrize(("token", "key", "most"), [(token, *limit) for token, limit in LONGEST.items()])
def test_a_name_that_is_too_long_fails_the_preview(oci: "Cloud", token: str, key: str, most: int) -> None:
    said = f"{key}: is {'a' * (most + 1)!r}, {most + 1} characters; at most {most} are allowed"
    assert said in oci.refusals(token, **{key: "a" * (most + 1)})
    assert not [refusal for refusal in oci.refusals(token, **{key: "a" * most}) if refusal.startswith(f"{key}:")]


def test_a_bucket_exists_once(oci: "Cloud") -> None:
    bucket = {"compartmentId": "c", "name": "models", "namespace": "ns"}
    oci.create("oci:ObjectStorage/bucket:Bucket", "one", **bucket)
    refusal = oci.refused("oci:ObjectStorage/bucket:Bucket", "two", **bucket)
    assert refusal == "409-Conflict, Bucket n/ns/b/models already exists (made by one)"


# Deleting


def test_what_is_in_use_does_not_go(site: "Site") -> None:
    with pytest.raises(CloudError, match=f"409-Conflict, The Vcn {site.vcn.id} references the Subnet .* \\(nodes\\)"):
        site.cloud.delete(VCN, site.vcn, "main")
    with pytest.raises(CloudError, match=r"The Subnet .* references the Cluster .* \(cluster\)"):
        site.cloud.delete(SUBNET, site.subnet, "nodes")
    pool = site.cloud.create(POOL, "pool", **site.pool())
    with pytest.raises(CloudError, match=r"The Cluster .* references the NodePool .* \(pool\)"):
        site.cloud.delete(CLUSTER, site.cluster, "cluster")
    for token, live, name in ((POOL, pool, "pool"), (CLUSTER, site.cluster, "cluster"), (SUBNET, site.subnet, "nodes")):
        site.cloud.delete(token, live, name)
    site.cloud.delete(VCN, site.vcn, "main")
    assert not site.cloud.simulated.state.records


def test_a_gateway_that_routes_use_does_not_go(site: "Site") -> None:
    gateway = site.cloud.create("oci:Core/natGateway:NatGateway", "nat", compartmentId="c", vcnId=site.vcn.id)
    rules = [{"networkEntityId": gateway.id, "destination": "0.0.0.0/0"}]
    site.cloud.create("oci:Core/routeTable:RouteTable", "private", compartmentId="c", vcnId=site.vcn.id, routeRules=rules)
    with pytest.raises(CloudError, match=r"references the RouteTable .* \(private\)"):
        site.cloud.delete("oci:Core/natGateway:NatGateway", gateway, "nat")


def test_what_is_gone_already_is_deleted_without_a_word(site: "Site") -> None:
    site.cloud.simulated.lose(CLUSTER, "cluster")
    site.cloud.delete(CLUSTER, site.cluster, "cluster")


# Faults, drift, ids


def test_a_fault_refuses_and_passes(site: "Site") -> None:
    site.cloud.simulated.fail("500-InternalError, Out of host capacity.", type=POOL, name="a10.*")
    assert site.cloud.refused(POOL, "a10-ad1", **site.pool()) == "500-InternalError, Out of host capacity."
    assert site.cloud.create(POOL, "a10-ad1", **site.pool()).id


def test_an_operation_takes_as_long_as_the_world_says(oci: "Cloud", monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("simulator.simulated_state.time.sleep", waited.append)
    oci.simulated.state.delays.append(Delay(type="oci:Core/*", seconds=2))
    oci.create(VCN, compartmentId="c", cidrBlocks=["10.0.0.0/16"])
    assert waited == [2]


def test_drift_is_read_back_as_inputs(site: "Site") -> None:
    site.cloud.simulated.drift(VCN, "main", displayName="clicked", cidrBlocks=["10.9.0.0/16"])
    live = site.cloud.read(VCN, site.vcn, "main")
    assert live.inputs == {"compartmentId": "c", "cidrBlocks": ["10.9.0.0/16"]}  # the name was never the program's
    assert live.outputs["displayName"] == "clicked"


def test_drift_inside_an_object_is_seen_unless_the_cloud_fills_it(site: "Site") -> None:
    endpoint = {"subnetId": site.subnet.id, "nsgIds": ["ocid1.nsg"], "isPublicIpEnabled": False}
    site.cloud.simulated.drift(CLUSTER, "cluster", endpointConfig=endpoint)
    live = site.cloud.read(CLUSTER, site.cluster, "cluster")
    assert live.inputs["endpointConfig"] == {"subnetId": site.subnet.id, "nsgIds": ["ocid1.nsg"]}
    assert live.inputs["name"] == "cluster"


def test_what_the_program_gives_up_is_given_up(site: "Site") -> None:
    inputs = {key: value for key, value in site.cluster.inputs.items() if key != "endpointConfig"}
    outputs = site.cloud.update(CLUSTER, site.cluster, "cluster", **inputs)
    assert "endpointConfig" not in outputs
    assert outputs["type"] == "ENHANCED_CLUSTER"


def test_what_the_autoscaler_did_is_read_and_can_be_ignored(site: "Site") -> None:
    pool = site.cloud.create(POOL, **site.pool())
    details = {**pool.outputs["nodeConfigDetails"], "size": 5}
    site.cloud.simulated.drift(POOL, "it", nodeConfigDetails=details)
    live = site.cloud.read(POOL, pool)
    assert live.inputs["nodeConfigDetails"]["size"] == 5
    assert [c.path for c in site.cloud.diff(POOL, live.inputs, pool.inputs).changes] == [("nodeConfigDetails", "size")]
    assert site.cloud.diff(POOL, live.inputs, pool.inputs, ("nodeConfigDetails.size",)).changes == ()


def test_reading_what_is_gone_finds_nothing(site: "Site") -> None:
    site.cloud.simulated.lose(CLUSTER, "cluster")
    assert site.cloud.read(CLUSTER, site.cluster, "cluster").id == ""


def test_updating_what_is_gone_is_an_error(site: "Site") -> None:
    site.cloud.simulated.lose(CLUSTER, "cluster")
    with pytest.raises(CloudError, match=r"404-NotAuthorizedOrNotFound.*Cluster ocid1\.cluster"):
        site.cloud.update(CLUSTER, site.cluster, "cluster", **site.cluster.inputs)


def test_an_imported_resource_has_the_inputs_it_could_have_been_made_with(site: "Site") -> None:
    resource = site.cloud.resource(VCN, "main", site.vcn.id)
    live = site.cloud.provider.read(site.cloud.config, resource, {})
    assert (live.inputs["compartmentId"], live.inputs["cidrBlocks"]) == ("c", ["10.0.0.0/16"])
    assert "defaultRouteTableId" not in live.inputs


def test_an_id_is_the_same_in_every_run_and_never_used_twice(oci: "Cloud") -> None:
    inputs = {"compartmentId": "c", "cidrBlocks": ["10.0.0.0/16"]}
    first = oci.create(VCN, **inputs)
    beside = oci.create(VCN, **inputs)  # created before the first is deleted, as a replacement is
    oci.delete(VCN, first)
    third = oci.create(VCN, **inputs)
    assert len({first.id, beside.id, third.id}) == 3
    assert first.id == "ocid1.vcn.oc1.eu-frankfurt-1.aaaaaaaapl5l75ufxwo6gwmtsbv26nl4hr2sqwczvbnn5zf4ze2iilcu7rzg"


def test_a_cluster_that_goes_takes_what_is_in_it(site: "Site", kubernetes: "Cloud") -> None:
    kubernetes.config = {"clusterIdentifier": site.cluster.id}
    kubernetes.create("kubernetes:core/v1:Namespace", metadata={"name": "ml"})
    site.cloud.delete(CLUSTER, site.cluster, "cluster")
    assert {record.type for record in site.cloud.simulated.state.records.values()} == {VCN, SUBNET}


def test_a_cluster_that_goes_takes_its_add_ons_and_no_others(site: "Site") -> None:
    inputs = {key: value for key, value in site.cluster.inputs.items() if key != "name"}
    other = site.cloud.create(CLUSTER, "other", **inputs, name="other")
    for name, cluster in (("mine", site.cluster), ("theirs", other)):
        site.cloud.create(ADDON, name, clusterId=cluster.id, addonName="CertManager", removeAddonResourcesOnDelete=True)
    site.cloud.delete(CLUSTER, site.cluster)
    assert [addon.outputs["clusterId"] for addon in site.cloud.simulated.of(ADDON)] == [other.id]


# What Oracle fills in


def test_a_preview_knows_what_is_given_and_not_what_is_filled(oci: "Cloud") -> None:
    outputs = oci.provider.preview(oci.config, oci.resource(VCN, "it"), {"compartmentId": "c", "cidrBlocks": ["10.0.0.0/16"]})
    assert outputs["cidrBlocks"] == ["10.0.0.0/16"]
    assert outputs["defaultSecurityListId"] == UNKNOWN
    kept = oci.provider.preview(oci.config, oci.resource(VCN, "it"), {"compartmentId": "d"}, {"defaultSecurityListId": "ocid1"})
    assert kept["defaultSecurityListId"] == "ocid1"


def test_a_cluster_answers_in_its_subnet(site: "Site") -> None:
    (endpoints,) = site.cluster.outputs["endpoints"]
    assert endpoints["privateEndpoint"].startswith("10.0.1.")
    assert endpoints["privateEndpoint"].endswith(":6443")
    assert endpoints["publicEndpoint"] == ""
    assert site.cluster.outputs["availableKubernetesUpgrades"] == ["v1.36.1"]


def test_nodes_are_spread_over_the_placements(site: "Site") -> None:
    placements = [{"availabilityDomain": f"Uocm:EU-FRANKFURT-1-AD-{n}", "subnetId": site.subnet.id} for n in (1, 2, 3)]
    live = site.cloud.create(POOL, **site.pool(nodeConfigDetails={"size": 4, "placementConfigs": placements}))
    domains = [node["availabilityDomain"][-1] for node in live.outputs["nodes"]]
    assert domains == ["1", "2", "3", "1"]


def test_what_oracle_fills_in_are_properties_of_the_sdk(site: "Site") -> None:
    """A key the SDK does not know is a value that no program can read."""
    site.cloud.create(POOL, **site.pool(nodeSourceDetails=image(gpu=True)))
    for record in site.cloud.simulated.state.records.values():
        facts = site.cloud.provider.facts(record.type)
        for key, value in record.outputs.items():
            spec = facts.inputs.get(key) or facts.outputs[key]
            fields = facts.fields(spec.item or spec)
            for item in value if isinstance(value, list) else [value]:
                assert fields is None or set(item) <= set(fields), (record.type, key)


def test_every_type_can_be_made_and_fills_its_outputs_with_the_right_types(oci: "Cloud") -> None:
    """A placeholder of a wrong type would break a program in a place far away."""
    for token in SCHEMA.tokens():
        facts = oci.provider.facts(token)
        filled = placeholders(facts, {}, Record(type=token, id="ocid1", urn=f"urn::{token}::it"))
        known = {**facts.inputs, **facts.outputs}
        wrong = check(filled, {key: known[key] for key in filled}, lambda spec: None)
        assert not [failure for failure in wrong if "must be" in failure.reason], token


def test_a_new_bucket_has_versions_or_none(oci: "Cloud") -> None:
    bucket = {"compartmentId": "c", "namespace": "n", "name": "it"}
    assert "only what was on can be suspended" in oci.refused("oci:ObjectStorage/bucket:Bucket", versioning="Suspended", **bucket)
    live = oci.create("oci:ObjectStorage/bucket:Bucket", versioning="Enabled", **bucket)
    assert oci.update("oci:ObjectStorage/bucket:Bucket", live, **{**live.inputs, "versioning": "Suspended"})["versioning"] == "Suspended"
