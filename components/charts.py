"""Every chart the platform installs, pinned. Renovate edits this table; nothing else names a version."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from infra.problems import Problem

Crds = Literal["none", "chart", "templates", "separate"]


@dataclass(frozen=True, kw_only=True)
class Chart:
    key: str
    """Name of its contract, components/contracts/<key>.json, and of its release."""
    name: str
    repository: str
    """Where Helm finds it: a repository's `https://` address, or the chart's whole `oci://` reference."""
    version: str
    app_version: str
    crds: Crds
    """Where its custom resource definitions come from: none; its `crds/` folder, which Helm installs and never upgrades;
    its templates, upgraded with the chart; a chart of their own, so that this one must bring none."""
    set: str | None = None
    """Charts of one set work in one version only, and are upgraded together."""

    @property
    def reference(self) -> str:
        """What Helm is asked for: the whole OCI reference, or the plain name in a classic repository."""
        return self.repository if self.repository.startswith("oci://") else self.name

    @property
    def repository_url(self) -> str | None:
        return None if self.repository.startswith("oci://") else self.repository

    def copied_to(self, mirror: str | None) -> "Chart":
        """The same chart, pulled from `mirror`: `oci://host/path` has a chart `<name>` below it, a classic repository has it in its index.

        None for where it is published.
        """
        if mirror is None:
            return self
        return replace(self, repository=f"{mirror}/{self.name}" if mirror.startswith("oci://") else mirror)


# Versions: the projects' own releases as of 2026-08. A new one needs its contract: `python -m tools.contracts`, docs/upgrade-a-chart.md.
CERT_MANAGER = Chart(
    key="cert-manager",
    name="cert-manager",
    repository="oci://quay.io/jetstack/charts/cert-manager",
    version="v1.21.1",
    app_version="v1.21.1",
    crds="templates",
)
NODE_FEATURE_DISCOVERY = Chart(
    key="node-feature-discovery",
    name="node-feature-discovery",
    repository="oci://registry.k8s.io/nfd/charts/node-feature-discovery",
    version="0.19.0",
    app_version="v0.19.0",
    crds="chart",
)
GPU_OPERATOR = Chart(
    key="gpu-operator",
    name="gpu-operator",
    repository="https://helm.ngc.nvidia.com/nvidia",
    version="v26.7.0",
    app_version="v26.7.0",
    crds="chart",  # its own hook upgrades them
)
KSERVE_CRD = Chart(
    key="kserve-crd",
    name="kserve-crd",
    repository="oci://ghcr.io/kserve/charts/kserve-crd",
    version="v0.20.0",
    app_version="v0.20.0",
    crds="templates",
    set="kserve",
)
KSERVE_RESOURCES = Chart(
    key="kserve-resources",
    name="kserve-resources",
    repository="oci://ghcr.io/kserve/charts/kserve-resources",
    version="v0.20.0",
    app_version="v0.20.0",
    crds="separate",
    set="kserve",
)
PROMETHEUS_OPERATOR_CRDS = Chart(
    key="prometheus-operator-crds",
    name="prometheus-operator-crds",
    repository="https://prometheus-community.github.io/helm-charts",
    version="31.0.1",
    app_version="v0.93.1",
    crds="templates",
    set="prometheus-operator",
)
KUBE_PROMETHEUS_STACK = Chart(
    key="kube-prometheus-stack",
    name="kube-prometheus-stack",
    repository="https://prometheus-community.github.io/helm-charts",
    version="88.5.3",
    app_version="v0.93.1",
    crds="separate",
    set="prometheus-operator",
)
OCI_ONM = Chart(
    key="oci-onm",
    name="oci-onm",
    repository="https://oracle-quickstart.github.io/oci-kubernetes-monitoring",
    version="4.3.0",
    app_version="3.0.0",
    crds="none",
)

CHARTS: tuple[Chart, ...] = (
    CERT_MANAGER, NODE_FEATURE_DISCOVERY, GPU_OPERATOR, KSERVE_CRD, KSERVE_RESOURCES,
    PROMETHEUS_OPERATOR_CRDS, KUBE_PROMETHEUS_STACK, OCI_ONM,
)  # fmt: skip


def set_problems(charts: Iterable[Chart]) -> tuple[Problem, ...]:
    """Sets of which charts of different app versions would be installed together."""
    sets: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for chart in dict.fromkeys(charts):
        if chart.set is not None:
            sets[chart.set][chart.app_version].append(f"{chart.key} {chart.version}")
    return tuple(
        Problem("", f"{_versions(by_version)}: charts of the set {name} work in one version only; pin one in components/charts.py")
        for name, by_version in sets.items()
        if len(by_version) > 1
    )


def _versions(by_version: dict[str, list[str]]) -> str:
    return " but ".join(f"{' and '.join(charts)} (of {version})" for version, charts in by_version.items())
