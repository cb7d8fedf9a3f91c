"""Lookups answer as a region would."""

import base64
import re
import ssl
from typing import TYPE_CHECKING

import pytest
import yaml

from simulator.errors import CloudError, NotSimulated
from simulator.oci import region
from simulator.oci.lookups import LOOKUPS

if TYPE_CHECKING:
    from tests.simulator.conftest import Cloud, Site

DOMAINS = "oci:Identity/getAvailabilityDomains:getAvailabilityDomains"
OPTION = "oci:ContainerEngine/getNodePoolOption:getNodePoolOption"
KUBECONFIG = "oci:ContainerEngine/getClusterKubeConfig:getClusterKubeConfig"


@pytest.mark.parametrize(
    ("place", "names"),
    [
        ("eu-frankfurt-1", [f"Uocm:EU-FRANKFURT-1-AD-{n}" for n in (1, 2, 3)]),
        ("us-ashburn-1", [f"Uocm:US-ASHBURN-AD-{n}" for n in (1, 2, 3)]),
        ("us-phoenix-1", [f"Uocm:PHX-AD-{n}" for n in (1, 2, 3)]),
        ("us-chicago-1", [f"Uocm:US-CHICAGO-1-AD-{n}" for n in (1, 2, 3)]),
        ("ap-osaka-1", ["Uocm:AP-OSAKA-1-AD-1"]),
    ],
)
def test_a_region_has_its_availability_domains(oci: "Cloud", place: str, names: list[str]) -> None:
    oci.config = {"region": place}
    assert [domain["name"] for domain in oci.look_up(DOMAINS, compartmentId="c")["availabilityDomains"]] == names


def test_answers_can_be_filtered_as_terraform_filters(oci: "Cloud") -> None:
    second = [{"name": "name", "values": ["AD-2$"], "regex": True}]
    found = oci.look_up(DOMAINS, compartmentId="c", filters=second)["availabilityDomains"]
    assert [domain["name"] for domain in found] == ["Uocm:EU-FRANKFURT-1-AD-2"]
    exact = [{"name": "cidr_block", "values": ["oci-fra-objectstorage"]}]
    (service,) = oci.look_up("oci:Core/getServices:getServices", filters=exact)["services"]
    assert service["name"] == "OCI FRA Object Storage"


def test_the_services_network_is_named_after_the_region(oci: "Cloud") -> None:
    blocks = {service["cidrBlock"] for service in oci.look_up("oci:Core/getServices:getServices")["services"]}
    assert "all-fra-services-in-oracle-services-network" in blocks


def test_worker_images_are_those_of_the_version_and_the_machine(oci: "Cloud") -> None:
    found = oci.look_up(OPTION, nodePoolOptionId="all", nodePoolK8sVersion="v1.34.2", nodePoolOsArch="X86_64")["sources"]
    names = [source["sourceName"] for source in found]
    pattern = r"Oracle-Linux-8\.10-(Gen2-GPU-)?\d{4}\.\d\d\.\d\d-\d(-OKE-1\.34\.2-\d+)?"
    assert names and all(re.fullmatch(pattern, name) for name in names)
    assert {"GPU" in name for name in names} == {True, False}


def test_a_resolver_that_takes_the_first_or_sorts_as_text_takes_the_wrong_image(oci: "Cloud") -> None:
    found = oci.look_up(OPTION, nodePoolOptionId="all", nodePoolK8sVersion="v1.35.2", nodePoolOsArch="X86_64")["sources"]
    gpu = [source["sourceName"] for source in found if "GPU" in source["sourceName"] and "OKE" in source["sourceName"]]
    newest = "Oracle-Linux-8.10-Gen2-GPU-2026.08.31-0-OKE-1.35.2-1311"
    assert newest in gpu and gpu[0] != newest
    assert max(gpu, key=lambda name: name.rsplit("-", 1)[1]) != newest


def test_node_options_of_a_cluster_are_of_its_version(site: "Site") -> None:
    found = site.cloud.look_up(OPTION, nodePoolOptionId=site.cluster.id)["sources"]
    assert {name["sourceName"].split("OKE-")[1].split("-")[0] for name in found if "OKE-" in name["sourceName"]} == {"1.35.2"}


