"""The settings that a stack file may have, from its models: where they stand, whatever they are called."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from stacks.config.stack import Stack

Place = tuple[str | int, ...]

ANY_NAME = "x"
"""Stands for the names that somebody gives: of a pool, a team, a model."""


def text_keys() -> set[Place]:
    """The place of each setting that holds text, an address block or a word from a list. Lists have one entry."""
    return set(_text(Stack, (), ()))


def scalar_keys() -> set[Place]:
    """The place of each setting that holds anything but a section: numbers and flags too."""
    return set(_text(Stack, (), (), also=(int, float, bool)))


def _text(annotation: Any, place: Place, inside: tuple[type, ...], also: tuple[type, ...] = ()) -> Iterator[Place]:
    if hasattr(annotation, "__metadata__"):
        yield from _text(get_args(annotation)[0], place, inside, also)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in inside:  # a queue has queues
            for name, field in annotation.model_fields.items():
                yield from _text(field.annotation, (*place, field.alias or name), (*inside, annotation), also)
    elif get_origin(annotation) is dict:
        yield from _text(get_args(annotation)[1], (*place, ANY_NAME), inside, also)
    elif get_origin(annotation) in (list, tuple):
        yield from _text(get_args(annotation)[0], (*place, 0), inside, also)
    elif get_origin(annotation) is Literal or annotation in (str, IPv4Network, *also):
        yield place
    else:
        for argument in get_args(annotation):
            yield from _text(argument, place, inside, also)
