"""Nodes and instances have no public addresses."""

from collections.abc import Iterator

from policies.accessor import FLAG, MAPPING, TEXT
from policies.node_pools import NODE_POOL
from policies.rule import Config, Rule, Violation
from policies.standards import cis_oke, nsa
from policies.subject import Resource, Stack

SUBNET, INSTANCE = "oci:Core/subnet:Subnet", "oci:Core/instance:Instance"


def check(instance: Resource, _: Config) -> Iterator[Violation]:
    if instance.type == INSTANCE and instance.read.require(TEXT, "createVnicDetails", "assignPublicIp") != "false":
        yield Violation('createVnicDetails.assignPublicIp is not "false", so the instance is on the internet: set it, and use the bastion')


def check_stack(stack: Stack, _: Config) -> Iterator[Violation]:
    for pool in stack.of(NODE_POOL):
        pool.read.require(MAPPING, "nodeConfigDetails")
        for subnet in stack.behind(pool, "nodeConfigDetails", SUBNET):
            if not subnet.read.require(FLAG, "prohibitPublicIpOnVnic"):
                said = f"nodes of {pool.name} would get public addresses"
                yield Violation(f"prohibitPublicIpOnVnic is false, so {said}: put them into a private subnet", subnet.urn)


RULE = Rule(
    name="public-nodes",
    title="Nodes have no public addresses",
    topic="security",
    severity="high",
    applies=(INSTANCE, NODE_POOL, SUBNET),
    why="A node on the internet is one open port away from being somebody else's. Nodes reach out through NAT, and are reached through the "
    "bastion.",
    fix="Give the pool the platform's worker subnet, or any with `prohibitPublicIpOnVnic`.",
    standards=(cis_oke("5.4.3"), nsa("Network separation and hardening")),
    check=check,
    check_stack=check_stack,
)
