"""The mutation run: what it changes, and that its page is of the pack as it is."""

import pytest

from tools.mutation.__main__ import kept, page, targets
from tools.mutation.mutants import mutants


def changes(source: str) -> list[str]:
    return [mutant.change for mutant in mutants(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", ["< becomes <=", "< becomes >="]),
        ("a <= b", ["<= becomes <", "<= becomes >"]),
        ("a == b", ["== becomes !="]),
        ("a in b", ["in becomes not in"]),
        ("a is not b", ["is not becomes is"]),
        ("a < b < c", ["< becomes <=", "< becomes >="] * 2),
        ("a and b", ["and becomes or"]),
        ("not a", ["not is taken away"]),
        ("f(3)", ["3 becomes 4", "3 becomes 2"]),
        ("f(True)", ["True becomes False"]),
        ("f('3')", []),
        ("f'{a:.2f}'", []),
        ("@dataclass(frozen=True)\nclass A:\n    b: Literal[3] = c", []),
    ],
)
def test_every_small_mistake_is_made(source: str, expected: list[str]) -> None:
    assert changes(source) == expected


def test_a_mutant_differs_in_one_place_only() -> None:
    source = "if a < 1 and b == 2:\n    pass\n"
    assert [mutant.source.splitlines()[0] for mutant in mutants(source)] == [
        "if a < 1 or b == 2:",
        "if a <= 1 and b == 2:",
        "if a >= 1 and b == 2:",
        "if a < 2 and b == 2:",
        "if a < 0 and b == 2:",
        "if a < 1 and b != 2:",
        "if a < 1 and b == 3:",
        "if a < 1 and b == 1:",
    ]
    assert {mutant.line for mutant in mutants(source)} == {1}


def test_the_page_tells_the_score_and_who_lives() -> None:
    target = targets()[0]
    (mutant,) = mutants("not a")
    text = page([("policies.a", 3, 2)], [(target, mutant)])
    assert "**2 of 3 mutants killed.**" in text
    assert f"- `{target.module}` line 1: not is taken away" in text


@pytest.mark.slow
def test_the_page_is_of_the_pack_as_it_is() -> None:
    """A changed rule has other mutants: run `python -m tools.mutation` again, or say with `--untried` that nobody has yet. What was tried
    was killed; every night all are tried."""
    rows = kept(())
    now = {target.module: len(list(mutants(target.path.read_text()))) for target in targets()}
    assert {module: found for module, (found, _) in rows.items()} == now
    assert [module for module, (found, killed) in rows.items() if killed is not None and found != killed] == []


def test_what_was_not_tried_is_said_and_counts_as_nothing() -> None:
    text = page([("policies.a", 3, 3), ("policies.b", 4, None)], [])
    assert "**3 of 3 mutants killed.** 4 more are of modules that changed since, and were not tried." in text
    assert "| `policies.b` | 4 | not tried |" in text
