"""A stack's queues, read from its file: who is guaranteed what, who reaches how much, what is left to whom, who preempts whom."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from components.queues.model import quantity, workloads
from components.queues.model.findings import Finding
from components.queues.model.objects import LocalQueue
from components.queues.quota.planner import Case, Planner, Standing, amount, shown
from components.queues.sharing.flavors import NodeKind
from components.queues.sharing.plan import QueuePlan, plan, warnings
from components.queues.sharing.section import Queues
from platformctl.errors import WrongInput
from platformctl.stack_plan import planned
from stacks.plan import PlatformPlan

MOST_QUEUES = 12
"""Of one cohort, for which every pair is shown: above, nobody reads them."""


@dataclass(frozen=True, kw_only=True)
class Sharing:
    stack: str
    plan: QueuePlan
    planner: Planner
    warnings: tuple[Finding, ...]

    def counted(self, kind: NodeKind) -> str:
        """What a flavor is counted in: GPUs, or processors where it has none."""
        return kind.gpu_resource or "cpu"

    def standings(self, flavor: str) -> tuple[Standing, ...]:
        """Of the resource that the flavor is counted in."""
        resource = self.counted(self.plan.kinds[flavor])
        return tuple(each for each in self.planner.standings if (each.flavor, each.resource) == (flavor, resource))

    def cases(self, flavor: str) -> tuple[Case, ...]:
        """None where there are too many queues to show every pair."""
        if len(self.standings(flavor)) > MOST_QUEUES:
            return ()
        return tuple(self.planner.cases(flavor, self.counted(self.plan.kinds[flavor])))

    def total(self, flavor: str) -> int:
        """All that the flavor's nodes have at their most."""
        kind = self.plan.kinds[flavor]
        resource = self.counted(kind)
        return amount(resource, quantity.text(kind.node[resource] * kind.max_nodes))


def read(name: str, file: Path) -> Sharing:
    """Raises WrongInput with everything that is wrong with the file, or where it shares nothing."""
    return of_plan(name, planned(file), file)


def of_plan(name: str, found: PlatformPlan, file: Path) -> Sharing:
    """Of the stack `name`, whose plan is at hand. Raises WrongInput where it shares nothing."""
    section = found.addons.sections.get("queues")
    if not isinstance(section, Queues):
        raise WrongInput(f"{file.name} has no queues: set addons.queues.enabled to true, and say who shares what. See docs/queues.md.")
    decided = plan(section, found.context)
    return Sharing(stack=name, plan=decided, planner=Planner(decided.objects), warnings=warnings(decided, found.context))


def document(sharing: Sharing) -> dict[str, Any]:
    """For scripts: amounts of every resource as quantities."""
    return {
        "stack": sharing.stack,
        "queues": [
            {
                "queue": each.queue,
                "flavor": each.flavor,
                "resource": each.resource,
                **{
                    name: shown(each.resource, value)
                    for name, value in (
                        ("own", each.nominal), ("kept", each.reserved), ("guaranteed", each.guaranteed), ("most", each.most)
                    )
                },
            }
            for each in sharing.planner.standings
        ],
        "cases": [
            {
                "flavor": flavor,
                "first": each.first,
                "took": shown(sharing.counted(kind), each.took),
                "other": each.other,
                "atOnce": shown(sharing.counted(kind), each.at_once),
                "reclaimed": shown(sharing.counted(kind), each.reclaimed),
            }
            for flavor, kind in sharing.plan.kinds.items()
            for each in sharing.cases(flavor)
        ],
        "preempts": [
            {"queue": each.queue, "other": each.other, "onlyLowerPriority": each.only_lower, "toBorrow": each.borrowing}
            for each in sharing.planner.preempts()
        ],
        "warnings": [str(each) for each in sharing.warnings],
    }  # fmt: skip


# A job, before it is submitted


@dataclass(frozen=True, kw_only=True)
class Verdict:
    job: str
    admitted: bool
    """Whether it can ever be."""
    message: str


