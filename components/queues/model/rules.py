"""What Kueue refuses of its objects, or accepts and then never admits a workload for: found before anything reaches a cluster.

One row a rule, numbered as in the documentation (docs/queues-rules.md). kubernetes-sigs/kueue v0.19.2, apis/kueue/v1beta2/*_types.go and
pkg/webhooks/*.go, 2026-08; the webhooks and definitions of v0.17.0 say the same but for rule 17.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from components.queues.model import names, quantity
from components.queues.model.findings import Finding
from components.queues.model.objects import (
    AdmissionCheck,
    ClusterQueue,
    Cohort,
    FairSharing,
    KueueObject,
    LocalQueue,
    MultiKueueCluster,
    MultiKueueConfig,
    Named,
    ResourceFlavor,
    ResourceGroup,
    Selector,
    Topology,
)
from infra.problems import choices

HOSTNAME = "kubernetes.io/hostname"
MULTIKUEUE, PROVISIONING = "kueue.x-k8s.io/multikueue", "kueue.x-k8s.io/provisioning-request"
GROUPS, FLAVORS, RESOURCES = 16, 64, 64
TOTAL_FLAVORS, TOTAL_RESOURCES, COMBINATIONS = 256, 256, 512
LABELS = TAINTS = TOLERATIONS = 8
LEVELS = 16
CHECKS = 64
CLUSTERS = 20
CONCURRENT_FLAVORS = 16
SMALLEST_WEIGHT = Fraction(1, 10**9)

Raw = tuple[str, str]
"""A path below the object, and what is wrong there."""
Enforced = Literal["upstream", "runtime", "platform"]
"""By Kueue's webhooks and definitions; by an inactive object or a workload that is never admitted; by the platform alone."""


@dataclass(frozen=True, kw_only=True)
class Objects:
    """Everything that is to be in a cluster, by kind and name."""

    all: tuple[Named, ...]

    def of(self, kind: type[KueueObject]) -> Mapping[str, Named]:
        return self._by_kind.get(kind, {})

    @cached_property
    def _by_kind(self) -> Mapping[type[KueueObject], Mapping[str, Named]]:
        """Made once, for every rule of every object asks."""
        found: dict[type[KueueObject], dict[str, Named]] = {}
        for each in self.all:
            found.setdefault(type(each.spec), {})[each.name] = each
        return found


@dataclass(frozen=True, kw_only=True)
class Rule:
    number: int
    says: str
    enforced: Enforced
    check: Callable[[Named, Objects], Iterable[Raw]]


def findings(objects: Iterable[Named]) -> tuple[Finding, ...]:
    """Everything that any rule finds in any object."""
    known = Objects(all=tuple(objects))
    return tuple(
        Finding(str(each), path, message, str(rule.number))
        for each in known.all
        for rule in RULES
        for path, message in rule.check(each, known)
    )


# Quotas


def _groups(each: Named) -> Iterator[tuple[str, ResourceGroup]]:
    if isinstance(each.spec, ClusterQueue | Cohort):
        for number, group in enumerate(each.spec.resource_groups):
            yield f"spec.resourceGroups[{number}]", group


def _quotas(each: Named) -> Iterator[tuple[str, str, str, Fraction]]:
    """Path, field, resource and amount of everything that a queue or cohort says an amount of."""
    for path, group in _groups(each):
        for at, flavor in enumerate(group.flavors):
            for number, resource in enumerate(flavor.resources):
                for name in ("nominal_quota", "borrowing_limit", "lending_limit"):
                    value = getattr(resource, name)
                    if value is not None:
                        camel = {"nominal_quota": "nominalQuota", "borrowing_limit": "borrowingLimit", "lending_limit": "lendingLimit"}[
                            name
                        ]
                        yield f"{path}.flavors[{at}].resources[{number}].{camel}", name, resource.name, quantity.parse(value)


def _parent(each: Named) -> str | None:
    if isinstance(each.spec, ClusterQueue):
        return each.spec.cohort_name
    return each.spec.parent_name if isinstance(each.spec, Cohort) else None


def _number_of_groups(each: Named, _: Objects) -> Iterator[Raw]:
    count = len(list(_groups(each)))
    if count > GROUPS:
        yield "spec.resourceGroups", f"are {count}, but there may be {GROUPS}; put flavors into fewer groups"


