"""The cluster can give pods identities of their own."""

from collections.abc import Iterator

from policies.accessor import TEXT
from policies.rule import Config, Rule, Violation
from policies.standards import cis_oke
from policies.subject import Resource

CLUSTER = "oci:ContainerEngine/cluster:Cluster"


def check(cluster: Resource, _: Config) -> Iterator[Violation]:
    kind = cluster.read.require(TEXT, "type")
    if kind != "ENHANCED_CLUSTER":
        yield Violation(f"type is {kind}, but workload identity needs ENHANCED_CLUSTER: without it pods borrow the node's rights")


RULE = Rule(
    name="cluster-type",
    title="The cluster is an enhanced one",
    topic="security",
    severity="medium",
    applies=(CLUSTER,),
    why="Workload identity, add-ons and node cycling exist in enhanced clusters only. A basic one drives people to keys in pods.",
    fix="Set `type: ENHANCED_CLUSTER`; it costs 0.10 US dollars an hour.",
    standards=(cis_oke("5.2.1"),),
    check=check,
)
