"""Nothing goes into the cluster but kinds of objects that the rules know."""

from collections.abc import Iterator

from policies import charts
from policies.accessor import TEXT, unknown, written
from policies.kinds import VERSIONS, group_and_kind, is_known, is_read
from policies.objects import CHILDREN
from policies.pods import OBJECTS
from policies.rule import Accepted, Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import Resource

CALLING = ("admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io")
"""Groups whose objects tell the API server whom to ask."""
_MAKES = ("generate", "mutate")
"""Sections of a Kyverno rule that make or change objects."""


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    if resource.type in charts.TYPES or resource.type.startswith(CHILDREN):
        return
    for key in ("apiVersion", "kind"):
        resource.read.optional(TEXT, key)
    group, kind = group_and_kind(resource.type)
    at = f"{resource.read.path}: " if resource.path else ""
    if resource.disguise is not None:
        yield Violation(f"{at}is registered as {resource.disguise}, and says that it is {kind} of {group}: register it as what it is")
    if not is_known(group, kind) and f"{group}/{kind}" not in config.texts("kinds"):
        said = f"{at}{kind} of {group} is of no kind that the rules know, so what it makes and opens is not known"
        yield Violation(f"{said}: leave it out, or allow {group}/{kind} in policies.kinds of the stack file, with a reason")
    elif not is_read(resource.type):
        version = resource.type.split(":")[1].rpartition("/")[2]
        yield Violation(f"{at}{kind} of {group} is of version {version}, which the rules do not read: {', '.join(sorted(VERSIONS[group]))}")
    if group in CALLING:
        for path, value in resource.read.walk():
            if path[-2:] == ("clientConfig", "url"):
                yield Violation(f"{written(path)} sends what the API server is asked to {value}: name a Service of the cluster")
    if group == "kyverno.io":
        for path, value in resource.read.walk():
            if unknown(value):
                resource.read.judge(TEXT, path, value)
            if path[-1] in _MAKES:
                yield Violation(f"{at}a rule has {path[-1]}, which makes or changes objects that nobody reviews: validate only")


RULE = Rule(
    name="known-kinds",
    title="Objects are of kinds that the rules know",
    topic="security",
    severity="critical",
    applies=OBJECTS,
    why="An operator's object can make machines, install a repository or grant rights, and no rule reads it. The kind and the apiVersion "
    "of the object itself are judged, also in lists, patches and chart values.",
    fix="Use a kind of `policies/kinds.py`, or allow the kind in `policies.kinds` of the stack file, with a reason.",
    standards=NONE,
    settings=(
        Setting(
            name="kinds",
            kind="texts",
            meaning="Kinds that are allowed beside the list, as `group/Kind`.",
            stricter="fewer",
            default=(),
            given=lambda declared: declared.kinds,
        ),
    ),
    accepts=(Accepted(path="*", trouble=("missing",), because="the type token says then what the object is"),),
    check=check,
)
