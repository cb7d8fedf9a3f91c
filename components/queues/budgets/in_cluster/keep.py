"""Keeps the teams to their budgets of GPU-hours and money. Standard library only: it runs in a plain Python image.

`keep.py BUDGETS` reads what each queue uses now, adds the hours since the last run to what its team used this month, and stops the queue:
at 100 % nothing more is admitted (`Hold`), at 110 % what runs is evicted too (`HoldAndDrain`). A new month lets it go again.

What was used is kept in a ConfigMap, which is written before any queue is touched and only if nobody else wrote it meanwhile: a run that
was killed is finished by the next one, a missed one is made up for, and of two at once one counts. Months are those of UTC.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from components.framework.in_cluster import api_server

QUEUES = "/apis/kueue.x-k8s.io/v1beta2/clusterqueues"
MANAGER = "gpu-budgets"
HOLD, DRAIN = 1.0, 1.1
"""Of the budget: when nothing more is admitted, and when what runs is evicted."""
STRENGTH = {"None": 0, "Hold": 1, "HoldAndDrain": 2}
"""Of the ways to stop a queue."""

Budget = dict[str, Any]
"""`gpuHours` and `usd`, most in a month, where there is one; `usdPerGpuHour` by flavor; `resources` that count as GPUs."""
Kept = dict[str, Any]
"""What is kept of a queue: `hours` and `usd` of the month, `gpus` by flavor when last looked (`at`), `ours` and `before`: how this program
stopped it, and how it was before."""


# What is decided, without a cluster


def month_of(moment: datetime) -> str:
    return moment.strftime("%Y-%m")


def start_of_month(moment: datetime) -> datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(moment: datetime) -> datetime:
    return start_of_month(start_of_month(moment) + timedelta(days=32))


def in_use(queue: dict[str, Any], budget: Budget) -> dict[str, int]:
    """GPUs that the queue's admitted workloads hold, by flavor, what is borrowed included."""
    found: dict[str, int] = {}
    for flavor in queue.get("status", {}).get("flavorsUsage", []):
        gpus = sum(int(each.get("total", "0")) for each in flavor.get("resources", []) if each["name"] in budget["resources"])
        if gpus:
            found[flavor["name"]] = gpus
    return found


def counted(kept: Kept, gpus: dict[str, int], budget: Budget, since: datetime | None, now: datetime) -> Kept:
    """With the time since the last run, at the mean of what was held then and is held now. Of an earlier month only what reaches into
    this one counts. A clock that went back counts nothing."""
    fresh = since is None or month_of(since) != month_of(now)
    hours = 0.0 if fresh else float(kept.get("hours", 0))
    usd = 0.0 if fresh else float(kept.get("usd", 0))
    if since is not None and since < now:
        passed = (now - max(since, start_of_month(now))).total_seconds() / 3600
        before = kept.get("gpus", gpus)
        for flavor in {*before, *gpus}:
            held = (before.get(flavor, 0) + gpus.get(flavor, 0)) / 2 * passed
            hours += held
            usd += held * budget.get("usdPerGpuHour", {}).get(flavor, 0)
    return {**kept, "hours": round(hours, 6), "usd": round(usd, 6), "gpus": gpus}


def share(kept: Kept, budget: Budget) -> float:
    """Used of the budget that is nearest to its end; 1 is all of it."""
    parts = [kept[key] / budget[most] for key, most in (("hours", "gpuHours"), ("usd", "monthlyUsd")) if budget.get(most)]
    return max(parts, default=0.0)


def projected(used: float, now: datetime) -> float:
    """What the whole month comes to at the rate so far."""
    start = start_of_month(now)
    passed = (now - start).total_seconds()
    return used * (next_month(now) - start).total_seconds() / passed if passed else used


def wanted(part: float) -> str:
    return "HoldAndDrain" if part >= DRAIN else "Hold" if part >= HOLD else "None"


