"""All rules of the platform."""

from components.framework.signals import Group
from components.monitoring.stack.rules.costs import costs
from components.monitoring.stack.rules.faults import faults
from components.monitoring.stack.rules.queues import QUEUES
from components.monitoring.stack.rules.runners import runners
from components.monitoring.stack.rules.serving import SERVING
from components.monitoring.stack.rules.utilization import UTILIZATION
from components.monitoring.stack.section import Monitoring
from infra.facts import Prices


def groups(section: Monitoring, prices: Prices) -> tuple[Group, ...]:
    """In an order in which each uses only what was recorded before."""
    priced = costs(prices)
    return (UTILIZATION, faults(section), runners(section), QUEUES, SERVING, *((priced,) if priced else ()))
