"""Storage: buckets nobody outside reads, file systems only nodes mount, data that a mistake does not delete."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest

from infra.oke.storage.component import Bucket, FileStorage, Lustre, Storage, StorageArgs, StoragePlanError
from testkit.registrations import Computed, Sent

DOMAINS = ["Uocm:FRA-AD-1", "Uocm:FRA-AD-2", "Uocm:FRA-AD-3"]
SUBNET = "ocid1.subnet.oc1.fra.storage"
KEY = "ocid1.key.oc1.fra.lab"
FILES = FileStorage(subnet_id=SUBNET, nsg_id="fss-nsg", clients_cidr="10.0.64.0/20")
LUSTRE = Lustre(subnet_id=SUBNET, nsg_id="lustre-nsg", availability_domain=2)
COMPUTED = {
    "oci:FileStorage/mountTarget:MountTarget": {"exportSetId": "export-set"},
    "oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem": {"managementServiceAddress": "10.0.80.4", "lnet": "tcp"},
}


@pytest.fixture
def computed() -> Computed:
    return COMPUTED


def declare(**changes: Any) -> Storage:
    arguments: dict[str, Any] = {
        "prefix": "gpu-lab",
        "compartment_id": "ocid1.compartment.oc1..lab",
        "availability_domains": DOMAINS,
        "namespace": "labspace",
    }
    return Storage("storage", StorageArgs(**{**arguments, **changes}))


def settled(storage: Storage) -> pulumi.Output[Any]:
    made = storage.resources
    exports = [files.export for files in made.files.values()]
    return pulumi.Output.all(*(one.urn for one in (*made.buckets.values(), *exports, *([made.lustre] if made.lustre else []))))


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_a_bucket_is_private_versioned_and_announces_changes(sent: Sent) -> pulumi.Output[None]:
    def check(_: object) -> None:
        assert dict(sent["storage-models"].object) == {
            "name": "gpu-lab-models",
            "namespace": "labspace",
            "compartmentId": "ocid1.compartment.oc1..lab",
            "accessType": "NoPublicAccess",
            "storageTier": "Standard",
            "versioning": "Enabled",
            "objectEventsEnabled": True,
            "kmsKeyId": KEY,
        }
        assert "kmsKeyId" not in sent["storage-cache"].object
        assert sent["storage-cache"].object["versioning"] == "Disabled"
        assert sent["storage-old"].object["versioning"] == "Suspended"

    kept = (Bucket(name="models", key_id=KEY), Bucket(name="cache", versioning=False), Bucket(name="old", versioning="suspended"))
    return settled(declare(buckets=kept)).apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_each_domain_gets_a_file_system_that_only_nodes_mount(sent: Sent) -> pulumi.Output[None]:
    asked = FileStorage(subnet_id=SUBNET, nsg_id="fss-nsg", clients_cidr="10.0.64.0/20", availability_domains=(1, 3))
    storage = declare(file_storage=asked, key_id=KEY)

    def check(_: object) -> None:
        assert set(storage.resources.files) == {1, 3}
        for number in (1, 3):
            system, mount = sent[f"storage-files-ad{number}"].object, sent[f"storage-files-ad{number}-mount"].object
            assert system["availabilityDomain"] == mount["availabilityDomain"] == DOMAINS[number - 1]
            assert system["kmsKeyId"] == KEY
            assert (mount["subnetId"], list(mount["nsgIds"])) == (SUBNET, ["fss-nsg"])
            export = sent[f"storage-files-ad{number}-export"].object
            assert (export["exportSetId"], export["fileSystemId"]) == ("export-set", f"storage-files-ad{number}-id")
            (options,) = map(dict, export["exportOptions"])
            assert options == {
                "source": "10.0.64.0/20",
                "access": "READ_WRITE",
                "identitySquash": "NONE",
                "requirePrivilegedSourcePort": True,
                "isAnonymousAccessAllowed": False,
            }

    return settled(storage).apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_lustre_says_how_it_is_mounted(sent: Sent) -> pulumi.Output[None]:
    storage = declare(lustre=LUSTRE)
    handle = storage.resources.lustre_handle
    assert handle is not None

    def check(found: list[str]) -> None:
        assert found[1] == "10.0.80.4@tcp:/lustre"
        lustre = dict(sent["storage-lustre"].object)
        assert (lustre["availabilityDomain"], lustre["performanceTier"], lustre["capacityInGbs"]) == (DOMAINS[1], "MBPS_PER_TB_125", 31200)
        assert list(lustre["nsgIds"]) == ["lustre-nsg"]

    return pulumi.Output.all(settled(storage), handle).apply(check)


@pytest.mark.parametrize("protect", [True, False])
def test_what_holds_data_is_protected_and_what_does_not_is_not(sent: Sent, protect: bool) -> None:
    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def declared() -> pulumi.Output[None]:
        storage = declare(buckets=(Bucket(name="models"),), file_storage=FILES, lustre=LUSTRE, protect=protect)

        def check(_: object) -> None:
            protected = {name for name, request in sent.by_name.items() if request.protect}
            assert protected == ({"storage-models", "storage-files-ad1", "storage-lustre"} if protect else set())
            children = [request for request in sent.by_name.values() if request.type.startswith("oci:")]
            assert all(request.parent.endswith("platform:oke:Storage::storage") for request in children)

        return settled(storage).apply(check)

    declared()


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_nothing_asked_for_is_nothing_made(sent: Sent) -> None:
    storage = declare()
    assert storage.resources.lustre_handle is None
    assert not storage.resources.files and not storage.resources.buckets


REFUSED = [
    ({"buckets": (Bucket(name="models"), Bucket(name="models"))}, "storage.buckets.models: is named twice; give each its own name"),
    (
        {"file_storage": FileStorage(subnet_id=SUBNET, nsg_id="n", clients_cidr="10.0.0.0/20", export_path="shared")},
        "storage.fileStorage.exportPath: 'shared' must begin with /",
    ),
    (
        {"lustre": Lustre(subnet_id=SUBNET, nsg_id="n", tier=200)},
        "storage.lustre.tier: 200 is not possible; choose one of 125, 250, 500, 1000",
    ),
    (
        {"lustre": Lustre(subnet_id=SUBNET, nsg_id="n", capacity_gb=1000)},
        "storage.lustre.capacityGb: is 1000, which Oracle does not have; next to it is 31200",
    ),
    (
        {"lustre": Lustre(subnet_id=SUBNET, nsg_id="n", capacity_gb=35000)},
        "storage.lustre.capacityGb: is 35000, which Oracle does not have; next to it are 31200 and 41600",
    ),
    (
        {"lustre": Lustre(subnet_id=SUBNET, nsg_id="n", capacity_gb=135200)},
        "storage.lustre.capacityGb: is 135200, which Oracle does not have; next to it are 124800 and 166400",
    ),
    (
        {"lustre": Lustre(subnet_id=SUBNET, nsg_id="n", name="far-too-long")},
        "storage.lustre.name: 'far-too-long' must be a letter, then at most 7 letters, digits or underscores",
    ),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_storage_that_cannot_be_is_refused(sent: Sent, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(StoragePlanError) as refusal:
        declare(**changes)
    assert list(map(str, refusal.value.problems)) == [message]
    assert not sent.by_name


@pytest.fixture
def _failing_program() -> Iterator[None]:
    """A loop of its own: what else of the program fails with the refusal is awaited by nobody, and would be reported at the end."""
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)
    asyncio.set_event_loop(loop)
    yield
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.mark.usefixtures("_failing_program")
def test_a_domain_that_the_region_lacks_is_refused(sent: Sent) -> None:
    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def declared() -> pulumi.Output[Any]:
        return settled(declare(availability_domains=DOMAINS[:1], lustre=LUSTRE))

    with pytest.raises(ValueError, match="availability domain 2 does not exist; the region has 1"):
        declared()
