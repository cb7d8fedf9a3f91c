"""Lookups: each asks the provider it is given, and an answer without what was asked for is an error that says so."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks

from infra.oci import oci
from infra.oke import lookups
from infra.oke.lookups import ImageSource, LookupFailedError, Service

TENANCY = "ocid1.tenancy.oc1..lab"
FRANKFURT = {"regionName": "eu-frankfurt-1", "regionKey": "FRA", "isHomeRegion": False, "state": "READY", "tenancyId": TENANCY}
AMSTERDAM = {**FRANKFURT, "regionName": "eu-amsterdam-1", "regionKey": "AMS", "isHomeRegion": True}
STORAGE = {"id": "ocid1.service.oc1.fra.os", "name": "OCI FRA Object Storage", "description": "", "cidrBlock": "oci-fra-objectstorage"}
ALL = {
    "id": "ocid1.service.oc1.fra.all",
    "name": "All FRA Services In Oracle Services Network",
    "description": "",
    "cidrBlock": "all-fra-services-in-oracle-services-network",
}


class Oracle(Mocks):
    """Answers as Oracle would, and keeps what it was asked and through which provider."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], str]] = []
        self.services = [STORAGE, ALL]
        self.regions = [FRANKFURT, AMSTERDAM]
        self.compartments = {"c1": ("gpu", "c2", True), "c2": ("platform", TENANCY, True), "c3": ("lab", "c4", True), "c4": ("", "", False)}
        self.log_analytics = {"compartmentId": TENANCY, "isOnboarded": True, "namespace": "labspace"}

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        self.asked.append((args.token, dict(args.args), args.provider))
        domains = [{"id": f"ad{n}", "name": f"Uocm:FRA-AD-{n}", "compartmentId": TENANCY} for n in (2, 1, 3)]
        name, parent, seen = self.compartments.get(args.args.get("id", ""), ("", "", False))
        answers: dict[str, dict[str, Any]] = {
            "oci:Identity/getAvailabilityDomains:getAvailabilityDomains": {"availabilityDomains": domains},
            "oci:Identity/getCompartment:getCompartment": {"name": name, "compartmentId": parent, "isAccessible": seen},
            "oci:Identity/getRegionSubscriptions:getRegionSubscriptions": {"regionSubscriptions": self.regions},
            "oci:Core/getServices:getServices": {"services": self.services},
            "oci:ObjectStorage/getNamespace:getNamespace": {"namespace": "labspace"},
            "oci:LogAnalytics/getNamespaces:getNamespaces": {"namespaceCollections": [{"items": [self.log_analytics]}]},
            "oci:ContainerEngine/getClusterKubeConfig:getClusterKubeConfig": {"content": "clusters: []"},
            "oci:ContainerEngine/getNodePoolOption:getNodePoolOption": {
                "sources": [{"imageId": "ocid1.image.1", "sourceName": "Oracle-Linux-8.10", "sourceType": "IMAGE"}]
            },
        }
        return {**args.args, **answers[args.token], "id": "answer"}, []


@pytest.fixture
def oracle() -> Oracle:
    mocks = Oracle()
    set_mocks(mocks, preview=False)
    return mocks


Ask = Callable[[oci.Provider], pulumi.Output[Any]]

LOOKUPS: list[tuple[Ask, object, dict[str, Any]]] = [
    (
        lambda provider: lookups.availability_domains(TENANCY, provider),
        ["Uocm:FRA-AD-1", "Uocm:FRA-AD-2", "Uocm:FRA-AD-3"],
        {"compartmentId": TENANCY},
    ),
    (lookups.all_services, Service(id=str(ALL["id"]), cidr_block=str(ALL["cidrBlock"])), {}),
    (
        lambda provider: lookups.node_image_sources(TENANCY, "v1.34.2", provider),
        [ImageSource(id="ocid1.image.1", name="Oracle-Linux-8.10")],
        {"nodePoolOptionId": "all", "compartmentId": TENANCY, "nodePoolK8sVersion": "v1.34.2"},
    ),
    (lambda provider: lookups.home_region(TENANCY, provider), "eu-amsterdam-1", {"tenancyId": TENANCY}),
    (lambda provider: lookups.object_storage_namespace(TENANCY, provider), "labspace", {"compartmentId": TENANCY}),
    (lambda provider: lookups.log_analytics_namespace(TENANCY, provider), "labspace", {"compartmentId": TENANCY}),
    (
        lambda provider: lookups.cluster_kubeconfig("ocid1.cluster.1", "PRIVATE_ENDPOINT", provider),
        "clusters: []",
        {"clusterId": "ocid1.cluster.1", "endpoint": "PRIVATE_ENDPOINT", "tokenVersion": "2.0.0"},
    ),
]


@pytest.mark.parametrize(("ask", "answer", "question"), LOOKUPS)
def test_a_lookup_asks_its_provider_and_reads_the_answer(oracle: Oracle, ask: Ask, answer: object, question: dict[str, Any]) -> None:
    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def asked() -> pulumi.Output[None]:
        def check(found: object) -> None:
            assert found == answer
            ((_, arguments, provider),) = oracle.asked
            assert arguments == question
            assert "pulumi:providers:oci::lab" in provider

        return ask(oci.Provider("lab", region="eu-frankfurt-1")).apply(check)

    asked()


@pytest.mark.parametrize(
    ("compartment", "path"), [("c1", ("platform", "gpu")), ("c2", ("platform",)), ("c3", (None, "lab")), ("c4", (None,))]
)
def test_a_compartment_is_named_from_the_root_as_far_as_it_may_be_seen(
    oracle: Oracle, compartment: str, path: tuple[str | None, ...]
) -> None:
    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def asked() -> pulumi.Output[None]:
        def check(found: object) -> None:
            assert found == path

        return lookups.compartment_path(compartment, oci.Provider("lab", region="eu-frankfurt-1")).apply(check)

    asked()


@pytest.mark.parametrize(
    ("services", "message"),
    [
        ([STORAGE], "the region lists no service that stands for all of them; it lists OCI FRA Object Storage"),
        ([], "the region lists no service that stands for all of them; it lists none"),
    ],
)
def test_a_region_without_all_services_is_an_error(oracle: Oracle, services: list[dict[str, str]], message: str) -> None:
    oracle.services = services

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def asked() -> pulumi.Output[Any]:
        return lookups.all_services(oci.Provider("lab", region="eu-frankfurt-1"))

    with pytest.raises(LookupFailedError, match=message):
        asked()


def test_a_tenancy_without_home_is_an_error(oracle: Oracle) -> None:
    oracle.regions = [FRANKFURT]

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def asked() -> pulumi.Output[Any]:
        return lookups.home_region(TENANCY, oci.Provider("lab", region="eu-frankfurt-1"))

    with pytest.raises(LookupFailedError, match=r"shows no home region, only eu-frankfurt-1; set cluster\.homeRegion"):
        asked()


def test_log_analytics_is_not_switched_on_for_a_tenancy_that_has_it_not(oracle: Oracle) -> None:
    oracle.log_analytics["isOnboarded"] = False

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def asked() -> pulumi.Output[Any]:
        return lookups.log_analytics_namespace(TENANCY, oci.Provider("lab", region="eu-frankfurt-1"))

    with pytest.raises(LookupFailedError, match="Log Analytics is not switched on in this tenancy and region"):
        asked()