def _sizes_of_groups(each: Named, _: Objects) -> Iterator[Raw]:
    for path, group in _groups(each):
        yield from _count(f"{path}.coveredResources", len(group.covered_resources), RESOURCES)
        yield from _count(f"{path}.flavors", len(group.flavors), FLAVORS)
        for at, flavor in enumerate(group.flavors):
            yield from _count(f"{path}.flavors[{at}].resources", len(flavor.resources), RESOURCES)


def _count(path: str, count: int, most: int, least: int = 1) -> Iterator[Raw]:
    if not least <= count <= most:
        yield path, f"are {count}, but there must be {least} to {most}"


def _totals(each: Named, _: Objects) -> Iterator[Raw]:
    groups = [group for _, group in _groups(each)]
    if not isinstance(each.spec, ClusterQueue):
        return
    for what, total, most in (
        ("flavors", sum(len(group.flavors) for group in groups), TOTAL_FLAVORS),
        ("resources", sum(len(group.covered_resources) for group in groups), TOTAL_RESOURCES),
    ):
        if total > most:
            yield "spec.resourceGroups", f"have {total} {what} together, but a queue may have {most}"
    for path, group in _groups(each):
        combinations = sum(len(flavor.resources) for flavor in group.flavors)
        if combinations > COMBINATIONS:
            yield path, f"has {combinations} quotas (flavors times resources), but a group may have {COMBINATIONS}"


def _same_resources(each: Named, _: Objects) -> Iterator[Raw]:
    for path, group in _groups(each):
        covered = set(group.covered_resources)
        for at, flavor in enumerate(group.flavors):
            listed = [resource.name for resource in flavor.resources]
            if missing := [name for name in group.covered_resources if name not in listed]:
                yield f"{path}.flavors[{at}].resources", f"of {flavor.name} lack {', '.join(missing)}, which the group covers; add a quota"
            if strange := [name for name in listed if name not in covered]:
                yield (
                    f"{path}.flavors[{at}].resources",
                    f"of {flavor.name} have {', '.join(strange)}, which the group does not cover; add it to coveredResources",
                )


def _same_order(each: Named, _: Objects) -> Iterator[Raw]:
    for path, group in _groups(each):
        for at, flavor in enumerate(group.flavors):
            listed = [resource.name for resource in flavor.resources]
            if sorted(listed) == sorted(group.covered_resources) and listed != list(group.covered_resources):
                wanted = ", ".join(group.covered_resources)
                yield f"{path}.flavors[{at}].resources", f"of {flavor.name} are in the order {', '.join(listed)}; it must be {wanted}"


def _once(each: Named, _: Objects) -> Iterator[Raw]:
    resources = Counter(name for _, group in _groups(each) for name in group.covered_resources)
    flavors = Counter(flavor.name for _, group in _groups(each) for flavor in group.flavors)
    for what, counts in (("resource", resources), ("flavor", flavors)):
        for name, count in counts.items():
            if count > 1:
                yield "spec.resourceGroups", f"have the {what} {name} {count} times; it may be in one group, once"


def _not_negative(each: Named, _: Objects) -> Iterator[Raw]:
    for path, _name, resource, value in _quotas(each):
        if value < 0:
            yield path, f"of {resource} is {quantity.text(value)}, but must be at least 0"


def _borrows_from_somebody(each: Named, _: Objects) -> Iterator[Raw]:
    yield from _needs_parent(each, "borrowing_limit", "borrow from")


def _lends_to_somebody(each: Named, _: Objects) -> Iterator[Raw]:
    yield from _needs_parent(each, "lending_limit", "lend to")


def _needs_parent(each: Named, field: str, verb: str) -> Iterator[Raw]:
    if not _parent(each):
        fix = "set cohortName" if isinstance(each.spec, ClusterQueue) else "set parentName"
        for path, name, resource, value in _quotas(each):
            if name == field:
                yield path, f"of {resource} is {quantity.text(value)}, but there is nobody to {verb}: {fix}, or leave the limit out"


def _lends_what_it_has(each: Named, _: Objects) -> Iterator[Raw]:
    if not isinstance(each.spec, ClusterQueue):
        return
    nominal = {path.rpartition(".")[0]: value for path, name, _, value in _quotas(each) if name == "nominal_quota"}
    for path, name, resource, value in _quotas(each):
        if name == "lending_limit" and value > nominal[path.rpartition(".")[0]]:
            own = quantity.text(nominal[path.rpartition(".")[0]])
            yield path, f"of {resource} is {quantity.text(value)}, more than the {own} that the queue has; lend {own} at most"


