"""Kubernetes secrets are encrypted with a key of one's own in production."""

from collections.abc import Iterator

from policies.accessor import TEXT
from policies.rule import Config, Rule, Setting, Violation, presence
from policies.standards import cis_oke, nsa
from policies.subject import Resource

CLUSTER = "oci:ContainerEngine/cluster:Cluster"


def check(cluster: Resource, config: Config) -> Iterator[Violation]:
    if config.flag("required") and not cluster.read.present(TEXT, "kmsKeyId"):
        yield Violation("kmsKeyId is missing, and cannot be added later without replacing the cluster: set encryption.clusterKeyId")


RULE = Rule(
    name="secrets-key",
    title="Kubernetes secrets are encrypted with a key of one's own",
    topic="security",
    severity="medium",
    applies=(CLUSTER,),
    why="With a key of one's own the secrets of a copied disk are worth nothing, and one switch makes them unreadable. OKE takes the key "
    "only when the cluster is made.",
    fix="Set `encryption.clusterKeyId` before the cluster is made.",
    standards=(cis_oke("5.3.1"), nsa("Network separation and hardening")),
    settings=(
        Setting(
            name="required",
            kind="flag",
            meaning="Ask for a key.",
            stricter="true",
            default=True,
            given=lambda declared: declared.environment == "prod",
        ),
    ),
    accepts=(presence("kmsKeyId"),),
    check=check,
)
