"""Priorities of the teams' pods: who is placed first. None of them makes another pod go: that is for queues to decide."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from infra.facts import Priority

VALUES: Mapping[Priority, int] = MappingProxyType({"low": -3, "normal": -2, "high": -1})
"""Below the platform's own pods, which have 0 and more, and above -10: below that the Cluster Autoscaler adds no node for a pod (FAQ,
"How does Cluster Autoscaler work with Pod Priority and Preemption?", 2026-08)."""


def name_of(priority: Priority) -> str:
    return f"team-{priority}"


def classes() -> list[dict[str, Any]]:
    return [
        {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": name_of(priority)},
            "value": value,
            "preemptionPolicy": "Never",
            "globalDefault": False,
            "description": f"Pods of teams whose priority is {priority}",
        }
        for priority, value in VALUES.items()
    ]
