"""The pinned chart. Version: the project's own releases as of 2026-08. A new one needs its schema: docs/upgrade-a-chart.md."""

from components.framework.chart import Chart

OCI_ONM = Chart(
    key="oci-onm",
    name="oci-onm",
    repository="https://oracle-quickstart.github.io/oci-kubernetes-monitoring",
    version="4.3.0",
    app_version="3.0.0",
    crds="none",
    install_seconds=90,
)
