"""The planner agrees with the table of placements, and with a search that knows nothing of its rule."""

from collections.abc import Mapping
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.gpu.operator import mig
from components.gpu.operator.mig_profiles import MODELS, MigModel, find


def known(gpu_model: str) -> MigModel:
    model = find(gpu_model)
    assert model is not None
    return model


H100, A30 = known("H100"), known("A30")
PROFILES = {"1g": "1g.10gb", "1g+me": "1g.10gb+me", "1g.2x": "1g.20gb", "2g": "2g.20gb", "3g": "3g.40gb", "4g": "4g.40gb", "7g": "7g.80gb"}


def layout(**counts: int) -> dict[str, int]:
    """`_3g=1, _x2=2` as the H100's profiles; `x2` is 1g with twice the memory."""
    return {PROFILES["1g.2x" if key == "_x2" else key[1:]]: count for key, count in counts.items()}


def starts(model: MigModel, wanted: Mapping[str, int]) -> list[tuple[str, int]] | None:
    found = mig.placements(model, wanted)
    return None if found is None else [(place.profile.partition(".")[0], place.start) for place in found]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (layout(_3g=1, _2g=2), [("3g", 4), ("2g", 0), ("2g", 2)]),
        (layout(_3g=1, _2g=1, _1g=1), [("3g", 0), ("2g", 4), ("1g", 6)]),
        (layout(_3g=1, _2g=1, _1g=2), [("3g", 4), ("2g", 0), ("1g", 2), ("1g", 3)]),
        (layout(_3g=2), [("3g", 0), ("3g", 4)]),
        (layout(_4g=1, _3g=1), [("4g", 0), ("3g", 4)]),
        (layout(_4g=1, _1g=3), [("4g", 0), ("1g", 4), ("1g", 5), ("1g", 6)]),
        (layout(_4g=1, _2g=1, _1g=1), [("4g", 0), ("2g", 4), ("1g", 6)]),
        (layout(_3g=1, _1g=4), [("3g", 4), ("1g", 0), ("1g", 1), ("1g", 2), ("1g", 3)]),
        (layout(_2g=3, _1g=1), [("2g", 0), ("2g", 2), ("2g", 4), ("1g", 6)]),
        (layout(_x2=1, _1g=6), [("1g", 6), *(("1g", start) for start in range(6))]),
        (layout(_x2=4), [("1g", 0), ("1g", 2), ("1g", 4), ("1g", 6)]),
        (layout(_3g=1, _x2=2), [("3g", 0), ("1g", 4), ("1g", 6)]),
        (layout(_7g=1), [("7g", 0)]),
    ],
    ids=lambda value: mig.shown(value) if isinstance(value, dict) else "",
)
def test_a_set_that_fits_has_a_witness(wanted: dict[str, int], expected: list[tuple[str, int]]) -> None:
    assert mig.fits(H100, wanted)
    assert starts(H100, wanted) == expected


@pytest.mark.parametrize(
    ("wanted", "most"),
    [
        (layout(_3g=2, _1g=1), layout(_3g=2)),
        (layout(_4g=2), layout(_4g=1)),
        (layout(_4g=1, _1g=4), layout(_4g=1, _1g=3)),
        (layout(_2g=3, _1g=2), layout(_2g=3, _1g=1)),
        (layout(_3g=1, _x2=2, _1g=1), layout(_3g=1, _x2=2)),
        (layout(_7g=1, _1g=1), layout(_7g=1)),
        (layout(_7g=2), layout(_7g=1)),
        (layout(_1g=8), layout(_1g=7)),
    ],
    ids=mig.shown,
)
def test_a_set_that_does_not_fit_has_a_largest_part_that_does(wanted: dict[str, int], most: dict[str, int]) -> None:
    assert not mig.fits(H100, wanted)
    assert mig.placements(H100, wanted) is None
    assert mig.largest(H100, wanted) == (most,)


def test_one_instance_of_a_gpu_has_the_media_engines() -> None:
    assert mig.fits(H100, {"1g.10gb+me": 1, "1g.10gb": 6})
    assert not mig.fits(H100, {"1g.10gb+me": 2})
    assert not mig.fits(A30, {"1g.6gb+me": 1, "2g.12gb+me": 1})
    assert mig.placements(A30, {"1g.6gb+me": 1, "2g.12gb+me": 1}) is None


def test_an_a30_has_four_slices() -> None:
    assert starts(A30, {"2g.12gb": 1, "1g.6gb": 2}) == [("2g", 0), ("1g", 2), ("1g", 3)]
    assert not mig.fits(A30, {"2g.12gb": 1, "1g.6gb": 3})


# All sets of a family's profiles, and how many of them fit, the empty one left out.
@pytest.mark.parametrize(("model", "media", "sets", "fitting"), [(H100, True, 3839, 127), (H100, False, 1919, 77), (A30, True, 119, 19)])
def test_the_rule_of_sums_and_the_search_for_placements_agree_on_every_set(model: MigModel, media: bool, sets: int, fitting: int) -> None:
    names = [name for name, slot in model.profiles.items() if media or not slot.media]
    layouts = [dict(zip(names, counts, strict=True)) for counts in product(*(range(model.profiles[name].most + 1) for name in names))][1:]
    assert [each for each in layouts if mig.fits(model, each) != (mig.placements(model, each) is not None)] == []
    assert (len(layouts), sum(mig.fits(model, each) for each in layouts)) == (sets, fitting)


