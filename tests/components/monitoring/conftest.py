"""Rules of a priced platform, and the real promtool to try them with."""

from pathlib import Path

import pytest

from testkit.promql import Labels, labels_of
from tests.components.monitoring.everything import METRICS, groups
from toolchain import built
from toolchain.programs import PROMTOOL
from toolchain.progress import Progress


@pytest.fixture(scope="session")
def promtool(pytestconfig: pytest.Config) -> Path:
    """Built on first use."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        return built.ensure(PROMTOOL, Progress())


@pytest.fixture(scope="session")
def known() -> dict[str, Labels]:
    """Labels of every metric, and of every record."""
    found = {name: metric.labels for name, metric in METRICS.items()}
    for group in groups():
        for rule in group.recordings:
            found[rule.record] = labels_of(rule.expr, found) | {name for name, _ in rule.labels}
    return found
