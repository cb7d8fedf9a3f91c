"""What a lock of node images pins, and what is wrong with it."""

from collections.abc import Mapping

import pytest

from infra.oke.images.lock import ImageLock, PinnedImage, Wanted, problems, text

UPDATE = "platformctl images update dev"
AMD64 = Wanted(kubernetes_version="v1.34.2", architecture="amd64", gpu_vendor=None)
NVIDIA = Wanted(kubernetes_version="v1.34.2", architecture="amd64", gpu_vendor="nvidia")
WANTED = {"system": AMD64, "a10": NVIDIA}
PLAIN = "Oracle-Linux-8.10-2026.08.31-0-OKE-1.34.2-1311"
GPU = "Oracle-Linux-8.10-Gen2-GPU-2026.08.31-0-OKE-1.34.2-1311"


def lock(region: str = "eu-frankfurt-1", **names: str) -> ImageLock:
    pools = {entry: PinnedImage(id=f"ocid1.image.oc1.{region}.aaaa{entry}", name=name) for entry, name in names.items()}
    return ImageLock(cloud="simulated", region=region, pools=pools)


def found(of: ImageLock, wanted: Mapping[str, Wanted] = WANTED, others: frozenset[str] = frozenset()) -> list[str]:
    return [str(problem) for problem in problems(of, "eu-frankfurt-1", wanted, others, UPDATE)]


def test_images_that_fit_their_pools_are_taken() -> None:
    assert found(lock(system=PLAIN, a10=GPU)) == []


def test_a_lock_need_not_pin_every_pool() -> None:
    assert found(lock(system=PLAIN)) == []


def test_a_lock_of_another_region_is_reported_once() -> None:
    (said,) = found(lock("us-ashburn-1", system=PLAIN, nobody=GPU))
    assert said.startswith("region: the images are of us-ashburn-1, but the stack is in eu-frankfurt-1")
    assert said.endswith(f"run `{UPDATE}`")


@pytest.mark.parametrize(
    ("entry", "name", "said"),
    [
        ("system", "Oracle-Linux-8.10-aarch64-2026.08.31-0-OKE-1.34.2-1311", "is for Kubernetes v1.34.2 on arm64 without GPUs, but"),
        ("system", "Oracle-Linux-8.10-2026.08.31-0-OKE-1.33.1-1311", "is for Kubernetes v1.33.1 on amd64 without GPUs, but"),
        ("system", GPU, "is for Kubernetes v1.34.2 on amd64 with NVIDIA GPUs, but the nodes are Kubernetes v1.34.2 on amd64 without GPUs"),
        ("a10", PLAIN, "is for Kubernetes v1.34.2 on amd64 without GPUs, but the nodes are Kubernetes v1.34.2 on amd64 with NVIDIA GPUs"),
        ("a10", "Canonical-Ubuntu-24.04-2026.08.31-0", "is not the name of an image of OKE's for nodes"),
        ("system", "Oracle-Linux-8.10-2026.08.31-0", "is not the name of an image of OKE's for nodes"),
    ],
)
def test_an_image_for_other_nodes_is_refused_with_what_it_is_for(entry: str, name: str, said: str) -> None:
    (problem,) = found(lock(**{entry: name}))
    assert problem.startswith(f"pools.{entry}.name: ")
    assert said in problem
    assert f"run `{UPDATE}`" in problem


def test_a_pool_that_the_stack_file_does_not_have_is_refused_with_the_closest() -> None:
    (said,) = found(lock(a1=GPU))
    assert said == f"pools.a1: the stack file has no such node pool: run `{UPDATE}`, which takes the entry out; did you mean a10?"


def test_a_pool_whose_image_the_stack_file_names_is_not_pinned_too() -> None:
    (said,) = found(lock(own=PLAIN), others=frozenset({"own"}))
    assert said == "pools.own: is pinned, but the stack file names the image of that pool itself; take this entry out"


def test_what_an_image_must_be_has_a_short_name_of_its_own() -> None:
    assert (AMD64.key, NVIDIA.key) == ("v1.34.2-amd64", "v1.34.2-amd64-nvidia")


def test_the_file_is_sorted_and_says_what_writes_it() -> None:
    lines = text(lock(system=PLAIN, a10=GPU), "dev", UPDATE).splitlines()
    assert UPDATE in lines[0]
    assert [line for line in lines if line.endswith(":")] == ["pools:", "  a10:", "  system:"]