counts = st.dictionaries(st.sampled_from(list(PROFILES.values())), st.integers(1, 7))


@given(counts)
def test_witnesses_begin_where_they_may_and_never_overlap(wanted: dict[str, int]) -> None:
    found = mig.placements(H100, wanted)
    if found is None:
        return
    taken = [index for place in found for index in range(place.start, place.start + place.size)]
    assert len(taken) == len(set(taken))
    assert max(taken, default=0) < H100.slicing.memory
    assert all(place.start in H100.profiles[place.profile].starts for place in found)
    assert sorted(place.profile for place in found) == sorted(name for name, count in wanted.items() for _ in range(count))


@given(counts, st.data())
def test_a_part_of_what_fits_fits(wanted: dict[str, int], data: st.DataObject) -> None:
    part = {name: data.draw(st.integers(0, count)) for name, count in wanted.items()}
    assert not mig.fits(H100, wanted) or mig.fits(H100, part)


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(list(PROFILES.values())), st.integers(1, 20)), st.integers(1, 8))
@settings(max_examples=60)
def test_what_is_dealt_fits_each_gpu_and_is_no_more_than_was_asked(wanted: dict[str, int], gpus: int) -> None:
    dealt = mig.largest(H100, wanted, gpus)
    assert len(dealt) == gpus
    assert all(mig.placements(H100, each) is not None for each in dealt)
    assert all(count <= wanted[name] for name, count in mig.total(dealt).items())


FITTING = [
    dict(zip(PROFILES.values(), counts, strict=True))
    for counts in product(*(range(H100.profiles[name].most + 1) for name in PROFILES.values()))
    if mig.fits(H100, dict(zip(PROFILES.values(), counts, strict=True)))
]


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(list(PROFILES.values())), st.integers(1, 6)))
@settings(max_examples=40)
def test_nothing_larger_could_be_dealt_to_two_gpus(wanted: dict[str, int]) -> None:
    """Against every pair of layouts there is."""

    def value(both: Mapping[str, int]) -> tuple[int, int, int]:
        return (*mig.slices(H100, both), sum(both.values()))

    inside = [each for each in FITTING if all(count <= wanted.get(name, 0) for name, count in each.items())]
    pairs = (mig.total(pair) for pair in combinations_with_replacement(inside, 2))
    best = max((value(both) for both in pairs if all(count <= wanted.get(name, 0) for name, count in both.items())), default=(0, 0, 0))
    assert value(mig.total(mig.largest(H100, wanted, 2))) == best


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_largest_profile_of_a_model_is_the_whole_gpu(model: MigModel) -> None:
    *_, largest = model.profiles.values()
    assert (largest.compute, largest.memory, largest.most) == (model.slicing.compute, model.slicing.memory, 1)
    assert len(model.profiles) == len(model.slicing.slots)


@pytest.mark.parametrize(
    ("gpu_model", "profiles"),
    [
        ("A30", "1g.6gb 1g.6gb+me 2g.12gb 2g.12gb+me 4g.24gb"),
        ("A100-40G", "1g.5gb 1g.5gb+me 1g.10gb 2g.10gb 3g.20gb 4g.20gb 7g.40gb"),
        ("A100 SXM4 80GB", "1g.10gb 1g.10gb+me 1g.20gb 2g.20gb 3g.40gb 4g.40gb 7g.80gb"),
        ("NVIDIA H100 NVL", "1g.12gb 1g.12gb+me 1g.24gb 2g.24gb 3g.47gb 4g.47gb 7g.94gb"),
        ("H200", "1g.18gb 1g.18gb+me 1g.35gb 2g.35gb 3g.71gb 4g.71gb 7g.141gb"),
        ("B200", "1g.23gb 1g.23gb+me 1g.45gb 2g.45gb 3g.90gb 4g.90gb 7g.180gb"),
        ("GB200", "1g.23gb 1g.23gb+me 1g.47gb 2g.47gb 3g.93gb 4g.93gb 7g.186gb"),
        ("B300", "1g.34gb 1g.34gb+me 1g.67gb 2g.67gb 3g.135gb 4g.135gb 7g.269gb"),
        ("GB300", "1g.35gb 1g.35gb+me 1g.70gb 2g.70gb 3g.139gb 4g.139gb 7g.278gb"),
        ("RTX PRO 6000", "1g.24gb 1g.24gb+me 2g.48gb 4g.96gb"),
    ],
)
def test_profiles_are_named_as_nvidia_names_them(gpu_model: str, profiles: str) -> None:
    assert list(known(gpu_model).profiles) == profiles.split()


@pytest.mark.parametrize("gpu_model", ["A10", "L40S", "V100", "P100", "RTX 4060", "MI300X"])
def test_a_gpu_without_mig_is_not_found(gpu_model: str) -> None:
    assert find(gpu_model) is None


def test_a_profile_is_a_resource_that_kubernetes_can_name() -> None:
    assert mig.resource("1g.10gb+me") == "nvidia.com/mig-1g.10gb.me"
