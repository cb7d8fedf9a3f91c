"""The pinned chart. Version: the project's own releases as of 2026-08. A new one needs its schema: docs/upgrade-a-chart.md."""

from components.framework.chart import Chart

PROMETHEUS_OPERATOR_CRDS = Chart(
    key="prometheus-operator-crds",
    name="prometheus-operator-crds",
    repository="https://prometheus-community.github.io/helm-charts",
    version="31.0.1",
    app_version="v0.93.1",
    crds="templates",
    set="prometheus-operator",
    install_seconds=20,
)
