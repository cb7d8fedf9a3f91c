"""A model runs on GPUs that hold it; where there are none, it is said what is missing and what would fit."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.serving.kserve.gpu_memory import BYTES, NEEDED, capability, usable_gib, weights_gib
from components.serving.kserve.known_models import MODELS, find
from components.serving.kserve.placement import choose, demand, fits, problems, serves, slots
from components.serving.kserve.section import Model
from infra.catalogue.shapes import SHAPES
from infra.facts import ClusterContext, Pool
from infra.gpus import GPUS
from infra.gpus import find as gpu_of
from infra.section import changed

MakeCluster = Callable[..., ClusterContext]
MakePool = Callable[..., Pool]
QWEN_8B = Model(source="hf://Qwen/Qwen3-8B")


def refusals(model: Model, cluster: ClusterContext) -> list[str]:
    return [str(problem) for problem in problems(model, cluster)]


def chosen(model: Model, cluster: ClusterContext) -> list[str]:
    return [pool.name for pool in choose(model, cluster)]


# Arithmetic


def test_weights_take_their_bytes_and_the_cache_both_keys_and_values() -> None:
    known = find("hf://Qwen/Qwen3-8B")
    assert known is not None
    assert known.weights_gib == pytest.approx(8.2e9 * 2 / 2**30)
    assert known.cache_gib(1024) * 2**20 == pytest.approx(144 * 1024)  # 144 KiB a token: 2 x 36 layers x 8 heads x 128 x 2 bytes


def test_an_l4_has_what_nvidia_smi_says_it_has(pool: MakePool) -> None:
    """22.49 GiB of 24, of which nine tenths are planned with."""
    assert usable_gib(pool("L4", gpu_memory_gib=24)) == pytest.approx(22.5 * 0.9)


def test_what_is_published_of_a_checkpoint_comes_before_arithmetic() -> None:
    asked = demand(Model(source="hf://openai/gpt-oss-120b"))
    assert asked is not None
    assert asked.need.weights == 60.8


def test_what_the_stack_file_says_of_a_model_comes_before_what_is_known() -> None:
    fp8, larger = demand(changed(QWEN_8B, precision="fp8")), demand(changed(QWEN_8B, parameters_billion=16.4))
    assert fp8 is not None
    assert larger is not None
    assert fp8.need.weights == pytest.approx(weights_gib(8.2, "fp8"))
    assert larger.need.weights == pytest.approx(2 * weights_gib(8.2, "bf16"))


def test_memory_that_is_given_is_not_added_to() -> None:
    asked = demand(Model(source="s3://models/x", gpu_memory_gib=20, gpus=2))
    assert asked is not None
    assert asked.per_gpu == 10


def test_a_model_is_known_wherever_it_lies() -> None:
    assert find("s3://models/mirror/qwen3-8b/") is find("hf://Qwen/Qwen3-8B")
    assert find("hf://Qwen/Qwen3-80B") is None


@given(st.sampled_from(MODELS), st.sampled_from([1, 2, 4, 8]), st.integers(1, 32768))
def test_more_gpus_never_need_more_of_each_and_longer_requests_never_less(known: Any, gpus: int, tokens: int) -> None:
    one, more = (demand(Model(source=f"hf://{known.name}", gpus=count, context_tokens=tokens)) for count in (1, gpus))
    longer = demand(Model(source=f"hf://{known.name}", gpus=gpus, context_tokens=tokens + 1))
    assert one is not None
    assert more is not None
    assert longer is not None
    assert more.per_gpu <= one.per_gpu
    assert longer.per_gpu > more.per_gpu


def test_every_gpu_that_can_be_named_has_a_known_generation() -> None:
    """A model that is not listed would be taken for an Ampere."""
    names = {shape.gpu_model for shape in SHAPES.values() if shape.gpu_vendor == "nvidia" and shape.is_gpu}
    names |= {gpu.name for gpu in GPUS if gpu.vendor == "nvidia"}
    for name in names:
        gpu = gpu_of(name or "")
        assert gpu is not None and gpu.capability is not None, name


def test_precisions_have_bytes_and_a_generation() -> None:
    assert BYTES.keys() == NEEDED.keys()


# Choice


def test_a_model_runs_on_the_smallest_gpus_that_hold_it(cluster: MakeCluster) -> None:
    everything = cluster("RTX 4060", "A10", "L40S", "H100")
    assert chosen(QWEN_8B, everything) == ["a10"]
    assert chosen(Model(source="hf://Qwen/Qwen3-1.7B"), everything) == ["rtx4060"]
    assert chosen(Model(source="hf://Qwen/Qwen3-32B"), everything) == ["h100"]


def test_pools_of_one_entry_are_chosen_together(pool: MakePool) -> None:
    domains = tuple(pool("A10", name=f"a10-ad{number}", entry="a10") for number in (1, 2, 3))
    assert chosen(QWEN_8B, ClusterContext(pools=domains)) == ["a10-ad1", "a10-ad2", "a10-ad3"]


def test_a_pool_that_is_named_is_taken(cluster: MakeCluster) -> None:
    assert chosen(changed(QWEN_8B, pools=("h100",)), cluster("A10", "H100")) == ["h100"]


@pytest.mark.parametrize(
    "given",
    [
        {"gpu_model": "P100", "gpu_memory_gib": 16},
        {"gpu_vendor": "amd", "gpu_model": "MI300X"},
        {"labels": {"nvidia.com/mig.config": "a10"}},
        {"labels": {"nvidia.com/device-plugin.config": "mps-4"}},
        {"gpus_per_node": 0},
    ],
    ids=["too old", "of another make", "cut by MIG", "divided by MPS", "no GPU"],
)
def test_a_pool_without_whole_gpus_of_a_served_generation_is_left_out(pool: MakePool, given: dict[str, Any]) -> None:
    assert not serves(pool("A10", **given))


def test_gpus_that_pods_take_turns_on_are_whole(pool: MakePool) -> None:
    assert serves(pool("A10", labels={"nvidia.com/device-plugin.config": "time-slicing-4"}))


def test_room_is_counted_by_the_node(pool: MakePool) -> None:
    """Two replicas of four GPUs do not fit on nodes of six by halves."""
    assert slots([pool("A10", gpus=6, nodes=3)], 4) == 3
    assert slots([pool("A10", gpus=8, nodes=3)], 4) == 6


def test_a_model_that_fits_is_not_refused(cluster: MakeCluster) -> None:
    assert refusals(QWEN_8B, cluster("A10")) == []


@given(st.sampled_from(MODELS), st.sampled_from([8, 16, 24, 40, 48, 80, 141, 180]), st.sampled_from([1, 2, 4, 8]))
def test_a_model_is_refused_exactly_where_nothing_is_chosen(known: Any, memory: int, gpus: int) -> None:
    node = Pool(name="p", min_nodes=0, max_nodes=1, gpus_per_node=8, gpu_model="H100", gpu_memory_gib=memory)
    model = Model(source=f"hf://{known.name}", gpus=gpus)
    assert bool(choose(model, ClusterContext(pools=(node,)))) is not bool(refusals(model, ClusterContext(pools=(node,))))


# Refusals


def test_a_model_too_large_is_told_the_largest_gpu_and_what_fits_it(cluster: MakeCluster) -> None:
    (problem,) = refusals(Model(source="s3://models/llama-70b", parameters_billion=70), cluster("RTX 4060", "A10"))
    assert problem == (
        "needs 158.0 GiB of GPU memory (weights 130.4, cache 26.1, server 1.5), but the largest GPU here, A10 of pool a10, has 24 GiB, "
        "of which a model may use 20.2; models that fit one: Qwen/Qwen3-0.6B, Qwen/Qwen3-1.7B, Qwen/Qwen3-4B, Qwen/Qwen3-8B"
    )


def test_a_model_too_large_for_one_gpu_is_told_how_many_would_hold_it(cluster: MakeCluster) -> None:
    (problem,) = refusals(Model(source="s3://models/llama-70b", parameters_billion=70), cluster("H100"))
    assert problem.endswith("or spread this one: with gpus 4 it fits pool h100")
    assert refusals(Model(source="s3://models/llama-70b", parameters_billion=70, gpus=4), cluster("H100")) == []


def test_a_model_that_names_its_pool_is_told_of_that_pool(cluster: MakeCluster) -> None:
    (problem,) = refusals(Model(source="hf://Qwen/Qwen3-14B", pools=("a10", "l40s")), cluster("A10", "L40S"))
    assert "but A10 of pool a10 has 24 GiB, of which a model may use 20.2; " in problem


@pytest.mark.parametrize(
    ("model", "gpus", "messages"),
    [
        (Model(source="s3://models/own"), "A10",
         [": its size is not known, so nobody can tell what it fits on; give parametersBillion or gpuMemoryGib"]),
        (changed(QWEN_8B, runtime="triton"), "A10", [": its size is not known"]),
        (changed(QWEN_8B, pools=("a11", "system")), "A10",
         ["pools: a11 is not a pool that models are served on; those are a10", "pools: system is not a pool that models are served on"]),
        (QWEN_8B, "P100",
         [": no pool can serve it: the runtimes need whole NVIDIA GPUs of the Turing generation or newer; add such a pool"]),
        (changed(QWEN_8B, gpus=3), "H100", ["gpus: is 3, but a model is spread over 1, 2, 4, 8"]),
        (changed(QWEN_8B, gpus=2), "A10", ["gpus: is 2, but a node of pool a10 has 1"]),
        (changed(QWEN_8B, context_tokens=65536), "H100", ["contextTokens: is 65536, but Qwen/Qwen3-8B was trained for 32768"]),
        (changed(QWEN_8B, precision="fp8"), "A10",
         ["precision: is fp8, which needs compute capability 8.9, but A10 of pool a10 has 8.6; "
          "take weights of another precision, or newer GPUs"]),
        (Model(source="hf://openai/gpt-oss-120b"), "A100-80G", ["precision: is mxfp4, which needs compute capability 9.0, but A100-80G "]),
        (changed(QWEN_8B, replicas=3), "A10",
         ["replicas: is 3, but a10 has room for 2 of 1 GPU each; raise its maxSize or ask for fewer"]),
        (changed(QWEN_8B, max_replicas=5), "A10", ["maxReplicas: is 5, but a10 has room for 2 of 1 GPU each"]),
        (changed(QWEN_8B, adapters=dict.fromkeys("abcdef", "hf://a/b")), "A10",
         [": needs 20.9 GiB of GPU memory (weights 15.3, cache 1.1, adapters 3.0, server 1.5)"]),
    ],
)  # fmt: skip
def test_what_would_never_run_is_refused(model: Model, gpus: str, messages: list[str], cluster: MakeCluster) -> None:
    found = [f"{problem.path}: {problem.message}" for problem in problems(model, cluster(gpus))]
    assert len(found) == len(messages), found
    for problem, message in zip(found, messages, strict=True):
        assert problem.startswith(message)


def test_an_image_without_code_for_the_nodes_is_refused(pool: MakePool) -> None:
    arm = ClusterContext(pools=(pool("GB200", gpu_memory_gib=186, gpus=4, architecture="arm64"),))
    assert refusals(QWEN_8B, arm) == []
    (problem,) = refusals(changed(QWEN_8B, runtime="huggingface"), arm)
    assert problem == "runtime: is huggingface, whose image is for amd64, but pool gb200 is arm64"


def test_what_is_chosen_fits(cluster: MakeCluster) -> None:
    everything = cluster("RTX 4060", "T4", "A10", "A100-40G", "L40S", "A100-80G", "H100", "H200", "B200")
    for known in MODELS:
        model = Model(source=f"hf://{known.name}")
        asked, pools = demand(model), choose(model, everything)
        assert asked is not None
        assert pools
        assert all(fits(each, asked) and capability(each) >= asked.capability for each in pools)
