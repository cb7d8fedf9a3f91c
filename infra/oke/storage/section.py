"""The `storage` section of an OKE cluster: buckets, shared file systems, classes of block volumes."""

from typing import Annotated, Literal

from pydantic import Field

from infra.section import BucketName, KeyId, Section, form

Versioning = bool | Literal["suspended"]


class Bucket(Section):
    versioning: Versioning = True
    """Keep what is overwritten or deleted. Once on it cannot be turned off: `suspended` keeps no new versions, and those that there are."""
    kms_key_id: KeyId | None = None
    """Customer-managed key. Left out: Oracle's own."""


class FileStorage(Section):
    enabled: bool = False
    """Make a File Storage file system (NFS, many nodes read and write)."""
    availability_domain: Annotated[int, Field(ge=1, le=3)] = 1
    """Number of the availability domain of the mount target."""
    export_path: Annotated[str, form(r"^/[A-Za-z0-9._/-]*$", "a path like /shared")] = "/shared"
    """Path that clients mount."""


class Lustre(Section):
    enabled: bool = False
    """Make a Lustre file system, for training data that must be read fast."""
    availability_domain: Annotated[int, Field(ge=1, le=3)] = 1
    """Number of the availability domain it lives in."""
    capacity_gb: Annotated[int, Field(ge=31200)] = 31200
    """Capacity in GB: 31,200, and more in steps of 10,400 up to 124,800, in steps of 41,600 from there. It only grows."""
    tier: Annotated[int, Field(ge=125, le=1000)] = 125
    """Throughput in MB/s per TB: 125, 250, 500 or 1000."""


class Storage(Section):
    buckets: dict[BucketName, Bucket] = {}
    """Object Storage buckets, by the name that follows the platform's: models, data sets, results. Never public."""
    file_storage: FileStorage = FileStorage()
    """Shared file system over NFS."""
    lustre: Lustre = Lustre()
    """Parallel file system."""
    volume_key_id: KeyId | None = None
    """Customer-managed key for block and boot volumes. Left out: Oracle's own."""
