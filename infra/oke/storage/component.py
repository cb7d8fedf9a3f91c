"""Storage outside the cluster: buckets, a shared file system over NFS, a parallel one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pulumi

from infra.oci import oci
from infra.oke.storage.names import bucket_name
from infra.oke.storage.section import Versioning
from infra.problems import PlanError, Problem

LUSTRE_TIERS = (125, 250, 500, 1000)
"""Throughput in MB/s per TB. pulumi_oci 5.5.0, `performanceTier`."""
LUSTRE_SMALLEST_GB, LUSTRE_STEP_GB = 31200, 10400
LUSTRE_LARGE_GB, LUSTRE_LARGE_STEP_GB = 124800, 41600
"""From here on a step is larger. Oracle, "Increasing File System Capacity" (File Storage with Lustre), 2026-11; 31.2 TB are 31,200, as in
oci-hpc-oke 61d210a, 2026-08-20. The text of the API (pulumi_oci 5.5.0) still says steps of 5 TB, which 31.2 itself is none of."""
LUSTRE_NAME_LENGTH = 8
"""Longest name of a Lustre file system. oci-cloud-controller-manager 1100ac3, docs/pvcs-with-lustre-using-csi.md."""

_VERSIONING: Mapping[Versioning, str] = MappingProxyType({True: "Enabled", False: "Disabled", "suspended": "Suspended"})


class StoragePlanError(PlanError):
    """The storage cannot be made as asked."""


@dataclass(frozen=True, kw_only=True)
class Bucket:
    name: str
    versioning: Versioning = True
    """Keep what is overwritten or deleted."""
    key_id: str | None = None
    """KMS key's OCID; None for Oracle's own keys."""


@dataclass(frozen=True, kw_only=True)
class FileStorage:
    subnet_id: pulumi.Input[str]
    """The storage subnet."""
    nsg_id: pulumi.Input[str]
    """The group that lets the nodes in."""
    clients_cidr: str
    """Block of the nodes: the only ones that may mount the export."""
    availability_domains: tuple[int, ...] = (1,)
    """Numbers of the domains, from 1: each gets a mount target and a file system."""
    export_path: str = "/shared"


@dataclass(frozen=True, kw_only=True)
class Lustre:
    subnet_id: pulumi.Input[str]
    """The storage subnet."""
    nsg_id: pulumi.Input[str]
    """The group that lets the nodes in."""
    availability_domain: int = 1
    """Number of the domain, from 1."""
    capacity_gb: int = LUSTRE_SMALLEST_GB
    tier: int = 125
    """One of LUSTRE_TIERS."""
    name: str = "lustre"
    """What clients mount: letters, digits and underscores."""


@dataclass(frozen=True, kw_only=True)
class StorageArgs:
    prefix: str
    """Name of the platform; what all names begin with."""
    compartment_id: pulumi.Input[str]
    availability_domains: pulumi.Input[list[str]]
    """Names of the region's domains, from `infra.oke.lookups`."""
    namespace: pulumi.Input[str]
    """Object Storage namespace of the tenancy, from `infra.oke.lookups`."""
    buckets: Sequence[Bucket] = ()
    file_storage: FileStorage | None = None
    lustre: Lustre | None = None
    key_id: str | None = None
    """KMS key's OCID for both file systems; None for Oracle's own keys."""
    protect: bool = True
    """Refuse to delete what holds data until this is taken off."""


@dataclass(frozen=True, kw_only=True)
class Files:
    file_system: oci.filestorage.FileSystem
    mount_target: oci.filestorage.MountTarget
    export: oci.filestorage.Export
    availability_domain: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class StorageResources:
    buckets: Mapping[str, oci.objectstorage.Bucket]
    """By the name in the stack file, without the platform's."""
    files: Mapping[int, Files]
    """By number of the availability domain."""
    lustre: oci.lustre.FileStorageLustreFileSystem | None

    @property
    def lustre_handle(self) -> pulumi.Output[str] | None:
        """What a volume on the Lustre file system names: `10.0.2.6@tcp:/lustre`."""
        if self.lustre is None:
            return None
        return pulumi.Output.format("{0}@{1}:/{2}", self.lustre.management_service_address, self.lustre.lnet, self.lustre.file_system_name)


