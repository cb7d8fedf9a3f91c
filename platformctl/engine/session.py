"""A rehearsal under way: workspace, simulated cloud, program and engine, started side by side and gone at the end."""

import contextlib
import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from platformctl.engine import environment, operation, surroundings, workspace
from platformctl.engine.completeness import lacking
from platformctl.engine.events import EventLog
from platformctl.engine.guest import Guest
from platformctl.engine.operation import Command, Outcome
from platformctl.engine.plan import Plan, plan
from platformctl.engine.policies import PolicyPack, has_pack
from platformctl.engine.program_report import ProgramFailure, ProgramReport
from platformctl.engine.server import HOUSE
from platformctl.engine.simulated import SimulatedCloud
from platformctl.engine.stackfile import StackFile
from platformctl.engine.workspace import Workspace
from platformctl.errors import Refused, WrongInput
from platformctl.reporting import say
from toolchain import built
from toolchain.programs import ENGINE

if TYPE_CHECKING:
    from platformctl.engine.program import Program

Report = Callable[[EventLog], None]

CLOUD_REFUSES = "Preview failed: "
"""How the engine begins what a provider says of a change in a preview."""
MOST_REFUSED = 20
"""So many resources that the cloud refuses are looked for, one preview after another."""

WITH_PROGRAM = ("preview", "up")
"""Operations that run the program."""


class OperationError(Exception):
    """An operation of the engine did not end well."""

    def __init__(self, outcome: Outcome, program: ProgramFailure | None) -> None:
        super().__init__("\n".join([f"{outcome.operation} failed", *_evidence(outcome, program)]))
        self.outcome = outcome
        self.program = program
        """How the program failed, when it was the program."""

    @property
    def is_refusal(self) -> bool:
        """Whether the plan is whole, and policies alone refuse it."""
        log = self.outcome.log
        spoken = all(not error.urn and error.message == f"{self.outcome.operation} failed" for error in log.errors)
        refused = any(violation.refuses for violation in log.violations)
        whole = log.counts is not None and not self.outcome.lacks and not self.outcome.stuck
        return refused and spoken and whole and not log.failed and self.program is None


def _evidence(outcome: Outcome, program: ProgramFailure | None) -> Iterator[str]:
    """All that is known of a failure, raw, for whoever reads a traceback. Users read `failure.reasons`."""
    yield f"exit status {outcome.exit_code} after {outcome.seconds:.1f} s{', ended for saying nothing' if outcome.stuck else ''}"
    if program is not None:
        yield f"program: {program.message}"
    yield from (f"error: {error.urn} {error.message}" for error in outcome.log.errors)
    yield from (f"failed: {step.op} {step.urn}" for step in outcome.log.failed)
    yield from (f"missing: {what}" for what in outcome.lacks)
    if outcome.printed:
        yield f"standard error: {outcome.printed}"


