"""A provider over gRPC: the engine's protocol on one side, plain Python on the other.

Written on the generated stubs and not on pulumi.provider.experimental, which wraps every value in an object: that costs tens of
milliseconds a resource. Every error reaches the engine as a status with one sentence, never as a traceback, and never as silence.

One process may serve several provider resources, each over a connection of its own; what a connection was configured with is found
by its peer address.
"""

import json
import sys
import traceback
from collections import OrderedDict
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import grpc  # type: ignore[import-untyped]
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from pulumi.runtime.proto import plugin_pb2, provider_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from simulator import wire
from simulator.diff import Difference, roots
from simulator.errors import CloudError, Failure
from simulator.provider import Checked, Config, Provider, Resource

_KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}

_CONNECTIONS = 4096
"""How many connections are remembered; an engine opens a handful for each command."""


def _answers(method: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what a call raises into a status the engine can show."""

    def call(self: "Servicer", request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except CloudError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:  # noqa: BLE001 - the engine must get an answer, and the user a sentence
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
            traceback.print_exc(file=sys.stderr)
            context.abort(grpc.StatusCode.INTERNAL, f"defect in the simulator ({type(error).__name__} at {place}): {error}")

    return call


def _resource(request: Any) -> Resource:
    urn: str = request.urn
    kind, _, name = urn.rpartition("::")
    return Resource(
        urn=urn,
        type=getattr(request, "type", "") or kind.rpartition("::")[2].rpartition("$")[2],
        name=getattr(request, "name", "") or name,
        id=getattr(request, "id", ""),
    )


KEEPS_NULLS: Mapping[str, str] = MappingProxyType({"kubernetes:helm.sh/v3:Release": "values"})
"""Property, by type, in which the provider hands a null on: in a chart's values it takes a default out (pulumi/pulumi-kubernetes#4293,
2026-04)."""


def _read(request: Any, struct: Any) -> wire.Properties:
    """The inputs in a request, as the provider of their type sees them."""
    properties, keeps = wire.decode(struct), KEEPS_NULLS.get(_resource(request).type)
    if keeps in properties and isinstance(properties[keeps], dict):
        properties[keeps] = wire.decode(struct, nulls=True)[keeps]
    return properties


class Servicer(ResourceProviderServicer):
    """Answers the engine for one provider."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._configs: OrderedDict[str, Config] = OrderedDict()

    def _config(self, context: grpc.ServicerContext) -> Config:
        found = self._configs.get(context.peer())
        if found is None and self._configs:
            return next(reversed(self._configs.values()))  # a connection made anew: the last configuration is the likeliest
        return found or {}

    # The plugin

    @_answers
    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        # No secrets: the engine sends plain values and marks what they turn into itself.
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=False, accept_resources=False, accept_outputs=False)

    @_answers
    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version=self.provider.version)

    @_answers
    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        schema = {"name": self.provider.name, "version": self.provider.version, "resources": {}}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    @_answers
    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        return Empty()

    @_answers
    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        return Empty()

    def Parameterize(self, request: Any, context: grpc.ServicerContext) -> None:  # noqa: N802
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the {self.provider.name} provider takes no parameters")

    def Construct(self, request: Any, context: grpc.ServicerContext) -> None:  # noqa: N802
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the simulator has no component {request.type}; its children can be simulated")

    def Call(self, request: Any, context: grpc.ServicerContext) -> None:  # noqa: N802
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the simulator has no method {request.tok}")

    # The provider resource

    @_answers
    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        return _checked(self.provider.check_config(wire.decode(request.news)))

    @_answers
    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        return self._difference(self.provider.diff_config(wire.decode(request.old_inputs), wire.decode(request.news)))

    @_answers
    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        self._configs[context.peer()] = wire.decode(request.args)
        self._configs.move_to_end(context.peer())
        while len(self._configs) > _CONNECTIONS:
            self._configs.popitem(last=False)
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True, acceptResources=False, acceptOutputs=False)

    # A resource

    @_answers
    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        news, olds = _read(request, request.news), _read(request, request.olds)
        return _checked(self.provider.check(self._config(context), _resource(request), news, olds))

    @_answers
    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        olds, news = _read(request, request.old_inputs), _read(request, request.news)
        return self._difference(self.provider.diff(self._config(context), _resource(request), olds, news, tuple(request.ignoreChanges)))

    @_answers
    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        config, resource, inputs = self._config(context), _resource(request), _read(request, request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=wire.encode(self.provider.preview(config, resource, inputs)))
        live = self.provider.create(config, resource, inputs)
        return provider_pb2.CreateResponse(id=live.id, properties=wire.encode(live.outputs))

    @_answers
    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        live = self.provider.read(self._config(context), _resource(request), _read(request, request.inputs))
        return provider_pb2.ReadResponse(id=live.id, properties=wire.encode(live.outputs), inputs=wire.encode(live.inputs))

    @_answers
    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        config, resource, news = self._config(context), _resource(request), _read(request, request.news)
        old_inputs = _read(request, request.old_inputs)
        if request.preview:
            self.provider.foresee(config, resource, news, old_inputs)
            outputs = self.provider.preview(config, resource, news, _read(request, request.olds))
        else:
            outputs = self.provider.update(config, resource, news, old_inputs)
        return provider_pb2.UpdateResponse(properties=wire.encode(outputs))

    @_answers
    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        self.provider.delete(self._config(context), _resource(request))
        return Empty()

    # A function

    @_answers
    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        found, failures = self.provider.invoke(self._config(context), request.tok, wire.decode(request.args))
        response = provider_pb2.InvokeResponse(failures=_failures(failures))
        if not failures:
            getattr(response, "return").CopyFrom(wire.encode(found))
        return response

    def _difference(self, difference: Difference) -> Any:
        kinds = provider_pb2.DiffResponse
        return provider_pb2.DiffResponse(
            changes=kinds.DIFF_SOME if difference.changes else kinds.DIFF_NONE,
            diffs=roots(difference.changes),
            replaces=self.provider.replace_keys(difference),
            deleteBeforeReplace=difference.delete_before_replace,
            hasDetailedDiff=True,
            detailedDiff={
                self.provider.render(change.path): provider_pb2.PropertyDiff(kind=_KINDS[change.kind, change.replaces], inputDiff=True)
                for change in difference.changes
            },
        )


def _failures(failures: tuple[Failure, ...]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=failure.path, reason=failure.reason) for failure in failures]


def _checked(checked: Checked) -> Any:
    return provider_pb2.CheckResponse(inputs=wire.encode(checked.inputs), failures=_failures(checked.failures))
