"""A container's image is of one version."""

from collections.abc import Iterator

from policies.accessor import TEXT, Path, written
from policies.rule import Accepted, Config, Rule, Violation
from policies.standards import checkov, nsa
from policies.subject import Resource

CONTAINERS = frozenset({"containers", "initContainers", "ephemeralContainers"})


def check(resource: Resource, _: Config) -> Iterator[Violation]:
    for path, value in resource.read.walk():
        if is_image(path):
            image = resource.read.judge(TEXT, path, value)
            tag = tag_of(image)
            if tag in (None, "latest"):
                said = "has no tag" if tag is None else "is whatever is latest"
                yield Violation(f"{written(path)} is {image}, which {said}: name a version or a digest")


def is_image(path: Path) -> bool:
    """`containers[0].image`, wherever the containers are."""
    return len(path) > 2 and path[-1] == "image" and isinstance(path[-2], int) and path[-3] in CONTAINERS


def tag_of(image: str) -> str | None:
    """The tag or digest of an image; the colon of a registry's port is none."""
    if "@" in image:
        return image.rpartition("@")[2] or None
    return image.rpartition("/")[2].partition(":")[2] or None


RULE = Rule(
    name="image-pinned",
    title="Images are pinned to a version",
    topic="security",
    severity="medium",
    applies=("kubernetes:*",),
    why="`latest` is another program tomorrow, on every node that pulls it then.",
    fix="Name a version, or better a digest.",
    standards=(checkov("CKV_K8S_14"), nsa("Kubernetes Pod security")),
    accepts=(Accepted(path="*", trouble=("missing",), because="a container without an image runs nothing, and the API server refuses it"),),
    check=check,
)
