"""Which add-ons a stack cannot have, and what its file is told of each."""

from pathlib import Path
from typing import Any

import pytest

from components.framework.addon import section_key
from components.registry import KINDS
from stacks.config import StackFileError, parse
from stacks.config.load import document
from stacks.plan import plan
from testkit.every_add_on import STACKS, everything
from testkit.stack_files import ROOT

DEV, WORKSTATION = document(ROOT / "Pulumi.dev.yaml"), document(ROOT / "examples/Pulumi.rtx4060.yaml")


def no_cluster(key: str) -> str:
    return f"addons.{section_key(key)}: {key} is on, but `layers` has no cluster to install it into; take it out"


BY_OKE = {"cert-manager": "addons.certManager: cert-manager is there already, brought by the cluster; turn one of the two sources off"}
NO_TEAMS = {
    key: f"addons.{section_key(key)}: is on, but the stack has no teams; add `teams`, or take it out"
    for key in ("team-namespaces", "admission")
}
NOTHING = {key: no_cluster(key) for key in KINDS}


@pytest.mark.parametrize("file", STACKS, ids=lambda file: file.name)
def test_a_stack_may_have_every_add_on_but_these(file: Path) -> None:
    """OKE brings cert-manager with its metrics server; guardrails are no cluster; some stacks have no teams."""
    found, stack = everything(file), document(file)
    cannot: dict[str, str] = {} if stack.get("teams") else NO_TEAMS
    if stack["cluster"]["backend"] == "oke":
        cannot = {**cannot, **BY_OKE} if "cluster" in stack.get("layers", ["cluster"]) else NOTHING
    assert found.refused == cannot
    assert found.plan.addons.chosen.keys() == KINDS.keys() - cannot.keys()


def refusals(stack: dict[str, Any], **sections: Any) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        plan(parse({**stack, "addons": sections}))
    return [str(problem) for problem in refusal.value.problems]


def test_a_cluster_without_gpus_cannot_have_the_gpu_operator() -> None:
    stack = {**DEV, "cluster": {**DEV["cluster"], "nodePools": {"system": DEV["cluster"]["nodePools"]["system"]}}, "spend": {}}
    assert refusals(stack, gpuOperator={"enabled": True}, nodeFeatureDiscovery={"enabled": True}) == [
        "addons.gpuOperator: has nothing to operate: no pool has NVIDIA GPUs; add one that has, or turn gpu-operator off"
    ]


def test_a_machine_outside_oracles_cloud_cannot_send_logs_there_by_itself() -> None:
    assert refusals(WORKSTATION, ociOnm={"enabled": True}) == [
        "addons.ociOnm.target: is missing; say which log group and entity of Log Analytics the logs go to"
    ]
