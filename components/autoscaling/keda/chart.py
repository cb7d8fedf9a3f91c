"""The pinned chart. Version: the project's own releases as of 2026-08. A new one needs its schema: docs/upgrade-a-chart.md."""

from components.framework.chart import Chart

KEDA = Chart(
    key="keda",
    name="keda",
    repository="https://kedacore.github.io/charts",
    version="2.20.2",
    app_version="2.20.2",
    crds="templates",
    install_seconds=60,
)
