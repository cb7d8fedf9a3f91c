"""A rehearsal in which everything takes as long as in a real cloud, to scale, so that the engine's own schedule shows."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from platformctl.engine import stackfile
from platformctl.engine.durations import duration
from platformctl.engine.failure import stop
from platformctl.engine.plan import Plan, made
from platformctl.engine.session import OperationError, Session
from platformctl.render.words import time
from platformctl.reporting import reporting
from platformctl.schedule import Expected, Schedule, schedule, shortest

SECONDS = 12.0
"""How long the longest chain takes here. The engine's own work, half a second where the machine is idle, is not to scale."""


def scheduled(stack: str, root: Path, seconds: float = SECONDS) -> Schedule:
    """What the engine does when in an `up` of `stack` from nothing, its longest chain taking `seconds`. Raises WrongInput and Refused."""
    file = stackfile.locate(stack, root)
    with Session(root, file) as session:
        try:
            with reporting(f"Previewing {file.name}") as report:
                plan = session.preview(report=report)
            expected = {resource.urn: (row.seconds, row.source) for resource in plan.resources for row in [duration(resource)]}
            length, _ = shortest(plan, expected)
            scale = seconds / length if length else 1.0
            _slow_down(session.simulated, plan, expected, scale)
            with reporting(f"Bringing {file.name} up, {time(length)} in {seconds:.0f} s") as report:
                outcome = session.run("up", report=report)
        except OperationError as failed:
            raise stop(failed, file, session.project.name) from failed
        plan = replace(plan, made=made(outcome.log))
        spans = {
            resource.urn: (span[0] / scale, span[1] / scale)
            for resource in plan.resources
            if (span := session.report.span(resource.urn)) is not None
        }
    return schedule(plan, spans, expected, _needs())


def _slow_down(simulated: Path, plan: Plan, expected: Expected, scale: float) -> None:
    """Have the simulated cloud take its time, resource by resource."""
    from simulator.simulated_state import Delay, SimulatedState  # noqa: PLC0415

    cloud = SimulatedState(simulated)
    with cloud.locked():
        cloud.state.delays.extend(
            Delay(type=resource.type, name=re.escape(resource.name), seconds=seconds * scale)
            for resource in plan.custom
            if (seconds := expected[resource.urn][0])
        )
        cloud.touch()


def _needs() -> Mapping[str, frozenset[str]]:
    """What each add-on may wait for, as it says itself."""
    from components.framework.addon import awaited  # noqa: PLC0415 - the program of the stack has imported both by now
    from components.registry import KINDS  # noqa: PLC0415

    return {key: awaited(key, KINDS) for key in KINDS}
