"""A container's image is of one version."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies import charts
from policies.accessor import TEXT, Path, unknown, written
from policies.pods import OBJECTS, fields, is_image
from policies.rule import Accepted, Config, Rule, Violation
from policies.standards import checkov, nsa
from policies.subject import Resource


def check(resource: Resource, _: Config) -> Iterator[Violation]:
    for path, value in fields(resource):
        if is_image(path):
            image = resource.read.judge(TEXT, path, value)
            tag = tag_of(image)
            if tag in (None, "latest"):
                said = "has no tag" if tag is None else "is whatever is latest"
                yield Violation(f"{written(path)} is {image}, which {said}: name a version or a digest")
        elif resource.type in charts.TYPES and _is_tag(path):
            if unknown(value):
                resource.read.judge(TEXT, path, value)
            if value == "latest" or (isinstance(value, str) and tag_of(value) == "latest"):
                yield Violation(f"{written(path)} is {value}, which is whatever is latest: name a version or a digest")
        elif resource.type in charts.TYPES and isinstance(value, Mapping):
            yield from _container(path, value)


def _container(path: Path, value: Mapping[str, Any]) -> Iterator[Violation]:
    """A container under any key of a chart's values: it has a name and an image, and no tag beside that."""
    image, at = value.get("image"), (*path, "image")
    parts = any(str(key).lower().endswith(("tag", "version", "digest")) for key in value)
    if not (isinstance(image, str) and isinstance(value.get("name"), str)) or parts or is_image(at):
        return
    if image and not unknown(image) and "{{" not in image and tag_of(image) is None:
        yield Violation(f"{written(at)} is {image}, which has no tag: name a version or a digest")


def _is_tag(path: Path) -> bool:
    """How charts name an image, or its tag alone. One that is left out is the chart's, which is pinned."""
    return isinstance(path[-1], str) and path[-1].lower().endswith(("image", "tag"))


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
    applies=OBJECTS,
    why="`latest` is another program tomorrow, on every node that pulls it then.",
    fix="Name a version, or better a digest.",
    standards=(checkov("CKV_K8S_14"), nsa("Kubernetes Pod security")),
    accepts=(Accepted(path="*", trouble=("missing",), because="a container without an image runs nothing, and the API server refuses it"),),
    check=check,
)
