"""Stack files that nobody wrote are valid, reach every part of the schema, and are the same for the same seed."""

from random import Random

import pytest

from testkit.changes.bases import BASES, base
from testkit.changes.generator import mutation, stack, step
from testkit.changes.pairs import BASES as DRAWN
from testkit.changes.rows import why


@pytest.mark.parametrize("name", BASES)
def test_every_base_is_a_stack_that_the_checks_accept(name: str) -> None:
    assert why(base(name)) == ""


def test_what_is_drawn_is_a_stack_that_the_checks_accept() -> None:
    for seed, name in enumerate(dict.fromkeys(DRAWN)):
        assert why(stack(Random(seed), base(name), 5)) == ""  # noqa: S311 - drawn again, not kept secret


def test_the_same_seed_draws_the_same() -> None:
    first, second, other = (stack(Random(seed), base("dev"), 5) for seed in (7, 7, 8))  # noqa: S311
    assert first == second
    assert first != other


def test_a_step_changes_one_key() -> None:
    after, where = step(Random(3), base("dev"))  # noqa: S311
    assert after != base("dev")
    assert where


def test_mutations_reach_the_cluster_and_all_else() -> None:
    random = Random(1)  # noqa: S311
    found = [drawn[1].partition(".")[0] for _ in range(600) if (drawn := mutation(random, base("teams"))) is not None]
    assert {"cluster", "addons", "teams", "spend"} <= set(found)
    assert 0.3 < found.count("cluster") / len(found) < 0.8
