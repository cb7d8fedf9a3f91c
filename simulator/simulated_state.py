"""The state of a simulated cloud: one JSON file that providers and tests share.

Every change is written before it is answered, by replacing the file, under a lock: a test that edits the file between two phases,
or a second provider process, is never overwritten and never sees half a change. A resource is one line, and only changed lines are
rendered again, so a thousand of them cost about a millisecond a change.
"""

import fcntl
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

Operation = Literal["create", "read", "update", "delete"]

VERSION = 1
"""Of the file. One without a version is of this one."""


@dataclass(kw_only=True)
class Record:
    """One thing that exists in the cloud."""

    type: str
    """The resource's type token."""
    id: str
    urn: str = ""
    """Empty for what no program made."""
    scope: str = ""
    """The cluster a Kubernetes object lives in."""
    inputs: dict[str, Any] = field(default_factory=dict)
    """What the program asked for."""
    outputs: dict[str, Any] = field(default_factory=dict)
    """What the cloud holds: change this to make drift."""

    @property
    def key(self) -> str:
        return f"{self.scope}|{self.type}|{self.id}"

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1]


@dataclass(kw_only=True)
class Fault:
    """An operation that the cloud refuses."""

    type: str = "*"
    """Type token; `*` matches any part."""
    operation: Operation = "create"
    name: str = ".*"
    """Regular expression for the whole name of the resource in the program."""
    message: str
    times: int = 1
    """How often it still happens; it counts down. -1 for always."""

    def matches(self, operation: str, kind: str, name: str) -> bool:
        return (
            self.times != 0 and self.operation == operation and fnmatchcase(kind, self.type) and re.fullmatch(self.name, name) is not None
        )


@dataclass(kw_only=True)
class Delay:
    """How long an operation takes. Where several match, the longest counts."""

    type: str = "*"
    operation: Operation = "create"
    name: str = ".*"
    """Regular expression for the whole name of the resource in the program."""
    seconds: float

    def matches(self, operation: str, kind: str, name: str) -> bool:
        return self.operation == operation and fnmatchcase(kind, self.type) and re.fullmatch(self.name, name) is not None


@dataclass(kw_only=True)
class State:
    """All that the file holds."""

    records: dict[str, Record] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    delays: list[Delay] = field(default_factory=list)
    limits: dict[str, int] = field(default_factory=dict)
    """Service limits per availability domain, by limit name (`gpu-a10-count`); a name that is not here has none."""
    home_region: str = ""
    """Region identity resources can be changed in; empty for the region the provider is configured with."""
    published: list[str] = field(default_factory=list)
    """Builds of worker images that came after those of the region's model: `2026.09.30-0-1402`."""
    withdrawn: list[str] = field(default_factory=list)
    """Names of images that are gone."""
    under_way: list[str] = field(default_factory=list)
    """What takes its time at this moment, as `create <urn>`."""
    lives: dict[str, int] = field(default_factory=dict)
    """How many resources a URN has had and lost: an id is never given twice."""


