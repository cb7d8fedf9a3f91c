"""What others say of a change: Oracle's documentation, or the source of the provider. A test holds the table to it."""

from dataclasses import dataclass

from testkit.changes.effects import Word

_PROVIDER = "https://github.com/oracle/terraform-provider-oci/blob/v8.28.0/internal/service"
CLUSTER = f"{_PROVIDER}/containerengine/containerengine_cluster_resource.go"
NODE_POOL = f"{_PROVIDER}/containerengine/containerengine_node_pool_resource.go"
SUBNET = f"{_PROVIDER}/core/core_subnet_resource.go"
EXPORT = f"{_PROVIDER}/file_storage/file_storage_export_resource.go"
LUSTRE = f"{_PROVIDER}/lustre_file_storage/lustre_file_storage_lustre_file_system_resource.go"
_DOCS = "https://docs.oracle.com/en-us/iaas/Content"
UPGRADES = f"{_DOCS}/ContEng/Tasks/contengupgradingk8smasternode.htm"
BOOT_VOLUMES = f"{_DOCS}/ContEng/Tasks/replace-boot-volume-worker-node-top.htm"
NODES = f"{_DOCS}/ContEng/Tasks/contengupgradingimageworkernode.htm"
PLACEMENT = "https://github.com/oracle-terraform-modules/terraform-oci-oke/issues/879"
VERSIONING = f"{_DOCS}/Object/Tasks/usingversioning.htm"
CAPACITY = f"{_DOCS}/lustre/file-system-capacity.htm"
_CLI = "https://docs.oracle.com/en-us/iaas/tools/oci-cli/latest/oci_cli_docs/cmdref/network"
BLOCKS = f"{_CLI}/vcn/modify-vcn-cidr.html"
ADDRESSES = f"{_CLI}/subnet/update.html"
_KUEUE = "https://github.com/kubernetes-sigs/kueue/blob/v0.19.2/apis/kueue/v1beta2"
READ = "2026-11"
"""When they were read."""


@dataclass(frozen=True, kw_only=True)
class Opinion:
    key: str
    new: str = ""
    """The value after the change that it is of; empty for all of the key's."""
    old: str = ""
    """The value before it; empty for any."""
    base: str = ""
    """The stack that it is of; empty for all on which nothing is protected."""
    word: Word
    """What it comes to, where nothing is protected."""
    says: str
    source: str

    def of(self, key: str, base: str, old: str, new: str) -> bool:
        """Whether it is an opinion of this row."""
        return key == self.key and self.base in ("", base) and self.old in ("", old) and self.new in ("", new)


def _replaces(key: str, says: str, source: str) -> Opinion:
    return Opinion(key=f"{key} (oke)", word="replaces", says=says, source=source)


