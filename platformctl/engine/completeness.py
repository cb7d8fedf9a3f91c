"""Whether the engine's answer is whole. A short plan looks like a small one: what is missing must never read as "no change".

The engine says nothing of an event that it could not write, on a full disk say, and ends well all the same.
"""

from collections.abc import Collection, Iterator

from platformctl.engine.events import EventLog

PHYSICAL = ("create-replacement", "delete-replaced")
"""Steps that carry out a replacement; the summary counts the replacement alone."""


def lacking(log: EventLog, *, ended_well: bool, registered: Collection[str] = ()) -> tuple[str, ...]:
    """What the answer in `log` lacks. `registered` are the URNs of what the program asked for, each of which must be in it."""
    return tuple(_lacking(log, ended_well, registered))


def _lacking(log: EventLog, ended_well: bool, registered: Collection[str]) -> Iterator[str]:
    if log.torn:
        yield log.torn
        return
    if log.counts is None:
        if ended_well:
            yield "its summary is not in it"
        return  # an operation that failed on the way has reported what it came to
    counted = sum(count for op, count in log.counts.items() if op not in PHYSICAL)
    steps = sum(step.op not in PHYSICAL for step in log.planned)
    if steps < counted:
        yield f"it has {steps} steps, and its summary counts {counted}"
    if ended_well:
        there = {step.urn for step in log.planned}
        absent = sorted(urn.rpartition("::")[2] for urn in registered if urn not in there)
        if absent:
            more = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
            yield f"the program asked for {absent[0]}{more}, and it does not tell of that"
