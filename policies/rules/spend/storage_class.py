"""A storage class gives claims no more performance than they are priced with."""

from collections.abc import Iterator

from policies.accessor import DIGITS, MAPPING
from policies.rule import Accepted, Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import Resource

CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"
VPUS = "vpusPerGB"


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    given, allowed = resource.read.optional(MAPPING, "parameters") or {}, config.integer("vpus")
    for key in [key for key in given if key.lower() == VPUS.lower()]:
        vpus = resource.read.require(DIGITS, "parameters", key)
        if vpus <= allowed:
            continue
        said = f"parameters.{key} is {vpus}, and claims are priced with {allowed} at most"
        yield Violation(f"{said}: lower it, or declare a volume, whose price is counted as it is")


RULE = Rule(
    name="storage-class",
    title="Storage classes are within what claims are priced with",
    topic="spend",
    severity="medium",
    applies=(CLASS,),
    why="A class is asked for by its name, by claims that other programs make. At 120 units a gigabyte costs over three times as much.",
    fix="Lower `vpusPerGB`.",
    standards=NONE,
    settings=(Setting(name="vpus", kind="integer", meaning="Most performance units per GB.", stricter="lower", default=20),),
    accepts=(Accepted(path="parameters*", trouble=("missing",), because="Oracle gives ten units where none are asked for"),),
    check=check,
)
