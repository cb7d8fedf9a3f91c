"""What a change does, as the engine plans it on the simulated cloud, in words that the table shows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from platformctl.comparing import SEEN
from platformctl.engine.causes import causing
from platformctl.engine.losses import MOVED, NODE_POOL, consequences, is_dear, lost, moved
from platformctl.engine.plan import Plan, PlannedResource
from simulator.oci import changes

Word = Literal["refused", "replaces", "removes", "cycles nodes", "new nodes only", "in place", "no effect"]
WORDS: tuple[Word, ...] = get_args(Word)
"""What weighs most first: a change that does several things is called by the first of them."""
SHOWN = 3
"""How many resources are named of those that are changed alike."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    word: Word
    of: tuple[str, ...] = ()
    """What is replaced or removed, or which pools: type and name."""
    why: str = ""
    """Why it is refused, or what goes along."""
    dear: bool = False
    """Whether something is lost that nobody gets back, so that `platformctl diff` asks for an acknowledgement."""
    others: str = ""
    """What else changes: `updates autoscaler; makes pool-b`."""

    def like(self, other: "Effect") -> bool:
        """Whether they come to the same. Which refusal is met first differs from run to run: the engine asks about several at once."""
        if self.word == other.word == "refused":
            return True
        return self == other

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"effect": self.word}
        if self.of:
            found["of"] = list(self.of)
        if self.why:
            found["why"] = self.why
        if self.dear:
            found["dear"] = True
        if self.others:
            found["others"] = self.others
        return found


def refused(why: str) -> Effect:
    return Effect(word="refused", why=why)


def of_plan(plan: Plan) -> Effect:
    """What the engine would do, as `platformctl diff` compares it."""
    protected = [violation for violation in plan.refusals if violation.policy in SEEN and violation.urn in plan.by_urn]
    if protected:
        resource = plan.by_urn[protected[0].urn]
        return refused(f"{named(resource)} {protected[0].message}")
    if elsewhere := moved(plan):
        return Effect(word="replaces", of=tuple(_named(elsewhere)), why=MOVED, dear=True)
    custom = [resource for resource in plan.changes if resource.custom and not _is_provider(resource)]
    if not custom:
        return Effect(word="no effect")
    roots = [resource for resource in causing(plan) if resource.custom and not _is_provider(resource)]
    dear = lost(plan)
    remade = [resource for resource in custom if resource.op == "replace"]
    replaced = [resource for resource in roots if resource.op == "replace"] or remade  # all of them where their provider is another
    main = [*dear, *(resource for resource in replaced if resource not in dear)]
    if main:
        return Effect(  # what is remade with something dear stands under it
            word="replaces" if any(resource.op == "replace" for resource in main) else "removes",
            of=tuple(_named(main)),
            why=consequences(dear[0], plan) if dear else "",
            dear=bool(dear),
            others=_others(custom, main),
        )
    cycled, later = _pools(custom)
    pools = cycled or later
    word: Word = "cycles nodes" if cycled else "new nodes only" if later else "in place"
    return Effect(word=word, of=tuple(_named(pools)), others=_others(custom, pools))


def _pools(resources: Iterable[PlannedResource]) -> tuple[list[PlannedResource], list[PlannedResource]]:
    """Pools whose nodes that exist follow an update at once, and those where only new nodes do."""
    cycled: list[PlannedResource] = []
    later: list[PlannedResource] = []
    for pool in resources:
        if pool.type != NODE_POOL or pool.op != "update":
            continue
        effects = {rule.effect for path in pool.diffs if (rule := changes.effect(NODE_POOL, _dotted(path))) is not None}
        if "new nodes" in effects:
            details = pool.inputs.get("nodePoolCyclingDetails") or {}
            (cycled if details.get("isNodeCyclingEnabled") is True else later).append(pool)
    return cycled, later


def _dotted(path: str) -> str:
    """A property path without its indexes."""
    return ".".join(step.partition("[")[0] for step in path.split("."))


def _is_provider(resource: PlannedResource) -> bool:
    return resource.type.startswith("pulumi:")


def named(resource: PlannedResource) -> str:
    return f"{resource.type.rpartition(':')[2]} {resource.name}"


def _named(resources: Iterable[PlannedResource]) -> Iterator[str]:
    """Types and names, what is dear first; many of one type in one entry."""
    by_type: dict[str, list[str]] = {}
    for resource in sorted(resources, key=lambda resource: not is_dear(resource)):
        by_type.setdefault(resource.type.rpartition(":")[2], []).append(resource.name)
    for kind, names in by_type.items():
        yield f"{kind} {_listed(names)}"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def _others(resources: Iterable[PlannedResource], named: Iterable[PlannedResource]) -> str:
    shown = {resource.urn for resource in named}
    words = {"update": "updates", "create": "makes", "replace": "remakes", "delete": "deletes"}
    by_op: dict[str, list[str]] = {}
    for resource in resources:
        if resource.urn not in shown:
            by_op.setdefault(resource.op, []).append(resource.name)
    return "; ".join(f"{word} {_listed(by_op[op])}" for op, word in words.items() if op in by_op)
