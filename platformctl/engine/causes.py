"""Why a resource changes: for what the stack file says of it, or because something that it hangs on does."""

from collections.abc import Iterator

from platformctl.engine.plan import Plan, PlannedResource, root_of

GONE = ("replace", "delete")


def cause(resource: PlannedResource, plan: Plan) -> PlannedResource | None:
    """The resource whose change is why this one changes, followed to the first. None where it changes of itself."""
    seen = {resource.urn}
    first: PlannedResource | None = None
    for earlier in _chain(resource, plan):
        if earlier.urn in seen:
            break
        seen.add(earlier.urn)
        first = earlier
    return first


def with_it(resource: PlannedResource, plan: Plan) -> tuple[PlannedResource, ...]:
    """What changes only because this one does."""
    return tuple(other for other in plan.changes if other.custom and other.urn != resource.urn and cause(other, plan) == resource)


def causing(plan: Plan) -> tuple[PlannedResource, ...]:
    """What changes of itself: resources, and components that take theirs along."""
    return tuple(found for found in plan.changes if cause(found, plan) is None and (found.custom or with_it(found, plan)))


def chain(resource: PlannedResource, plan: Plan) -> tuple[PlannedResource, ...]:
    """All that this one's change goes back to, the nearest first."""
    found: dict[str, PlannedResource] = {}
    for earlier in _chain(resource, plan):
        if earlier.urn in found or earlier.urn == resource.urn:
            break
        found[earlier.urn] = earlier
    return tuple(found.values())


def _chain(resource: PlannedResource, plan: Plan) -> Iterator[PlannedResource]:
    current = _nearest(resource, plan)
    while current is not None:
        yield current
        current = _nearest(current, plan)


def _nearest(resource: PlannedResource, plan: Plan) -> PlannedResource | None:
    if resource.op == "delete":
        parent = plan.by_urn.get(resource.parent)
        return parent if parent is not None and parent.op == "delete" else None
    if resource.op not in ("replace", "update"):
        return None
    forcing = {root_of(key) for key in resource.replace_keys} if resource.op == "replace" else {root_of(path) for path in resource.diffs}
    if not forcing:  # replaced only because what it needs is
        options = resource.options
        return _replaced((options.deleted_with, options.provider, *options.dependencies), plan)
    causes = [_replaced(_behind(resource, key), plan) for key in sorted(forcing)]
    return causes[0] if all(causes) else None


def _behind(resource: PlannedResource, key: str) -> tuple[str, ...]:
    """URNs that an input hangs on, or what the engine names as one: another provider, and, in 3.276, what the resource goes with."""
    match key:
        case "provider":
            return (resource.options.provider,)
        case "deletedWith":
            return (resource.options.deleted_with,)
    return resource.suppliers(key)


def _replaced(urns: tuple[str, ...], plan: Plan) -> PlannedResource | None:
    there = (plan.by_urn[urn] for urn in urns if urn in plan.by_urn)
    return next((resource for resource in there if resource.op in GONE), None)