class Storage(pulumi.ComponentResource):
    """Buckets that are never public, and file systems that only the nodes reach.

    Raises StoragePlanError with everything Oracle would refuse.
    """

    resources: StorageResources

    def __init__(self, name: str, args: StorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check(args)
        super().__init__("platform:oke:Storage", name, {}, opts)
        self._name, self._args = name, args
        self._domains = pulumi.Output.from_input(args.availability_domains)
        self.resources = StorageResources(
            buckets=MappingProxyType({bucket.name: self._bucket(bucket) for bucket in args.buckets}),
            files=MappingProxyType({number: self._files(args.file_storage, number) for number in args.file_storage.availability_domains})
            if args.file_storage
            else MappingProxyType({}),
            lustre=self._lustre(args.lustre) if args.lustre else None,
        )
        self.register_outputs({"buckets": {key: bucket.name for key, bucket in self.resources.buckets.items()}})

    def _holds_data(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, protect=self._args.protect)

    def _bucket(self, bucket: Bucket) -> oci.objectstorage.Bucket:
        return oci.objectstorage.Bucket(
            f"{self._name}-{bucket.name}",
            name=bucket_name(self._args.prefix, bucket.name),
            namespace=self._args.namespace,
            compartment_id=self._args.compartment_id,
            access_type="NoPublicAccess",
            storage_tier="Standard",
            versioning=_VERSIONING[bucket.versioning],
            object_events_enabled=True,
            kms_key_id=bucket.key_id,
            opts=self._holds_data(),
        )

    def _files(self, storage: FileStorage, number: int) -> Files:
        args, label = self._args, f"files-ad{number}"
        domain = self._domain(number)
        file_system = oci.filestorage.FileSystem(
            f"{self._name}-{label}",
            availability_domain=domain,
            compartment_id=args.compartment_id,
            display_name=f"{args.prefix}-{label}",
            kms_key_id=args.key_id,
            opts=self._holds_data(),
        )
        mount_target = oci.filestorage.MountTarget(
            f"{self._name}-{label}-mount",
            availability_domain=domain,
            compartment_id=args.compartment_id,
            subnet_id=storage.subnet_id,
            display_name=f"{args.prefix}-{label}",
            nsg_ids=[storage.nsg_id],
            opts=pulumi.ResourceOptions(parent=self),
        )
        export = oci.filestorage.Export(
            f"{self._name}-{label}-export",
            export_set_id=mount_target.export_set_id,
            file_system_id=file_system.id,
            path=storage.export_path,
            # Root stays root: kubelets own volumes as root to hand them to a pod's group. Only nodes are let in, from ports of root's.
            export_options=[
                oci.filestorage.ExportExportOptionArgs(
                    source=storage.clients_cidr,
                    access="READ_WRITE",
                    identity_squash="NONE",
                    require_privileged_source_port=True,
                    is_anonymous_access_allowed=False,
                )
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        return Files(file_system=file_system, mount_target=mount_target, export=export, availability_domain=domain)

    def _lustre(self, lustre: Lustre) -> oci.lustre.FileStorageLustreFileSystem:
        args = self._args
        return oci.lustre.FileStorageLustreFileSystem(
            f"{self._name}-lustre",
            availability_domain=self._domain(lustre.availability_domain),
            compartment_id=args.compartment_id,
            subnet_id=lustre.subnet_id,
            display_name=f"{args.prefix}-lustre",
            file_system_name=lustre.name,
            capacity_in_gbs=lustre.capacity_gb,
            performance_tier=f"MBPS_PER_TB_{lustre.tier}",
            kms_key_id=args.key_id,
            nsg_ids=[lustre.nsg_id],
            root_squash_configuration=oci.lustre.FileStorageLustreFileSystemRootSquashConfigurationArgs(identity_squash="NONE"),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect, custom_timeouts=pulumi.CustomTimeouts(create="2h", delete="2h")),
        )

    def _domain(self, number: int) -> pulumi.Output[str]:
        return self._domains.apply(lambda names: _nth(names, number))


def check(args: StorageArgs) -> None:
    """Raises StoragePlanError with everything Oracle would refuse."""
    problems: list[Problem] = []
    names = [bucket.name for bucket in args.buckets]
    problems += [
        Problem(f"storage.buckets.{name}", "is named twice; give each its own name")
        for name in sorted({n for n in names if names.count(n) > 1})
    ]
    if args.file_storage is not None and not args.file_storage.export_path.startswith("/"):
        problems.append(Problem("storage.fileStorage.exportPath", f"{args.file_storage.export_path!r} must begin with /"))
    if args.lustre is not None:
        if args.lustre.tier not in LUSTRE_TIERS:
            problems.append(
                Problem("storage.lustre.tier", f"{args.lustre.tier} is not possible; choose one of {', '.join(map(str, LUSTRE_TIERS))}")
            )
        below, above = _capacities(args.lustre.capacity_gb)
        if below != args.lustre.capacity_gb:
            problems.append(
                Problem(
                    "storage.lustre.capacityGb",
                    f"is {args.lustre.capacity_gb}, which Oracle does not have; next to it "
                    + (f"are {below} and {above}" if below else f"is {above}"),
                )
            )
        if not re.fullmatch(rf"[A-Za-z][A-Za-z0-9_]{{0,{LUSTRE_NAME_LENGTH - 1}}}", args.lustre.name):
            problems.append(
                Problem("storage.lustre.name", f"{args.lustre.name!r} must be a letter, then at most 7 letters, digits or underscores")
            )
    if problems:
        raise StoragePlanError(problems)


def _nth(names: Sequence[str], number: int) -> str:
    if not 1 <= number <= len(names):
        raise StoragePlanError([Problem("storage", f"availability domain {number} does not exist; the region has {len(names)}")])
    return names[number - 1]


def _capacities(wanted: int) -> tuple[int, int]:
    """The capacities of a Lustre file system next to one, in GB: the largest that is no larger, 0 where there is none, and the next."""
    if wanted < LUSTRE_SMALLEST_GB:
        return 0, LUSTRE_SMALLEST_GB
    least, step = (LUSTRE_SMALLEST_GB, LUSTRE_STEP_GB) if wanted < LUSTRE_LARGE_GB else (LUSTRE_LARGE_GB, LUSTRE_LARGE_STEP_GB)
    below = wanted - (wanted - least) % step
    return below, below + step
