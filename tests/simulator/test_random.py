"""Random values that are the same in every run, and still what was asked for."""

import string
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.random.provider import SPECIAL, TYPES, Random, text
from simulator.simulated_state import SimulatedState

if TYPE_CHECKING:
    from tests.simulator.conftest import Cloud

PASSWORD = "random:index/randomPassword:RandomPassword"
NEEDS: dict[str, dict[str, Any]] = {
    "RandomBytes": {"length": 8},
    "RandomId": {"byteLength": 4},
    "RandomInteger": {"min": 3, "max": 7},
    "RandomPassword": {"length": 16},
    "RandomPet": {},
    "RandomString": {"length": 8},
    "RandomUuid": {},
}


@pytest.mark.parametrize("token", TYPES)
def test_a_name_draws_the_same_in_every_world_and_another_name_draws_another(random: "Cloud", token: str) -> None:
    inputs = NEEDS[token.rpartition(":")[2]]
    first = random.create(token, "a", **inputs)
    random.provider = Random(SimulatedState())
    again, other = random.create(token, "a", **inputs), random.create(token, "another", **inputs)
    assert first == again
    assert (first.id, first.outputs) != (other.id, other.outputs)


def test_a_replacement_draws_anew(random: "Cloud") -> None:
    first = random.create(PASSWORD, length=16)
    second = random.create(PASSWORD, length=16)
    assert first.outputs["result"] != second.outputs["result"]
    assert first.id != second.id


@pytest.mark.parametrize("token", TYPES)
def test_every_change_replaces(random: "Cloud", token: str) -> None:
    inputs = NEEDS[token.rpartition(":")[2]]
    assert random.diff(token, inputs, {**inputs, "keepers": {"a": "b"}}).replaces


@pytest.mark.parametrize("token", TYPES)
def test_a_refresh_finds_no_change(random: "Cloud", token: str) -> None:
    live = random.create(token, **NEEDS[token.rpartition(":")[2]])
    assert random.read(token, live) == live


COUNTS = st.integers(0, 4)


@given(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), st.integers(0, 20), st.text(max_size=4))
def test_a_password_has_what_was_asked_of_it(counts: tuple[int, int, int, int], more: int, seed: str) -> None:
    lower, upper, numeric, special = counts
    least = {"minLower": lower, "minUpper": upper, "minNumeric": numeric, "minSpecial": special}
    length = sum(least.values()) + more
    drawn = text({"length": length, **least}, seed)
    assert len(drawn) == length
    for letters, count in ((string.ascii_lowercase, lower), (string.ascii_uppercase, upper), (string.digits, numeric), (SPECIAL, special)):
        assert sum(letter in letters for letter in drawn) >= count


def test_classes_that_are_off_stay_out(random: "Cloud") -> None:
    drawn = random.create(PASSWORD, length=64, special=False, upper=False).outputs["result"]
    assert set(drawn) <= set(string.ascii_lowercase + string.digits)


def test_a_password_too_short_for_what_is_asked_is_refused(random: "Cloud") -> None:
    assert random.refusals(PASSWORD, length=3, minLower=2, minUpper=2) == ["length: is 3, must be at least 4"]
    assert random.refusals(PASSWORD, length=0) == ["length: is 0, must be at least 1"]


def test_a_pet_has_a_name_that_can_be_used(random: "Cloud") -> None:
    pets = [random.create("random:index/randomPet:RandomPet", f"pet{n}", prefix="my", length=2).id for n in range(60)]
    assert len(set(pets)) == 60
    assert all(pet.startswith("my-") and pet.count("-") == 2 for pet in pets)
