"""From the engine's protocol to plain data, once per resource: rules never see protocol buffers, wrapped secrets or assets."""

from collections.abc import Mapping
from typing import Any

from infra.pricing.resources import UNKNOWN
from policies.accessor import Path, unknown
from policies.subject import Options, Resource

# Signatures of special values. pulumi sdk/python/lib/pulumi/runtime/rpc.py, 3.272.0.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker, not a secret
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_TEXT_ASSET = "c44067f5952c0a294b673a41bacd8c17"


def plain(struct: Any) -> tuple[dict[str, Any], frozenset[Path]]:
    """The properties as plain data, and where in them secrets are."""
    secrets: set[Path] = set()
    return _mapping(struct, (), secrets), frozenset(secrets)


def resource(request: Any) -> Resource:
    """A resource of an `AnalyzeRequest`, or of an `AnalyzeStackRequest`, which knows dependencies too."""
    inputs, secrets = plain(request.properties)
    by_property = getattr(request, "propertyDependencies", {})
    return Resource(
        type=request.type,
        name=request.name,
        urn=request.urn,
        inputs=inputs,
        options=_options(request.options),
        provider=request.provider.name if request.HasField("provider") else None,
        dependencies={key: tuple(by_property[key].urns) for key in by_property},
        secrets=secrets,
        id=_id(inputs) if hasattr(request, "propertyDependencies") else None,
    )


def _id(outputs: Mapping[str, Any]) -> str | None:
    """Providers made from Terraform's repeat the resource's id among its outputs."""
    found = outputs.get("id")
    return found if isinstance(found, str) and not unknown(found) else None


def _options(given: Any) -> Options:
    timeouts = given.customTimeouts
    return Options(
        protect=given.protect,
        ignore_changes=tuple(given.ignoreChanges),
        delete_before_replace=given.deleteBeforeReplace if given.deleteBeforeReplaceDefined else None,
        create_seconds=timeouts.create,
        update_seconds=timeouts.update,
        delete_seconds=timeouts.delete,
    )


def _mapping(struct: Any, path: Path, secrets: set[Path]) -> dict[str, Any]:
    return {key: _value(value, (*path, key), secrets) for key, value in struct.fields.items()}


def _value(value: Any, path: Path, secrets: set[Path]) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "number_value":
            return value.number_value
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_value(item, (*path, place), secrets) for place, item in enumerate(value.list_value.values)]
        case "struct_value":
            fields = value.struct_value.fields
            return _special(fields, path, secrets) if _SIGNATURE in fields else _mapping(value.struct_value, path, secrets)
        case _:
            return None


def _special(fields: Mapping[str, Any], path: Path, secrets: set[Path]) -> Any:
    match fields[_SIGNATURE].string_value:
        case signature if signature == _SECRET:
            secrets.add(path)
            return _value(fields["value"], path, secrets) if "value" in fields else UNKNOWN
        case signature if signature == _OUTPUT:
            if "secret" in fields and fields["secret"].bool_value:
                secrets.add(path)
            return _value(fields["value"], path, secrets) if "value" in fields else UNKNOWN
        case signature if signature == _TEXT_ASSET and "text" in fields:
            return fields["text"].string_value
        case _:
            return UNKNOWN  # Files, archives and references to resources: nothing here can look into them
