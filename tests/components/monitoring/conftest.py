"""Rules of a priced platform, and the real promtool to try them with."""

from pathlib import Path

import pytest

from components.monitoring.metrics import METRICS
from components.monitoring.rules import groups
from components.monitoring.settings import Costs, MonitoringSettings
from testkit.promql import Labels, labels_of
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
def settings() -> MonitoringSettings:
    """With prices and a cap, so that every rule is there."""
    return MonitoringSettings(costs=Costs(node_usd_per_hour={"system": 0.25, "a10": 2.5}, monthly_usd=5000))


@pytest.fixture(scope="session")
def known(settings: MonitoringSettings) -> dict[str, Labels]:
    """Labels of every metric, and of every record."""
    found = {name: metric.labels for name, metric in METRICS.items()}
    for group in groups(settings):
        for rule in group.recordings:
            found[rule.record] = labels_of(rule.expr, found) | {name for name, _ in rule.labels}
    return found
