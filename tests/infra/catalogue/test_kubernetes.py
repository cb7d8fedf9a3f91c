"""Versions of Kubernetes, as OKE names them."""

import pytest

from infra.catalogue import kubernetes


@pytest.mark.parametrize("version", kubernetes.SUPPORTED)
def test_an_offered_version_is_taken(version: str) -> None:
    assert kubernetes.problems(version) == ()


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("1.34.2", "is not a version as OKE names it"),
        ("v1.34", "is not a version as OKE names it"),
        ("latest", "is not a version as OKE names it"),
        ("v1.99.0", "is newer than what is known of OKE"),
        ("v2.34.2", "is not a version as OKE names it"),
    ],
)
def test_any_other_is_refused_with_the_offered_ones(version: str, message: str) -> None:
    (problem,) = kubernetes.problems(version)
    assert message in problem.message
    assert kubernetes.SUPPORTED[0] in problem.message


@pytest.mark.parametrize("version", ["v1.31.1", "v1.34.7"])
def test_a_version_that_a_running_cluster_may_have_is_left_to_oracle(version: str) -> None:
    assert kubernetes.problems(version) == ()


def test_the_minor_version_is_read() -> None:
    assert kubernetes.minor("v1.34.2") == 34
    with pytest.raises(ValueError, match="'34' is not a Kubernetes version"):
        kubernetes.minor("34")
