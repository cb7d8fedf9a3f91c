"""The pinned charts. Version: the project's own releases as of 2026-08. A new one needs its schema: docs/upgrade-a-chart.md."""

from components.framework.chart import Chart

KSERVE_CRD = Chart(
    key="kserve-crd",
    name="kserve-crd",
    repository="oci://ghcr.io/kserve/charts/kserve-crd",
    version="v0.20.0",
    app_version="v0.20.0",
    crds="templates",
    set="kserve",
    install_seconds=20,
)
KSERVE_RESOURCES = Chart(
    key="kserve-resources",
    name="kserve-resources",
    repository="oci://ghcr.io/kserve/charts/kserve-resources",
    version="v0.20.0",
    app_version="v0.20.0",
    crds="separate",
    set="kserve",
    install_seconds=120,
)
