"""The autoscaler acts as its own pod, and not as the node that every pod shares."""

from collections.abc import Iterator

from policies.accessor import TEXT
from policies.node_pools import is_autoscaler
from policies.rule import Config, Rule, Violation
from policies.standards import cis_oke
from policies.subject import Resource

ADDON = "oci:ContainerEngine/addon:Addon"


def check(addon: Resource, _: Config) -> Iterator[Violation]:
    if not is_autoscaler(addon):
        return
    for entry in addon.read.each("configurations"):
        if entry.require(TEXT, "key") == "authType":
            value = entry.require(TEXT, "value")
            if value != "workload":
                yield Violation(f"authType is {value!r}, but must be 'workload': as an instance, every pod could raise its own cap")
            return
    yield Violation("configurations has no authType, so the autoscaler acts as the node: set authType to 'workload'")


RULE = Rule(
    name="autoscaler-identity",
    title="The autoscaler has an identity of its own",
    topic="security",
    severity="high",
    applies=(ADDON,),
    why="What a node may do, every pod on it may do. With the autoscaler's rights on nodes, a job can add nodes until the money is gone.",
    fix="Set `authType: workload`, and grant the rights to its service account.",
    standards=(cis_oke("5.2.1"),),
    check=check,
)
