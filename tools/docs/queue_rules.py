"""docs/queues-rules.md: what is refused of queues, by rule."""

from collections.abc import Mapping

from components.queues.model.rules import RULES, Enforced
from components.queues.quota.lints import LINTS

BY: Mapping[Enforced, str] = {
    "upstream": "Kueue's webhooks and definitions",
    "runtime": "nobody: Kueue takes it, and admits nothing",
    "platform": "the platform alone",
}
# Rules about a change (changes.py) and about workloads (workloads.py): they have no row of their own in RULES.
OTHERS: Mapping[int, tuple[str, str]] = {
    18: ("the cluster queue of a local queue is fixed", BY["upstream"]),
    25: ("a workload has at most 18 pod sets: 17 worker groups of a RayCluster, 16 of a RayJob that submits itself", BY["upstream"]),
    26: ("a pod set asks for one kind of topology; slices have a size, groups a name", BY["upstream"]),
    28: ("a job asks for nothing that its queue has no quota of", BY["runtime"]),
    29: ("the queue of a job that runs is fixed", BY["upstream"]),
    30: ("Ray under Kueue: no autoscaling unless elastic, clusters end with their jobs", BY["upstream"]),
    31: ("only Jobs and Ray's kinds are elastic, from the beginning", BY["upstream"]),
    32: ("a LeaderWorkerSet keeps its size and templates", BY["upstream"]),
}


def page() -> str:
    rows = {**{rule.number: (rule.says, BY[rule.enforced]) for rule in RULES}, **OTHERS}
    lines = [
        "# What is refused of queues",
        "",
        "<!-- Written by `make docs` from components/queues. -->",
        "",
        "Everything is found before anything reaches the cluster, all of it at once. For rules about objects (1 to 16, 19 to 21, 33) and",
        "about jobs (25, 26, 28 to 32) a test holds the verdict to that of the real Kueue, but for what differs from version to version",
        "([rehearsal.md](rehearsal.md)); so it does for Kueue's own configuration. Jobs are read by",
        "`platformctl queues STACK --job FILE`.",
        "",
        "| rule | | refused otherwise by |",
        "| --- | --- | --- |",
        *(f"| {number} | {says} | {by} |" for number, (says, by) in sorted(rows.items())),
        "",
        "What Kueue takes and the platform refuses, or warns of:",
        "",
        "| | |",
        "| --- | --- |",
        *(f"| {name} | {says} |" for name, says in LINTS.items()),
        "",
    ]
    return "\n".join(lines)
