"""All rules of the platform."""

from components.monitoring.rule import Group
from components.monitoring.rules.costs import costs
from components.monitoring.rules.faults import faults
from components.monitoring.rules.queues import QUEUES
from components.monitoring.rules.runners import runners
from components.monitoring.rules.serving import SERVING
from components.monitoring.rules.utilization import UTILIZATION
from components.monitoring.settings import MonitoringSettings


def groups(settings: MonitoringSettings) -> tuple[Group, ...]:
    """In an order in which each uses only what was recorded before."""
    priced = costs(settings.costs)
    return (UTILIZATION, faults(settings), runners(settings), QUEUES, SERVING, *((priced,) if priced else ()))
