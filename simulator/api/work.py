"""What takes its time in the simulated cloud: work requests, and resources between two states.

Time is counted in looks, not in seconds: whatever is under way goes one step on each time it is shown, by itself or in a list. So every
state is seen by whoever asks in a loop, however fast, and nothing rests on a clock. A `Delay` of the simulated state holds an operation
back for as long as it says.
"""

import time
from dataclasses import dataclass
from typing import Any, Literal

from simulator.api import defaults
from simulator.api.kinds import BY_TOKEN, Kind
from simulator.compute import CREATED
from simulator.oci import region as model
from simulator.oci.outputs import VCN, Place
from simulator.oci.provider import Oci
from simulator.provider import Config
from simulator.simulated_state import Record

WORK = "api:workRequest"
"""The type of a work request among the records. No program declares one."""

Act = Literal["create", "update", "delete"]
STEPS = ("ACCEPTED", "IN_PROGRESS", "SUCCEEDED")
ENDED = ("SUCCEEDED", "FAILED", "CANCELED")
_ACTIONS = {"create": "CREATED", "update": "UPDATED", "delete": "DELETED"}


@dataclass(frozen=True, kw_only=True)
class Works:
    """The work of one cloud."""

    provider: Oci
    place: Place
    config: Config

    def begin(self, act: Act, kind: Kind, record: Record, failure: str | None = None) -> Record:
        """Start what an operation sets going. It ends in `failure`, if there is one."""
        simulated = self.place.simulated
        count = simulated.state.lives[WORK] = simulated.state.lives.get(WORK, 0) + 1
        shown = kind.work is not None
        work = Record(
            type=WORK,
            id=model.ocid("workrequest" if kind.work is None else f"{kind.work.entity}workrequest", self.place.region, WORK, count),
            outputs={
                "act": act,
                "token": kind.type,
                "target": record.id,
                "path": kind.path.split("/")[1],
                "shown": shown,
                "operationType": getattr(kind.work, act, "") if kind.work is not None else "",
                "status": "ACCEPTED" if shown else "IN_PROGRESS",
                "compartmentId": str(record.outputs.get("compartmentId") or self.compartment(record)),
                "clusterId": str(record.outputs.get("clusterId") or (record.id if kind.word == "cluster" else "")),
                "failure": failure or "",
                "until": time.time() + simulated.delay(act, record.type, record.name),
                "timeAccepted": CREATED,
            },
        )
        state = {"create": kind.life.making, "update": kind.life.changing, "delete": kind.life.going}[act]
        if state:
            record.outputs["state"] = state
        simulated.put(record)
        simulated.put(work)
        return work

    def compartment(self, record: Record) -> str:
        """The compartment of what has none itself: an add-on's is its cluster's."""
        for key, token in (("clusterId", "oci:ContainerEngine/cluster:Cluster"), ("bastionId", "oci:Bastion/bastion:Bastion")):
            if record.outputs.get(key):
                return str(self.place.held(token, record.outputs[key]).get("compartmentId", ""))
        return ""

    def open(self, record: Record) -> Record | None:
        """What is under way with a resource."""
        for work in self.place.simulated.of(WORK):
            if work.outputs["target"] == record.id and work.outputs["token"] == record.type and work.outputs["status"] not in ENDED:
                return work
        return None

    def step(self, work: Record) -> None:
        """Go one step on; with the last one, do what was asked for."""
        held = work.outputs
        if held["status"] in ENDED:
            return
        following = STEPS[STEPS.index(held["status"]) + 1]
        if following == "SUCCEEDED" and time.time() < held["until"]:
            return
        held["status"] = "FAILED" if following == "SUCCEEDED" and held["failure"] else following
        if held["status"] in ENDED:
            self._end(work)
        if held["shown"] or held["status"] not in ENDED:
            self.place.simulated.put(work)
        else:
            self.place.simulated.remove(work)

    def settle(self) -> None:
        """Have done what nobody can wait for: a network's parts have no work requests, and are where they should be before the next
        change is looked at.
        """
        for work in list(self.place.simulated.of(WORK)):
            if not work.outputs["shown"] and time.time() >= work.outputs["until"]:
                while work.outputs["status"] not in ENDED:
                    self.step(work)

    def _end(self, work: Record) -> None:
        simulated, held = self.place.simulated, work.outputs
        record = simulated.get(held["token"], held["target"])
        if record is None:
            return
        life = BY_TOKEN[record.type].life
        if held["act"] == "delete" and held["status"] == "SUCCEEDED":
            remove(self.provider, self.config, self.place, record)
            return
        failed = held["status"] == "FAILED"
        record.outputs["state"] = "FAILED" if failed and held["act"] == "create" else life.made
        if failed:
            record.outputs["lifecycleDetails"] = held["failure"]
        simulated.put(record)


def remove(provider: Oci, config: Config, place: Place, record: Record) -> None:
    """Take a resource away, and what goes with it."""
    provider.simulated.remove(record)
    if record.type == VCN:
        defaults.forget(place, record)
    provider.deleted(config, record)


def document(work: Record) -> dict[str, Any]:
    """A work request as the services show it."""
    held = work.outputs
    running = held["status"] not in ENDED
    ended = {} if running else {"timeFinished": CREATED}
    started = {} if held["status"] == "ACCEPTED" else {"timeStarted": CREATED}
    kind = BY_TOKEN[held["token"]]
    done = "FAILED" if held["status"] == "FAILED" else _ACTIONS[held["act"]]
    uri = f"{kind.path.replace('{clusterId}', held['clusterId'])}/{held['target']}"
    return {
        "id": work.id,
        "operationType": held["operationType"],
        "status": held["status"],
        "compartmentId": held["compartmentId"],
        "percentComplete": {"ACCEPTED": 0, "IN_PROGRESS": 50}.get(held["status"], 100),
        "timeAccepted": held["timeAccepted"],
        **started,
        **ended,
        "resources": [
            {
                "entityType": kind.work.entity if kind.work is not None else kind.word,
                "actionType": "IN_PROGRESS" if running else done,
                "identifier": held["target"],
                "entityUri": uri,
            }
        ],
    }
