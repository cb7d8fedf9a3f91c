"""What a plan takes away that nobody gets back: by the engine's steps, which no policy pack sees."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from components.framework.volumes import claims
from infra.node_pool_tags import AUTOSCALER_MAX
from platformctl.engine.causes import GONE, chain
from platformctl.engine.events import Violation
from platformctl.engine.plan import Plan, PlannedResource, root_of, texts
from platformctl.engine.policies import MANDATORY
from policies.replacements import LOST, REMADE, RULE_NAME, Acknowledgement

PROTECTED = "protected"
"""What a resource that the engine protects is refused by: the engine itself, whatever policies say."""

IN_USE = "in-use"
"""What a resource that another one names is refused by: the cloud, when it is to be deleted."""
OCID = "ocid1."
TOLD_OF = (("oci:LogAnalytics/logAnalyticsEntity:LogAnalyticsEntity", "metadata"),)
"""Types and inputs that tell of a resource by its id and do not use it: Oracle keeps them as text (API reference, 2026-11)."""

KUBERNETES = "pulumi:providers:kubernetes"
MOVED = "what the stack has in the cluster of the old context stays there, nobody's, and counts as made in the new one, where it is not"
NODE_POOL = "oci:ContainerEngine/nodePool:NodePool"
NAMESPACE = "kubernetes:core/v1:Namespace"
RELEASE = "kubernetes:helm.sh/v3:Release"
COUNTED = (
    ("oci:ContainerEngine/nodePool:NodePool", "pool", "pools"),
    ("kubernetes:core/v1:PersistentVolumeClaim", "claim", "claims"),
    ("kubernetes:serving.kserve.io/v1beta1:InferenceService", "model", "models"),
    (RELEASE, "chart", "charts"),
)
"""What people ask for first when something goes that holds other things."""


def called(resource: PlannedResource) -> str:
    """As `acknowledge` names it."""
    return f"{resource.type}/{resource.name}"


def is_dear(resource: PlannedResource) -> bool:
    """Whether something is lost with it that an update does not make anew. A type that nobody has judged is."""
    if resource.type == NODE_POOL:
        return _may_have_nodes(resource)
    return resource.custom and (resource.type in LOST or not any(fnmatchcase(resource.type, type_) for type_ in REMADE))


def is_lost(resource: PlannedResource, plan: Plan) -> bool:
    """Whether the plan takes it away, and something with it that an update does not make anew."""
    return resource.op in GONE and is_dear(resource) and not _holds_a_chart_alone(resource, plan)


def lost(plan: Plan) -> tuple[PlannedResource, ...]:
    """What is replaced or deleted and dear, but for what goes with something dear that is named already."""
    going = [resource for resource in plan.changes if is_lost(resource, plan)]
    return tuple(resource for resource in going if not any(is_dear(earlier) for earlier in chain(resource, plan)))


def _holds_a_chart_alone(namespace: PlannedResource, plan: Plan) -> bool:
    """Whether a namespace was made for a chart that goes with it and has no volumes. People put nothing there: it is made anew."""
    if namespace.type != NAMESPACE:
        return False
    name = _before(namespace).get("metadata", {}).get("name")
    releases = [_before(other) for other in plan.changes if other.type == RELEASE and other.op in GONE]
    inside = [release for release in releases if name and release.get("namespace") == name]
    return bool(inside) and not any(any(claims(release.get("values"))) for release in inside)


def _before(resource: PlannedResource) -> Mapping[str, Any]:
    return resource.old_inputs or resource.inputs


def moved(plan: Plan) -> tuple[PlannedResource, ...]:
    """Providers that go on to another cluster while the engine takes all that they have made along.

    A cluster that exists is known by the stack's name, so that a kubeconfig may be renewed. Its context says which cluster it is.
    """
    return tuple(
        resource
        for resource in plan.changes
        if resource.type == KUBERNETES and resource.op == "update" and any(root_of(path) == "context" for path in resource.diffs)
    )


def consequences(resource: PlannedResource, plan: Plan) -> str:
    """`the cluster goes, and everything in it: 3 pools, 2 claims, 4 models`."""
    said = LOST.get(resource.type, "what it holds goes with it")
    below = [other for other in plan.changes if other.op in GONE and resource in chain(other, plan)]
    kinds = Counter(other.type for other in below if other.custom)
    counted = [f"{kinds[type_]} {one if kinds[type_] == 1 else many}" for type_, one, many in COUNTED if kinds[type_]]
    others = sum(kinds.values()) - sum(kinds[type_] for type_, _, _ in COUNTED)
    if others:
        counted.append(f"{others} {'more ' if counted else ''}{'resource' if others == 1 else 'resources'}")
    return f"{said}: {', '.join(counted)}" if counted else said


def _named(plan: Plan) -> Iterator[Violation]:
    """What goes although something that stays names it, by its own id: the cloud does not let it go."""
    going = {resource.id: resource for resource in plan.changes if resource.op in GONE and resource.id.startswith(OCID)}
    for resource in plan.resources if going else ():
        if resource.op in GONE or not resource.custom:
            continue
        for path, ident in texts(resource.inputs):
            if ident in going and (resource.type, root_of(path)) not in TOLD_OF:
                message = (
                    f"would be {_done(going[ident])}, but {called(resource)} stays and names it in {path}: Oracle does not delete what "
                    f"is in use. Keep it, or change {resource.name} first"
                )
                yield _violation(IN_USE, going[ident].urn, message)


def judged(plan: Plan, acknowledged: Sequence[Acknowledgement], today: date, *, policies: bool = True) -> Plan:
    """The plan with a violation for each loss that nobody acknowledged, and for each acknowledgement of nothing.

    Without `policies`, only what the engine itself or the cloud refuses is said.
    """
    found = [*_protected(plan), *_named(plan)]
    reported = {violation.urn for violation in found}
    kept = plan.violations
    if policies:
        found += _unasked(plan, acknowledged, today, reported)
        found += _gone_on(plan, acknowledged, today)
        found += _idle(plan, acknowledged, today)
        kept = tuple(violation for violation in kept if not _said_of_its_resource(violation, plan, acknowledged, today))
    return replace(plan, violations=(*found, *kept))


def _protected(plan: Plan) -> Iterator[Violation]:
    for resource in plan.changes:
        if resource.custom and resource.protected and resource.op in GONE:
            message = (
                f"is protected, and would be {_done(resource)}, which the engine refuses; {consequences(resource, plan)}. "
                "Take the change back, or take the protection off first, in an update of its own"
            )
            yield _violation(PROTECTED, resource.urn, message)


def _unasked(plan: Plan, acknowledged: Sequence[Acknowledgement], today: date, reported: set[str]) -> Iterator[Violation]:
    for resource in lost(plan):
        given = [entry for entry in acknowledged if entry.resource == called(resource)]
        if resource.urn in reported or any(entry.live(today) for entry in given):
            continue
        ended = f"; its acknowledgement ended on {max(entry.expires for entry in given)}" if given else ""
        why = f" for {', '.join(resource.replace_keys)}" if resource.replace_keys else ""
        message = (
            f"would be {_done(resource)}{why}: {consequences(resource, plan)}{ended}. Its name for `acknowledge` is {called(resource)}"
        )
        yield _violation(RULE_NAME, resource.urn, message)


def _gone_on(plan: Plan, acknowledged: Sequence[Acknowledgement], today: date) -> Iterator[Violation]:
    for provider in moved(plan):
        if not any(entry.resource == called(provider) and entry.live(today) for entry in acknowledged):
            before, after = (provider.old_inputs or {}).get("context"), provider.inputs.get("context")
            message = (
                f"would go from the context {before} to {after}: {MOVED}. Destroy the stack first, or make another; "
                f"where the cluster is the same under another name, its name for `acknowledge` is {called(provider)}"
            )
            yield _violation(RULE_NAME, provider.urn, message)


def _idle(plan: Plan, acknowledged: Iterable[Acknowledgement], today: date) -> Iterator[Violation]:
    ops = {called(resource): resource.op for resource in plan.resources}
    for entry in acknowledged:
        op = ops.get(entry.resource)
        if op in GONE or entry.resource in {called(provider) for provider in moved(plan)} or not entry.live(today):
            continue
        why = "there is no such resource" if op is None else "this change neither replaces nor deletes it"
        yield _violation(RULE_NAME, "", f"acknowledge: the entry for {entry.resource} allows nothing, for {why}: remove or correct it")


def _said_of_its_resource(violation: Violation, plan: Plan, acknowledged: Iterable[Acknowledgement], today: date) -> bool:
    """Whether the pack complains of an acknowledgement that has ended, which is reported where its resource goes."""
    ended = {entry.resource for entry in acknowledged if not entry.live(today)} & {called(resource) for resource in lost(plan)}
    return violation.policy == RULE_NAME and any(f"the entry for {resource} ended" in violation.message for resource in ended)


def _violation(policy: str, urn: str, message: str) -> Violation:
    return Violation(policy=policy, pack="platformctl", level=MANDATORY, message=message, urn=urn, severity="critical")


def _done(resource: PlannedResource) -> str:
    return "replaced" if resource.op == "replace" else "deleted"


def _may_have_nodes(pool: PlannedResource) -> bool:
    """Whether the pool has nodes, or the autoscaler may have given it some. Not known is yes."""
    inputs = _before(pool)
    details, tags = inputs.get("nodeConfigDetails"), inputs.get("freeformTags")
    size = details.get("size") if isinstance(details, dict) else None
    most = tags.get(AUTOSCALER_MAX) if isinstance(tags, dict) else None
    return size != 0 or most not in (None, "0")
