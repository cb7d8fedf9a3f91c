"""Buckets are private, and keep what is overwritten."""

from collections.abc import Iterator

from policies.accessor import FLAG, TEXT
from policies.rule import Config, Rule, Setting, Violation, presence
from policies.standards import checkov, cis_oci
from policies.subject import Resource

BUCKET = "oci:ObjectStorage/bucket:Bucket"


def check(bucket: Resource, config: Config) -> Iterator[Violation]:
    access = bucket.read.require(TEXT, "accessType")
    if access != "NoPublicAccess":
        yield Violation(f"accessType is {access}, so anybody may read: set NoPublicAccess, and share by pre-authenticated requests")
    versioning = bucket.read.require(TEXT, "versioning")
    if versioning != "Enabled":
        yield Violation(f"versioning is {versioning}, so an overwritten model is gone: set versioning: true")
    if not bucket.read.require(FLAG, "objectEventsEnabled"):
        yield Violation("objectEventsEnabled is false, so nothing can tell who changed what: set it to true")
    if config.flag("ownKey") and not bucket.read.present(TEXT, "kmsKeyId"):
        yield Violation("kmsKeyId is missing, so objects are encrypted with Oracle's key: set kmsKeyId on the bucket")


RULE = Rule(
    name="bucket-access",
    title="Buckets are private and versioned",
    topic="security",
    severity="high",
    applies=(BUCKET,),
    why="Models and data sets are the platform's product: neither to be read by strangers nor to be lost by a script.",
    fix="Leave the platform's buckets as they are made.",
    standards=(
        checkov("CKV_OCI_7"),
        checkov("CKV_OCI_8"),
        checkov("CKV_OCI_9"),
        checkov("CKV_OCI_10"),
        cis_oci("5.1.1"),
        cis_oci("5.1.2"),
        cis_oci("5.1.3"),
    ),
    settings=(
        Setting(
            name="ownKey",
            kind="flag",
            meaning="Ask for a key of one's own.",
            stricter="true",
            default=True,
            given=lambda _: False,
        ),
    ),
    accepts=(presence("kmsKeyId"),),
    check=check,
)
