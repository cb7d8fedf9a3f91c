"""What holds data, or the platform itself, cannot be deleted by accident in production."""

from collections.abc import Iterator

from policies.rule import Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import Resource

DATA = (
    "oci:Core/volume:Volume",
    "oci:FileStorage/fileSystem:FileSystem",
    "oci:Kms/key:Key",
    "oci:Kms/vault:Vault",
    "oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem",
    "oci:ObjectStorage/bucket:Bucket",
)
PLATFORM = ("oci:ContainerEngine/cluster:Cluster", "oci:Core/vcn:Vcn")


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    if config.flag("required") and not resource.options.protect:
        lost = "its data goes with it" if resource.type in DATA else "everything in it goes with it"
        yield Violation(f"is not protected: a mistake can delete or replace it, and {lost}; set the option protect")


RULE = Rule(
    name="production-protected",
    title="Production's data and cluster are protected",
    topic="security",
    severity="critical",
    applies=(*DATA, *PLATFORM),
    why="A changed input that replaces a cluster or a file system looks like any other line of a plan. Protected, it is an error instead.",
    fix="Set `protect` on the resource; the platform does where `environment` is prod.",
    standards=NONE,
    settings=(
        Setting(
            name="required",
            kind="flag",
            meaning="Ask for the option protect.",
            stricter="true",
            default=True,
            given=lambda declared: declared.environment == "prod",
        ),
    ),
    check=check,
)
