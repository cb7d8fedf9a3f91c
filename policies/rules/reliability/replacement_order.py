"""What cannot be had twice, or holds data, is not deleted first."""

from collections.abc import Iterator

from policies.rule import Config, Rule, Violation
from policies.rules.security.production_protected import DATA, PLATFORM
from policies.standards import NONE
from policies.subject import Resource


def check(resource: Resource, _: Config) -> Iterator[Violation]:
    if resource.options.delete_before_replace:
        yield Violation("asks to be deleted before its replacement stands, which loses what is in it: take delete_before_replace off")


RULE = Rule(
    name="replacement-order",
    title="Data and the cluster are never deleted before they are replaced",
    topic="reliability",
    severity="high",
    applies=(*DATA, *PLATFORM),
    why="Deleting first is right for what has one name and no content. A cluster or a file system is gone by the time its successor fails.",
    fix="Take `delete_before_replace` off, and move the data by hand when it must be replaced.",
    standards=NONE,
    check=check,
)