def test_a_kubeconfig_leads_to_the_endpoint_asked_for(site: "Site") -> None:
    content = site.cloud.look_up(KUBECONFIG, clusterId=site.cluster.id, endpoint="PRIVATE_ENDPOINT")["content"]
    cluster = yaml.safe_load(content)["clusters"][0]["cluster"]
    assert cluster["server"] == "https://" + site.cluster.outputs["endpoints"][0]["privateEndpoint"]
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusted.load_verify_locations(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    assert [authority["subject"] for authority in trusted.get_ca_certs()] == [((("commonName", "simulated cluster"),),)]


def test_an_endpoint_the_cluster_lacks_is_refused(site: "Site") -> None:
    with pytest.raises(CloudError, match="has no PUBLIC_ENDPOINT"):
        site.cloud.look_up(KUBECONFIG, clusterId=site.cluster.id, endpoint="PUBLIC_ENDPOINT")
    with pytest.raises(CloudError, match=r"404-NotAuthorizedOrNotFound.*cluster ocid1\.none"):
        site.cloud.look_up(KUBECONFIG, clusterId="ocid1.none")


def test_limits_are_the_worlds_and_count_what_is_used(site: "Site") -> None:
    site.cloud.simulated.state.limits["gpu-a10-count"] = 4
    site.cloud.create("oci:ContainerEngine/nodePool:NodePool", **site.pool(nodeShape="VM.GPU.A10.2"))
    values = site.cloud.look_up("oci:Limits/getLimitValues:getLimitValues", compartmentId="c", serviceName="compute", name="gpu-a10-count")
    assert [(v["value"], v["availabilityDomain"][-1]) for v in values["limitValues"]] == [("4", "1"), ("4", "2"), ("4", "3")]
    left = site.cloud.look_up(
        "oci:Limits/getResourceAvailability:getResourceAvailability", compartmentId="c", serviceName="compute",
        limitName="gpu-a10-count", availabilityDomain="Uocm:EU-FRANKFURT-1-AD-1",
    )  # fmt: skip
    assert (left["available"], left["used"]) == ("2", "2")


def test_the_home_region_is_the_worlds_or_the_providers_own(oci: "Cloud") -> None:
    token = "oci:Identity/getRegionSubscriptions:getRegionSubscriptions"
    assert [s["isHomeRegion"] for s in oci.look_up(token, tenancyId="t")["regionSubscriptions"]] == [True]
    oci.simulated.state.home_region = "us-ashburn-1"
    found = {s["regionName"]: s["isHomeRegion"] for s in oci.look_up(token, tenancyId="t")["regionSubscriptions"]}
    assert found == {"us-ashburn-1": True, "eu-frankfurt-1": False}


def test_what_the_program_made_can_be_looked_up(site: "Site") -> None:
    cluster = site.cloud.look_up("oci:ContainerEngine/getCluster:getCluster", clusterId=site.cluster.id)
    assert (cluster["id"], cluster["kubernetesVersion"]) == (site.cluster.id, "v1.35.2")
    found = site.cloud.look_up("oci:ContainerEngine/getClusters:getClusters", compartmentId="c", name="other")
    assert found["clusters"] == []


def test_arguments_are_checked(oci: "Cloud") -> None:
    _, failures = oci.provider.invoke(oci.config, DOMAINS, {"compartment": "c"})
    assert [str(failure)[:60] for failure in failures] == [
        "compartment: is not a property here; did you mean compartmen",
        "compartmentId: is required and was not given",
    ]


def test_a_function_without_an_answer_is_refused_by_name(oci: "Cloud", kubernetes: "Cloud") -> None:
    with pytest.raises(NotSimulated, match=r"cannot answer oci:Nosql/getTable:getTable; add its facts to simulator/oci/functions\.json"):
        oci.look_up("oci:Nosql/getTable:getTable")
    with pytest.raises(NotSimulated, match="has no function kubernetes:yaml:decode"):
        kubernetes.look_up("kubernetes:yaml:decode")


def test_a_lookup_tells_objects_as_lists_of_one(site: "Site") -> None:
    """The SDK's functions do, its resources do not."""
    found = site.cloud.look_up("oci:ContainerEngine/getCluster:getCluster", clusterId=site.cluster.id)
    assert site.cluster.outputs["endpointConfig"] == {"subnetId": site.subnet.id}
    assert found["endpointConfigs"] == [{"subnetId": site.subnet.id}]


@pytest.mark.parametrize("token", LOOKUPS)
def test_answers_have_the_properties_the_sdk_expects(site: "Site", token: str) -> None:
    facts = site.cloud.provider.function(token)
    given = {
        "clusterId": site.cluster.id, "nodePoolOptionId": "all", "clusterOptionId": "all", "kubernetesVersion": "v1.35.2",
        "serviceName": "compute", "limitName": "gpu-a10-count", "tenancyId": "t", "compartmentId": "c", "id": "c",
        "availabilityDomain": "Uocm:EU-FRANKFURT-1-AD-1", "imageId": region.images("eu-frankfurt-1")[0].id,
    }  # fmt: skip
    if "nodePoolId" in facts.inputs:
        given["nodePoolId"] = site.cloud.create("oci:ContainerEngine/nodePool:NodePool", **site.pool()).id
    arguments = {key: given[key] for key, spec in facts.inputs.items() if spec.required}
    found = site.cloud.look_up(token, **arguments)
    assert set(found) <= {*facts.outputs, *facts.inputs, "id"}
    assert "id" in found
    for key, spec in facts.outputs.items():
        fields = facts.fields(spec.item)
        if key != "filters" and fields is not None:
            assert all(set(item) <= set(fields) for item in found.get(key, ())), key
