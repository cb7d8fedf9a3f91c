"""The two pinned charts. Version: the project's own releases as of 2026-05. A new one needs its schema: docs/upgrade-a-chart.md."""

from components.framework.chart import Chart

_SET = "actions-runner-controller"
"""A controller deletes every scale set of another minor version (autoscalingrunnerset_controller.go, 0.14.2)."""

CONTROLLER = Chart(
    key="gha-runner-scale-set-controller",
    name="gha-runner-scale-set-controller",
    repository="oci://ghcr.io/actions/actions-runner-controller-charts/gha-runner-scale-set-controller",
    version="0.14.2",
    app_version="0.14.2",
    crds="chart",
    install_seconds=60,
    set=_SET,
)
SCALE_SET = Chart(
    key="gha-runner-scale-set",
    name="gha-runner-scale-set",
    repository="oci://ghcr.io/actions/actions-runner-controller-charts/gha-runner-scale-set",
    version="0.14.2",
    app_version="0.14.2",
    crds="none",
    install_seconds=10,
    set=_SET,
)