OPINIONS: tuple[Opinion, ...] = (
    _replaces("cluster.compartmentId", "`compartment_id` is ForceNew", CLUSTER),
    _replaces("cluster.network.podNetwork", "`cluster_pod_network_options` is ForceNew", CLUSTER),
    _replaces("cluster.network.podsCidr", "`pods_cidr` is ForceNew", CLUSTER),
    _replaces("cluster.network.servicesCidr", "`services_cidr` is ForceNew", CLUSTER),
    _replaces("cluster.encryption.clusterKeyId", "`kms_key_id` is ForceNew", CLUSTER),
    _replaces("cluster.network.vcnId", "`vcn_id` is ForceNew", CLUSTER),
    _replaces("cluster.network.subnets.endpoint.id", "ForceNewIfChange of `endpoint_config.0.subnet_id`", CLUSTER),
    _replaces("cluster.nodePools.*.rdma", "`compute_cluster_id` is ForceNew", NODE_POOL),
    _replaces("cluster.storage.fileStorage.exportPath", "`path` is ForceNew", EXPORT),
    _replaces(
        "cluster.storage.fileStorage.availabilityDomain", "`file_system_id` is ForceNew, and so is the domain of what it names", EXPORT
    ),
    _replaces("cluster.storage.lustre.tier", "`performance_tier` is ForceNew", LUSTRE),
    _replaces("cluster.storage.lustre.availabilityDomain", "`availability_domain` is ForceNew", LUSTRE),
    Opinion(key="name", base="dev", word="replaces", says="`dns_label` is ForceNew", source=SUBNET),
    Opinion(
        key="cluster.endpoint.public (oke)", base="dev", word="replaces", says="`prohibit_public_ip_on_vnic` is ForceNew", source=SUBNET
    ),
    Opinion(
        key="cluster.endpoint.public (oke)",
        base="public-endpoint",
        word="in place",
        says="`is_public_ip_enabled` is not ForceNew",
        source=CLUSTER,
    ),
    Opinion(key="cluster.endpoint.publicSubnet (oke)", word="replaces", says="`prohibit_public_ip_on_vnic` is ForceNew", source=SUBNET),
    Opinion(key="cluster.kubernetesVersion (oke)", new="v1.36.1", word="refused", says="one minor version at a time", source=UPGRADES),
    Opinion(key="cluster.kubernetesVersion (oke)", new="v1.33.1", word="refused", says="no way back", source=UPGRADES),
    Opinion(
        key="cluster.kubernetesVersion (oke)",
        new="v1.35.2",
        word="cycles nodes",
        says="boot volumes carry the version",
        source=BOOT_VOLUMES,
    ),
    Opinion(key="cluster.encryption.imageKeyIds (oke)", word="in place", says="`image_policy_config` is not ForceNew", source=CLUSTER),
    Opinion(key="cluster.network.vcnCidr (oke)", word="refused", says="no subnet may be left outside", source=BLOCKS),
    Opinion(
        key="cluster.network.subnets.endpoint.cidr (oke)", word="refused", says="no address in use may be left outside", source=ADDRESSES
    ),
    Opinion(
        key="cluster.network.subnets.bastion.cidr (oke)", word="refused", says="no address in use may be left outside", source=ADDRESSES
    ),
    Opinion(
        key="cluster.network.loadBalancers.public (oke)",
        word="in place",
        says="`service_lb_subnet_ids` is ForceNew, so it stays",
        source=CLUSTER,
    ),
    Opinion(
        key="cluster.nodePools.*.labels (oke)", new="{team: data}", word="refused", says="boot volumes carry no labels", source=BOOT_VOLUMES
    ),
    Opinion(key="cluster.nodePools.*.image.id (oke)", word="cycles nodes", says="boot volumes carry the image", source=BOOT_VOLUMES),
    Opinion(key="cluster.nodePools.*.sshPublicKey (oke)", word="cycles nodes", says="boot volumes carry the SSH key", source=BOOT_VOLUMES),
    Opinion(
        key="cluster.nodePools.*.bootVolumeGib (oke)", new="150", word="cycles nodes", says="a boot volume may grow", source=BOOT_VOLUMES
    ),
    Opinion(
        key="cluster.nodePools.*.bootVolumeGib (oke)", new="60", word="refused", says="a boot volume may not shrink", source=BOOT_VOLUMES
    ),
    Opinion(key="cluster.nodePools.*.size (oke)", word="in place", says="`size` is not ForceNew", source=NODE_POOL),
    Opinion(key="cluster.nodePools.*.cycling (oke)", word="in place", says="what is set for the next update", source=NODES),
    Opinion(key="cluster.nodePools.*.evictionGraceMinutes (oke)", word="in place", says="what is set for the next update", source=NODES),
    Opinion(
        key="cluster.nodePools.*.availabilityDomains (oke)",
        new="[1, 2]",
        old="left out",
        word="refused",
        says="no placement anew while nodes are cycled",
        source=PLACEMENT,
    ),
    Opinion(key="cluster.storage.lustre.capacityGb (oke)", new="41600", word="in place", says="a file system grows", source=CAPACITY),
    Opinion(
        key="cluster.storage.lustre.capacityGb (oke)", new="31200", word="refused", says="a file system does not shrink", source=CAPACITY
    ),
    Opinion(key="cluster.storage.buckets.*.versioning (oke)", new="false", word="refused", says="once on it stays", source=VERSIONING),
    Opinion(key="cluster.storage.buckets.*.versioning (oke)", new="suspended", word="in place", says="it is suspended", source=VERSIONING),
    Opinion(
        key="addons.queues.flavors.*.topology",
        word="refused",
        says="`topologyName` is immutable",
        source=f"{_KUEUE}/resourceflavor_types.go",
    ),
    Opinion(key="addons.queues.topologies", word="refused", says="`levels` is immutable", source=f"{_KUEUE}/topology_types.go"),
    Opinion(
        key="addons.queues.checks.*.controller",
        word="refused",
        says="`controllerName` is immutable",
        source=f"{_KUEUE}/admissioncheck_types.go",
    ),
    Opinion(
        key="addons.queues.queues.*.namespaces",
        new="[pretrain, finetune]",
        word="replaces",
        says="`clusterQueue` is immutable",
        source=f"{_KUEUE}/localqueue_types.go",
    ),
)
