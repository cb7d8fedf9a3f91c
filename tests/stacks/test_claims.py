"""What two add-ons claim can be written in a stack file, and is refused there: one message, both ends, and what to do."""

from pathlib import Path
from typing import Any

import pytest

from stacks.config import StackFileError, parse
from stacks.config.load import document
from stacks.plan import plan

ROOT = Path(__file__).resolve().parents[2]
DEV, BOX = document(ROOT / "Pulumi.dev.yaml"), document(ROOT / "examples/Pulumi.rtx4060.yaml")


def refusals(stack: dict[str, Any], addons: dict[str, Any], **more: Any) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        plan(parse({**stack, **more, "addons": addons}))
    return [str(problem) for problem in refusal.value.problems]


def arc(name: str, **more: str) -> dict[str, Any]:
    gate = {"repositories": ["acme/models"], "workflows": [".github/workflows/gpu.yml"]}
    return {"enabled": True, "scaleSets": {name: {"github": "https://github.com/acme", "pool": "a10", "gate": gate, **more}}}


def queues(namespace: str) -> dict[str, Any]:
    node = {"cpu": "8", "memory": "64Gi", "ephemeral-storage": "80Gi"}
    queue = {"namespaces": [namespace], "quota": {"a10": {"nodes": 1}}}
    return {"kueue": {"enabled": True}, "queues": {"enabled": True, "queues": {"q": queue}, "flavors": {"a10": {"node": node}}}}


EITHER = "turn one of them off, or rename one"


@pytest.mark.parametrize(
    ("addons", "message"),
    [
        ({"arc": arc("keda"), "keda": {"enabled": True}}, f"addons.arc: arc and keda both claim the release keda; {EITHER}"),
        ({"arc": arc("gpu-operator")}, f"addons.arc: arc and gpu-operator both claim the release gpu-operator; {EITHER}"),
        ({"arc": arc("s", namespace="monitoring")}, f"addons.arc: arc and monitoring both claim Namespace monitoring; {EITHER}"),
        ({"arc": arc("s", namespace="keda")}, "addons.arc: arc cannot have the namespace keda, which is kept for others; name another"),
        (queues("models"), f"addons.queues: queues and kserve both claim Namespace models; {EITHER}"),
        ({**queues("ci"), "arc": arc("s", namespace="ci")}, f"addons.queues: queues and arc both claim Namespace ci; {EITHER}"),
    ],
)
def test_one_name_that_two_add_ons_claim_is_one_message(addons: dict[str, Any], message: str) -> None:
    assert refusals(DEV, addons) == [message]


def test_a_scale_set_that_has_the_name_of_what_is_not_installed_is_taken() -> None:
    assert "keda" in {release.name for release in plan(parse({**DEV, "addons": {"arc": arc("keda")}})).addons.plans["arc"].releases}


def test_a_label_that_a_pool_and_an_add_on_answer_differently_is_refused_with_the_add_on() -> None:
    pool = {**BOX["cluster"]["nodePools"]["workstation"], "labels": {"nvidia.com/device-plugin.config": "other"}}
    cluster = {**BOX["cluster"], "nodePools": {"workstation": pool}}
    sharing = {"gpuOperator": {"sharing": {"workstation": {"mode": "time-slicing", "replicas": 2}}}}
    label = "cluster.nodePools.workstation.labels.nvidia.com/device-plugin.config"
    assert refusals(BOX, sharing, cluster=cluster) == [f"{label}: is other, but gpu-operator needs time-slicing-2 here; take it out"]
