"""What takes long says how long, so that neither Pulumi nor CI gives up in the middle."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from policies.accessor import INTEGER
from policies.rule import Config, Rule, Violation
from policies.standards import NONE
from policies.subject import Resource

RELEASE = "kubernetes:helm.sh/v3:Release"

# terraform-provider-oci, internal/service/containerengine and internal/tfresource, 2026-08: what the provider itself waits for.
LEAST_MINUTES: Mapping[str, int] = MappingProxyType({
    "oci:ContainerEngine/addon:Addon": 20,
    "oci:ContainerEngine/cluster:Cluster": 60,
    "oci:ContainerEngine/nodePool:NodePool": 50,
    "oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem": 60,
})  # fmt: skip


def check(resource: Resource, _: Config) -> Iterator[Violation]:
    options = resource.options
    if resource.type == RELEASE:
        if not options.create_seconds and not resource.read.optional(INTEGER, "timeout"):
            yield Violation("says no timeout, so Helm gives up after 5 minutes: set timeout in seconds, or the option custom_timeouts")
        return
    least = LEAST_MINUTES[resource.type]
    for operation, seconds in (("create", options.create_seconds), ("delete", options.delete_seconds)):
        if seconds < least * 60:
            said = f"{seconds / 60:g} minutes" if seconds else "not said"
            yield Violation(f"the timeout of {operation} is {said}, but it takes up to {least} minutes: set custom_timeouts")


RULE = Rule(
    name="timeouts",
    title="Slow resources have timeouts of their own",
    topic="reliability",
    severity="medium",
    applies=(*LEAST_MINUTES, RELEASE),
    why="A pool that is given up on half-way stays behind, running and unknown to Pulumi.",
    fix="Set `custom_timeouts`, longer than what Oracle takes.",
    standards=NONE,
    check=check,
)
