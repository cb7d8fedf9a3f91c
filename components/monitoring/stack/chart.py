"""The pinned chart. Version: the project's own releases as of 2026-08. A new one needs its schema: docs/upgrade-a-chart.md."""

from components.framework.chart import HELM_RUNS, Chart

KUBE_PROMETHEUS_STACK = Chart(
    key="kube-prometheus-stack",
    name="kube-prometheus-stack",
    repository="https://prometheus-community.github.io/helm-charts",
    version="88.5.3",
    app_version="v0.93.1",
    crds="separate",
    set="prometheus-operator",
    install_seconds=150,  # 109 and 154 s
    install_source=HELM_RUNS,
)
