"""Storage classes of the cluster, as manifests: the Kubernetes side of `component.py`, declared by whoever holds the cluster."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

BLOCK = "blockvolume.csi.oraclecloud.com"
FILES = "fss.csi.oraclecloud.com"
LUSTRE = "lustre.csi.oraclecloud.com"

PRESENT = frozenset({"oci-bv"})
"""Classes that OKE makes itself: `oci-bv` is balanced block volume, and the default."""

# Volume performance units per GB, by what Oracle calls them. oci-cloud-controller-manager 1100ac3, pkg/csi-util/utils.go, 2026-07.
# Above 20 a volume is ultra high performance: it needs multipath on the nodes and bills up to five times as much.
LOWER_COST, BALANCED, HIGHER = 0, 10, 20
ULTRA = 120

Binding = Literal["WaitForFirstConsumer", "Immediate"]


class StorageClassError(ValueError):
    """A storage class that the driver would refuse."""


@dataclass(frozen=True, kw_only=True)
class StorageClass:
    name: str
    provisioner: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Strings, or outputs of them: the driver takes no other type."""
    binding: Binding
    """Block volumes live in one availability domain, so they wait for the pod; file systems are reached from all."""
    expandable: bool = True
    default: bool = False

    @property
    def manifest(self) -> dict[str, Any]:
        annotations = {"storageclass.kubernetes.io/is-default-class": "true"} if self.default else {}
        return {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": self.name, "annotations": annotations},
            "provisioner": self.provisioner,
            "parameters": dict(self.parameters),
            "reclaimPolicy": "Delete",
            "volumeBindingMode": self.binding,
            "allowVolumeExpansion": self.expandable,
        }


@dataclass(frozen=True, kw_only=True)
class FileStorageFacts:
    """What a class of NFS volumes needs to know. All may be outputs."""

    availability_domain: Any
    compartment_id: Any
    mount_target_id: Any
    """One mount target serves all volumes: tenancies may have few."""


def block_class(name: str, vpus_per_gb: int = BALANCED, *, key_id: Any = None, default: bool = False) -> StorageClass:
    """A class of block volumes. `key_id` is a KMS key's OCID; None for Oracle's own keys. Raises StorageClassError."""
    if vpus_per_gb % 10 or not LOWER_COST <= vpus_per_gb <= ULTRA:
        raise StorageClassError(f"{name}: {vpus_per_gb} VPUs per GB is not possible; Oracle allows 0 to {ULTRA} in steps of 10")
    parameters: dict[str, Any] = {"csi.storage.k8s.io/fstype": "ext4", "vpusPerGB": str(vpus_per_gb)}
    if key_id is not None:
        parameters["kms-key-id"] = key_id
    return StorageClass(name=name, provisioner=BLOCK, parameters=parameters, binding="WaitForFirstConsumer", default=default)


def files_class(name: str, facts: FileStorageFacts, *, key_id: Any = None) -> StorageClass:
    """A class of NFS volumes that many pods write, each a file system of its own on the shared mount target."""
    parameters: dict[str, Any] = {
        "availabilityDomain": facts.availability_domain,
        "compartmentOcid": facts.compartment_id,
        "mountTargetOcid": facts.mount_target_id,
        "encryptInTransit": "false",
    }
    if key_id is not None:
        parameters["kmsKeyOcid"] = key_id
    return StorageClass(name=name, provisioner=FILES, parameters=parameters, binding="Immediate", expandable=False)


def storage_classes(*, key_id: Any = None, files: FileStorageFacts | None = None) -> tuple[StorageClass, ...]:
    """The platform's classes beside OKE's `oci-bv`, which stays the default unless there is a key of one's own.

    With a key, `block-encrypted` is a default too and wins: of several defaults Kubernetes takes the newest.
    """
    classes = [block_class("block-fast", HIGHER, key_id=key_id)]
    if key_id is not None:
        classes.append(block_class("block-encrypted", BALANCED, key_id=key_id, default=True))
    if files is not None:
        classes.append(files_class("files", files, key_id=key_id))
    return tuple(classes)


def lustre_volume(name: str, *, handle: Any, capacity_gb: int) -> dict[str, Any]:
    """A PersistentVolume on the Lustre file system that exists. There is no class: a claim must not buy 31 TB.

    `handle` is `<management address>@<lnet>:/<file system name>` (`Storage.resources.lustre`), a string or an output of one.
    """
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "capacity": {"storage": f"{capacity_gb}G"},
            "accessModes": ["ReadWriteMany"],
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "",
            "csi": {"driver": LUSTRE, "volumeHandle": handle, "fsType": "lustre", "volumeAttributes": {"setupLnet": "true"}},
        },
    }
