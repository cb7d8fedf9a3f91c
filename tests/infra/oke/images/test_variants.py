"""Oracle's GPU images on Ubuntu, and the addresses they are imported from."""

import pytest

from infra.oke.images.variants import PUBLISHED, Variant, named, problems, source_image_type

KEY = "kEy-OF-the-BUCKET"
GOOD = (
    f"https://objectstorage.ca-montreal-1.oraclecloud.com/p/{KEY}/n/hpc/b/images/o/Canonical-Ubuntu-22.04-GPU-570-CUDA-12.8",
    f"https://idx.objectstorage.eu-frankfurt-1.oci.customer-oci.com/p/{KEY}/n/idx/b/builds/o/images/2026.07.13/Canonical-Ubuntu-22.04.oci",
    "https://objectstorage.eu-frankfurt-1.oraclecloud.com/n/mine/b/images/o/gpu.qcow2",
)


@pytest.mark.parametrize("url", GOOD)
def test_an_object_of_object_storage_can_be_imported(url: str) -> None:
    assert problems(url, "importedImages.gpu") == ()


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
    (problem,) = problems(url, "importedImages.gpu")
    assert message in str(problem)
    assert KEY not in str(problem)


def test_everything_wrong_is_said_at_once() -> None:
    found = [str(problem) for problem in problems("gopher", "importedImages.gpu")]
    assert [text.split(": ")[0] for text in found] == ["importedImages.gpu.sourceUrl"] * 3


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_variant_says_its_system_processor_and_driver(name: str) -> None:
    found = named(name)
    assert name.startswith(f"{found.os}-{found.os_version}-")
    assert (found.architecture == "arm64") == ("aarch64" in name)
    assert (found.gpu_vendor == "amd") == ("rocm" in name)


def test_one_that_is_published_tomorrow_needs_no_change_here() -> None:
    assert named("ubuntu-26.04-cuda-15.0") == Variant(os_version="26.04")


@pytest.mark.parametrize(
    "name", ["ubuntu-24.04", "windows", "ubuntu-24.04-cuda-132", "ubuntu-24.04-cuda-13.2-x", "Ubuntu-24.04-cuda-13.2", ""]
)
def test_a_name_that_says_too_little_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a system, the processor where it is Arm's, and CUDA or ROCm: ubuntu-24"):
        named(name)


def test_only_qcow2_has_to_be_told() -> None:
    assert [source_image_type(url) for url in GOOD] == [None, None, "QCOW2"]
