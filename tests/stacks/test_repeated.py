"""A list with the same entry twice is refused, whatever list it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from infra.section import IN_ORDER
from stacks.config import StackFileError, parse, repeated
from stacks.config.load import document
from stacks.config.stack import Stack
from stacks.plan import plan

ROOT = Path(__file__).resolve().parents[2]
DEV, BOX = document(ROOT / "Pulumi.dev.yaml"), document(ROOT / "examples/Pulumi.rtx4060.yaml")


def refusals(stack: dict[str, Any], **sections: Any) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        plan(parse({**stack, **sections}))
    return [str(problem) for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("stack", "section", "given", "message"),
    [
        (BOX, "cluster", {"provided": ["keda", "keda"]}, "cluster.provided: has keda twice; take one out"),
        (BOX, "cluster", {"storageClasses": ["a", "b", "a", "a"]}, "cluster.storageClasses: has a twice; take one out"),
        (DEV, "guardrails", {"recipients": ["a@example.com"] * 2}, "guardrails.recipients: has a@example.com twice; take one out"),
        (DEV, "cluster", {"bastion": {"enabled": True, "allowedCidrs": ["10.0.0.0/8"] * 2}}, "cluster.bastion.allowedCidrs: has 10.0.0."),
        (
            DEV,
            "policies",
            {"kinds": [{"kind": "example.com/Thing", "reason": "it is fine"}] * 2},
            "policies.kinds: has {kind: 'example.com/Thing', reason: 'it is fine'} twice; take one out",
        ),
    ],
)  # fmt: skip
def test_an_entry_that_is_there_twice_is_refused(stack: dict[str, Any], section: str, given: dict[str, Any], message: str) -> None:
    (found,) = refusals(stack, **{section: {**stack.get(section, {}), **given}})
    assert found.startswith(message)


def test_a_layer_twice_is_refused() -> None:
    assert refusals(DEV, layers=["cluster", "guardrails", "cluster"]) == ["layers: has cluster twice; take one out"]


def test_who_has_a_message_of_their_own_keeps_it() -> None:
    pools = {**DEV["cluster"]["nodePools"], "a10": {**DEV["cluster"]["nodePools"]["a10"], "availabilityDomains": [1, 1]}}
    (found,) = refusals(DEV, cluster={**DEV["cluster"], "nodePools": pools})
    assert found == "cluster.nodePools.a10.availabilityDomains: names one twice: 1, 1"


def test_arguments_of_a_command_may_stand_twice() -> None:
    model = {"source": "hf://a/b", "parametersBillion": 1, "args": ["--verbose", "--verbose"]}
    assert plan(parse({**DEV, "addons": {"kserve": {"models": {"m": model}}}})).addons.plans


def sections(of: Any) -> Iterator[type[BaseModel]]:
    """Every section of a stack file."""
    if isinstance(of, type) and issubclass(of, BaseModel):
        yield of
        for field in of.model_fields.values():
            yield from sections(field.annotation)
    for each in get_args(of):
        yield from sections(each)


def takes_a_list(annotation: Any) -> bool:
    return get_origin(annotation) is tuple or any(takes_a_list(each) for each in get_args(annotation) if get_origin(annotation) is not dict)


LISTS = sorted(
    {
        (section, name)
        for section in sections(Stack)
        for name, field in section.model_fields.items()
        if takes_a_list(field.annotation) and IN_ORDER not in field.metadata
    },
    key=lambda found: (found[0].__name__, found[1]),
)


@pytest.mark.parametrize(("section", "name"), LISTS, ids=lambda each: each if isinstance(each, str) else each.__name__)
def test_every_list_of_a_stack_file_is_looked_at(section: type[BaseModel], name: str) -> None:
    fields: dict[str, Any] = {**dict.fromkeys(section.model_fields), name: ("same", "same")}
    given = section.model_construct(None, **fields)
    key = section.model_fields[name].alias or name
    assert f"{key}: has same twice; take one out" in [str(problem) for problem in repeated.problems(given)]


def test_there_are_lists() -> None:
    assert len(LISTS) > 30
