"""Operations that are none of create, get, list, change and delete: one function each, by method and path."""

from collections.abc import Mapping
from types import MappingProxyType

from simulator.api.actions import clusters, images, searching, security_rules, tenancy, vcns, work_requests
from simulator.api.resources import Action

ACTIONS: Mapping[tuple[str, str], Action] = MappingProxyType(
    {
        **clusters.ACTIONS,
        **images.ACTIONS,
        **searching.ACTIONS,
        **security_rules.ACTIONS,
        **tenancy.ACTIONS,
        **vcns.ACTIONS,
        **work_requests.ACTIONS,
    }
)