# Names


def _names(each: Named, _: Objects) -> Iterator[Raw]:
    if not names.is_subdomain(each.name):
        yield "metadata.name", f"{each.name!r} is not {names.SUBDOMAIN}"
    for path, group in _groups(each):
        for at, resource in enumerate(group.covered_resources):
            if not names.is_qualified(resource):
                yield f"{path}.coveredResources[{at}]", f"{resource!r} is not {names.QUALIFIED}"
        for at, flavor in enumerate(group.flavors):
            if not names.is_subdomain(flavor.name):
                yield f"{path}.flavors[{at}].name", f"{flavor.name!r} is not {names.SUBDOMAIN}"
    field = {ClusterQueue: "spec.cohortName", Cohort: "spec.parentName"}.get(type(each.spec), "")
    parent = _parent(each)
    if parent and not names.is_subdomain(parent):
        yield field, f"{parent!r} is not {names.SUBDOMAIN}"
    if isinstance(each.spec, LocalQueue) and not names.is_subdomain(each.spec.cluster_queue):
        yield "spec.clusterQueue", f"{each.spec.cluster_queue!r} is not {names.SUBDOMAIN}"


# Behaviour


def _reclaims_if_it_borrows_by_force(each: Named, _: Objects) -> Iterator[Raw]:
    preemption = each.spec.preemption if isinstance(each.spec, ClusterQueue) else None
    borrow = preemption.borrow_within_cohort if preemption else None
    if preemption and borrow and borrow.policy != "Never" and preemption.reclaim_within_cohort == "Never":
        message = "has borrowWithinCohort.policy LowerPriority, but reclaimWithinCohort is Never; set it, or the policy to Never"
        yield "spec.preemption", message


def _preference(each: Named, _: Objects) -> Iterator[Raw]:
    fungibility = each.spec.flavor_fungibility if isinstance(each.spec, ClusterQueue) else None
    if fungibility and fungibility.preference:
        for name, value in (("whenCanBorrow", fungibility.when_can_borrow), ("whenCanPreempt", fungibility.when_can_preempt)):
            if value != "TryNextFlavor":
                yield f"spec.flavorFungibility.{name}", f"is {value}, but a preference needs TryNextFlavor; set it, or leave preference out"


def _checks(each: Named, _: Objects) -> Iterator[Raw]:
    strategy = each.spec.admission_checks_strategy if isinstance(each.spec, ClusterQueue) else None
    if strategy is None:
        return
    path = "spec.admissionChecksStrategy.admissionChecks"
    yield from _count(path, len(strategy.admission_checks), CHECKS)
    for name, count in Counter(check.name for check in strategy.admission_checks).items():
        if count > 1:
            yield path, f"have {name} {count} times"
    flavors = {flavor.name for _, group in _groups(each) for flavor in group.flavors}
    for at, check in enumerate(strategy.admission_checks):
        yield from _count(f"{path}[{at}].onFlavors", len(check.on_flavors), FLAVORS, least=0)
        for flavor in check.on_flavors:
            if flavor not in flavors:
                yield f"{path}[{at}].onFlavors", f"have {flavor!r}, which is no flavor of the queue; {choices(flavor, sorted(flavors))}"


def _weight(each: Named, _: Objects) -> Iterator[Raw]:
    sharing: FairSharing | None = getattr(each.spec, "fair_sharing", None)
    if sharing is not None:
        value = quantity.parse(sharing.weight)
        if value < 0 or 0 < value <= SMALLEST_WEIGHT:
            yield "spec.fairSharing.weight", f"is {sharing.weight}, but must be 0, or more than 1n"


def _selector(each: Named, _: Objects) -> Iterator[Raw]:
    if isinstance(each.spec, ClusterQueue) and each.spec.namespace_selector is not None:
        yield from selector_problems(each.spec.namespace_selector, "spec.namespaceSelector")


