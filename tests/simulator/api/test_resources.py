"""Every kind that the API has: the SDK makes, shows, lists, changes and deletes one, and understands each answer."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import oci  # type: ignore[import-untyped]
import pytest

from platformctl.root import ROOT
from simulator.api.kinds import KINDS
from simulator.oci.provider import SCHEMA
from tests.simulator.api.cases import BY_NAME, CASES, Case

Client = Callable[[Any], Any]

ALL = {case.name: case for case in CASES}


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


class Maker:
    """Makes what a case needs, then the case's own."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.ids: dict[str, str] = {}

    def operation(self, case: Case, verb: str, name: str = "") -> Any:
        return getattr(self.client(case.client), f"{verb}_{name or case.name}")

    def details(self, case: Case, verb: str, values: dict[str, Any]) -> Any:
        name = case.changes if case.changes and verb == case.verbs[1] else f"{camel(verb)}{camel(case.name)}Details"
        return getattr(case.models, name)(**values)

    def make(self, case: Case) -> None:
        for name in case.needs:
            if name not in self.ids:
                self.make(BY_NAME[name])
        details = self.details(case, case.verbs[0], case.create(self.ids))
        answered = self.operation(case, case.verbs[0])(*case.before(self.ids), details)
        sound(answered.data)
        self.ids[case.name] = case.ident(self.listed(case)[-1] if answered.data is None else answered.data)
        self.settled(case)

    def listed(self, case: Case) -> list[Any]:
        data = self.operation(case, "list", case.plural or f"{case.name}s")(**case.listed(self.ids)).data
        sound(data)
        return data if isinstance(data, list) else list(data.items)

    def get(self, case: Case) -> Any:
        found = self.operation(case, "get")(*case.before(self.ids), self.ids[case.name]).data
        sound(found)
        return found

    def settled(self, case: Case) -> Any:
        """The resource once nothing is under way."""
        seen = []
        for _ in range(8):
            found = self.get(case)
            state = getattr(found, "lifecycle_state", "ACTIVE")
            seen.append(state)
            if not str(state).endswith("ING") or state == "RUNNING":
                return found
        raise AssertionError(f"{case.name} does not settle: {seen}")


def sound(found: Any) -> None:
    """Nothing that the SDK does not know, and nothing missing that it says is always there."""
    for path, one in models(found):
        for name in one.swagger_types:
            value = getattr(one, name)
            assert not (isinstance(value, str) and value == "UNKNOWN_ENUM_VALUE"), f"{path}.{name} of {type(one).__name__}"
            said = getattr(type(one), name).__doc__ or ""
            assert value is not None or "**[Required]**" not in said, f"{path}.{name} of {type(one).__name__} is missing"


def models(found: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(found, list):
        for index, item in enumerate(found):
            yield from models(item, f"{path}[{index}]")
    elif hasattr(found, "swagger_types"):
        yield path, found
        for name in found.swagger_types:
            yield from models(getattr(found, name), f"{path}.{name}")


@pytest.fixture
def maker(client: Client) -> Maker:
    return Maker(client)


def test_every_kind_has_a_case() -> None:
    assert {(case.model or camel(case.name)).lower() for case in CASES} == {kind.model.lower() for kind in KINDS}


def test_every_type_that_stacks_declare_is_answered_for() -> None:
    """By its own collection, or as a part of another's."""
    parts = {"NetworkSecurityGroupSecurityRule", "DefaultSecurityList", "ShapeManagement"}
    known = {kind.type.rpartition(":")[2] for kind in KINDS} | parts
    of_oracle = {token.rpartition(":")[2] for token in SCHEMA.tokens()}
    declared = {
        name
        for path in (ROOT / "infra").rglob("*.py")
        for name in re.findall(r"\boci\.[a-z]+\.(\w+)\(", path.read_text(encoding="utf-8"))
        if name in of_oracle
    }
    assert {"Cluster", "Vcn", "Subscription"} <= declared
    assert declared <= known


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_sdk_makes_shows_lists_changes_and_deletes(maker: Maker, case: Case) -> None:
    maker.make(case)
    asked = case.create(maker.ids)
    found = maker.get(case)
    for name, value in asked.items():
        if hasattr(found, name) and isinstance(value, str | int | float | bool):
            assert getattr(found, name) == value, name

    details = maker.details(case, case.verbs[1], dict(case.change))
    answered = maker.operation(case, case.verbs[1])(*case.before(maker.ids), maker.ids[case.name], details)
    sound(answered.data)
    changed = maker.settled(case)
    for name, value in case.change.items():
        held = getattr(changed, name)
        assert (held == value) if not isinstance(value, list) else [each.source for each in held] == [each.source for each in value]

    ident = maker.ids[case.name]
    maker.operation(case, case.verbs[2])(*case.before(maker.ids), ident, **case.deleting)
    with pytest.raises(oci.exceptions.ServiceError) as gone:
        for _ in range(5):
            maker.get(case)
    assert (gone.value.status, gone.value.code) == (404, "NotAuthorizedOrNotFound")
    assert ident not in [case.ident(each) for each in maker.listed(case)]
