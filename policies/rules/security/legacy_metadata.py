"""The first version of the instance metadata service is off."""

from collections.abc import Iterator

from policies.accessor import FLAG, TEXT
from policies.node_pools import NODE_POOL
from policies.rule import Config, Rule, Violation
from policies.standards import checkov, cis_oci, nsa
from policies.subject import Resource

INSTANCE = "oci:Core/instance:Instance"
KEY = "areLegacyImdsEndpointsDisabled"


def check(resource: Resource, _: Config) -> Iterator[Violation]:
    if resource.type == NODE_POOL:
        if resource.read.require(TEXT, "nodeMetadata", KEY) != "true":
            yield Violation(f'nodeMetadata.{KEY} is not "true": pods could ask the old metadata service for the node\'s credentials')
    elif not resource.read.require(FLAG, "instanceOptions", KEY):
        yield Violation(f"instanceOptions.{KEY} is false: set it to true, and use the second version")


RULE = Rule(
    name="legacy-metadata",
    title="The legacy metadata service is off",
    topic="security",
    severity="high",
    applies=(NODE_POOL, INSTANCE),
    why="The first version of the metadata service answers any request that a process can be tricked into. The second wants a header.",
    fix="Leave the platform's node metadata as it is; on an instance, set `instanceOptions`.",
    standards=(checkov("CKV_OCI_5"), cis_oci("3.1"), nsa("Network separation and hardening")),
    check=check,
)
