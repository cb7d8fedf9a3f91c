"""What `diff` says of stack files that nobody wrote is what happens: a few pairs. 200 of them, every night: `make pairs`."""

import pytest

from testkit.changes.pairs import judge


@pytest.mark.slow
def test_diff_is_right_of_random_pairs() -> None:
    pairs = list(judge(4, seed=1))
    assert len(pairs) >= 2, "a first stack that does not come up is told of only where diff was wrong of it"
    assert [pair for pair in pairs if not pair.right] == []
