"""Rules of network security groups: resources of their own to the provider, and lists of their group to the API."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from simulator.api.answers import Answer, Asked, paged
from simulator.api.bodies import Bodies
from simulator.api.errors import absent, invalid, of_text
from simulator.api.resources import Action, Resources
from simulator.errors import CloudError
from simulator.oci.ids import new_id
from simulator.oci.rules import NSG
from simulator.provider import Resource
from simulator.simulated_state import Record

NSG_RULE = "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule"
_NSG_NAMES = {"isStateless": "stateless"}


def _group(cloud: Resources, asked: Asked) -> Record:
    record = cloud.place.simulated.get(NSG, asked.path["networkSecurityGroupId"])
    if record is None:
        raise absent("network security group", asked.path["networkSecurityGroupId"])
    return record


def _rules(cloud: Resources, group: Record) -> list[Record]:
    return [rule for rule in cloud.place.simulated.of(NSG_RULE) if rule.outputs.get("networkSecurityGroupId") == group.id]


def _rule(cloud: Resources, asked: Asked, record: Record) -> dict[str, Any]:
    held = {"id": record.id, **record.outputs, "isValid": True}
    return Bodies(cloud.table, asked.operation.service, _NSG_NAMES).shown("SecurityRule", held)


def list_rules(cloud: Resources, asked: Asked) -> Answer:
    direction = asked.one("direction")
    held = [rule for rule in _rules(cloud, _group(cloud, asked)) if direction in (None, rule.outputs.get("direction"))]
    return paged(asked, [_rule(cloud, asked, rule) for rule in held])


def _asked_rules(cloud: Resources, asked: Asked, name: str, group: Record) -> list[tuple[str, dict[str, Any]]]:
    """The rules in a body: the id, empty for a new one, and the inputs. Raises ApiError for what is wrong with any of them."""
    rows = asked.body.get("securityRules") if isinstance(asked.body, dict) else None
    if not isinstance(rows, list) or not rows:
        raise invalid("securityRules: must be a list of one rule or more")
    facts = cloud.provider.facts(NSG_RULE)
    reader = Bodies(cloud.table, asked.operation.service, _NSG_NAMES)
    found, problems = [], []
    for index, row in enumerate(rows):
        inputs, others, wrong = reader.given(name, row, facts.inputs, facts.fields)
        problems += [f"securityRules[{index}].{problem}" for problem in wrong]
        inputs["networkSecurityGroupId"] = group.id
        checked = cloud.provider.check(cloud.config, Resource(urn="", type=NSG_RULE, name="rule"), inputs, {})
        problems += [f"securityRules[{index}].{failure}" for failure in checked.failures]
        found.append((str(others.get("id") or ""), dict(checked.inputs)))
    if problems:
        raise invalid("; ".join(problems))
    return found


def _put_rule(cloud: Resources, ident: str, urn: str, inputs: dict[str, Any]) -> Record:
    record = Record(type=NSG_RULE, id=ident, urn=urn, inputs=inputs)
    record.outputs = cloud.provider.outputs(cloud.config, record, {})
    cloud.place.simulated.put(record)
    return record


def add_rules(cloud: Resources, asked: Asked) -> Answer:
    group = _group(cloud, asked)
    state = cloud.place.simulated.state
    made = []
    for _, inputs in _asked_rules(cloud, asked, "AddSecurityRuleDetails", group):
        try:
            cloud.provider.allow_create(cloud.config, Resource(urn="", type=NSG_RULE, name="rule"), inputs)
        except CloudError as refusal:
            raise of_text(str(refusal)) from None
        state.lives[NSG_RULE] = state.lives.get(NSG_RULE, 0) + 1
        ident = new_id(NSG_RULE, cloud.place.region, inputs, f"api:{NSG_RULE}", state.lives[NSG_RULE])
        made.append(_put_rule(cloud, ident, "", inputs))
    return Answer(body={"securityRules": [_rule(cloud, asked, record) for record in made]})


def update_rules(cloud: Resources, asked: Asked) -> Answer:
    group = _group(cloud, asked)
    held = {rule.id: rule for rule in _rules(cloud, group)}
    rows = _asked_rules(cloud, asked, "UpdateSecurityRuleDetails", group)
    for ident, _ in rows:
        if ident not in held:
            raise absent("security rule", ident)
    changed = [_put_rule(cloud, ident, held[ident].urn, inputs) for ident, inputs in rows]
    return Answer(body={"securityRules": [_rule(cloud, asked, record) for record in changed]})


def remove_rules(cloud: Resources, asked: Asked) -> Answer:
    held = {rule.id: rule for rule in _rules(cloud, _group(cloud, asked))}
    idents = asked.body.get("securityRuleIds") if isinstance(asked.body, dict) else None
    if not isinstance(idents, list) or not idents:
        raise invalid("securityRuleIds: must be a list of one id or more")
    for ident in idents:
        if ident not in held:
            raise absent("security rule", ident)
    for ident in idents:
        cloud.place.simulated.remove(held[ident])
    return Answer(status=204)


_GROUP = "/20160918/networkSecurityGroups/{networkSecurityGroupId}"

ACTIONS: Mapping[tuple[str, str], Action] = MappingProxyType(
    {
        ("GET", f"{_GROUP}/securityRules"): list_rules,
        ("POST", f"{_GROUP}/actions/addSecurityRules"): add_rules,
        ("POST", f"{_GROUP}/actions/updateSecurityRules"): update_rules,
        ("POST", f"{_GROUP}/actions/removeSecurityRules"): remove_rules,
    }
)
