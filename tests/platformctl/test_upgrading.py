"""The way to another Kubernetes version: each step is one that Oracle takes, and the last is where it was to go."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalogue.kubernetes import SUPPORTED, minor
from platformctl.errors import WrongInput
from platformctl.upgrading import Pool, steps, words

FOLLOWS = Pool(name="a10-ad1", version="v1.33.1", own_version=False, own_image=False, nodes=4, cycling="boot-volume")
STAYS = Pool(name="old", version="v1.33.1", own_version=True, own_image=False, nodes=2, cycling="instance")
OWN = Pool(name="h100", version="v1.33.1", own_version=False, own_image=True, nodes=2, cycling="off")


@given(st.sampled_from(SUPPORTED), st.sampled_from(SUPPORTED))
def test_each_step_is_one_minor_version_and_the_last_arrives(now: str, target: str) -> None:
    if tuple(map(int, target[1:].split("."))) < tuple(map(int, now[1:].split("."))):
        with pytest.raises(WrongInput, match="does not go back"):
            steps(now, target, [], SUPPORTED)
        return
    way = [now, *(step.version for step in steps(now, target, [], SUPPORTED))]
    assert way[-1] == target
    assert all(minor(after) - minor(before) in (0, 1) for before, after in pairwise(way))
    assert len(way) == len(set(way))


def test_between_them_it_takes_the_newest_patch() -> None:
    assert [step.version for step in steps("v1.33.1", "v1.36.1", [], SUPPORTED)] == ["v1.34.2", "v1.35.2", "v1.36.1"]
    assert [step.version for step in steps("v1.33.1", "v1.33.10", [], SUPPORTED)] == ["v1.33.10"]


def test_a_pool_with_a_version_of_its_own_stays_and_is_brought_up_in_time() -> None:
    way = steps("v1.33.1", "v1.37.1", [FOLLOWS, STAYS], (*SUPPORTED, "v1.37.1"))
    assert [step.before for step in way] == [(), (), (), ("old",)]
    assert [[pool.name for pool in step.kept] for step in way] == [["old"]] * 4
    assert [[pool.name for pool in step.cycled] for step in way] == [["a10-ad1"]] * 4


def test_what_happens_to_nodes_is_said_by_how_they_are_cycled() -> None:
    (step,) = steps("v1.33.1", "v1.34.2", [FOLLOWS, STAYS, OWN], SUPPORTED)
    said = "\n".join(words(step, "prod", 1))
    for part in (
        "1. Set cluster.kubernetesVersion to v1.34.2.",
        "Nodes drained, and their boot volumes replaced: a10-ad1 (at most 4).",
        "Nodes left as they are: new nodes alone have the new version; end the old ones by hand: h100 (at most 2).",
        "Boot an image of your own, which must have v1.34.2 or install it: h100.",
        "the stack file names their version: old v1.33.1.",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("target", "offered", "message"),
    [
        ("v1.36.2", SUPPORTED, "no version that OKE offers; did you mean v1.36.1?"),
        ("latest", SUPPORTED, "no version that OKE offers; there are v1.33.1"),
        ("v1.33.1", SUPPORTED, "the cluster has v1.34.2, and a control plane does not go back"),
        ("v1.38.1", (*SUPPORTED, "v1.38.1"), "the way leads over v1.37, of which OKE offers no version that is known here"),
    ],
)
def test_a_way_that_there_is_not_is_said(target: str, offered: tuple[str, ...], message: str) -> None:
    with pytest.raises(WrongInput) as raised:
        steps("v1.34.2", target, [], offered)
    assert message in str(raised.value)
