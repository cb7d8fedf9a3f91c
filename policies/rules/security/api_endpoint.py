"""The Kubernetes API has no public address, and a group decides who reaches the private one."""

from collections.abc import Iterator

from policies.accessor import FLAG, LIST
from policies.rule import Config, Rule, Setting, Violation, presence
from policies.standards import checkov, cis_oke, nsa
from policies.subject import Resource

CLUSTER = "oci:ContainerEngine/cluster:Cluster"


def check(cluster: Resource, config: Config) -> Iterator[Violation]:
    endpoint = cluster.read.section("endpointConfig")
    if endpoint.require(FLAG, "isPublicIpEnabled") and not config.flag("public"):
        yield Violation("endpointConfig.isPublicIpEnabled is true, so the API answers on the internet: set endpoint.public: false")
    if not endpoint.present(LIST, "nsgIds"):
        yield Violation("endpointConfig.nsgIds is missing, so no group decides who reaches the API: name one")


RULE = Rule(
    name="api-endpoint",
    title="The Kubernetes API is private, and guarded by a group",
    topic="security",
    severity="critical",
    applies=(CLUSTER,),
    why="Whoever reaches the API can try keys and known weaknesses on it. A bastion or a tunnel lets the right people in.",
    fix="Set `endpoint.public: false`, and reach the API through the bastion.",
    standards=(
        cis_oke("5.4.1"),
        cis_oke("5.4.2"),
        checkov("CKV2_OCI_3"),
        nsa("Authentication and authorization"),
        nsa("Network separation and hardening"),
    ),
    settings=(
        Setting(
            name="public",
            kind="flag",
            meaning="Allow a public address, kept to administrators' blocks by the groups.",
            stricter="false",
            default=False,
        ),
    ),
    accepts=(presence("endpointConfig.nsgIds"),),
    check=check,
)
