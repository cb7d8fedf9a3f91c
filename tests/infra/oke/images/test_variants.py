"""Oracle's GPU images on Ubuntu, and the addresses they are imported from."""

import pytest

from infra.oke.images.variants import VARIANTS, problems, source_image_type

KEY = "kEy-OF-the-BUCKET"
GOOD = (
    f"https://objectstorage.ca-montreal-1.oraclecloud.com/p/{KEY}/n/hpc/b/images/o/Canonical-Ubuntu-22.04-GPU-570-CUDA-12.8",
    f"https://idx.objectstorage.eu-frankfurt-1.oci.customer-oci.com/p/{KEY}/n/idx/b/builds/o/images/2026.07.13/Canonical-Ubuntu-22.04.oci",
    "https://objectstorage.eu-frankfurt-1.oraclecloud.com/n/mine/b/images/o/gpu.qcow2",
)


@pytest.mark.parametrize("url", GOOD)
def test_an_object_of_object_storage_can_be_imported(url: str) -> None:
    assert problems(url, "ubuntu-22.04-cuda-12.8", "importedImages.gpu") == ()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (GOOD[0].replace("https", "http"), "sourceUrl: uses http, but an image is fetched by https"),
        (f"https://example.com/p/{KEY}/n/a/b/c/o/d", "sourceUrl: the host 'example.com' is not Object Storage, like objectstorage."),
        (f"https://objectstorage.x.oraclecloud.com.evil.example/p/{KEY}/n/a/b/c/o/d", "is not Object Storage"),
        (f"https://objectstorage.eu-frankfurt-1.oraclecloud.com/p/{KEY}/n/a/b/c/o/", "sourceUrl: leads to no object: the path must be /n/"),
        (
            GOOD[0] + ".vmdk",
            "sourceUrl: the object Canonical-Ubuntu-22.04-GPU-570-CUDA-12.8.vmdk has the wrong format; allowed: Oracle's own",
        ),
    ],
)
def test_any_other_address_is_refused_without_repeating_its_key(url: str, message: str) -> None:
    (problem,) = problems(url, "ubuntu-22.04-cuda-12.8", "importedImages.gpu")
    assert message in str(problem)
    assert KEY not in str(problem)


def test_everything_wrong_is_said_at_once() -> None:
    found = [str(problem) for problem in problems("gopher", "ubuntu-20.04", "importedImages.gpu")]
    assert [text.split(": ")[0] for text in found] == ["importedImages.gpu.variant", *["importedImages.gpu.sourceUrl"] * 3]
    assert "'ubuntu-20.04' is not known; choose one of ubuntu-22.04-cuda-12.8, ubuntu-22.04-cuda-12.6, ubuntu-22.04-cuda-12.4" in found[0]


def test_a_variant_is_called_after_its_system_and_cuda() -> None:
    assert all(key == f"{variant.os}-{variant.os_version}-cuda-{variant.cuda}" for key, variant in VARIANTS.items())
    assert {variant.driver: variant.cuda for variant in VARIANTS.values()} == {570: "12.8", 560: "12.6", 550: "12.4"}


def test_only_qcow2_has_to_be_told() -> None:
    assert [source_image_type(url) for url in GOOD] == [None, None, "QCOW2"]
