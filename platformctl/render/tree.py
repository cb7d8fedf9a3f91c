"""A plan as a tree: components as branches, resources as leaves."""

from collections import Counter

from rich.text import Text
from rich.tree import Tree

from platformctl.engine.plan import Plan, PlannedResource
from platformctl.render.verdicts import marks
from platformctl.render.words import COLOURS, SIGNS, is_stack, options, short

FOLDED = 8
"""Siblings of one type, with one fate and nothing to say of themselves, that are shown as their number from here on."""


def tree(plan: Plan, *, whole: bool = False) -> Tree:
    """The plan, unchanged resources included. Long runs of equal siblings are folded unless the `whole` is asked for."""
    root = Tree(Text(plan.stack, style="bold"), guide_style="dim")
    roots = [resource for resource in plan.resources if is_stack(resource) or resource.parent not in plan.by_urn]
    for resource in roots:
        if is_stack(resource):
            root.label = Text(plan.stack, style="bold").append_text(marks(plan, resource.urn))
            _grow(root, resource, plan, whole)
        else:
            _grow(root.add(label(resource, plan)), resource, plan, whole)
    return root


def _grow(branch: Tree, resource: PlannedResource, plan: Plan, whole: bool) -> None:
    children = plan.children.get(resource.urn, ())
    kinds = Counter(kind for child in children if (kind := _kind(child, plan)) is not None)
    many = {kind: count for kind, count in kinds.items() if count >= FOLDED and not whole}
    for child in children:
        if _kind(child, plan) not in many:
            _grow(branch.add(label(child, plan)), child, plan, whole)
    for kind, count in many.items():
        op, type_, _ = kind
        one = next(child for child in children if _kind(child, plan) == kind)
        branch.add(Text(f"{SIGNS.get(op, op)} {count} x {short(type_)}", style=COLOURS.get(op, "dim")).append_text(marks(plan, one.urn)))


def _kind(resource: PlannedResource, plan: Plan) -> tuple[str, str, tuple[str, ...]] | None:
    """What a resource is shown by when it is one of many; None for one that has something of its own to say."""
    plain = resource.custom and resource.op in ("create", "same", "delete") and resource.urn not in plan.children
    violated = tuple(violation.policy for violation in plan.found.get(resource.urn, ()))
    return (resource.op, resource.type, violated) if plain and not any(options(resource, plan)) else None


def label(resource: PlannedResource, plan: Plan) -> Text:
    colour = COLOURS.get(resource.op, "dim")
    text = Text(f"{SIGNS.get(resource.op, resource.op)} ", style=colour)
    text.append(resource.name, style="bold" if not resource.custom else colour)
    text.append(f"  {short(resource.type)}", style="dim")
    if resource.replace_keys:
        text.append(f"  replaced for {', '.join(resource.replace_keys)}", style=colour)
    elif resource.op == "update" and resource.diffs:
        text.append(f"  {', '.join(resource.diffs)}", style=colour)
    if resource.custom:
        said = "; ".join(options(resource, plan))
        if said:
            text.append(f"  {said}", style="cyan")
    return text.append_text(marks(plan, resource.urn))
