"""Why an operation failed, in lines a person can act on: what, where, and the words of whoever refused."""

import re
import tempfile
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from infra.problems import Problem
from infra.stack_file import located
from platformctl.engine.events import Diagnostic
from platformctl.engine.plan import breaches, name_of, type_of
from platformctl.engine.program_report import problem_fields
from platformctl.engine.session import OperationError
from platformctl.engine.stackfile import StackFile
from platformctl.errors import Refused, Stop, WrongInput

NOT_WHOLE = "the engine's answer is not whole"
UNHANDLED = "an unhandled error occurred: "
INLINE = "python inline source runtime error: "
GRPC = "rpc error: code = Unknown desc = "
CONFIG = "error: validating stack config: "
_KEY = re.compile(r"configuration key '(?:[^':]+:)?([^']+)'")
CALLED_OFF = ("failed to run policy: context canceled", "failed to run remediation: context canceled")
"""What the engine says of resources that were being judged when another failed."""


def stop(failed: OperationError, file: StackFile, project: str) -> Stop:
    """How a command ends because of `failed`: the stack file's fault, or the plan's."""
    outcome, program = failed.outcome, failed.program
    if program is not None and program.problems:
        return WrongInput(*located(file.path, file.shown, project, [_ours(problem) for problem in program.problems]))
    if outcome.printed.startswith(CONFIG):
        message = outcome.printed.removeprefix(CONFIG)
        key = _KEY.search(message)
        return WrongInput(*located(file.path, file.shown, project, [Problem(key[1] if key else "", message)], names=False))
    lines = [f"{outcome.operation} failed: {program.message}" if program is not None else f"{outcome.operation} failed"]
    if program is not None and program.trace:
        lines.append(program.trace.rstrip())
    lines.extend(reasons(failed))
    return Refused(*lines)


def reasons(failed: OperationError) -> list[str]:
    """Each thing that went wrong, once, with the resource it happened to."""
    outcome, program = failed.outcome, failed.program
    # What the engine adds to an operation that policies refused, and what the program failed with, is reported already.
    reported = (f"{outcome.operation} failed", program.message if program is not None else None)
    said = list(dict.fromkeys(_said(outcome.log.errors, reported)))
    said.extend(f"{_resource(step.urn)}: {step.op} failed" for step in outcome.log.failed if not _mentioned(step.urn, outcome.log.errors))
    said.extend(
        f"{_resource(violation.urn) if violation.urn else 'the stack'}: {violation.policy}: {violation.message}"
        for violation in breaches(outcome.log.violations)
        if violation.refuses
    )
    said.extend(f"{NOT_WHOLE}: {what}" for what in outcome.lacks)
    if outcome.lacks:
        said.append(f"nothing can be said of the stack by that: see whether the disk of {tempfile.gettempdir()} is full, and run it again")
    if outcome.stuck:
        said.append("the engine came to a halt and was ended: the program, a provider or a policy waits for something that never happens")
    if not said and program is None:
        said.append(outcome.printed or f"the engine ended with exit status {outcome.exit_code} and said nothing")
    return said


def failed_resources(failed: OperationError) -> list[tuple[str, str]]:
    """Which resources the operation failed at, by URN, and why."""
    errors = [(error.urn, _plain(error.message)) for error in failed.outcome.log.errors if error.urn]
    return list(dict.fromkeys((urn, message) for urn, message in errors if message not in CALLED_OFF))


def _plain(message: str) -> str:
    """What was said, without what the engine and gRPC put before it."""
    return message.removeprefix(UNHANDLED).removeprefix(INLINE).replace(GRPC, "")


def _said(errors: Sequence[Diagnostic], reported: Collection[str | None]) -> Iterator[str]:
    for error in errors:
        message = _plain(error.message)
        if message in CALLED_OFF:
            continue
        if error.urn:
            yield f"{_resource(error.urn)}: {message}"
        elif message not in reported:
            yield message


def _resource(urn: str) -> str:
    return f"{type_of(urn)} {name_of(urn)}"


def _mentioned(urn: str, errors: Sequence[Diagnostic]) -> bool:
    return any(error.urn == urn for error in errors)


def _ours(problem: Any) -> Problem:
    """A problem of the program, which may be another revision's."""
    return Problem(**problem_fields(problem))