def selector_problems(selector: Selector, path: str) -> Iterator[Raw]:
    """What Kubernetes refuses of a label selector."""
    for key, value in selector.match_labels.items():
        if not names.is_qualified(key):
            yield f"{path}.matchLabels", f"has the key {key!r}, which is not {names.QUALIFIED}"
        if not names.is_label_value(value):
            yield f"{path}.matchLabels.{key}", f"{value!r} is not {names.LABEL_VALUE}"
    for at, term in enumerate(selector.match_expressions):
        if not names.is_qualified(term.key):
            yield f"{path}.matchExpressions[{at}].key", f"{term.key!r} is not {names.QUALIFIED}"
        if term.operator in {"In", "NotIn"} and not term.values:
            yield f"{path}.matchExpressions[{at}].values", f"are none, but {term.operator} needs one at least"
        if term.operator in {"Exists", "DoesNotExist"} and term.values:
            yield f"{path}.matchExpressions[{at}].values", f"are given, but {term.operator} takes none"
        for value in term.values:
            if not names.is_label_value(value):
                yield f"{path}.matchExpressions[{at}].values", f"have {value!r}, which is not {names.LABEL_VALUE}"


def _concurrent_admission(each: Named, _: Objects) -> Iterator[Raw]:
    if not isinstance(each.spec, ClusterQueue) or each.spec.concurrent_admission_policy is None:
        return
    path, groups = "spec.concurrentAdmissionPolicy", [group for _, group in _groups(each)]
    if len(groups) != 1:
        yield path, f"needs exactly one resource group, but there are {len(groups)}"
    flavors = [flavor.name for group in groups for flavor in group.flavors]
    if len(flavors) > CONCURRENT_FLAVORS:
        yield path, f"takes {CONCURRENT_FLAVORS} flavors, but there are {len(flavors)}"
    if each.spec.queueing_strategy == "StrictFIFO":
        yield path, "does not go with queueingStrategy StrictFIFO; use BestEffortFIFO"
    migration = each.spec.concurrent_admission_policy.migration
    last = migration.constraints.last_acceptable_flavor_name if migration.constraints else None
    if last is not None and migration.mode != "TryPreferredFlavors":
        yield (
            f"{path}.migration.constraints.lastAcceptableFlavorName",
            f"is given, but only the mode TryPreferredFlavors has one, not {migration.mode}",
        )
    if last is not None and last not in flavors:
        yield (
            f"{path}.migration.constraints.lastAcceptableFlavorName",
            f"{last!r} is no flavor of the queue; {choices(last, sorted(flavors))}",
        )


# What may not be changed: see `changes.py`, which has rules 18, 19 and 21 for two versions of an object.


def _topology_needs_labels(each: Named, _: Objects) -> Iterator[Raw]:
    if isinstance(each.spec, ResourceFlavor) and each.spec.topology_name and not each.spec.node_labels:
        yield "spec.nodeLabels", f"are none, but topologyName is {each.spec.topology_name}; say which nodes the topology is of"


def _nodes(each: Named, _: Objects) -> Iterator[Raw]:
    flavor = each.spec
    if not isinstance(flavor, ResourceFlavor):
        return
    yield from _count("spec.nodeLabels", len(flavor.node_labels), LABELS, least=0)
    yield from _count("spec.nodeTaints", len(flavor.node_taints), TAINTS, least=0)
    yield from _count("spec.tolerations", len(flavor.tolerations), TOLERATIONS, least=0)
    for key, value in flavor.node_labels.items():
        if not names.is_qualified(key):
            yield "spec.nodeLabels", f"have the key {key!r}, which is not {names.QUALIFIED}"
        if not names.is_label_value(value):
            yield f"spec.nodeLabels.{key}", f"{value!r} is not {names.LABEL_VALUE}"
    for (key, effect), count in Counter((taint.key, taint.effect) for taint in flavor.node_taints).items():
        if not names.is_qualified(key):
            yield "spec.nodeTaints", f"have the key {key!r}, which is not {names.QUALIFIED}"
        if count > 1:
            yield "spec.nodeTaints", f"have {key} with {effect} {count} times"
    for at, toleration in enumerate(flavor.tolerations):
        path = f"spec.tolerations[{at}]"
        if toleration.key and not names.is_qualified(toleration.key):
            yield f"{path}.key", f"{toleration.key!r} is not {names.QUALIFIED}"
        if not toleration.key and toleration.operator != "Exists":
            yield f"{path}.operator", f"is {toleration.operator}, but without a key it must be Exists"
        if toleration.operator == "Exists" and toleration.value:
            yield f"{path}.value", f"is {toleration.value!r}, but Exists takes no value"
        if toleration.toleration_seconds is not None and toleration.effect != "NoExecute":
            yield f"{path}.tolerationSeconds", "are given, but only the effect NoExecute has them"


