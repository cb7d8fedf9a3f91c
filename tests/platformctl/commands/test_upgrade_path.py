"""`platformctl upgrade-path`: by the stack file alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parents[3]
Run = Callable[..., Any]


def test_the_steps_are_text_or_json(platformctl: Run) -> None:
    ran = platformctl("upgrade-path", "prod", "--to", "v1.36.1", root=HOUSE)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "prod: v1.34.2 to v1.36.1 in 2 updates"
    document = platformctl("upgrade-path", "prod", "--to", "v1.36.1", "--json", root=HOUSE).document
    assert [step["kubernetesVersion"] for step in document["steps"]] == ["v1.35.2", "v1.36.1"]
    assert {pool["pool"] for pool in document["steps"][0]["cycled"]} >= {"system", "workers", "h100-ad1"}
    assert platformctl("upgrade-path", "dev", "--to", "v1.34.2", root=HOUSE).out == "dev has v1.34.2 already.\n"


def test_a_cluster_of_others_and_a_version_that_is_none_are_wrong_input(platformctl: Run) -> None:
    for stack, version, words in (
        ("examples/Pulumi.rtx4060.yaml", "v1.36.1", "rtx4060: its cluster exists already, and whoever made it upgrades it."),
        ("dev", "1.36", "--to 1.36: no version that OKE offers;"),
        ("dev", "v1.33.1", "--to v1.33.1: the cluster has v1.34.2, and a control plane does not go back; choose a newer one."),
    ):
        ran = platformctl("upgrade-path", stack, "--to", version, root=HOUSE)
        assert (ran.code, ran.out) == (2, "")
        assert words in ran.err
