"""The words for resources, operations and options that all outputs share."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from platformctl.engine.causes import with_it
from platformctl.engine.plan import STACK, Plan, PlannedResource, name_of

SIGNS: Mapping[str, str] = {"create": "+", "update": "~", "replace": "±", "delete": "-", "same": " ", "read": ">", "refresh": "↻"}
COLOURS: Mapping[str, str] = {"create": "green", "update": "yellow", "replace": "magenta", "delete": "red"}

DONE: Mapping[str, str] = {
    "create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "same": "unchanged", "read": "read",
    "refresh": "refreshed", "create-replacement": "created anew", "delete-replaced": "deleted for a replacement",
}  # fmt: skip


def short(type_: str) -> str:
    """`Core.Vcn` for `oci:Core/vcn:Vcn`, `helm.sh/v3.Release`, `provider oci`, `Network` for a component."""
    package, _, rest = type_.partition(":")
    module, _, name = rest.rpartition(":")
    if package == "pulumi":
        return f"provider {name}" if module == "providers" else name
    if package in ("oci", "random"):
        module = module.partition("/")[0]
        return f"{module}.{name}" if module not in ("", "index") else name
    return f"{module}.{name}" if package == "kubernetes" else name


def counted(counts: Mapping[str, int]) -> str:
    """`12 created, 1 replaced`."""
    order = [*SIGNS, *sorted(set(counts) - set(SIGNS))]
    return ", ".join(f"{counts[op]} {DONE.get(op, op)}" for op in order if counts.get(op)) or "nothing"


def knock_on(resource: PlannedResource, plan: Plan) -> str:
    """`41 replaced: 9 ContainerEngine.Addon, 2 ContainerEngine.NodePool; 1 updated: Identity.Policy`: what changes with it alone."""
    ops: dict[str, Counter[str]] = {}
    for other in with_it(resource, plan):
        ops.setdefault(other.op, Counter())[short(other.type)] += 1
    return "; ".join(
        f"{kinds.total()} {DONE[op]}: {', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}"
        for op, kinds in sorted(ops.items())
    )


def planned(counts: Mapping[str, int]) -> str:
    """`12 to create, 1 to replace`."""
    order = ("create", "update", "replace", "delete")
    said = [f"{counts[op]} to {op}" for op in order if counts.get(op)]
    if counts.get("same"):
        said.append(f"{counts['same']} unchanged")
    return ", ".join(said) or "nothing to do"


def options(resource: PlannedResource, plan: Plan) -> Iterator[str]:
    """The options that decide what happens to a resource, in words."""
    chosen = resource.options
    if chosen.protect:
        yield "protected"
    if chosen.ignore_changes:
        yield f"ignores changes of {', '.join(chosen.ignore_changes)}"
    if chosen.replace_on_changes:
        yield f"replaced when {', '.join(chosen.replace_on_changes)} changes"
    if chosen.deleted_with:
        yield f"deleted with {name_of(chosen.deleted_with)}"
    if chosen.retain_on_delete:
        yield "kept when deleted"
    if chosen.delete_before_replace:
        yield "deleted before it is replaced"
    if chosen.timeouts:
        yield "timeouts " + ", ".join(f"{operation} {_duration(value)}" for operation, value in chosen.timeouts.items())
    if chosen.provider and chosen.provider != inherited_provider(resource, plan):
        yield f"provider {name_of(chosen.provider)}"


def inherited_provider(resource: PlannedResource, plan: Plan) -> str:
    """URN of the provider that the resource would get without one of its own: its parent's, or its parent's parent's."""
    package = resource.type.partition(":")[0]
    parent = plan.by_urn.get(resource.parent)
    while parent is not None:
        if package in parent.options.providers:
            return parent.options.providers[package]
        if parent.custom and parent.type.partition(":")[0] == package:
            return parent.options.provider
        parent = plan.by_urn.get(parent.parent)
    return ""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Inputs that only an update will know, with those that supply them."""

    suppliers: tuple[PlannedResource, ...]
    inputs: tuple[tuple[PlannedResource, str], ...]
    """Resource and path of the input."""

    @property
    def until(self) -> str:
        """`net-vcn (Core.Vcn) is created`."""
        names = [f"{supplier.name} ({short(supplier.type)})" for supplier in self.suppliers]
        if not names:
            return "the update has run"
        verb = "replaced" if all(supplier.op == "replace" for supplier in self.suppliers) else "created"
        joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        return f"{joined} {'is' if len(names) == 1 else 'are'} {verb}"


def unknown(plan: Plan) -> tuple[Waiting, ...]:
    """What the plan does not know yet, by what it waits for, in the plan's order."""
    groups: dict[tuple[str, ...], list[tuple[PlannedResource, str]]] = {}
    for resource in plan.resources:
        for path in resource.unknown:
            urns = resource.suppliers(path)
            # Of all that a property depends on, only what is still to come can be what it waits for.
            coming = tuple(urn for urn in urns if urn in plan.by_urn and plan.by_urn[urn].op in ("create", "replace", "update"))
            groups.setdefault(coming or urns, []).append((resource, path))
    return tuple(
        Waiting(suppliers=tuple(plan.by_urn[urn] for urn in urns if urn in plan.by_urn), inputs=tuple(inputs))
        for urns, inputs in groups.items()
    )


def by_path(inputs: Sequence[tuple[PlannedResource, str]]) -> dict[str, list[str]]:
    """Names of the resources that share an unknown input, by its path."""
    found: dict[str, list[str]] = {}
    for resource, path in inputs:
        found.setdefault(path, []).append(resource.name)
    return found


def time(seconds: float) -> str:
    """`20 s`, `9 min`, `1 h 5 min`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def is_stack(resource: PlannedResource) -> bool:
    return resource.type == STACK


def _duration(value: str) -> str:
    """`30m` for Go's `30m0s`."""
    return value.removesuffix("0s") if value.endswith("m0s") else value
