"""Every kind of resource that the API has, as the SDK makes, changes and deletes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import oci  # type: ignore[import-untyped]

from simulator.oci import region as model
from simulator.oci.ids import NAMESPACE, TENANCY

REGION = "eu-frankfurt-1"
COMPARTMENT = "ocid1.compartment.oc1..exampleplatform"
DOMAIN = model.domains(REGION)[0]
VERSION = "v1.34.2"
IMAGE = next(image for image in model.images(REGION) if image.kubernetes == VERSION and not image.arm and not image.gpu)

Ids = Mapping[str, str]
"""What was made before, by the names of the cases."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One kind: the names that the SDK has for it, and what to make."""

    name: str
    """`vcn` of `create_vcn`."""
    client: Any
    create: Callable[[Ids], dict[str, Any]]
    """Attributes of the details, by their names in the SDK."""
    change: Mapping[str, Any]
    needs: tuple[str, ...] = ()
    model: str = ""
    """What the model is called, where that is not the name."""
    changes: str = ""
    """The same, of the details of a change."""
    plural: str = ""
    before: Callable[[Ids], tuple[str, ...]] = lambda ids: ()
    """Arguments that come first: the cluster of an add-on, say."""
    listed: Callable[[Ids], dict[str, Any]] = lambda ids: {"compartment_id": COMPARTMENT}
    verbs: tuple[str, str, str] = ("create", "update", "delete")
    ident: Callable[[Any], str] = lambda found: str(found.id)
    """What an item is named by."""
    deleting: Mapping[str, Any] = field(default_factory=dict)

    @property
    def models(self) -> Any:
        return getattr(oci, self.client.__module__.split(".")[1]).models


def _core(name: str, create: Callable[[Ids], dict[str, Any]], **more: Any) -> Case:
    return Case(name=name, client=oci.core.VirtualNetworkClient, create=create, change={"display_name": "changed"}, **more)


def _in_vcn(name: str, plural: str = "", **more: Any) -> Case:
    return _core(name, lambda ids: {"compartment_id": COMPARTMENT, "vcn_id": ids["vcn"], "display_name": "first", **more},
                 needs=("vcn",), plural=plural)  # fmt: skip


def _nsg(ids: Ids) -> dict[str, Any]:
    return {"compartment_id": COMPARTMENT, "vcn_id": ids["vcn"], "display_name": "first"}


_NETWORK = oci.core.models
_OKE = oci.container_engine.models

