"""Which settings may be secret. Any other that is encrypted is refused: it would stand in plans, logs and the cluster as it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from infra.problems import Problem
from infra.section import MAY_BE_SECRET
from infra.stack_file import CONCEALED
from stacks.config.stack import Stack

Place = tuple[str | int, ...]

FREE = ("values", "predictor", "args")
"""Keys of an add-on whose content goes into the cluster as it is."""


def concealed(value: Any, above: Place = ()) -> Iterator[Place]:
    """Where secrets were, in a document that has them concealed."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from concealed(item, (*above, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from concealed(item, (*above, index))
    elif value == CONCEALED:
        yield above


def free_text(value: Any, above: Place) -> Iterator[Place]:
    """Where text stands that goes into the cluster as it is: what is secret there, nobody can tell without the stack file."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from free_text(item, (*above, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from free_text(item, (*above, index))
    elif isinstance(value, str) and _goes_in(above):
        yield above


def misplaced(places: Iterable[Place]) -> list[Problem]:
    """A problem for each secret that stands where plain text is needed."""
    return [Problem(".".join(map(str, place)), _message(place)) for place in places if not may_be_secret(place)]


def _message(place: Place) -> str:
    if _goes_in(place):
        return (
            "is a secret, but what stands here goes into the cluster in plain text, where whoever may read the release reads it; "
            "keep it in a Kubernetes Secret, and name that here"
        )
    return "is a secret, but plain text is needed here: plans and previews show it; set it again without --secret"


def _goes_in(place: Place) -> bool:
    return place[0] == "addons" and any(key in FREE for key in place[2:])


def may_be_secret(place: Place) -> bool:
    said = (each.json_schema_extra for each in _at(Stack, (), place))
    return any(isinstance(each, dict) and bool(each.get(MAY_BE_SECRET)) for each in said)


def _at(annotation: Any, metadata: Sequence[Any], place: Place) -> Iterator[FieldInfo]:
    """What is said of the value at `place`, in every form that it may have."""
    arguments = get_args(annotation)
    if hasattr(annotation, "__metadata__"):
        yield from _at(arguments[0], [*metadata, *annotation.__metadata__], place)
    elif not place:
        yield from (each for each in metadata if isinstance(each, FieldInfo))
        yield from (each for argument in arguments for each in _at(argument, (), ()))
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if place[0] == (field.alias or name):
                yield from _at(field.annotation, [field, *field.metadata], place[1:])
    elif get_origin(annotation) is dict:
        yield from _at(arguments[1], (), place[1:])
    elif get_origin(annotation) is tuple:
        yield from _at(arguments[0], (), place[1:])
    else:
        yield from (each for argument in arguments for each in _at(argument, (), place))
