"""The program makes no people and no keys of people: they are the identity provider's."""

from collections.abc import Iterator

from policies.rule import Config, Rule, Violation
from policies.standards import cis_oci
from policies.subject import Resource

ALLOWED = frozenset({"compartment", "dynamicGroup", "group", "policy", "tag", "tagDefault", "tagNamespace"})
"""What a program may make of identity: places, names for sets, and grants, which other rules read."""


def check(resource: Resource, _config: Config) -> Iterator[Violation]:
    module, _, kind = resource.type.removeprefix("oci:Identity/").partition(":")
    if module not in ALLOWED:
        said = f"{kind} is not for a program to make: people, their keys and how they log in are the identity provider's"
        yield Violation(f"{said}; give pods workload identity, and people groups")


RULE = Rule(
    name="standing-credentials",
    title="No users, and no keys of users",
    topic="security",
    severity="high",
    applies=("oci:Identity/*",),
    why="A key of a user does all that the user may, for as long as nobody removes it, and whoever reads Pulumi's state has it. A user "
    "who is put into a group by a program was hired by nobody.",
    fix="Give pods identities of their own by workload identity, and people their groups in the identity provider.",
    standards=(cis_oci("1.8"), cis_oci("1.9"), cis_oci("1.10")),
    check=check,
)
