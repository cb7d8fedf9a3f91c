"""Where a rule is Kueue's own, its webhooks and definitions give the verdict that the platform gives."""

import pytest

from testkit.control_plane.client import ApiError, Client
from tests.components.queues.cases import OBJECTS, Case, Document


def served(document: Document) -> bool:
    """Fields that this Kueue has: see docs/rehearsal.md."""
    return "concurrentAdmissionPolicy" not in document["spec"]


@pytest.mark.parametrize("case", OBJECTS, ids=lambda case: f"{case.rule}-{case.name}")
def test_kueue_agrees(client: Client, case: Case) -> None:
    assert all(served(each) for each in (*case.accepted, case.refused))
    for document in case.accepted:
        client.apply(document, dry_run=True)
    with pytest.raises(ApiError) as refused:
        client.apply(case.refused, dry_run=True)
    assert refused.value.status in {403, 422}, refused.value