def _levels(each: Named, _: Objects) -> Iterator[Raw]:
    if not isinstance(each.spec, Topology):
        return
    labels = [level.node_label for level in each.spec.levels]
    yield from _count("spec.levels", len(labels), LEVELS)
    for label, count in Counter(labels).items():
        if not names.is_qualified(label):
            yield "spec.levels", f"have {label!r}, which is not {names.QUALIFIED}"
        if count > 1:
            yield "spec.levels", f"have {label} {count} times"
    if HOSTNAME in labels[:-1]:
        yield "spec.levels", f"have {HOSTNAME} before the last; nothing is finer than one node, so put it last"


# What refers to what


def _no_cycle(each: Named, objects: Objects) -> Iterator[Raw]:
    if not isinstance(each.spec, Cohort):
        return
    cohorts, seen = objects.of(Cohort), [each.name]
    parent = each.spec.parent_name
    while parent and parent in cohorts and parent not in seen:
        seen.append(parent)
        parent = _parent(cohorts[parent])
    if parent == each.name:
        way = " -> ".join((*seen, parent))
        yield "spec.parentName", f"makes a circle ({way}); none of these cohorts would admit anything: take one parentName out"


def _refers_to_what_is_there(each: Named, objects: Objects) -> Iterator[Raw]:
    if isinstance(each.spec, ClusterQueue):
        flavors = objects.of(ResourceFlavor)
        for path, group in _groups(each):
            for at, flavor in enumerate(group.flavors):
                yield from _known(f"{path}.flavors[{at}].name", flavor.name, flavors, "flavor")
        strategy = each.spec.admission_checks_strategy
        for at, check in enumerate(strategy.admission_checks if strategy else ()):
            path = f"spec.admissionChecksStrategy.admissionChecks[{at}].name"
            yield from _known(path, check.name, objects.of(AdmissionCheck), "admission check")
    if isinstance(each.spec, ResourceFlavor) and each.spec.topology_name:
        yield from _known("spec.topologyName", each.spec.topology_name, objects.of(Topology), "topology")
    if isinstance(each.spec, LocalQueue):
        yield from _known("spec.clusterQueue", each.spec.cluster_queue, objects.of(ClusterQueue), "cluster queue")


def _known(path: str, name: str, there: Mapping[str, Named], what: str) -> Iterator[Raw]:
    if name not in there:
        yield path, f"{name!r} is no {what}; {choices(name, sorted(there))}"


def _multikueue(each: Named, objects: Objects) -> Iterator[Raw]:
    strategy = each.spec.admission_checks_strategy if isinstance(each.spec, ClusterQueue) else None
    checks = objects.of(AdmissionCheck)
    of = {check: _controller(checks.get(check.name)) for check in (strategy.admission_checks if strategy else ())}
    multi = [check for check, controller in of.items() if controller == MULTIKUEUE]
    path = "spec.admissionChecksStrategy.admissionChecks"
    if len(multi) > 1:
        yield path, f"have {len(multi)} of MultiKueue ({', '.join(check.name for check in multi)}); a queue may have one"
    for check in multi:
        if check.on_flavors:
            yield path, f"have {check.name} on single flavors; a check of MultiKueue is for the whole queue: take onFlavors out"
    if multi and PROVISIONING in of.values():
        yield path, "have MultiKueue beside ProvisioningRequest; the other cluster provisions: take one of them out"


def _controller(check: Named | None) -> str:
    return check.spec.controller_name if check and isinstance(check.spec, AdmissionCheck) else ""


def _one_kind_of_flavor(each: Named, objects: Objects) -> Iterator[Raw]:
    if not isinstance(each.spec, ClusterQueue):
        return
    flavors = objects.of(ResourceFlavor)
    with_topology = {name for name, flavor in flavors.items() if isinstance(flavor.spec, ResourceFlavor) and flavor.spec.topology_name}
    split = [path for path, group in _groups(each) if any(flavor.name in with_topology for flavor in group.flavors)]
    if len(split) > 1:
        yield "spec.resourceGroups", "have flavors with a topology in several groups; a pod set gets one: put all resources into one group"
    listed = [flavor.name for _, group in _groups(each) for flavor in group.flavors if flavor.name in flavors]
    mixed = [name for name in listed if name not in with_topology]
    if mixed and len(mixed) < len(listed):
        plain, aware = mixed[0], next(name for name in listed if name in with_topology)
        yield (
            "spec.resourceGroups",
            f"mix flavors with a topology ({aware}) and without ({plain}): pods that ask for no topology never get {aware}; "
            "give all of them a topology, or none",
        )


