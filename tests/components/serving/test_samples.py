"""Each class of GPU memory has a sample, and none is a sample that its GPUs do not hold."""

from collections.abc import Callable

import pytest

from components.serving.kserve.inference_service import problems
from components.serving.kserve.known_models import find
from components.serving.kserve.placement import choose, demand, fits
from components.serving.kserve.samples import CLASSES, memory_class, plan
from components.serving.kserve.section import KServe, Model, ObjectStorage
from infra.facts import ClusterContext, Pool
from infra.section import changed

MakeCluster = Callable[..., ClusterContext]
MakePool = Callable[..., Pool]
STOPPED = KServe(samples="stopped")
EVERY_CLASS = ("RTX 4060", "T4", "A10", "A100-40G", "L40S", "H100", "H200")


def test_there_are_none_unless_asked_for(cluster: MakeCluster) -> None:
    assert plan(cluster(*EVERY_CLASS), KServe()) == {}


def test_every_class_that_the_cluster_has_gets_the_largest_model_it_holds(cluster: MakeCluster) -> None:
    found = plan(cluster(*EVERY_CLASS), STOPPED)
    assert {name: (model.source, model.context_tokens) for name, model in found.items()} == {
        "sample-8gib": ("hf://Qwen/Qwen3-1.7B", 16384),
        "sample-16gib": ("hf://Qwen/Qwen3-4B", 32768),
        "sample-24gib": ("hf://Qwen/Qwen3-8B", 16384),
        "sample-40gib": ("hf://Qwen/Qwen3-14B", 16384),
        "sample-48gib": ("hf://Qwen/Qwen3-14B", 32768),
        "sample-80gib": ("hf://openai/gpt-oss-120b", 65536),
        "sample-141gib": ("hf://openai/gpt-oss-120b", 131072),
    }


def test_a_class_that_the_cluster_has_not_gets_none(cluster: MakeCluster) -> None:
    assert list(plan(cluster("A10"), STOPPED)) == ["sample-24gib"]


@pytest.mark.parametrize("gpu", [*EVERY_CLASS, "A100-80G", "B200"])
def test_a_sample_runs_on_every_pool_of_its_class_and_on_no_other(gpu: str, cluster: MakeCluster) -> None:
    everything = cluster(*EVERY_CLASS, "A100-80G", "B200")
    for name, model in plan(everything, STOPPED).items():
        pools = choose(model, everything)
        assert {f"sample-{memory_class(pool)}gib" for pool in pools} == {name}
        assert list(problems(name, model, STOPPED, everything)) == []
        if memory_class(next(pool for pool in everything.pools if pool.gpu_model == gpu)) == int(name[7:-3]):
            assert gpu in {pool.gpu_model for pool in pools}


def test_a_class_of_two_generations_gets_what_both_run(cluster: MakeCluster) -> None:
    """MXFP4 is for Hopper, so beside an A100 the sample is another."""
    assert plan(cluster("H100", "A100-80G"), STOPPED)["sample-80gib"].source == "hf://Qwen/Qwen3-32B"


def test_requests_could_not_be_twice_as_long(cluster: MakeCluster) -> None:
    everything = cluster(*EVERY_CLASS)
    for model in plan(everything, STOPPED).values():
        known, longer = find(model.source), demand(changed(model, context_tokens=2 * model.context_tokens))
        assert known is not None
        assert longer is not None
        assert 2 * model.context_tokens > known.context_tokens or not all(fits(pool, longer) for pool in choose(model, everything))


@pytest.mark.parametrize("given", [{"gpu_memory_gib": 6}, {"gpu_model": "P100", "gpu_memory_gib": 16}, {"gpu_vendor": "amd"}])
def test_gpus_that_nothing_runs_on_get_no_sample(pool: MakePool, given: dict[str, object]) -> None:
    assert plan(ClusterContext(pools=(pool("A10", **given),)), STOPPED) == {}


@pytest.mark.parametrize(("memory", "least"), [(6, None), (8, 8), (12, 8), (23, 16), (24, 24), (96, 80), (141, 141), (288, 141)])
def test_a_class_goes_up_to_the_next(memory: int, least: int | None, pool: MakePool) -> None:
    assert memory_class(pool("A10", gpu_memory_gib=memory)) == least
    assert least is None or least in CLASSES


def test_samples_come_from_the_bucket_where_there_is_one(cluster: MakeCluster) -> None:
    storage = ObjectStorage(endpoint="https://s3.example.org", region="r", existing_secret="s3", bucket="models")
    settings = changed(STOPPED, object_storage=storage)
    assert plan(cluster("A10"), settings)["sample-24gib"].source == "s3://models/Qwen/Qwen3-8B"
    without = changed(STOPPED, object_storage=changed(storage, bucket=None))
    assert plan(cluster("A10"), without)["sample-24gib"].source == "hf://Qwen/Qwen3-8B"


def test_they_run_only_where_that_is_asked_for(cluster: MakeCluster) -> None:
    assert plan(cluster("A10"), STOPPED)["sample-24gib"].stopped
    assert not plan(cluster("A10"), KServe(samples="running"))["sample-24gib"].stopped


def test_a_sample_is_a_model_like_any_other(cluster: MakeCluster) -> None:
    assert plan(cluster("A10"), STOPPED)["sample-24gib"] == Model(
        source="hf://Qwen/Qwen3-8B", pools=("a10",), context_tokens=16384, stopped=True
    )
