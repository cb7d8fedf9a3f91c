"""The pinned chart. Version: the project's own releases as of 2026-08. A new one needs its schema: docs/upgrade-a-chart.md."""

from components.framework.chart import Chart

NODE_FEATURE_DISCOVERY = Chart(
    key="node-feature-discovery",
    name="node-feature-discovery",
    repository="oci://registry.k8s.io/nfd/charts/node-feature-discovery",
    version="0.19.0",
    app_version="v0.19.0",
    crds="chart",
    install_seconds=60,
)
