"""The pinned chart. Version: the project's own releases as of 2026-08. A new one needs its schema: docs/upgrade-a-chart.md."""

from components.framework.chart import Chart

KUEUE = Chart(
    key="kueue",
    name="kueue",
    repository="oci://registry.k8s.io/kueue/charts/kueue",
    version="0.19.2",
    app_version="v0.19.2",
    crds="templates",
    install_seconds=90,
)
"""Kueue: admits jobs by the quotas of their teams, and lets them borrow what others leave."""
