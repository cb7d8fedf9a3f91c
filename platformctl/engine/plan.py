"""What the engine would do, resource by resource: its events joined with what the program registered."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from infra.pricing.resources import UNKNOWN
from platformctl.engine.events import Diagnostic, EventLog, Step, Violation
from platformctl.engine.options import Options
from platformctl.engine.policies import PolicyRule
from policies.sums import growing, is_growing, is_whole

__all__ = ["UNKNOWN", "Made", "Plan", "PlannedResource", "made", "plan"]

STACK = "pulumi:pulumi:Stack"
LIMIT = re.compile(r", (?:but|and) [^;]*")
"""What a sum is held to, in the words of a policy."""
REPLACE = ("replace", "create-replacement", "delete-replaced")


@dataclass(frozen=True, kw_only=True)
class PlannedResource:
    """A resource of the plan. `inputs` are as the provider's check left them, camelCase, unknown values as UNKNOWN."""

    urn: str
    type: str
    name: str
    parent: str
    """URN; empty for the stack itself."""
    custom: bool
    """False for components, which exist in the plan only."""
    op: str
    """`create`, `update`, `replace`, `delete`, `same`, `read`."""
    inputs: Mapping[str, Any]
    old_inputs: Mapping[str, Any] | None = None
    """Inputs before the change; None for a resource that is new."""
    options: Options = field(default_factory=Options)
    replace_keys: tuple[str, ...] = ()
    """Properties that force the replacement."""
    id: str = ""
    """What the cloud calls it; empty for what is not there yet."""
    protected: bool = False
    """Whether the engine keeps it from being deleted or replaced now: a change of the option counts from the next update on."""
    diffs: Mapping[str, str] = field(default_factory=dict)
    """Kind of difference by property path: `add`, `update`, `delete`, with `-replace` where that forces the replacement."""

    @property
    def dependencies(self) -> tuple[str, ...]:
        return self.options.dependencies

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """Paths of the inputs that only the update will know: `nodeConfigDetails.nsgIds[0]`."""
        return tuple(path for path, text in texts(self.inputs) if text == UNKNOWN)

    def suppliers(self, path: str) -> tuple[str, ...]:
        """URNs that the input at `path` waits for."""
        return self.options.property_dependencies.get(root_of(path), ())


@dataclass(frozen=True, kw_only=True)
class Made:
    """A resource as the simulated cloud has it."""

    inputs: Mapping[str, Any]
    """Every value known."""
    id: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    stack: str
    resources: tuple[PlannedResource, ...]
    """The stack itself first, then each parent before its children, children by name: the engine's own order differs from run to run."""
    diagnostics: tuple[Diagnostic, ...] = ()
    violations: tuple[Violation, ...] = ()
    """What the policies found, what refuses the plan first."""
    rules: tuple[PolicyRule, ...] | None = None
    """What the policies looked for; None when there were none to look."""
    config: Mapping[str, str] = field(default_factory=dict)
    """The stack's configuration, secrets left out: sections as JSON, by their full keys."""
    before: tuple[Violation, ...] | None = None
    """What they find of the base that the plan changes; None when it changes none, or none of them looked."""
    seconds: float = 0.0
    made: Mapping[str, Made] = field(default_factory=dict)
    """By URN, what came of the plan where it was tried; empty where it was not."""

    @cached_property
    def by_urn(self) -> Mapping[str, PlannedResource]:
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def children(self) -> Mapping[str, tuple[PlannedResource, ...]]:
        """Resources by the URN of their parent, in the plan's order."""
        found: dict[str, list[PlannedResource]] = {}
        for resource in self.resources:
            found.setdefault(resource.parent, []).append(resource)
        return {parent: tuple(children) for parent, children in found.items()}

    @property
    def refusals(self) -> tuple[Violation, ...]:
        """The violations that keep the plan from being carried out."""
        return tuple(violation for violation in self.violations if violation.refuses)

    def is_new(self, violation: Violation) -> bool:
        """Whether the base does not violate the same rule in the same way. All is new where there is no base."""
        return _sameness(violation) not in self._known

    @cached_property
    def _known(self) -> frozenset[tuple[str, bool, str, str]]:
        known = {_sameness(violation) for violation in self.before or ()}
        # A sum is as it was when the whole of it is, whichever resource it was reported at.
        now = {_sameness(violation) for violation in self.violations if is_whole(violation.message)}
        kept = {(policy, refuses, "", _running(message)) for policy, refuses, _, message in known & now}
        return frozenset(same for same in known if not is_growing(same[3]) or same in kept)

    @cached_property
    def found(self) -> Mapping[str, tuple[Violation, ...]]:
        """Violations by the URN of their resource; those of the stack as a whole by the stack's."""
        stack = next((resource.urn for resource in self.resources if resource.type == STACK), "")
        by_urn: dict[str, list[Violation]] = {}
        for violation in self.violations:
            by_urn.setdefault(violation.urn if violation.urn in self.by_urn else stack, []).append(violation)
        return {urn: tuple(violations) for urn, violations in by_urn.items()}

    @property
    def custom(self) -> tuple[PlannedResource, ...]:
        """The resources that will exist after the update."""
        return tuple(resource for resource in self.resources if resource.custom and resource.op != "delete")

    @property
    def changes(self) -> tuple[PlannedResource, ...]:
        return tuple(resource for resource in self.resources if resource.op in ("create", "update", "replace", "delete"))

    @property
    def counts(self) -> dict[str, int]:
        """Resources by operation, the stack itself not counted."""
        counted: dict[str, int] = {}
        for resource in self.resources:
            if resource.type != STACK:
                counted[resource.op] = counted.get(resource.op, 0) + 1
        return counted


