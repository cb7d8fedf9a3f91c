"""Pods as the scheduler leaves them."""

from collections.abc import Mapping
from typing import Any

_NOT_YET = "no nodes available to schedule pods"
"""What the scheduler says of every pod until it has seen the first node: it tries again then."""


def is_decided(pod: Mapping[str, Any]) -> bool:
    """Whether the scheduler has placed the pod, or refused it having seen the nodes."""
    conditions = pod["status"].get("conditions", [])
    return any(each["type"] == "PodScheduled" and _NOT_YET not in each.get("message", "") for each in conditions)
