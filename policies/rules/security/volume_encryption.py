"""What goes between a node and its volumes is encrypted, with a key of one's own where that is asked for."""

from collections.abc import Iterator

from policies.accessor import FLAG, TEXT
from policies.node_pools import NODE_POOL, OWN_SHAPES, shape_of
from policies.rule import Config, Rule, Setting, Violation, presence
from policies.standards import checkov, cis_oci
from policies.subject import Resource

INSTANCE = "oci:Core/instance:Instance"
STORES = ("oci:Core/volume:Volume", "oci:FileStorage/fileSystem:FileSystem")


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    if resource.type in STORES:
        if config.flag("ownKey") and not resource.read.present(TEXT, "kmsKeyId"):
            yield Violation("kmsKeyId is missing, so it is encrypted with Oracle's key: name one of your own")
        return
    details = resource.read.section("nodeConfigDetails") if resource.type == NODE_POOL else resource.read
    bare_metal = resource.type == NODE_POOL and shape_of(resource, config).bare_metal
    if not bare_metal and not details.require(FLAG, "isPvEncryptionInTransitEnabled"):
        yield Violation("isPvEncryptionInTransitEnabled is false: set encryption.inTransit: true")
    if config.flag("ownKey"):
        key = details if resource.type == NODE_POOL else details.section("sourceDetails")
        if not key.present(TEXT, "kmsKeyId"):
            yield Violation("kmsKeyId is missing, so boot volumes are encrypted with Oracle's key: set storage.volumeKeyId")


RULE = Rule(
    name="volume-encryption",
    title="Traffic between nodes and volumes is encrypted",
    topic="security",
    severity="medium",
    applies=(NODE_POOL, INSTANCE, *STORES),
    why="Volumes are encrypted at rest always, on the way only when asked. Bare metal cannot, and is passed over.",
    fix="Set `encryption.inTransit: true`.",
    standards=(
        checkov("CKV_OCI_3"),
        checkov("CKV_OCI_4"),
        checkov("CKV_OCI_15"),
        checkov("CKV2_OCI_5"),
        cis_oci("3.3"),
        cis_oci("5.2.1"),
        cis_oci("5.3.1"),
    ),
    settings=(
        OWN_SHAPES,
        Setting(
            name="ownKey",
            kind="flag",
            meaning="Ask for a key of one's own on boot volumes, block volumes and file systems.",
            stricter="true",
            default=True,
            given=lambda _: False,
        ),
    ),
    accepts=(presence("*kmsKeyId"),),
    check=check,
)
