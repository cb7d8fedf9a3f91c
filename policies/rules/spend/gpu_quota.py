"""Oracle itself refuses more GPUs than the stack may have, whoever asks."""

import re
from collections.abc import Iterator, Mapping

from infra.catalogue.shapes import SHAPES, Shape
from infra.tenancy import is_tenancy
from policies.accessor import TEXT
from policies.node_pools import NODE_POOL, OWN_SHAPES, known_shapes
from policies.rule import Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import Resource, Stack

QUOTA = "oci:Limits/quota:Quota"
_SET = re.compile(
    r"\s*set\s+compute-core\s+quotas?\s+(?P<name>gpu[a-z0-9-]*)\s+to\s+(?P<count>\d{1,9})\s+in\s+(?P<place>tenancy|compartment\s+(?:id\s+)?\S+)"
    r"(?P<where>\s+where\s+request\.ad\s*=\s*'[^']+')?\s*",
    re.IGNORECASE,
)
_ZERO = re.compile(r"\s*zero\s+compute-core\s+quotas?\s+/gpu\*/\s+in\s+(?P<place>tenancy|compartment\s+(?:id\s+)?\S+)\s*", re.IGNORECASE)
"""Without a condition: zero in one region alone is no limit elsewhere."""
_SETS_GPUS = re.compile(r"\s*(?:un)?set\s+\S+\s+quotas?\s+(?:/.*/|in\s|\S*gpu)", re.IGNORECASE)
"""Names GPUs, a pattern, or nothing, which is all of a family."""


def check_stack(stack: Stack, config: Config) -> Iterator[Violation]:
    if not config.flag("required"):
        return
    quotas = tuple(stack.of(QUOTA))
    if not quotas:
        yield Violation("there is no quota: keep guardrails.quota on, so that Oracle refuses what the policies cannot see")
    for quota in quotas:
        yield from _judged(quota, config)
        yield from _placed(quota, stack)


def _placed(quota: Resource, stack: Stack) -> Iterator[Violation]:
    """Every statement guards one place, which the pools are in where it is told by its OCID. The program asks Oracle what a path is."""
    read = [_ZERO.fullmatch(statement) or _SET.fullmatch(statement) for statement in quota.read.texts("statements")]
    places = {
        " ".join(match["place"].casefold().split()).replace("compartment id ", "compartment "): match["place"] for match in read if match
    }
    places.pop("tenancy", None)
    if len(places) > 1:
        said = f"its statements guard {' and '.join(sorted(places))}, so what is set in one is not zeroed there"
        yield Violation(f"{said}: name the compartment of the pools in each", quota.urn)
    named = {place.removeprefix("compartment ") for place in places if place.startswith("compartment ocid1.")}
    for pool in stack.of(NODE_POOL) if named else ():
        home = pool.read.known(TEXT, "compartmentId")
        if home and home.casefold() not in named and not any(map(is_tenancy, named)):
            yield Violation(f"its statements do not guard {home}, where {pool.name} is: name the compartment of the pools", quota.urn)


def _judged(quota: Resource, config: Config) -> Iterator[Violation]:
    statements = quota.read.texts("statements")
    if not any(_ZERO.fullmatch(statement) for statement in statements):
        said = "no statement zeroes /gpu*/, so GPUs that are not named have no limit"
        yield Violation(f"{said}: put `zero compute-core quotas /gpu*/ in compartment ...` first", quota.urn)
    totals: dict[str, int] = {}
    for statement in statements:
        match = _SET.fullmatch(statement)
        if match is not None:
            domains = 1 if match["where"] else config.integer("availabilityDomains")
            totals[match["name"]] = totals.get(match["name"], 0) + int(match["count"]) * domains
        elif _SETS_GPUS.match(statement):
            said = f"{statement!r} allows GPUs in a way that cannot be counted"
            yield Violation(f"{said}: write `set compute-core quota ... to N in compartment ...`", quota.urn)
    allowed = config.numbers("gpus")
    for name, total in totals.items():
        model = model_of(name, known_shapes(config))
        if model is None:
            yield Violation(f"{name} counts no GPU of the catalogue of shapes: add its quota there", quota.urn)
        elif total > allowed.get(model, 0):
            excess = f"allows {total} {model} over the availability domains, but {allowed.get(model, 0)} are allowed"
            yield Violation(f"{name} {excess}: a quota counts in each availability domain by itself", quota.urn)


def model_of(quota: str, shapes: Mapping[str, Shape] = SHAPES) -> str | None:
    """The model that a quota counts: as the catalogue says, or by the way Oracle names them."""
    name = quota.lower().replace("-reserved-count", "-count")
    for shape in shapes.values():
        if shape.gpu_model and name in (shape.quota, f"gpu-{shape.gpu_model.lower().replace(' ', '-')}-count"):
            return shape.gpu_model
    return None


RULE = Rule(
    name="gpu-quota",
    title="Quotas hold GPUs to the cap",
    topic="spend",
    severity="high",
    applies=(QUOTA, NODE_POOL),
    why="Policies see this stack only. A quota binds everybody in the compartment: consoles, scripts, other stacks.",
    fix="Keep `guardrails.quota` on, or deploy the guardrails as a stack of their own.",
    standards=NONE,
    settings=(
        OWN_SHAPES,
        Setting(
            name="required",
            kind="flag",
            meaning="This stack owns the quotas. False where another one does.",
            stricter="true",
            default=True,
            given=lambda declared: declared.guardrails and declared.quota,
        ),
        Setting(
            name="gpus",
            kind="numbers",
            meaning="Most GPUs by model, over all availability domains.",
            stricter="lower",
            default={},
            given=lambda declared: declared.gpus,
        ),
        Setting(
            name="availabilityDomains",
            kind="integer",
            meaning="Availability domains of the region: a quota that names none counts once in each.",
            stricter="higher",
            default=3,
            given=lambda declared: declared.availability_domains,
        ),
    ),
    check_stack=check_stack,
)