def plan(
    stack: str,
    log: EventLog,
    options: Callable[[str], Options],
    seconds: float = 0.0,
    rules: tuple[PolicyRule, ...] | None = None,
) -> Plan:
    """The plan that the engine reported in `log`, each resource with its `options` by URN; a replacement's steps become one."""
    steps: dict[str, Step] = {}
    for step in log.planned:
        before = steps.get(step.urn)
        # Of a replacement's steps the logical one, `replace`, knows both sides and the keys.
        if before is None or step.op == "replace" or before.op == "delete":
            steps[step.urn] = step
    return Plan(
        stack=stack,
        resources=_sorted([_planned(step, options(step.urn)) for step in steps.values()]),
        diagnostics=tuple(log.diagnostics),
        # The engine asks about several resources at once, so its order differs from run to run.
        violations=breaches(log.violations),
        rules=rules,
        config=log.config,
        seconds=seconds,
    )


def made(log: EventLog) -> Mapping[str, Made]:
    """What an update left, by URN."""
    return {
        step.urn: Made(inputs=step.new.get("inputs") or {}, id=str(step.new.get("id") or "")) for step in log.done if step.new is not None
    }


def _planned(step: Step, options: Options) -> PlannedResource:
    state = step.state
    kinds = dict(step.detailed) or dict.fromkeys(step.diffs, "update")
    return PlannedResource(
        urn=step.urn,
        type=step.type,
        name=name_of(step.urn),
        parent=state.get("parent") or "",
        custom=bool(state.get("custom")),
        op="replace" if step.op in REPLACE else step.op,
        inputs=state.get("inputs") or {},
        old_inputs=step.old.get("inputs") or {} if step.old else None,
        options=options,
        replace_keys=step.keys if step.op in REPLACE else (),
        id=str((step.old or {}).get("id") or ""),
        protected=bool((step.old or step.new or {}).get("protect")),
        diffs=kinds,
    )


def breaches(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """Each breach once, in one order, what refuses first: the engine's order differs from run to run, as it asks about several at once.

    A sum is reported at each resource that makes it larger, and once of the whole stack, which is the one to keep where there is it.
    """
    ordered = sorted(violations, key=lambda found: (not found.refuses, found.policy, _natural(found.urn), found.message))
    kept: dict[tuple[str, bool, str, str], Violation] = {}
    for violation in ordered:
        same = _breach(violation)
        if same not in kept or is_growing(kept[same].message) > is_growing(violation.message):
            kept[same] = violation
    return tuple(kept.values())


def _breach(violation: Violation) -> tuple[str, bool, str, str]:
    """What two reports of one breach share: a sum is one wherever it is reported."""
    if is_whole(violation.message) or is_growing(violation.message):
        return violation.policy, violation.refuses, "", _running(violation.message)
    return violation.policy, violation.refuses, violation.urn, violation.message


def _sameness(violation: Violation) -> tuple[str, bool, str, str]:
    if is_growing(violation.message):
        return violation.policy, violation.refuses, "", _running(violation.message)
    if is_whole(violation.message):
        return violation.policy, violation.refuses, "", violation.message
    return violation.policy, violation.refuses, violation.urn, violation.message


def _running(message: str) -> str:
    """Which sum it is, whatever it has grown to: the limit that it is held to."""
    limit = LIMIT.search(message)
    return growing(limit[0] if limit else "")


def _sorted(resources: Sequence[PlannedResource]) -> tuple[PlannedResource, ...]:
    urns = {resource.urn for resource in resources}
    below: dict[str, list[PlannedResource]] = {}
    for resource in sorted(resources, key=lambda resource: (_natural(resource.name), resource.type)):
        below.setdefault(resource.parent if resource.parent in urns else "", []).append(resource)
    ordered: list[PlannedResource] = []
    # The stack before what has lost its parent, which only deleted resources do.
    todo = sorted(below.get("", []), key=lambda resource: resource.type != STACK)[::-1]
    while todo:
        resource = todo.pop()
        ordered.append(resource)
        todo.extend(reversed(below.get(resource.urn, [])))
    return tuple(ordered)


def _natural(name: str) -> list[tuple[int, int | str]]:
    """Sorts `rule-2` before `rule-10`."""
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in re.split(r"(\d+)", name)]


def name_of(urn: str) -> str:
    return urn.rpartition("::")[2]


def type_of(urn: str) -> str:
    """Type of the resource itself: URNs put its parents' types before it."""
    return urn.split("::")[2].rpartition("$")[2] if urn.count("::") >= 3 else ""


def root_of(path: str) -> str:
    """Top-level property of an input's path."""
    return path.partition(".")[0].partition("[")[0]


def texts(inputs: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a resource's inputs, with its path: `nodeConfigDetails.nsgIds[0]`. What the engine adds for itself is left out."""
    if isinstance(inputs, Mapping):
        for key, item in inputs.items():
            if key != "__internal":
                yield from texts(item, f"{path}.{key}" if path else str(key))
    elif isinstance(inputs, list | tuple):
        for index, item in enumerate(inputs):
            yield from texts(item, f"{path}[{index}]")
    elif isinstance(inputs, str):
        yield path, inputs
