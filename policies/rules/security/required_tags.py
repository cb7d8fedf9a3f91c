"""Everything that costs money says whose it is."""

from collections.abc import Iterator

from infra.tags import TAGGABLE
from policies.accessor import TEXT
from policies.rule import Config, Rule, Setting, Violation, presence
from policies.standards import cis_oci
from policies.subject import ROOT_STACK, Resource


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    if resource.type == ROOT_STACK:
        if not config.texts("tags"):
            yield Violation("declares no tags, so nobody can tell whose the bill is: set tags or definedTags in the stack file")
        return
    for tag in config.texts("tags"):
        kind, key = ("definedTags", "definedTags") if "." in tag else ("freeformTags", "tags")
        if not resource.read.present(TEXT, kind, tag):
            yield Violation(f"{kind}.{tag} is missing: put it into the stack file's {key}, which go on every resource")


RULE = Rule(
    name="required-tags",
    title="Resources carry the stack's tags",
    topic="security",
    severity="low",
    level="advisory",
    applies=(ROOT_STACK, *sorted(TAGGABLE)),
    why="A bill without tags is a riddle, and what nobody owns nobody removes.",
    fix="Set `tags` or `definedTags` in the stack file.",
    standards=(cis_oci("4.1"),),
    settings=(
        Setting(
            name="tags",
            kind="texts",
            meaning="Keys of tags that must be there, whatever their value: free-form ones, and defined ones as Namespace.Key.",
            stricter="more",
            default=("team",),
            given=lambda declared: declared.tags,
        ),
    ),
    accepts=(presence("freeformTags*"),),
    check=check,
)
