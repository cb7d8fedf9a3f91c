"""Storage classes: what the driver takes, and one default."""

import pytest

from infra.oke.storage.storage_classes import (
    PRESENT,
    FileStorageFacts,
    StorageClassError,
    block_class,
    files_class,
    lustre_volume,
    storage_classes,
)

KEY = "ocid1.key.oc1.fra.lab"
FILES = FileStorageFacts(
    availability_domain="Uocm:FRA-AD-1", compartment_id="ocid1.compartment.oc1..lab", mount_target_id="ocid1.mounttarget.oc1.fra.lab"
)


def test_a_fast_block_class_is_exactly_this() -> None:
    assert block_class("block-fast", 20, key_id=KEY).manifest == {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "block-fast", "annotations": {}},
        "provisioner": "blockvolume.csi.oraclecloud.com",
        "parameters": {"csi.storage.k8s.io/fstype": "ext4", "vpusPerGB": "20", "kms-key-id": KEY},
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    }


def test_shared_files_use_the_one_mount_target() -> None:
    found = files_class("files", FILES)
    assert found.manifest["parameters"] == {
        "availabilityDomain": "Uocm:FRA-AD-1",
        "compartmentOcid": "ocid1.compartment.oc1..lab",
        "mountTargetOcid": "ocid1.mounttarget.oc1.fra.lab",
        "encryptInTransit": "false",
    }
    assert (found.provisioner, found.binding, found.expandable) == ("fss.csi.oraclecloud.com", "Immediate", False)
    assert files_class("files", FILES, key_id=KEY).parameters["kmsKeyOcid"] == KEY


def test_oracles_default_stays_the_default_without_a_key() -> None:
    found = storage_classes(files=FILES)
    assert [kind.name for kind in found] == ["block-fast", "files"]
    assert not any(kind.default for kind in found)
    assert not PRESENT & {kind.name for kind in found}


def test_with_a_key_the_encrypted_class_is_the_default_and_all_use_it() -> None:
    found = storage_classes(key_id=KEY, files=FILES)
    (default,) = (kind for kind in found if kind.default)
    assert default.name == "block-encrypted"
    assert default.manifest["metadata"]["annotations"] == {"storageclass.kubernetes.io/is-default-class": "true"}
    assert all(KEY in kind.parameters.values() for kind in found)


def test_every_parameter_is_text() -> None:
    assert all(isinstance(value, str) for kind in storage_classes(key_id=KEY, files=FILES) for value in kind.parameters.values())


@pytest.mark.parametrize("vpus", [-10, 15, 130])
def test_a_performance_that_oracle_does_not_sell_is_refused(vpus: int) -> None:
    with pytest.raises(StorageClassError, match=rf"odd: {vpus} VPUs per GB is not possible; Oracle allows 0 to 120 in steps of 10"):
        block_class("odd", vpus)


def test_lustre_is_a_volume_that_outlives_its_claim() -> None:
    spec = lustre_volume("training", handle="10.0.80.4@tcp:/lustre", capacity_gb=31200)["spec"]
    assert spec["persistentVolumeReclaimPolicy"] == "Retain"
    assert spec["capacity"] == {"storage": "31200G"}
    assert spec["csi"]["volumeHandle"] == "10.0.80.4@tcp:/lustre"
    assert spec["csi"]["driver"] == "lustre.csi.oraclecloud.com"
