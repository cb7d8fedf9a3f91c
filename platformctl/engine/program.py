"""The program as the engine's language host runs it: `__main__.py`, afresh for each operation, in this process."""

import ast
import asyncio
import importlib
import runpy
import sys
import traceback
from collections.abc import Callable
from concurrent import futures
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import pulumi
from pulumi.automation._server import LanguageServer
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import language_pb2, language_pb2_grpc
from pulumi.runtime.settings import SETTINGS

from platformctl.engine.program_report import ProgramFailure, ProgramReport
from platformctl.engine.registrations import Registrations

# Channels to one address share their connection, and the SDK closes none of them. Where an engine gets the port of an earlier one, its
# program would wait out that connection's next try, and take it for the end: "Resource monitor has terminated". So each has its own.
_GRPC_CHANNEL_OPTIONS.append(("grpc.use_local_subchannel_pool", 1))

MESSAGE_BYTES = 400 * 1024 * 1024
"""Largest message taken from the engine: the limit that the SDK's own servers set."""


class Host(LanguageServer):
    """The SDK's server, that tells the program where the project is, as the engine's own host does, and that always closes the event loop
    which it made for a run.

    When a task fails while it is cancelled, as in a program that a policy has stopped, the SDK leaves its loop open and its answer ungiven.
    The loop holds sockets, and the garbage collector may take those first.
    """

    def __init__(self, body: Callable[[], None]) -> None:
        super().__init__(self._noted(body))
        self.loop: asyncio.AbstractEventLoop | None = None
        self.directory = ""

    def _noted(self, body: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            self.loop = asyncio.get_running_loop()
            SETTINGS.root_directory = self.directory
            body()

        return run

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802 - named by the protocol
        self.directory = request.info.root_directory
        try:
            return super().Run(request, context)  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001 - of a task that was cancelled: the SDK has told the engine by now why the run ended
            return language_pb2.RunResponse(bail=True)
        finally:
            if self.loop is not None and not self.loop.is_closed():
                _close(self.loop)
            self.loop = None


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what `loop` still has to do, hear the end of each task so that nobody is told of it later, and close it."""
    for task in asyncio.all_tasks(loop):
        task.cancel()
        with suppress(BaseException):  # its end is of no interest any more, whatever it is
            loop.run_until_complete(task)
    loop.close()


class Program:
    """Serves one program to the engine, in this process."""

    def __init__(self, entry: Path, body: Callable[[], object] | None = None) -> None:
        """`body` runs in the place of the file `entry`, whose folder stays the one that is imported from."""
        self.entry = entry
        self._body = body or (lambda: runpy.run_path(str(entry), run_name="__main__"))
        self._registrations = Registrations(entry.parent)
        self._failure: ProgramFailure | None = None
        self._pool = futures.ThreadPoolExecutor(max_workers=4, thread_name_prefix="language-host")
        self._server = grpc.server(self._pool, options=[("grpc.max_receive_message_length", MESSAGE_BYTES)])
        language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(self._run), self._server)
        self.port: int = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def import_ahead(self) -> None:
        """Import what the program's entry imports, while the engine is still starting. Mistakes are left for the run to tell."""
        if str(self.entry.parent) not in sys.path:
            sys.path.insert(0, str(self.entry.parent))
        try:
            tree = ast.parse(self.entry.read_text(encoding="utf-8"))
            for node in tree.body:
                if isinstance(node, ast.Import):
                    for alias in node.names:
                        importlib.import_module(alias.name)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    importlib.import_module(node.module)
        except Exception:  # noqa: BLE001 - whatever it is, the run meets it again and says so
            return

    def report(self) -> ProgramReport:
        """What its last run asked for, and how it ended."""
        return self._registrations.report(self._failure)

    def stop(self) -> None:
        self._server.stop(0)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        self._failure = None
        self._registrations.clear()
        self._registrations.listen()
        if str(self.entry.parent) not in sys.path:
            sys.path.insert(0, str(self.entry.parent))
        self._guarded(self._body)

    def _guarded(self, body: Callable[[], object]) -> None:
        """Run the program, and end it in words: the engine is told the message, the report keeps the rest."""
        try:
            body()
        except pulumi.RunError as error:  # how a program says a mistake without a traceback
            self._failure = ProgramFailure(message=str(error), problems=_problems(error))
            raise
        except SystemExit as error:
            if error.code in (None, 0):
                return
            self._failure = ProgramFailure(message=f"the program ended itself with exit status {error.code}")
            raise pulumi.RunError(self._failure.message) from error
        except Exception as error:
            problems = _problems(error)
            trace = "" if problems else _trace(error, self.entry)
            message = str(error) if problems else f"{type(error).__name__}: {error}"
            self._failure = ProgramFailure(message=message, problems=problems, trace=trace)
            raise pulumi.RunError(message) from error


def _problems(error: BaseException) -> tuple[Any, ...]:
    """The problems that `error`, or what it was raised from, carries. Known by their attribute: another revision has its own class."""
    return tuple(getattr(error, "problems", ()) or getattr(error.__cause__, "problems", ()))


def _trace(error: BaseException, entry: Path) -> str:
    """The traceback of `error` from the program's entry on: the frames before it are this tool's."""
    frames = traceback.extract_tb(error.__traceback__)
    first = next((at for at, frame in enumerate(frames) if frame.filename == str(entry)), 0)
    return "".join(
        ["Traceback (most recent call last):\n", *traceback.format_list(frames[first:]), *traceback.format_exception_only(error)]
    )