def _clusters(each: Named, _: Objects) -> Iterator[Raw]:
    if isinstance(each.spec, MultiKueueConfig):
        yield from _count("spec.clusters", len(each.spec.clusters), CLUSTERS)
        for name, count in Counter(each.spec.clusters).items():
            if count > 1:
                yield "spec.clusters", f"have {name} {count} times"
    if isinstance(each.spec, MultiKueueCluster):
        source = each.spec.cluster_source
        given = [name for name, value in (("kubeConfig", source.kube_config), ("clusterProfileRef", source.cluster_profile_ref)) if value]
        if len(given) != 1:
            yield "spec.clusterSource", f"has {' and '.join(given) or 'neither'}; give either kubeConfig or clusterProfileRef"


RULES: Sequence[Rule] = (
    Rule(number=1, says=f"at most {GROUPS} resource groups", enforced="upstream", check=_number_of_groups),
    Rule(number=2, says=f"1 to {FLAVORS} flavors and 1 to {RESOURCES} resources in a group", enforced="upstream", check=_sizes_of_groups),
    Rule(
        number=3,
        says=f"at most {TOTAL_FLAVORS} flavors and {TOTAL_RESOURCES} resources in a queue, and {COMBINATIONS} quotas in a group",
        enforced="upstream",
        check=_totals,
    ),
    Rule(number=4, says="every flavor has a quota for each resource that its group covers", enforced="upstream", check=_same_resources),
    Rule(number=5, says="in the same order", enforced="upstream", check=_same_order),
    Rule(number=6, says="a resource is in one group, and a flavor in one", enforced="upstream", check=_once),
    Rule(number=7, says="quotas and limits are at least 0", enforced="upstream", check=_not_negative),
    Rule(number=8, says="a borrowing limit needs a cohort", enforced="upstream", check=_borrows_from_somebody),
    Rule(number=9, says="a lending limit needs a cohort", enforced="upstream", check=_lends_to_somebody),
    Rule(number=10, says="a queue lends at most its own quota", enforced="upstream", check=_lends_what_it_has),
    Rule(number=11, says="names are well formed", enforced="upstream", check=_names),
    Rule(
        number=12,
        says="who preempts while borrowing also reclaims its own",
        enforced="upstream",
        check=_reclaims_if_it_borrows_by_force,
    ),
    Rule(number=13, says="a preference between flavors needs TryNextFlavor for both", enforced="upstream", check=_preference),
    Rule(number=14, says=f"1 to {CHECKS} admission checks, on flavors of the queue", enforced="upstream", check=_checks),
    Rule(number=15, says="a fair-sharing weight is 0, or more than 1n", enforced="upstream", check=_weight),
    Rule(number=16, says="the namespace selector is a label selector", enforced="upstream", check=_selector),
    Rule(number=17, says="concurrent admission: one group, few flavors, no StrictFIFO", enforced="upstream", check=_concurrent_admission),
    Rule(number=19, says="a flavor with a topology says which nodes it is of", enforced="upstream", check=_topology_needs_labels),
    Rule(number=20, says="a flavor's labels, taints and tolerations are Kubernetes' own", enforced="upstream", check=_nodes),
    Rule(number=21, says=f"a topology has 1 to {LEVELS} levels, each once, one node last", enforced="upstream", check=_levels),
    Rule(number=22, says="cohorts make no circle", enforced="runtime", check=_no_cycle),
    Rule(number=23, says="what is referred to is there", enforced="runtime", check=_refers_to_what_is_there),
    Rule(
        number=24, says="one check of MultiKueue, for the whole queue, without ProvisioningRequest", enforced="runtime", check=_multikueue
    ),
    Rule(
        number=27, says="all flavors of a queue have a topology, in one group, or none has", enforced="runtime", check=_one_kind_of_flavor
    ),
    Rule(number=33, says=f"1 to {CLUSTERS} clusters, each once; a cluster has one source", enforced="upstream", check=_clusters),
)
"""Rules about objects. Those about a change are in `changes.py`, those about workloads in `workloads.py`."""
