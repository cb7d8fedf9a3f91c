"""The pinned chart. Version: the project's own releases as of 2026-08. A new one needs its schema: docs/upgrade-a-chart.md."""

from components.framework.chart import Chart

GPU_OPERATOR = Chart(
    key="gpu-operator",
    name="gpu-operator",
    repository="https://helm.ngc.nvidia.com/nvidia",
    version="v26.7.0",
    app_version="v26.7.0",
    crds="chart",  # its own hook upgrades them
    install_seconds=120,  # 25 s in a log where its image was there already
)
