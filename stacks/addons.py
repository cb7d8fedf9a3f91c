"""The add-ons that a stack file asks for, checked together before anything is declared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, get_args, get_type_hints

from components import addon
from components.addon import AddOnSettings, AddOnType
from components.certificates.cert_manager import CertManager
from components.gpu import operator
from components.gpu.node_feature_discovery import NodeFeatureDiscovery
from components.gpu.operator import GpuOperator, GpuOperatorSettings
from components.monitoring.crds import PrometheusOperatorCrds
from components.monitoring.oci_onm import OciOnm
from components.monitoring.settings import Costs, MonitoringSettings
from components.monitoring.stack import Monitoring
from components.serving.kserve import KServe
from infra.facts import ClusterContext
from infra.problems import PlanError, Problem
from stacks.config.addons import PlatformAddOns
from stacks.config.base import Section

ALL: tuple[AddOnType, ...] = (CertManager, NodeFeatureDiscovery, GpuOperator, PrometheusOperatorCrds, Monitoring, OciOnm, KServe)
KINDS: Mapping[str, AddOnType] = {kind.key: kind for kind in ALL}
"""Every add-on there is, by its key. Its section has the same name."""


class AddOnsPlanError(PlanError):
    """The add-ons cannot be installed as asked. Paths are those of the `addons` section."""


@dataclass(frozen=True, kw_only=True)
class AddOnsPlan:
    chosen: Mapping[str, AddOnType]
    settings: Mapping[str, AddOnSettings]


def plan(sections: PlatformAddOns, context: ClusterContext, costs: Costs = Costs()) -> AddOnsPlan:  # noqa: B008 - frozen
    """Which add-ons are installed into this cluster, and how. Raises AddOnsPlanError."""
    chosen = {key: kind for key, kind in KINDS.items() if _enabled(kind, sections, context)}
    settings: dict[str, AddOnSettings] = {key: _as(kind.Settings, _section(kind, sections)) for key, kind in chosen.items()}
    monitoring = settings.get(Monitoring.key)
    if isinstance(monitoring, MonitoringSettings):
        settings[Monitoring.key] = replace(monitoring, costs=costs)
    problems = addon.check(chosen, settings, replace(context, addons=frozenset(chosen)))
    if problems:
        raise AddOnsPlanError(problems)
    return AddOnsPlan(chosen=chosen, settings=settings)


def asked_in_vain(sections: PlatformAddOns) -> Iterator[Problem]:
    """Add-ons that a stack without a cluster turns on."""
    for key, kind in KINDS.items():
        if _section(kind, sections).enabled:
            yield Problem(f"addons.{addon.section(key)}", f"{key} is on, but `layers` has no cluster to install it into; take it out")


def node_labels(sections: PlatformAddOns, entry: str, gpu_product: str | None) -> dict[str, str]:
    """Labels that add-ons need on the nodes of an entry of `nodePools` from their first moment."""
    if sections.gpu_operator.enabled is False:
        return {}
    settings: GpuOperatorSettings = _as(GpuOperatorSettings, sections.gpu_operator)
    return operator.node_labels(settings, entry, gpu_product)


def labels_by_hand(decided: AddOnsPlan, context: ClusterContext) -> dict[str, dict[str, str]]:
    """Labels by entry of `nodePools` for nodes that this stack does not make."""
    settings = decided.settings.get(GpuOperator.key)
    return operator.labels_by_hand(context, settings) if isinstance(settings, GpuOperatorSettings) else {}


def _section(kind: AddOnType, sections: PlatformAddOns) -> Any:
    return getattr(sections, kind.key.replace("-", "_"))


def _enabled(kind: AddOnType, sections: PlatformAddOns, context: ClusterContext) -> bool:
    asked: bool | None = _section(kind, sections).enabled
    return kind.wanted(context) if asked is None else asked


def _as(kind: Any, value: Any) -> Any:
    """A section's fields as the dataclass `kind` has them, however deep. A field that no section has keeps its default."""
    if isinstance(value, Section):
        wanted = next(option for option in (kind, *get_args(kind)) if is_dataclass(option))
        hints = get_type_hints(wanted)
        given = [each for each in fields(wanted) if each.name in type(value).model_fields]
        return wanted(**{each.name: _as(hints[each.name], getattr(value, each.name)) for each in given})  # type: ignore[operator]
    if isinstance(value, Mapping):
        return {key: _as(get_args(kind)[-1], item) if isinstance(item, Section) else item for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_as(get_args(kind)[0], item) if isinstance(item, Section) else item for item in value)
    return value