class Session:
    """One stack, from nothing to nothing, on a cloud that is made up. Use as a context manager.

    Inside it this process has no other environment than the engine's: see `environment.private`.
    """

    def __init__(
        self,
        root: Path,
        stack: StackFile,
        *,
        backend: str | None = None,
        extra: Mapping[str, str] | None = None,
        policies: bool = False,
        policy_config: Path | None = None,
        official: Mapping[str, Path] | None = None,
    ) -> None:
        """`policy_config` is a file that tightens the policies. Raises WrongInput where there are none to judge with.

        A program that policies judge runs in a process of its own: it can change nothing of the one that reports what they say.

        `official` are plugins, by the provider's name, that the engine runs in the place of the simulated ones.
        """
        self.project = workspace.project(root)
        self._file = stack
        self._own_backend = backend
        """URL of a backend that is not the workspace's own."""
        self._extra = extra or {}
        self._official = official or {}
        if policies and not has_pack(root):
            raise WrongInput(
                f"{self.project.root} has no policies/__main__.py, so nothing would judge this stack: "
                "check it out whole, or give --no-policies to see the plan without them."
            )
        self._with_policies = policies
        self._policy_flags = () if policy_config is None else ("--policy-pack-config", str(policy_config))
        self._policies: PolicyPack | None = None
        self._scope = contextlib.ExitStack()
        self._guests: dict[Path, Guest] = {}
        self._reported: set[str] = set()
        self.report = ProgramReport()
        """Of the last run of this checkout's own program."""
        self.started: Callable[[subprocess.Popen[bytes]], None] = lambda process: None
        """Called with the process of each operation of the engine."""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as scope:
            self._begin(scope)
            self._scope = scope.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._scope.close()

    def _begin(self, scope: contextlib.ExitStack) -> None:
        self._workspace = scope.enter_context(Workspace(self.project))
        self.stack = self._workspace.put(self._file)
        # Without metadata: the file of it beside each other one is not written whole, and an engine that is killed leaves half of it.
        self._backend = self._own_backend or f"{self._workspace.backend}?metadata=skip"
        self.environment = {
            **environment.private(os.environ, self._workspace.folder, self._backend),
            surroundings.OFFERS: surroundings.offers(self._file, self.project.name),
            **self._extra,
        }
        self._logs = self._workspace.folder / "logs"
        self._logs.mkdir()
        surroundings.adopt(self._workspace.simulated, self._file)
        self._cloud = SimulatedCloud(self._workspace.simulated, self.environment, self._logs / "simulator.err")
        scope.callback(self._cloud.stop)
        if self._with_policies:
            self._policies = PolicyPack(
                self.project.root, self.environment, self._workspace.folder / "policy-pack", self._logs / "policies.err"
            )
            scope.callback(self._policies.stop)
        self._engine = found_engine(dict(os.environ))
        self._program = self._served(scope)
        scope.enter_context(environment.worn(self.environment))
        scope.enter_context(contextlib.chdir(self.project.root))
        ahead = PolicyPack.import_ahead if isinstance(self._program, Guest) else self._program.import_ahead
        threading.Thread(target=ahead, daemon=True).start()
        if self._own_backend is None:
            self._workspace.found(self.stack)

    @property
    def simulated(self) -> Path:
        """The file that the simulated cloud keeps its state in."""
        return self._workspace.simulated

    def _served(self, scope: contextlib.ExitStack) -> "Program | Guest":
        if self._with_policies:
            guest = Guest(self.project.entry, self.environment, self._logs / "program.err")
            scope.callback(guest.stop)
            return guest
        # The SDK takes as long to import as the simulated cloud to start: by now that is under way.
        from platformctl.engine.program import Program  # noqa: PLC0415

        program = Program(self.project.entry)
        scope.callback(program.stop)
        return program

    def found(self) -> None:
        """Found the stack in a backend that is not the workspace's own, as `pulumi stack init` does. Raises Refused."""
        started = subprocess.run(
            [self._engine(), "stack", "init", self.stack, "--non-interactive", "--no-select"],
            cwd=self._workspace.directory, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if started.returncode:
            raise Refused(f"the stack could not be founded in {self._backend}:", started.stderr.strip())

    def change(self, stack: StackFile) -> None:
        """Go on with another stack file, as the same stack."""
        self._workspace.put(stack, as_stack=self.stack)
        surroundings.adopt(self._workspace.simulated, stack)

    def borrow(self, of: Path, stack: StackFile) -> None:
        """Go on with the settings and the stack file of the checkout `of`; `run(..., of=of)` runs its program on them."""
        self._workspace.settle(workspace.project(of))
        self.change(stack)

    def return_to(self, stack: StackFile) -> None:
        """Go on with this checkout's own settings and `stack`."""
        self._workspace.settle(self.project)
        self.change(stack)

    def preview(self, *flags: str, report: Report = lambda log: None, with_policies: bool = False) -> Plan:
        """What the engine would do now. A plan that policies alone refuse is whole, and says so itself. Raises OperationError."""
        try:
            outcome = self.run("preview", *flags, report=report, with_policies=with_policies)
        except OperationError as failed:
            if not failed.is_refusal:
                self._find_others(failed, flags)
                raise
            outcome = failed.outcome
        rules = self._policies.rules() if with_policies and self._policies is not None else None
        return plan(self.stack, outcome.log, self.report.of, outcome.seconds, rules)

    def _find_others(self, failed: OperationError, flags: Sequence[str]) -> None:
        """Add to a preview that the cloud refused what else it would refuse: the engine stops at the first."""
        log, left_out = failed.outcome.log, set[str]()
        found = log.errors
        while new := {error.urn for error in found if error.urn and error.message.startswith(CLOUD_REFUSES)} - left_out:
            left_out |= new
            if len(left_out) > MOST_REFUSED:
                return
            try:
                self.run("preview", *flags, *(word for urn in sorted(left_out) for word in ("--exclude", urn)))
            except OperationError as more:
                found = [error for error in more.outcome.log.errors if error.urn not in left_out]
                log.diagnostics += [error for error in found if error.urn and error.message.startswith(CLOUD_REFUSES)]
            else:
                return

    def run(
        self, operation_name: str, *flags: str, report: Report = lambda log: None, of: Path | None = None, with_policies: bool = False
    ) -> Outcome:
        """Run an operation, with the program of the checkout `of` instead of this one if it is given. Raises OperationError.

        `with_policies`, the policies watch it, if the session has them: what they refuse does not come to be.
        """
        watched = (*self._policies.flags, *self._policy_flags) if with_policies and self._policies is not None else ()
        outcome = operation.run(self._command(of), operation_name, *watched, *flags, report=report)
        if of is None and operation_name in WITH_PROGRAM:
            self.report = self._program.report()
            outcome = replace(outcome, lacks=lacking(outcome.log, ended_well=outcome.exit_code == 0, registered=self.report.urns))
        if outcome.failed or outcome.log.errors:
            raise OperationError(outcome, self.report.failure if of is None and operation_name in WITH_PROGRAM else None)
        if of is None:
            self._tell(outcome.log.notices)
        return outcome

    def _tell(self, notices: Sequence[str]) -> None:
        """Say once what the program says of the stack file's deprecated keys."""
        new = [notice for notice in notices if notice not in self._reported]
        self._reported.update(new)
        say(*(f"{self._file.shown}: {notice}" for notice in new))

    def _command(self, of: Path | None) -> Command:
        path = os.pathsep.join([*(str(plugin.parent) for plugin in self._official.values()), self.environment.get("PATH", "")])
        return Command(
            engine=self._engine(),
            directory=self._workspace.directory,
            environment={**self.environment, "PATH": path, **self._cloud.attached(without=self._official)},
            stack=self.stack,
            client=self._program.port if of is None else self._guest(of).port,
            logs=self._logs,
            started=self.started,
        )

    def engine(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command of the engine on this stack: `session.engine("cancel", "--yes")`."""
        return subprocess.run(
            [self._engine(), *arguments, f"--stack={self.stack}", "--non-interactive"],
            cwd=self._workspace.directory, env=self._command(None).environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def _guest(self, root: Path) -> Guest:
        if root not in self._guests:
            guest = self._guests[root] = Guest(
                workspace.project(root).entry, self.environment, self._logs / f"guest-{len(self._guests)}.err"
            )
            self._scope.callback(guest.stop)
        return self._guests[root]


def found_engine(before: Mapping[str, str]) -> Callable[[], Path]:
    """Look for the engine while other things start; the function that is returned waits for it. It raises Refused or WrongInput."""
    found: list[Path | Exception | None] = []

    def look() -> None:
        try:
            found.append(built.find(ENGINE, before))
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            found.append(error)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()

    def result() -> Path:
        looking.join()
        match found[0]:
            case Path() as engine:
                return engine
            case built.ProgramError() as error:
                raise WrongInput(str(error))
            case Exception() as error:
                raise error
        raise Refused(f"no Pulumi engine on this machine: run `make setup` in {HOUSE}, which finds or builds one.")

    return result
