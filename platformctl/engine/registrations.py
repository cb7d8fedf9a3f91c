"""What the program asked of the engine for each resource, noted on the way: the engine's events carry few of the options."""

import threading
import time
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
from pulumi.runtime.proto import engine_pb2
from pulumi.runtime.settings import SETTINGS

from platformctl.engine.options import Options
from platformctl.engine.program_report import ProgramFailure, ProgramReport, Span


class Registrations:
    """Options by URN. Filled by the program's threads while it runs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        """Directory that holds the program: sources are named relative to it."""
        self._by_urn: dict[str, Options] = {}
        self._spans: dict[str, Span] = {}
        self._lock = threading.Lock()

    def report(self, failure: ProgramFailure | None) -> ProgramReport:
        with self._lock:
            return ProgramReport(options=dict(self._by_urn), spans=dict(self._spans), failure=failure)

    def clear(self) -> None:
        with self._lock:
            self._by_urn.clear()
            self._spans.clear()

    def listen(self) -> None:
        """Stand between the program and the engine, for this run. Called inside the program's context."""
        settings: Any = SETTINGS
        settings.monitor = _Monitor(settings.monitor, self)
        settings.engine = _Engine(settings.engine)

    def note(self, urn: str, request: Any, span: Span) -> None:
        options = _options(request, self.root)
        with self._lock:
            self._by_urn[urn] = options
            self._spans[urn] = span


class _Monitor:
    """The engine's resource monitor, overheard."""

    def __init__(self, real: Any, registrations: Registrations) -> None:
        self._real = real
        self._registrations = registrations

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def RegisterResource(self, request: Any, *rest: Any, **named: Any) -> Any:  # noqa: N802 - the protocol's name
        began = time.monotonic()
        response = self._real.RegisterResource(request, *rest, **named)
        self._registrations.note(response.urn, request, (began, time.monotonic()))
        return response


class _Engine:
    """The engine's log without debug messages: the SDK sends some eight a resource, each a call that blocks the program."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def Log(self, request: Any, *rest: Any, **named: Any) -> Any:  # noqa: N802 - the protocol's name
        if request.severity == engine_pb2.DEBUG:
            return None
        try:
            return self._real.Log(request, *rest, **named)
        except grpc.RpcError:
            return None  # the engine is gone: what it would have been told cannot help it any more


def _options(request: Any, root: Path) -> Options:
    timeouts = request.customTimeouts
    return Options(
        protect=request.protect,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        deleted_with=request.deletedWith,
        retain_on_delete=request.retainOnDelete,
        delete_before_replace=request.deleteBeforeReplace,
        timeouts={name: value for name in ("create", "update", "delete") if (value := getattr(timeouts, name))},
        provider=_urn(request.provider),
        providers={package: _urn(reference) for package, reference in request.providers.items()},
        dependencies=tuple(sorted(request.dependencies)),
        property_dependencies={name: tuple(sorted(entry.urns)) for name, entry in request.propertyDependencies.items()},
        declared=_declared(request.stackTrace.frames, root),
    )


def _urn(provider: str) -> str:
    """A reference to a provider is its URN and its id."""
    return provider.rpartition("::")[0]


def _declared(frames: Any, root: Path) -> str:
    """The innermost frame of the call that is the project's own, not a package's."""
    for frame in frames:
        path = frame.pc.uri.removeprefix("project:///").removeprefix("file://")
        if path.startswith(f"{root}/") and "/site-packages/" not in path:
            return f"{path.removeprefix(f'{root}/')}:{frame.pc.line}"
    return ""