class SimulatedState:
    """A cloud's state, in memory and in a file. Without a path it lives in memory only."""

    def __init__(self, path: Path | str | None = None) -> None:
        self.path = Path(path) if path else None
        self._state = State()
        self._lines: dict[str, str] = {}
        self._seen: tuple[int, int, int] | None = None
        self._dirty = False
        self._depth = 0
        self._lock = threading.RLock()
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.locked():
                self._dirty = not self.path.exists()

    @contextmanager
    def locked(self) -> Iterator["SimulatedState"]:
        """Sole use of the simulated state. Starts with what the file says now, ends with the file saying what was put."""
        with self._lock:
            if self._depth or self.path is None:
                self._depth += 1
                try:
                    yield self
                finally:
                    self._depth -= 1
                return
            with self.path.with_name(f".{self.path.name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._load()
                self._depth = 1
                try:
                    yield self
                finally:
                    self._depth = 0
                    if self._dirty:
                        self._save()

    # What is in the simulated state

    @property
    def state(self) -> State:
        """All of it, to read. Call `put`, `remove` or `touch` after a change."""
        return self._state

    def get(self, kind: str, ident: str, scope: str = "") -> Record | None:
        return self._state.records.get(f"{scope}|{kind}|{ident}")

    def of(self, *kinds: str) -> Iterator[Record]:
        """The records of these types, oldest first."""
        return (record for record in list(self._state.records.values()) if record.type in kinds)

    def find(self, kind: str, name: str) -> Record:
        """The one resource of a type that the program calls so. Raises KeyError when there is none."""
        for record in self.of(kind):
            if record.name == name:
                return record
        have = ", ".join(record.name for record in self.of(kind)) or "none"
        raise KeyError(f"the simulated state has no {kind} called {name!r}; it has: {have}")

    def generation(self, urn: str) -> int:
        """How many resources this URN has had, the living included."""
        return self._state.lives.get(urn, 0) + sum(record.urn == urn for record in self._state.records.values())

    # Changing it

    def put(self, record: Record) -> None:
        with self.locked():
            self._state.records[record.key] = record
            self._lines[record.key] = _line(record)
            self._dirty = True

    def remove(self, record: Record) -> None:
        with self.locked():
            if self._state.records.pop(record.key, None) is not None:
                self._lines.pop(record.key, None)
                if record.urn:
                    self._state.lives[record.urn] = self._state.lives.get(record.urn, 0) + 1
            self._dirty = True

    def touch(self) -> None:
        """Have faults, delays, limits and the like written."""
        with self.locked():
            self._dirty = True

    # What tests and rehearsals do to it

    def drift(self, kind: str, name: str, **outputs: Any) -> Record:
        """Change a resource behind the program's back, as a click in the console would."""
        with self.locked():
            record = self.find(kind, name)
            record.outputs.update(outputs)
            self.put(record)
        return record

    def lose(self, kind: str, name: str) -> None:
        """Delete a resource behind the program's back."""
        with self.locked():
            self.remove(self.find(kind, name))

    def adopt(self, kind: str, ident: str, **outputs: Any) -> Record:
        """Put something there that no program made: a network that existed before, say."""
        record = Record(type=kind, id=ident, outputs=outputs)
        self.put(record)
        return record

    def publish(self, build: str) -> None:
        """Have a newer build of every worker image there: `2026.09.30-0-1402` is its date, revision and build."""
        with self.locked():
            self._state.published.append(build)
            self.touch()

    def withdraw(self, image: str) -> None:
        """Have an image gone, by its name."""
        with self.locked():
            self._state.withdrawn.append(image)
            self.touch()

    def fail(self, message: str, *, type: str = "*", operation: Operation = "create", name: str = ".*", times: int = 1) -> None:  # noqa: A002
        """Have the cloud refuse an operation `times` times."""
        with self.locked():
            self._state.faults.append(Fault(type=type, operation=operation, name=name, message=message, times=times))
            self.touch()

    def take_fault(self, operation: Operation, kind: str, name: str) -> str | None:
        """The message to refuse an operation with, or None to let it happen. Counts the fault down."""
        if not self._state.faults:
            return None
        with self.locked():
            for fault in self._state.faults:
                if fault.matches(operation, kind, name):
                    if fault.times > 0:
                        fault.times -= 1
                        self.touch()
                    return fault.message
        return None

    def delay(self, operation: Operation, kind: str, name: str = "") -> float:
        """How many seconds an operation takes for the resource that the program calls `name`."""
        return max((delay.seconds for delay in self._state.delays if delay.matches(operation, kind, name)), default=0.0)

    def wait(self, operation: Operation, kind: str, name: str, urn: str) -> None:
        """Let an operation take its time, while others go on. It goes to its end whatever becomes of whoever asked for it."""
        with self.locked():
            seconds = self.delay(operation, kind, name)
            if seconds:
                self._state.under_way.append(f"{operation} {urn}")
                self.touch()
        if seconds:
            time.sleep(seconds)
            with self.locked():
                self._state.under_way.remove(f"{operation} {urn}")
                self.touch()

    # The file

    def _load(self) -> None:
        assert self.path is not None  # noqa: S101 - called with a file only
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            return
        seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if seen == self._seen:
            return
        try:
            raw = json.loads(self.path.read_text(encoding="utf-8"))
            if (version := raw.pop("version", VERSION)) != VERSION:
                raise ValueError(f"it has version {version!r}, and this checkout reads version {VERSION}")
            records = [Record(**record) for record in raw.pop("resources", [])]
            faults = [Fault(**fault) for fault in raw.pop("faults", [])]
            delays = [Delay(**delay) for delay in raw.pop("delays", [])]
            state = State(records={record.key: record for record in records}, faults=faults, delays=delays, **raw)
        except (AttributeError, TypeError, ValueError) as error:
            raise ValueError(f"{self.path} is not a simulated state file: {error}") from error
        self._state, self._seen = state, seen
        self._lines = {key: _line(record) for key, record in state.records.items()}

    def _save(self) -> None:
        assert self.path is not None  # noqa: S101 - called with a file only
        state = self._state
        head = {
            "version": VERSION,
            "faults": [asdict(fault) for fault in state.faults],
            "delays": [asdict(delay) for delay in state.delays],
            "limits": state.limits,
            "home_region": state.home_region,
            "published": state.published,
            "withdrawn": state.withdrawn,
            "under_way": state.under_way,
            "lives": state.lives,
        }
        settings = ",\n".join(f' "{key}": {json.dumps(value)}' for key, value in head.items())
        resources = ",\n".join(f"  {line}" for line in self._lines.values())
        draft = self.path.with_name(f".{self.path.name}.draft")
        draft.write_text(f'{{\n{settings},\n "resources": [\n{resources}\n ]\n}}\n', encoding="utf-8")
        draft.replace(self.path)
        stat = os.stat(self.path)  # noqa: PTH116 - Path.stat costs more, and this runs for every change
        self._seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        self._dirty = False


def _line(record: Record) -> str:
    return json.dumps(
        {
            "type": record.type,
            "id": record.id,
            "urn": record.urn,
            "scope": record.scope,
            "inputs": record.inputs,
            "outputs": record.outputs,
        }
    )
