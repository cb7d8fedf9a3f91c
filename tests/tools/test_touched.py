"""The count of files that a change touches finds what it is to find."""

import pytest

from components.framework.addon import AddOnType
from components.registry import ALL, KINDS
from tools.docs import touched


def test_an_add_on_is_named_by_the_registry_alone() -> None:
    assert touched.outside(KINDS["keda"]) == ["components/registry.py"]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.key)
def test_no_add_on_is_imported_by_code_that_all_share(kind: AddOnType) -> None:
    """Other add-ons may read one; the platform around them knows the registry."""
    shared = [name for name in touched.outside(kind) if not name.startswith("components/") or name.startswith("components/framework/")]
    assert shared == []


@pytest.mark.parametrize("change", touched.CHANGES, ids=lambda change: change.what)
def test_each_example_is_there(change: touched.Change) -> None:
    _, files = change.counted()
    assert list(files)
