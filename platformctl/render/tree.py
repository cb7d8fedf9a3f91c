"""A plan as a tree: components as branches, resources as leaves."""

from rich.text import Text
from rich.tree import Tree

from platformctl.engine.plan import Plan, PlannedResource
from platformctl.render.words import COLOURS, SIGNS, is_stack, options, short


def tree(plan: Plan) -> Tree:
    """The whole plan, unchanged resources included, in the order the program declares them."""
    root = Tree(Text(plan.stack, style="bold"), guide_style="dim")
    roots = [resource for resource in plan.resources if is_stack(resource) or resource.parent not in plan.by_urn]
    for resource in roots:
        if is_stack(resource):
            _grow(root, resource, plan)
        else:
            _grow(root.add(label(resource, plan)), resource, plan)
    return root


def _grow(branch: Tree, resource: PlannedResource, plan: Plan) -> None:
    for child in plan.children.get(resource.urn, ()):
        _grow(branch.add(label(child, plan)), child, plan)


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
    return text
