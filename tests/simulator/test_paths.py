"""Property paths read and write the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import paths

KEYS = st.text(min_size=1, max_size=6).filter(lambda text: text != paths.ANY)


@given(KEYS, st.lists(KEYS | st.integers(0, 99), max_size=5))
def test_a_written_path_reads_back(first: str, rest: list[str | int]) -> None:
    path = (first, *rest)
    assert paths.parse(paths.render(path)) == path


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("nodeConfigDetails", "placementConfigs", 0, "subnetId"), "nodeConfigDetails.placementConfigs[0].subnetId"),
        (("freeformTags", "a.b"), 'freeformTags["a.b"]'),
        (("metadata", "labels", "app.kubernetes.io/name"), 'metadata.labels["app.kubernetes.io/name"]'),
    ],
)
def test_paths_are_written_as_the_engine_writes_them(path: paths.Path, text: str) -> None:
    assert paths.render(path) == text


def test_a_path_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a property path"):
        paths.parse("a[")


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("spec", "spec.selector.matchLabels", True),
        ("spec.template[*].a", "spec.template[3].a", True),
        ("spec.selector", "spec", False),
        ("spec.selector", "spec.selectors", False),
    ],
)
def test_a_pattern_covers_what_is_at_it_and_below(pattern: str, path: str, covered: bool) -> None:
    assert paths.covers(paths.parse(pattern), paths.parse(path)) is covered
