"""A pod is decided when the scheduler has looked at nodes."""

import pytest

from testkit.control_plane.pods import is_decided


@pytest.mark.parametrize(("conditions", "decided"), [
    ([], False),
    ([{"type": "PodScheduled", "status": "False", "message": "no nodes available to schedule pods"}], False),
    ([{"type": "PodScheduled", "status": "False", "message": "0/5 nodes are available: 5 Insufficient nvidia.com/gpu."}], True),
    ([{"type": "PodScheduled", "status": "True"}], True),
])  # fmt: skip
def test_is_decided(conditions: list[dict[str, str]], decided: bool) -> None:
    assert is_decided({"status": {"conditions": conditions}}) is decided
