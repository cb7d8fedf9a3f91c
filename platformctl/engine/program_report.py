"""What is known of a program after a run: what it asked the engine for, and how it failed. As data, for it may have run elsewhere."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from platformctl.engine.options import Options

Span = tuple[float, float]
"""When the program asked for a resource and when the engine had it, in seconds of the machine's monotonic clock."""


@dataclass(frozen=True, kw_only=True)
class ProgramFailure:
    """How the program ended when it did not end well."""

    message: str
    problems: tuple[Any, ...] = ()
    """What is wrong with the stack file (`infra.problems.Problem`), when that is why; empty for a mistake in the program."""
    trace: str = ""
    """The traceback from the program's first line on; empty when the stack file is to blame."""


@dataclass(frozen=True, kw_only=True)
class ProgramReport:
    options: Mapping[str, Options] = field(default_factory=dict)
    """What was asked for each resource, by URN."""
    spans: Mapping[str, Span] = field(default_factory=dict)
    failure: ProgramFailure | None = None

    def of(self, urn: str) -> Options:
        return self.options.get(urn, Options())

    def span(self, urn: str) -> Span | None:
        """None for what the program never asked for."""
        return self.spans.get(urn)

    @property
    def urns(self) -> frozenset[str]:
        """URNs of all that the program asked for and the engine took."""
        return frozenset(self.options)


def to_json(report: ProgramReport) -> dict[str, Any]:
    failure = report.failure
    return {
        "options": {urn: asdict(options) for urn, options in report.options.items()},
        "spans": report.spans,
        "failure": None if failure is None else {**asdict(failure), "problems": [problem_fields(problem) for problem in failure.problems]},
    }


def from_json(document: Mapping[str, Any]) -> ProgramReport:
    # Here, for a guest runs the `infra` of another revision, and has to import that one first.
    from infra.problems import Problem  # noqa: PLC0415

    failure = document["failure"]
    return ProgramReport(
        options={urn: Options(**{key: _tuples(value) for key, value in given.items()}) for urn, given in document["options"].items()},
        spans={urn: (began, ended) for urn, (began, ended) in document["spans"].items()},
        failure=None
        if failure is None
        else ProgramFailure(
            message=failure["message"], trace=failure["trace"], problems=tuple(Problem(**problem) for problem in failure["problems"])
        ),
    )


def problem_fields(problem: Any) -> dict[str, Any]:
    """A problem of the program, which may be another revision's class."""
    return {"path": problem.path, "message": problem.message, "line": getattr(problem, "line", None), "file": getattr(problem, "file", "")}


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return {key: _tuples(entry) for key, entry in value.items()} if isinstance(value, dict) else value
