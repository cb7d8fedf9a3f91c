"""The policy pack of a checkout, started beside the engine and handed to it: `--policy-pack` takes an executable as well as a folder."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformctl.engine.server import Server, ServerError

MANDATORY = "mandatory"

# The engine starts its packs itself, one after another, before it asks for the program. This one is up by then: all that the engine
# starts is a process that says where, and ends when the engine closes its input.
EXECUTABLE = """#!/bin/sh
echo {port}
exec cat > /dev/null
"""


@dataclass(frozen=True, kw_only=True)
class PolicyRule:
    """What a pack says of one of its rules."""

    name: str
    title: str
    why: str
    fix: str
    level: str
    """`mandatory`, `advisory` or `disabled`, as the stack's configuration has it."""
    severity: str
    """`low`, `medium`, `high` or `critical`."""
    topic: str
    standards: str
    """Where standards ask for the same; empty where none does."""


def has_pack(root: Path) -> bool:
    """Whether the checkout `root` has a policy pack: older revisions have none."""
    return (root / "policies" / "__main__.py").is_file()


class PolicyPack:
    """Starts at once and answers later.

    A process judges one operation of the engine: it takes its limits once, and from one caller. The next operation starts the next.
    """

    def __init__(self, root: Path, environment: Mapping[str, str], executable: Path, log: Path) -> None:
        self._root, self._environment, self._log = root, environment, log
        self._server = self._start()
        self._judges = False
        self._executable = executable

    def _start(self) -> Server:
        return Server("policies", [], self._environment, self._log, directory=self._root)

    @property
    def port(self) -> int:
        """Of the process that judges, or will be the first to. Raises ServerError."""
        line = self._server.first_line()
        try:
            return int(line)
        except ValueError:
            raise ServerError(f"the policy pack said {line.strip()!r} where its port belongs:\n{self._server.printed()}") from None

    @property
    def flags(self) -> tuple[str, ...]:
        """What makes the engine run the pack in its next operation. Raises ServerError when the pack did not start."""
        if self._judges:
            self._server.stop()
            self._server = self._start()
        self._judges = True
        self._executable.write_text(EXECUTABLE.format(port=self.port), encoding="utf-8")
        self._executable.chmod(0o755)
        return "--policy-pack", str(self._executable)

    @staticmethod
    def import_ahead() -> None:
        """Import what `rules` needs, while the engine is at work: it is the SDK."""
        importlib.import_module("pulumi.runtime.proto.analyzer_pb2_grpc")

    def rules(self) -> tuple[PolicyRule, ...]:
        """The rules in the pack's order, at the levels of the operation that it judged last. Raises ServerError."""
        import grpc  # type: ignore[import-untyped]  # noqa: PLC0415 - imported by now: see `import_ahead`
        from google.protobuf import empty_pb2  # type: ignore[import-untyped]  # noqa: PLC0415
        from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc  # noqa: PLC0415

        with grpc.insecure_channel(f"127.0.0.1:{self.port}") as channel:
            try:
                info = analyzer_pb2_grpc.AnalyzerStub(channel).GetAnalyzerInfo(empty_pb2.Empty(), timeout=10)
            except grpc.RpcError as error:
                raise ServerError(f"the policy pack does not answer: {error.code().name}\n{self._server.printed()}") from error
        levels = {name: given.enforcementLevel for name, given in info.initialConfig.items()}
        return tuple(
            PolicyRule(
                name=rule.name,
                title=rule.displayName,
                why=rule.description,
                fix=rule.remediation_steps,
                level=analyzer_pb2.EnforcementLevel.Name(levels.get(rule.name, rule.enforcementLevel)).lower(),
                severity=analyzer_pb2.PolicySeverity.Name(rule.severity).rpartition("_")[2].lower(),
                topic=next(iter(rule.tags), ""),
                standards=rule.framework.reference,
            )
            for rule in info.policies
        )

    def stop(self) -> None:
        self._server.stop()
