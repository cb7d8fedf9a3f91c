"""Serves the pack to the engine.

The engine speaks gRPC with a policy pack, and pulumi_policy has a server for it. It is not used here, for three reasons that were
measured or tried. It hands each rule the properties anew, so that 40 rules cost 40 conversions of every resource. A rule that meets an
unknown value is dropped with a note, even if it is mandatory. And any error of a rule ends the whole update with a traceback.
"""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Mapping
from concurrent import futures
from datetime import UTC, datetime
from typing import Any

import grpc  # type: ignore[import-untyped]
from google.protobuf import empty_pb2, json_format  # type: ignore[import-untyped]
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc

from infra.project import PROJECT
from policies import exemptions, wire
from policies.configuration import LEVEL, compiled, pack, reporter, schema
from policies.declared import declared
from policies.pack import Pack, Verdict
from policies.registry import RULES
from policies.rule import Declared, Rule

NAME, VERSION = PROJECT, "1.0.0"
_MOST_BYTES = 400 * 1024 * 1024
"""As the engine allows: a stack of 10,000 resources is sent in one message."""

_LEVELS = {"mandatory": proto.MANDATORY, "advisory": proto.ADVISORY}
_NAMES = {proto.MANDATORY: "mandatory", proto.ADVISORY: "advisory", proto.DISABLED: "disabled", proto.REMEDIATE: "mandatory"}
_SEVERITIES = {
    "low": proto.POLICY_SEVERITY_LOW,
    "medium": proto.POLICY_SEVERITY_MEDIUM,
    "high": proto.POLICY_SEVERITY_HIGH,
    "critical": proto.POLICY_SEVERITY_CRITICAL,
}


class Analyzer(proto.AnalyzerServicer):
    """One pack for one operation of the engine. Limits come from the stack's own configuration, and from a file where one is given.

    The port is open to whatever runs on this machine, the program that is judged included. So the pack answers the first caller alone,
    takes its limits once, and takes none once it has judged. Whoever tries is refused, and so is every resource from then on.
    """

    def __init__(self) -> None:
        self._declared: Mapping[str, Any] = compiled(Declared())
        """What the stack file says."""
        self._configuration = self._declared
        self._exemptions = exemptions.load()
        self._pack: Pack | None = None
        self._stack = ""
        self._lock = threading.Lock()
        self._caller: str | None = None
        self._configured: set[str] = set()
        self._distrusted = ""
        """Why nothing that this pack says can be trusted any more; empty while it can."""

    def ConfigureStack(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        self._admit(context, "ConfigureStack")
        self._once(context, "ConfigureStack")
        secrets = frozenset(request.config_secret_keys)
        with self._lock:
            self._stack = request.stack
            self._declared = compiled(declared({key: value for key, value in request.config.items() if key not in secrets}))
            self._configuration = self._declared
            self._pack = None
        return proto.AnalyzerStackConfigureResponse()

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        info = proto.AnalyzerInfo(name=NAME, version=VERSION, supportsConfig=True, description="Limits of oke-gpu-platform")
        info.policies.extend(_described(rule) for rule in RULES)
        for name, given in self._configuration.items():
            settings = {key: value for key, value in given.items() if key != LEVEL}
            info.initialConfig[name].enforcementLevel = _LEVELS[given[LEVEL]]
            info.initialConfig[name].properties.update(settings)
        return info

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return proto.PluginInfo(version=VERSION)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._admit(context, "Configure")
        self._once(context, "Configure")
        with self._lock:
            self._configuration = {
                name: {LEVEL: _NAMES[given.enforcementLevel], **json_format.MessageToDict(given.properties)}
                for name, given in request.policyConfig.items()
            }
            self._pack = None
        return empty_pb2.Empty()

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802
        return proto.AnalyzerHandshakeResponse()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def Remediate(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Nothing is changed behind the author's back."""
        return proto.RemediateResponse()

    def Analyze(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._admit(context, "Analyze")
        return self._response(self._judge().analyze(wire.resource(request)))

    def AnalyzeStack(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._admit(context, "AnalyzeStack")
        return self._response(self._judge().analyze_stack([wire.resource(resource) for resource in request.resources]))

    def _admit(self, context: grpc.ServicerContext, what: str) -> None:
        """Let the first caller in, which is the engine, and nobody after it. GetAnalyzerInfo is for everybody: it changes nothing."""
        caller = context.peer()
        with self._lock:
            self._caller = self._caller or caller
            if caller == self._caller:
                return
            self._distrusted = f"{what} was called by another than the one who began"
        context.abort(grpc.StatusCode.PERMISSION_DENIED, f"{NAME}: {self._distrusted}")

    def _once(self, context: grpc.ServicerContext, what: str) -> None:
        with self._lock:
            if self._pack is None and what not in self._configured:
                self._configured.add(what)
                return
            self._distrusted = f"{what} was called again, with other limits perhaps"
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"{NAME}: {self._distrusted}")

    def _response(self, verdicts: list[Verdict]) -> Any:
        if self._distrusted:
            message = f"the policy pack cannot be trusted any more, for {self._distrusted}: find out what speaks to it, and run it again"
            verdicts = [Verdict(rule=reporter(), level="mandatory", message=message, urn=""), *verdicts]
        return proto.AnalyzeResponse(diagnostics=[_diagnostic(verdict) for verdict in verdicts])

    def _judge(self) -> Pack:
        with self._lock:
            if self._pack is None:
                entries, wrong = self._exemptions
                today = datetime.now(tz=UTC).date()
                here = [entry for entry in entries if entry.holds_in(self._stack)]
                self._pack = pack(self._configuration, today, exemptions=here, wrong=wrong, declared=self._declared)
            return self._pack


def _described(rule: Rule) -> Any:
    kind = proto.POLICY_TYPE_RESOURCE if rule.on_resources else proto.POLICY_TYPE_STACK
    info = proto.PolicyInfo(
        name=rule.name,
        displayName=rule.title,
        description=rule.why,
        enforcementLevel=_LEVELS[rule.level_in("prod")],
        severity=_SEVERITIES[rule.severity],
        tags=[rule.topic],
        remediation_steps=rule.fix,
        policy_type=kind,
    )
    info.configSchema.properties.update({setting.name: schema(setting) for setting in rule.settings})
    if rule.standards:
        info.framework.name = rule.standards[0].framework
        info.framework.version = rule.standards[0].version
        info.framework.reference = ", ".join(map(str, rule.standards))
    return info


def _diagnostic(verdict: Verdict) -> Any:
    return proto.AnalyzeDiagnostic(
        policyName=verdict.rule.name,
        policyPackName=NAME,
        policyPackVersion=VERSION,
        description=verdict.rule.title,
        message=verdict.message,
        enforcementLevel=_LEVELS[verdict.level],
        severity=_SEVERITIES[verdict.rule.severity],
        urn=verdict.urn,
    )


def listening() -> tuple[grpc.Server, int]:
    """A pack for one operation, and its port on loopback."""
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=4),
        options=[("grpc.max_receive_message_length", _MOST_BYTES), ("grpc.max_send_message_length", _MOST_BYTES)],
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve() -> None:
    """Print the port, then serve until the engine, which started this process, ends it or is gone."""
    server, port = listening()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    _wait_for_parent()
    server.stop(grace=None)


def _wait_for_parent() -> None:
    """Return when the parent is gone: a pack whose engine was killed would stay for ever."""
    parent = os.getppid()
    with contextlib.suppress(KeyboardInterrupt):
        while os.getppid() == parent:
            time.sleep(1)
