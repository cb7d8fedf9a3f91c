"""Versions of Kubernetes, as OKE names them."""

import pytest

from infra.catalogue import kubernetes


@pytest.mark.parametrize("version", kubernetes.SUPPORTED)
def test_an_offered_version_is_taken(version: str) -> None:
    assert kubernetes.problems(version) == ()


@pytest.mark.parametrize(
    ("version", "message"),
    [("1.34.2", "is not a version as OKE names it"), ("v1.30.1", "is not a version that OKE offers"), ("latest", "as OKE names it")],
)
def test_any_other_is_refused_with_the_offered_ones(version: str, message: str) -> None:
    (problem,) = kubernetes.problems(version)
    assert message in problem.message
    assert kubernetes.SUPPORTED[0] in problem.message


def test_the_minor_version_is_read() -> None:
    assert kubernetes.minor("v1.34.2") == 34
    with pytest.raises(ValueError, match="'34' is not a Kubernetes version"):
        kubernetes.minor("34")
