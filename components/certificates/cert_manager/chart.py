"""The pinned chart. Version: the project's own releases as of 2026-08. A new one needs its schema: docs/upgrade-a-chart.md."""

from components.framework.chart import HELM_RUNS, Chart

CERT_MANAGER = Chart(
    key="cert-manager",
    name="cert-manager",
    repository="oci://quay.io/jetstack/charts/cert-manager",
    version="v1.21.1",
    app_version="v1.21.1",
    crds="templates",
    install_seconds=60,  # 20 to 59 s
    install_source=HELM_RUNS,
)
