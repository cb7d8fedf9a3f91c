"""Blocks of addresses of a VCN: added, changed and removed one at a time."""

from collections.abc import Mapping
from types import MappingProxyType

from simulator.api.answers import Answer, Asked
from simulator.api.errors import invalid
from simulator.api.kinds import BY_TOKEN
from simulator.api.resources import Action, Resources
from simulator.oci.outputs import VCN
from simulator.simulated_state import Record


def add_block(cloud: Resources, asked: Asked) -> Answer:
    record, blocks = _blocks(cloud, asked)
    return _changed(cloud, asked, record, [*blocks, _text(asked, "cidrBlock")])


def change_block(cloud: Resources, asked: Asked) -> Answer:
    record, blocks = _blocks(cloud, asked)
    old, new = _text(asked, "originalCidrBlock"), _text(asked, "newCidrBlock")
    return _changed(cloud, asked, record, [new if block == _there(blocks, old) else block for block in blocks])


def remove_block(cloud: Resources, asked: Asked) -> Answer:
    record, blocks = _blocks(cloud, asked)
    gone = _there(blocks, _text(asked, "cidrBlock"))
    return _changed(cloud, asked, record, [block for block in blocks if block != gone])


def _blocks(cloud: Resources, asked: Asked) -> tuple[Record, list[str]]:
    record = cloud.held(BY_TOKEN[VCN], asked)
    return record, [str(block) for block in record.outputs.get("cidrBlocks") or ()]


def _changed(cloud: Resources, asked: Asked, record: Record, blocks: list[str]) -> Answer:
    rest = {key: value for key, value in record.inputs.items() if key != "cidrBlock"}
    return cloud.change(BY_TOKEN[VCN], asked, record, {**rest, "cidrBlocks": blocks}, {})


def _text(asked: Asked, key: str) -> str:
    found = asked.body.get(key) if isinstance(asked.body, dict) else None
    if not isinstance(found, str) or not found:
        raise invalid(f"{key}: must be a CIDR block")
    return found


def _there(blocks: list[str], wanted: str) -> str:
    if wanted not in blocks:
        raise invalid(f"the VCN has no block {wanted}; it has: {', '.join(blocks)}")
    return wanted


_ACTIONS = "/20160918/vcns/{vcnId}/actions"

ACTIONS: Mapping[tuple[str, str], Action] = MappingProxyType(
    {
        ("POST", f"{_ACTIONS}/addCidr"): add_block,
        ("POST", f"{_ACTIONS}/modifyCidr"): change_block,
        ("POST", f"{_ACTIONS}/removeCidr"): remove_block,
    }
)