def jobs(file: Path) -> tuple[Mapping[str, Any], ...]:
    """The manifests of a file. Raises WrongInput."""
    try:
        documents = [each for each in yaml.safe_load_all(file.read_text(encoding="utf-8")) if each is not None]
    except OSError as error:
        raise WrongInput(f"--job {file}: cannot be read ({error.strerror}).") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise WrongInput(f"--job {file}: is not YAML ({' '.join(str(error).split())}).") from None
    if not documents or not all(isinstance(each, Mapping) and each.get("kind") for each in documents):
        raise WrongInput(f"--job {file}: has no manifest; each is a mapping with a kind.")
    return tuple(documents)


def verdicts(sharing: Sharing, documents: Iterable[Mapping[str, Any]]) -> tuple[Verdict, ...]:
    """Whether each job can be admitted at all, and what it waits for."""
    return tuple(_verdict(sharing, each) for each in documents)


def _verdict(sharing: Sharing, job: Mapping[str, Any]) -> Verdict:
    metadata = job.get("metadata") or {}
    called = f"{job['kind']} {metadata.get('namespace', '')}/{metadata.get('name', '')}"
    local = {(each.namespace, each.name): each.spec.cluster_queue for each in sharing.plan.objects if isinstance(each.spec, LocalQueue)}
    name = (metadata.get("labels") or {}).get(workloads.QUEUE, "default")
    queue = local.get((metadata.get("namespace", ""), name))
    if queue is None:
        there = ", ".join(f"{namespace}/{each}" for namespace, each in local)
        return Verdict(job=called, admitted=False, message=f"there is no queue {name} in its namespace; there are {there}")
    covered = {name: frozenset(each.resource for each in sharing.planner.standings if each.queue == queue)}
    labelled = {**job, "metadata": {**metadata, "labels": {**(metadata.get("labels") or {}), workloads.QUEUE: name}}}
    try:
        wrong = [each.message for each in workloads.findings(labelled, covered=covered)]
        asked = _asked(job)
    except ValueError as error:
        wrong, asked = [str(error)], {}
    if not asked and not wrong:
        wrong = [f"nothing is known here of what a {job['kind']} asks for"]
    return Verdict(job=called, admitted=False, message="; ".join(wrong)) if wrong else _fits(sharing, called, queue, job, asked)


def _asked(job: Mapping[str, Any]) -> dict[str, int]:
    total: dict[str, Fraction] = {}
    for each in workloads.pod_sets(job):
        for resource, value in each.requests.items():
            total[resource] = total.get(resource, Fraction(0)) + value * each.count
    return {resource: amount(resource, quantity.text(value)) for resource, value in total.items()}


def _fits(sharing: Sharing, called: str, queue: str, job: Mapping[str, Any], asked: Mapping[str, int]) -> Verdict:
    """The first flavor on which it fits, as Kueue tries them."""
    why: list[str] = []
    for flavor in dict.fromkeys(each.flavor for each in sharing.planner.standings if each.queue == queue):
        rows = {each.resource: each for each in sharing.planner.standings if (each.queue, each.flavor) == (queue, flavor)}
        guards = [taint.key for taint in sharing.plan.kinds[flavor].guards if not workloads.tolerates(job, taint.key, taint.effect)]
        if guards:
            why.append(f"{flavor} is for jobs with GPUs, which tolerate {', '.join(guards)}")
            continue
        over = [resource for resource, value in asked.items() if value > rows[resource].most]
        if not over:
            return Verdict(job=called, admitted=True, message=f"{queue} has room for it on {flavor}: {', '.join(_rooms(rows, asked))}")
        for resource in over:
            most = shown(resource, rows[resource].most)
            why.append(f"{resource} on {flavor}: it asks for {shown(resource, asked[resource])}, and {queue} reaches {most}")
    return Verdict(job=called, admitted=False, message=f"it stays suspended for ever: {'; '.join(why)}")


def _rooms(rows: Mapping[str, Standing], asked: Mapping[str, int]) -> Iterator[str]:
    for resource, value in asked.items():
        own = rows[resource].nominal
        borrowed = f", of which {shown(resource, value - own)} are borrowed while others leave them" if value > own else ""
        yield f"{shown(resource, value)} {resource}{borrowed}"
