"""An imported image: its address stays secret, and it is ready once every shape may boot it."""

import pulumi
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from pulumi.runtime.rpc import _special_secret_sig, _special_sig_key

from infra.oci import oci
from infra.oke.images.component import ImportedImage, ImportedImageArgs
from infra.oke.images.variants import Variant
from testkit.registrations import Sent

URL = "https://objectstorage.ca-montreal-1.oraclecloud.com/p/kEy/n/hpc/b/images/o/Canonical-Ubuntu-22.04-GPU-570-CUDA-12.8"


def args(url: str | pulumi.Output[str]) -> ImportedImageArgs:
    return ImportedImageArgs(
        prefix="lab",
        key="gpu",
        compartment_id="ocid1.compartment",
        source_url=url,
        variant=Variant(os_version="22.04"),
        shapes=["VM.GPU.A10.1", "BM.GPU.H100.8", "VM.GPU.A10.1"],
    )


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_the_address_is_a_secret_wherever_it_goes(sent: Sent) -> pulumi.Output[None]:
    image = ImportedImage("image-gpu", args(URL))

    def check(_: object) -> None:
        request = sent["image-gpu"]
        details = MessageToDict(request.object)["imageSourceDetails"]
        assert details == {
            "sourceType": "objectStorageUri",
            "sourceUri": {_special_sig_key: _special_secret_sig, "value": URL},
            "operatingSystem": "Canonical Ubuntu",
            "operatingSystemVersion": "22.04",
        }
        assert request.object["displayName"] == "lab-gpu"
        assert request.customTimeouts.create == "2h"

    return image.image_id.apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_each_shape_is_allowed_once_before_the_image_is_used(sent: Sent) -> pulumi.Output[None]:
    image = ImportedImage("image-gpu", args(URL))

    def check(found: object) -> None:
        assert found == "image-gpu-id"
        allowed = [request.object for request in sent.of("oci:Core/shapeManagement:ShapeManagement")]
        assert sorted((entry["imageId"], entry["shapeName"]) for entry in allowed) == [
            ("image-gpu-id", "BM.GPU.H100.8"),
            ("image-gpu-id", "VM.GPU.A10.1"),
        ]

    return image.image_id.apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_a_pool_that_takes_the_image_waits_for_its_shapes(sent: Sent) -> pulumi.Output[None]:
    image = ImportedImage("image-gpu", args(URL))

    source = oci.containerengine.NodePoolNodeSourceDetailsArgs(source_type="IMAGE", image_id=image.image_id)
    pool = oci.containerengine.NodePool("pool", cluster_id="c", compartment_id="c", node_shape="VM.GPU.A10.1", node_source_details=source)

    def check(_: object) -> None:
        request = sent["pool"]
        waits = sorted(urn.rsplit("::", 1)[1] for urn in request.dependencies)
        assert waits == ["image-gpu", "image-gpu-BM.GPU.H100.8", "image-gpu-VM.GPU.A10.1"]

    return pool.urn.apply(check)


def test_the_format_is_read_off_a_plain_address() -> None:
    assert args(URL).source_image_type is None
    assert args(URL + ".qcow2").source_image_type == "QCOW2"