def stopped(kept: Kept, found: str, part: float) -> tuple[str, Kept]:
    """How the queue must be stopped, and what is kept of it. What somebody else stopped stays stopped; what this program did ends with it.

    `found` is how it is stopped now: as this program did, where one of `ours` is found; else somebody changed it, or nobody has yet.
    """
    want, ours, before = wanted(part), list(kept.get("ours", [])), kept.get("before", "None")
    rest = {key: value for key, value in kept.items() if key not in ("ours", "before")}
    if found not in ours:
        before = found
    if STRENGTH[before] < STRENGTH[want]:
        return want, {**rest, "ours": [want] if found == want else sorted({*ours, want}), "before": before}
    if found in ours and found != before:
        return before, {**rest, "ours": ours, "before": before}  # until it is seen: a run may end before it has let go
    return before, rest


def decided(state: dict[str, Any], queues: dict[str, dict[str, Any]], budgets: dict[str, Budget], now: datetime) -> dict[str, Any]:
    """The next state. A queue that could not be read is left as it was, and its time is counted once it can be."""
    kept_of = state.get("queues", {})
    following: dict[str, Kept] = {}
    for name, budget in budgets.items():
        kept = kept_of.get(name, {})
        queue = queues.get(name)
        if queue is None:
            following[name] = kept
            continue
        since = datetime.fromisoformat(kept["at"]) if "at" in kept else None
        new = counted(kept, in_use(queue, budget), budget, since, now)
        policy, new = stopped(new, queue.get("spec", {}).get("stopPolicy") or "None", share(new, budget))
        new["at"] = max(since or now, now).isoformat()
        following[name] = {**new, "policy": policy, "projectedHours": round(projected(new["hours"], now), 1)}
    return {"queues": following}


def said(name: str, kept: Kept, budget: Budget) -> str:
    """One line of the log."""
    hours = f"{kept['hours']:.1f} of {budget['gpuHours']} GPU-hours" if budget.get("gpuHours") else f"{kept['hours']:.1f} GPU-hours"
    usd = f", {kept['usd']:.2f} of {budget['monthlyUsd']} USD" if budget.get("monthlyUsd") else ""
    part = f"{share(kept, budget):.0%} of the budget"
    return f"{name}: {hours}{usd}: {part}; {kept['projectedHours']:.0f} GPU-hours by the end of the month; stopPolicy {kept['policy']}"


# What is read and written


def keep(config: dict[str, Any], now: datetime) -> int:
    """One run. 1 where a queue could not be read or stopped: the others are, and the next run tries again."""
    place = f"/api/v1/namespaces/{config['namespace']}/configmaps/{config['state']}"
    document = api_server.request("GET", place)
    state = json.loads(document.get("data", {}).get("state", "{}"))
    failed = False
    queues: dict[str, dict[str, Any]] = {}
    for name in config["queues"]:
        try:
            queues[name] = api_server.request("GET", f"{QUEUES}/{name}")
        except HTTPError as error:
            failed = True
            print(f"{name}: cannot be read: {error.code} {error.reason}", file=sys.stderr)
    following = decided(state, queues, config["queues"], now)
    version = document["metadata"]["resourceVersion"]
    written = {"metadata": {"resourceVersion": version}, "data": {"state": json.dumps(following, sort_keys=True)}}
    try:
        api_server.request("PATCH", f"{place}?fieldManager={MANAGER}", written)
    except HTTPError as error:
        if error.code != 409:
            raise
        print("another run counted this time already")
        return 0
    for name, queue in queues.items():
        kept = following["queues"][name]
        print(said(name, kept, config["queues"][name]))
        if kept["policy"] == (queue.get("spec", {}).get("stopPolicy") or "None"):
            continue
        try:
            api_server.request("PATCH", f"{QUEUES}/{name}?fieldManager={MANAGER}", {"spec": {"stopPolicy": kept["policy"]}})
        except HTTPError as error:
            failed = True
            print(f"{name}: cannot be stopped: {error.code} {error.reason}", file=sys.stderr)
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    config = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))

    def run() -> int:
        try:
            return keep(config, datetime.now(UTC))
        except ValueError as error:
            print(f"what was kept cannot be read, and nothing was counted: {error}", file=sys.stderr)
            return 1

    return api_server.exit_code(run)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
