"""Property values as they cross the wire: protobuf structs to Python values and back.

The engine's marshalling marks special values (sdk/go/common/resource in pulumi/pulumi): a string stands for "not known yet", and an
object with the signature key is a secret, an output, a resource or an asset. Providers here accept none of these, so the engine
strips them and marks secrets itself; they are unwrapped all the same, for a message that slips through must not confuse a check.
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf.struct_pb2 import ListValue, Struct, Value  # type: ignore[import-untyped]
from pulumi.runtime.rpc import UNKNOWN

from simulator.signatures import ASSETS, OUTPUT, RESOURCE, SECRET, SIGNATURE

__all__ = ["ASSETS", "OUTPUT", "RESOURCE", "SECRET", "SIGNATURE", "UNKNOWN", "Properties"]

Properties = dict[str, Any]


def decode(struct: Struct, *, nulls: bool = False) -> Properties:
    """A struct as a dictionary: whole numbers as int, secrets and outputs unwrapped, absent (null) properties left out without `nulls`.

    Keys come in alphabetical order: on the wire they have none, and two runs must say the same things in the same order.
    """
    fields = struct.fields
    return {key: _decode(fields[key], nulls=nulls) for key in sorted(fields) if nulls or fields[key].WhichOneof("kind") != "null_value"}


def _decode(value: Value, *, nulls: bool) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "struct_value":
            properties = decode(value.struct_value, nulls=nulls)
            return unwrap(properties) if SIGNATURE in properties else properties
        case "list_value":
            return [_decode(item, nulls=nulls) for item in value.list_value.values]
        case _:
            return None


def unwrap(properties: Properties) -> Any:
    """What a value with a signature stands for. Assets stay as they are: nothing here reads them."""
    match properties[SIGNATURE]:
        case signature if signature == SECRET:
            return properties.get("value")
        case signature if signature == OUTPUT:
            return properties.get("value", UNKNOWN)
        case signature if signature == RESOURCE:
            return properties.get("id") or properties.get("urn")
        case _:
            return properties


def encode(properties: Mapping[str, Any]) -> Struct:
    struct = Struct()
    _fill(struct, properties)
    return struct


def _fill(struct: Struct, properties: Mapping[str, Any]) -> None:
    fields = struct.fields
    for key, value in properties.items():
        _encode(fields[key], value)


def _encode(target: Value, value: Any) -> None:
    match value:
        case str():
            target.string_value = value
        case bool():
            target.bool_value = value
        case int() | float():
            target.number_value = value
        case Mapping():
            target.struct_value.SetInParent()
            _fill(target.struct_value, value)
        case list() | tuple():
            _encode_list(target.list_value, value)
        case None:
            target.null_value = 0
        case _:
            raise TypeError(f"a {type(value).__name__} cannot cross the wire: {value!r}")


def _encode_list(target: ListValue, values: list[Any] | tuple[Any, ...]) -> None:
    target.SetInParent()
    for value in values:
        _encode(target.values.add(), value)


def has_unknown(value: object) -> bool:
    """True if any part of the value is not known yet."""
    match value:
        case str():
            return value == UNKNOWN
        case Mapping():
            return any(has_unknown(item) for item in value.values())
        case list():
            return any(has_unknown(item) for item in value)
        case _:
            return False
