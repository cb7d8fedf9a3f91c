"""Only images that a known key has signed run in production."""

from collections.abc import Iterator

from policies.accessor import FLAG, TEXT
from policies.rule import Config, Rule, Setting, Violation, presence
from policies.standards import cis_oke, nsa
from policies.subject import Resource

CLUSTER = "oci:ContainerEngine/cluster:Cluster"


def check(cluster: Resource, config: Config) -> Iterator[Violation]:
    if not config.flag("required"):
        return
    policy = cluster.read.section("imagePolicyConfig")
    if not policy.require(FLAG, "isPolicyEnabled"):
        yield Violation("imagePolicyConfig.isPolicyEnabled is false: name keys in encryption.imageKeyIds")
    keys = tuple(policy.each("keyDetails"))
    if not keys or not all(key.present(TEXT, "kmsKeyId") for key in keys):
        yield Violation("imagePolicyConfig.keyDetails names no key, so nothing is verified: name keys in encryption.imageKeyIds")


RULE = Rule(
    name="image-verification",
    title="Images are verified in production",
    topic="security",
    severity="high",
    applies=(CLUSTER,),
    why="An image that nobody signed is an image that anybody may have changed.",
    fix="Sign images with a Vault key, and name it in `encryption.imageKeyIds`.",
    standards=(cis_oke("5.1.4"), nsa("Kubernetes Pod security")),
    settings=(
        Setting(
            name="required",
            kind="flag",
            meaning="Ask for image verification.",
            stricter="true",
            default=True,
            given=lambda declared: declared.environment == "prod",
        ),
    ),
    accepts=(presence("*.kmsKeyId"),),
    check=check,
)
