"""The cluster as it is declared: private unless said otherwise, verified and encrypted when asked, hard to delete."""

from typing import Any

import pulumi
import pytest
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]

from infra.oci import oci
from infra.oke.cluster.component import Cluster, ClusterArgs
from testkit.registrations import Computed, Sent

ENDPOINTS = [{"privateEndpoint": "10.0.0.5:6443", "publicEndpoint": "", "vcnHostnameEndpoint": "c.vcn:6443"}]


@pytest.fixture
def computed() -> Computed:
    return {"oci:ContainerEngine/cluster:Cluster": {"endpoints": ENDPOINTS}}


def args(**more: Any) -> ClusterArgs:
    needed = {
        "prefix": "lab",
        "compartment_id": "ocid1.compartment",
        "vcn_id": "ocid1.vcn",
        "kubernetes_version": "v1.34.2",
        "endpoint_subnet_id": "ocid1.subnet.endpoint",
    }
    return ClusterArgs(**(needed | more))


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_a_cluster_is_enhanced_private_and_protected(sent: Sent) -> pulumi.Output[None]:
    cluster = Cluster("cluster", args(endpoint_nsg_ids=["ocid1.nsg.endpoint"]))

    def check(_: object) -> None:
        (request,) = sent.of("oci:ContainerEngine/cluster:Cluster")
        assert request.protect
        assert (request.customTimeouts.create, request.customTimeouts.update, request.customTimeouts.delete) == ("60m", "120m", "60m")
        assert MessageToDict(request.object) == {
            "name": "lab",
            "compartmentId": "ocid1.compartment",
            "vcnId": "ocid1.vcn",
            "kubernetesVersion": "v1.34.2",
            "type": "ENHANCED_CLUSTER",
            "clusterPodNetworkOptions": [{"cniType": "OCI_VCN_IP_NATIVE"}],
            "endpointConfig": {"subnetId": "ocid1.subnet.endpoint", "nsgIds": ["ocid1.nsg.endpoint"], "isPublicIpEnabled": False},
            "imagePolicyConfig": {"isPolicyEnabled": False, "keyDetails": []},
            "options": {
                "kubernetesNetworkConfig": {"servicesCidr": "10.96.0.0/16"},
                "serviceLbSubnetIds": [],
                "openIdConnectDiscovery": {"isOpenIdConnectDiscoveryEnabled": False},
            },
        }

    return cluster.id.apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_everything_that_can_be_asked_for_is_passed_on(sent: Sent) -> pulumi.Output[None]:
    policy = oci.identity.Policy("cluster-key", compartment_id="c", name="n", description="d", statements=["s"])
    cluster = Cluster(
        "cluster",
        args(
            pod_network="flannel",
            pods_cidr="10.244.0.0/16",
            services_cidr="172.20.0.0/16",
            public_endpoint=True,
            load_balancer_subnet_ids=["ocid1.subnet.lb"],
            backend_nsg_ids=["ocid1.nsg.workers"],
            secrets_key_id="ocid1.key.secrets",
            image_key_ids=["ocid1.key.images"],
            oidc_discovery=True,
            protect=False,
            after=[policy],
        ),
    )

    def check(_: object) -> None:
        (request,) = sent.of("oci:ContainerEngine/cluster:Cluster")
        found = MessageToDict(request.object)
        assert not request.protect
        assert request.deleteBeforeReplaceDefined
        assert not request.deleteBeforeReplace
        assert list(request.ignoreChanges) == ["options.serviceLbSubnetIds"]
        assert [urn.rsplit("::", 1)[1] for urn in request.dependencies] == ["cluster-key"]
        assert found["clusterPodNetworkOptions"] == [{"cniType": "FLANNEL_OVERLAY"}]
        assert found["endpointConfig"]["isPublicIpEnabled"] is True
        assert found["kmsKeyId"] == "ocid1.key.secrets"
        assert found["imagePolicyConfig"] == {"isPolicyEnabled": True, "keyDetails": [{"kmsKeyId": "ocid1.key.images"}]}
        assert found["options"] == {
            "kubernetesNetworkConfig": {"podsCidr": "10.244.0.0/16", "servicesCidr": "172.20.0.0/16"},
            "serviceLbSubnetIds": ["ocid1.subnet.lb"],
            "serviceLbConfig": {"backendNsgIds": ["ocid1.nsg.workers"]},
            "openIdConnectDiscovery": {"isOpenIdConnectDiscoveryEnabled": True},
        }

    return cluster.id.apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_the_cluster_says_where_its_api_answers(sent: Sent) -> pulumi.Output[None]:
    cluster = Cluster("cluster", args())

    def check(found: list[Any]) -> None:
        assert found == ["cluster-id", "10.0.0.5:6443", None, "v1.34.2"]

    return pulumi.Output.all(cluster.id, cluster.private_endpoint, cluster.public_endpoint, cluster.kubernetes_version).apply(check)


def test_native_pods_have_no_overlay() -> None:
    with pytest.raises(ValueError, match=r"take the addresses of their subnet: leave out the pods block 10\.244\.0\.0/16"):
        Cluster("cluster", args(pods_cidr="10.244.0.0/16"))
