"""Pydantic's errors, said in the words of a stack file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from infra.catalogue.kubernetes import SUPPORTED
from infra.problems import Problem, did_you_mean, shown
from infra.section import FORM_TAGS, FORMS
from stacks.config.secrets import may_be_secret

_KINDS = {"int": "a whole number", "float": "a number", "string": "text", "bool": "true or false", "dict": "a mapping", "tuple": "a list"}

_RELATIONS = {"greater_than": "more than", "greater_than_equal": "at least", "less_than": "less than", "less_than_equal": "at most"}


def problems(error: ValidationError, model: type[BaseModel]) -> tuple[Problem, ...]:
    """One problem per mistake, each with its YAML path, in the order of the file's sections."""
    found = error.errors(include_url=False)
    return tuple(_problem(details, model) for details in found if not _follows(details))


def _follows(details: ErrorDetails) -> bool:
    """Whether an error is reported already: of a list, pydantic counts the entries that have none."""
    return details["type"] == "too_short" and len(details["input"]) >= details["ctx"]["min_length"]


def _problem(details: ErrorDetails, model: type[BaseModel]) -> Problem:
    location = [part for part in details["loc"] if part not in ("oke", "existing", "[key]", *FORM_TAGS)]
    path = ".".join(map(str, location))
    return Problem(path, _concealed(details, location, model))


def _concealed(details: ErrorDetails, location: Sequence[int | str], model: type[BaseModel]) -> str:
    """What is wrong, without the value where it may be secret."""
    if details["type"] == "string_pattern_mismatch" and may_be_secret(tuple(location)):
        return f"is not {_form(details)}; its value is not shown, for it may be secret"
    return _message(details, location, model)


def _form(details: ErrorDetails) -> str:
    pattern = details["ctx"]["pattern"]
    return FORMS.get(pattern, f"of the form {pattern}")


def _message(details: ErrorDetails, location: Sequence[int | str], model: type[BaseModel]) -> str:  # noqa: PLR0911
    kind, found, context = details["type"], details["input"], details.get("ctx", {})
    match kind:
        case "extra_forbidden":
            return _unknown_key(str(location[-1]), _keys(model, details["loc"][:-1]), _owners(location, model))
        case "missing":
            return "is required and missing"
        case "literal_error":
            return f"{shown(found)} is not allowed; choose one of {context['expected'].replace(' or ', ', ')}"
        case "union_tag_invalid":
            return f"backend {shown(context['tag'])} is not known; choose one of {context['expected_tags']}"
        case "union_tag_not_found":
            return "needs `backend`: 'oke' or 'existing'"
        case "ip_v4_network":
            return f"{shown(found)} is not an IPv4 network in CIDR form with its host bits zero, like 10.0.0.0/16"
        case "string_pattern_mismatch":
            return f"{shown(found)} is not {_form(details)}"
        case "model_type" | "model_attributes_type":
            return f"is {shown(found)}, but must be a mapping"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            bound = next(iter(context.values()))
            return f"is {shown(found)}, but must be {_RELATIONS[kind]} {bound}"
        case "too_short":
            return f"needs at least {context['min_length']} entr{'y' if context['min_length'] == 1 else 'ies'}"
    wanted = next((words for prefix, words in _KINDS.items() if kind.startswith(f"{prefix}_")), None)
    if wanted is not None:
        return f"is {shown(found)}, but must be {wanted}{_quotes(location, found) if kind == 'string_type' else ''}"
    return f"{shown(found)} is not allowed: {details['msg'].removeprefix('Value error, ')}"


def _quotes(location: Sequence[int | str], found: Any) -> str:
    """What to write where YAML has made something else of text."""
    if not isinstance(found, int | float):
        return ""
    if location[-1] == "kubernetesVersion":
        close = next((version for version in reversed(SUPPORTED) if version.startswith(f"v{found}.")), SUPPORTED[-1])
        return f"; write it as OKE names it, like {close}"
    return "; put it in quotes, or YAML makes something else of it"


def _unknown_key(key: str, allowed: Sequence[str], owners: Sequence[str]) -> str:
    hint = f"it is a setting of {' and '.join(owners)}; " if owners else did_you_mean(key, allowed)
    return f"unknown key; {hint}allowed: {', '.join(allowed)}"


def _owners(location: Sequence[int | str], model: type[BaseModel]) -> list[str]:
    """The add-ons that have a setting which stands under another."""
    if len(location) != 3 or location[0] != "addons":
        return []
    return [f"addons.{name}" for name in _keys(model, ["addons"]) if location[-1] in _keys(model, ["addons", name])]


def _keys(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
    """Keys that the section at `location` knows, in the order of the file."""
    sections: list[type[BaseModel]] = [model]
    for part in location:
        nested = [kind for section in sections for kind in _below(section, part)]
        sections = nested or sections
    return list(dict.fromkeys(field.alias or name for section in sections for name, field in section.model_fields.items()))


def _below(section: type[BaseModel], part: int | str) -> Iterator[type[BaseModel]]:
    if section.__name__ == {"oke": "OkeCluster", "existing": "ExistingCluster"}.get(str(part)):
        yield section
    for name, field in section.model_fields.items():
        if part in (name, field.alias):
            yield from _models(field.annotation)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)


def without(document: Mapping[str, Any], locations: Sequence[Sequence[int | str]]) -> dict[str, Any]:
    """A copy of `document` with the entries at `locations` left out."""

    def copy(value: Any, here: tuple[int | str, ...]) -> Any:
        if isinstance(value, Mapping):
            return {key: copy(item, (*here, key)) for key, item in value.items() if (*here, key) not in dropped}
        return value

    dropped = {tuple(location) for location in locations}
    return {key: copy(item, (key,)) for key, item in document.items() if (key,) not in dropped}