CASES: tuple[Case, ...] = (
    _core("vcn", lambda ids: {"compartment_id": COMPARTMENT, "cidr_blocks": ["10.0.0.0/16"], "display_name": "first"}),
    _core("subnet", lambda ids: {"compartment_id": COMPARTMENT, "vcn_id": ids["vcn"], "cidr_block": "10.0.1.0/24", "display_name": "first"},
          needs=("vcn",)),
    _in_vcn("network_security_group"),
    _core(
        "route_table",
        lambda ids: {
            "compartment_id": COMPARTMENT, "vcn_id": ids["vcn"], "display_name": "first",
            "route_rules": [_NETWORK.RouteRule(destination="0.0.0.0/0", network_entity_id=ids["nat_gateway"])],
        },
        needs=("vcn", "nat_gateway"),
    ),
    _core(
        "security_list",
        lambda ids: {
            "compartment_id": COMPARTMENT, "vcn_id": ids["vcn"], "display_name": "first",
            "egress_security_rules": [_NETWORK.EgressSecurityRule(destination="0.0.0.0/0", protocol="all", is_stateless=True)],
            "ingress_security_rules": [
                _NETWORK.IngressSecurityRule(
                    source="10.0.0.0/16", protocol="6",
                    tcp_options=_NETWORK.TcpOptions(destination_port_range=_NETWORK.PortRange(min=443, max=443)),
                )
            ],
        },
        needs=("vcn",),
    ),
    _in_vcn("internet_gateway", is_enabled=True),
    _in_vcn("nat_gateway"),
    _core(
        "service_gateway",
        lambda ids: {
            "compartment_id": COMPARTMENT, "vcn_id": ids["vcn"], "display_name": "first",
            "services": [_NETWORK.ServiceIdRequestDetails(
                service_id=model.ocid("service", REGION, "All FRA Services In Oracle Services Network"))],
        },
        needs=("vcn",),
    ),
    Case(name="compute_cluster", client=oci.core.ComputeClient, change={"display_name": "changed"},
         create=lambda ids: {"availability_domain": DOMAIN, "compartment_id": COMPARTMENT, "display_name": "first"}),
    Case(
        name="instance", client=oci.core.ComputeClient, verbs=("launch", "update", "terminate"), change={"display_name": "changed"},
        needs=("subnet",),
        create=lambda ids: {
            "availability_domain": DOMAIN, "compartment_id": COMPARTMENT, "display_name": "first", "shape": "VM.Standard.E5.Flex",
            "shape_config": _NETWORK.LaunchInstanceShapeConfigDetails(ocpus=1, memory_in_gbs=8),
            "source_details": _NETWORK.InstanceSourceViaImageDetails(image_id=IMAGE.id),
            "create_vnic_details": _NETWORK.CreateVnicDetails(subnet_id=ids["subnet"]),
        },
    ),
    Case(
        name="image", client=oci.core.ComputeClient, change={"display_name": "changed"},
        create=lambda ids: {
            "compartment_id": COMPARTMENT, "display_name": "first",
            "image_source_details": _NETWORK.ImageSourceViaObjectStorageUriDetails(
                source_uri="https://objectstorage.example.com/image", source_image_type="QCOW2"),
        },
    ),
    Case(
        name="cluster", client=oci.container_engine.ContainerEngineClient, needs=("vcn", "subnet"), change={"name": "changed"},
        create=lambda ids: {
            "name": "first", "compartment_id": COMPARTMENT, "vcn_id": ids["vcn"], "kubernetes_version": VERSION,
            "type": "ENHANCED_CLUSTER", "endpoint_config": _OKE.CreateClusterEndpointConfigDetails(subnet_id=ids["subnet"]),
            "cluster_pod_network_options": [_OKE.OciVcnIpNativeClusterPodNetworkOptionDetails()],
        },
    ),
    Case(
        name="node_pool", client=oci.container_engine.ContainerEngineClient, needs=("subnet", "cluster"), change={"name": "changed"},
        create=lambda ids: {
            "name": "first", "compartment_id": COMPARTMENT, "cluster_id": ids["cluster"], "kubernetes_version": VERSION,
            "node_shape": "VM.Standard.E5.Flex",
            "node_shape_config": _OKE.CreateNodeShapeConfigDetails(ocpus=2, memory_in_gbs=16),
            "node_source_details": _OKE.NodeSourceViaImageDetails(image_id=IMAGE.id),
            "node_config_details": _OKE.CreateNodePoolNodeConfigDetails(
                size=2,
                placement_configs=[_OKE.NodePoolPlacementConfigDetails(availability_domain=DOMAIN, subnet_id=ids["subnet"])],
                node_pool_pod_network_option_details=_OKE.OciVcnIpNativeNodePoolPodNetworkOptionDetails(pod_subnet_ids=[ids["subnet"]]),
            ),
        },
    ),
    Case(
        name="addon", client=oci.container_engine.ContainerEngineClient, verbs=("install", "update", "disable"), needs=("cluster",),
        before=lambda ids: (ids["cluster"],), listed=lambda ids: {"cluster_id": ids["cluster"]},
        create=lambda ids: {"addon_name": "CertManager", "version": "v1.0.0"}, change={"version": "v1.0.1"},
        ident=lambda found: str(found.name), deleting={"is_remove_existing_add_on": True},
    ),
    Case(
        name="workload_mapping", client=oci.container_engine.ContainerEngineClient, needs=("cluster",),
        before=lambda ids: (ids["cluster"],), listed=lambda ids: {"cluster_id": ids["cluster"]},
        create=lambda ids: {"namespace": "team-a", "mapped_compartment_id": COMPARTMENT}, change={"freeform_tags": {"a": "b"}},
    ),
    Case(name="compartment", client=oci.identity.IdentityClient, change={"description": "changed"},
         create=lambda ids: {"compartment_id": COMPARTMENT, "name": "first", "description": "One"}),
    Case(name="policy", client=oci.identity.IdentityClient, plural="policies", change={"description": "changed"},
         create=lambda ids: {"compartment_id": COMPARTMENT, "name": "first", "description": "One",
                             "statements": ["allow group a to read all-resources in tenancy"]}),
    Case(name="dynamic_group", client=oci.identity.IdentityClient, change={"description": "changed"},
         listed=lambda ids: {"compartment_id": TENANCY},
         create=lambda ids: {"compartment_id": TENANCY, "name": "first", "description": "One",
                             "matching_rule": "ALL {resource.type='cluster'}"}),
    Case(name="tag_namespace", client=oci.identity.IdentityClient, change={"description": "changed"},
         create=lambda ids: {"compartment_id": COMPARTMENT, "name": "first", "description": "One"}),
    Case(name="tag", client=oci.identity.IdentityClient, needs=("tag_namespace",), change={"description": "changed"},
         before=lambda ids: (ids["tag_namespace"],), listed=lambda ids: {"tag_namespace_id": ids["tag_namespace"]},
         create=lambda ids: {"name": "first", "description": "One"}, ident=lambda found: str(found.name)),
    Case(name="quota", client=oci.limits.QuotasClient, change={"description": "changed"}, listed=lambda ids: {"compartment_id": TENANCY},
         create=lambda ids: {"compartment_id": TENANCY, "name": "first", "description": "One",
                             "statements": ["zero compute-core quota /gpu*/ in compartment a"]}),
    Case(name="budget", client=oci.budget.BudgetClient, change={"amount": 20.0}, listed=lambda ids: {"compartment_id": TENANCY},
         create=lambda ids: {"compartment_id": TENANCY, "amount": 10.0, "reset_period": "MONTHLY", "target_type": "COMPARTMENT",
                             "targets": [COMPARTMENT], "display_name": "first"}),
    Case(name="alert_rule", client=oci.budget.BudgetClient, needs=("budget",), change={"threshold": 90.0},
         before=lambda ids: (ids["budget"],), listed=lambda ids: {"budget_id": ids["budget"]},
         create=lambda ids: {"type": "ACTUAL", "threshold": 80.0, "threshold_type": "PERCENTAGE", "display_name": "first"}),
    Case(name="bastion", client=oci.bastion.BastionClient, needs=("subnet",), change={"max_session_ttl_in_seconds": 3600},
         create=lambda ids: {"bastion_type": "STANDARD", "name": "first", "compartment_id": COMPARTMENT, "target_subnet_id": ids["subnet"],
                             "client_cidr_block_allow_list": ["192.0.2.0/24"]}),
    Case(name="session", client=oci.bastion.BastionClient, needs=("bastion",), change={"display_name": "changed"},
         listed=lambda ids: {"bastion_id": ids["bastion"]},
         create=lambda ids: {
             "bastion_id": ids["bastion"], "display_name": "first", "session_ttl_in_seconds": 3600,
             "key_details": oci.bastion.models.PublicKeyDetails(public_key_content="ssh-ed25519 AAAA"),
             "target_resource_details": oci.bastion.models.CreatePortForwardingSessionTargetResourceDetails(
                 target_resource_private_ip_address="10.0.1.9", target_resource_port=6443),
         }),
    Case(name="file_system", client=oci.file_storage.FileStorageClient, change={"display_name": "changed"},
         listed=lambda ids: {"compartment_id": COMPARTMENT, "availability_domain": DOMAIN},
         create=lambda ids: {"availability_domain": DOMAIN, "compartment_id": COMPARTMENT, "display_name": "first"}),
    Case(name="mount_target", client=oci.file_storage.FileStorageClient, needs=("subnet",), change={"display_name": "changed"},
         listed=lambda ids: {"compartment_id": COMPARTMENT, "availability_domain": DOMAIN},
         create=lambda ids: {"availability_domain": DOMAIN, "compartment_id": COMPARTMENT, "display_name": "first",
                             "subnet_id": ids["subnet"]}),
    Case(name="export", client=oci.file_storage.FileStorageClient, needs=("file_system",),
         change={"export_options": [oci.file_storage.models.ClientOptions(source="10.0.0.0/16")]},
         create=lambda ids: {"export_set_id": model.ocid("exportset", REGION, "a"), "file_system_id": ids["file_system"], "path": "/data"}),
    Case(name="bucket", client=oci.object_storage.ObjectStorageClient, change={"versioning": "Enabled"}, before=lambda ids: (NAMESPACE,),
         create=lambda ids: {"name": "first", "compartment_id": COMPARTMENT, "public_access_type": "NoPublicAccess"},
         listed=lambda ids: {"namespace_name": NAMESPACE, "compartment_id": COMPARTMENT}, ident=lambda found: str(found.name)),
    Case(name="lustre_file_system", client=oci.lustre_file_storage.LustreFileStorageClient, needs=("subnet",),
         change={"display_name": "changed"},
         create=lambda ids: {
             "compartment_id": COMPARTMENT, "availability_domain": DOMAIN, "file_system_name": "lustre", "capacity_in_gbs": 31200,
             "subnet_id": ids["subnet"], "performance_tier": "MBPS_PER_TB_125", "display_name": "first",
             "root_squash_configuration": oci.lustre_file_storage.models.RootSquashConfiguration(identity_squash="NONE"),
         }),
    Case(name="log_analytics_log_group", client=oci.log_analytics.LogAnalyticsClient, before=lambda ids: (NAMESPACE,),
         change={"description": "changed"}, listed=lambda ids: {"namespace_name": NAMESPACE, "compartment_id": COMPARTMENT},
         create=lambda ids: {"display_name": "first", "compartment_id": COMPARTMENT}),
    Case(name="log_analytics_entity", client=oci.log_analytics.LogAnalyticsClient, before=lambda ids: (NAMESPACE,),
         change={"name": "changed"}, plural="log_analytics_entities",
         listed=lambda ids: {"namespace_name": NAMESPACE, "compartment_id": COMPARTMENT},
         create=lambda ids: {"name": "first", "compartment_id": COMPARTMENT, "entity_type_name": "omc_host_linux"}),
    Case(name="topic", model="NotificationTopic", changes="TopicAttributesDetails", client=oci.ons.NotificationControlPlaneClient,
         create=lambda ids: {"name": "first", "compartment_id": COMPARTMENT, "description": "One"}, change={"description": "changed"},
         ident=lambda found: str(found.topic_id)),
    Case(name="subscription", client=oci.ons.NotificationDataPlaneClient, needs=("topic",), change={"freeform_tags": {"a": "b"}},
         create=lambda ids: {"topic_id": ids["topic"], "compartment_id": COMPARTMENT, "protocol": "EMAIL", "endpoint": "a@example.com"}),
)  # fmt: skip

BY_NAME: Mapping[str, Case] = {case.name: case for case in CASES}
