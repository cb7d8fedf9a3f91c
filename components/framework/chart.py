"""A Helm chart, pinned. Renovate edits the `chart.py` of each add-on; nothing else names a version."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from infra.problems import Problem

ESTIMATE = "estimate"
"""A figure that nobody measured, of 2026-08."""
HELM_RUNS = "Terraform logs in public repositories (2026-11)"

Crds = Literal["none", "chart", "templates", "separate"]


@dataclass(frozen=True, kw_only=True)
class Chart:
    key: str
    """Name of its schema, and of its release where there is one."""
    name: str
    repository: str
    """Where Helm finds it: a repository's `https://` address, or the chart's whole `oci://` reference."""
    version: str
    app_version: str
    crds: Crds
    """Where its custom resource definitions come from: none; its `crds/` folder, which Helm installs and never upgrades;
    its templates, upgraded with the chart; a chart of their own, so that this one must bring none."""
    install_seconds: float = 120
    """How long a release takes until its pods are ready, on nodes that have to pull its images."""
    install_source: str = ESTIMATE
    """Where that figure is from."""
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


def set_problems(charts: Iterable[Chart]) -> tuple[Problem, ...]:
    """Sets of which charts of different app versions would be installed together."""
    sets: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for chart in dict.fromkeys(charts):
        if chart.set is not None:
            sets[chart.set][chart.app_version].append(f"{chart.key} {chart.version}")
    return tuple(
        Problem("", f"{_versions(by_version)}: charts of the set {name} work in one version only; pin one version in their chart.py")
        for name, by_version in sets.items()
        if len(by_version) > 1
    )


def _versions(by_version: dict[str, list[str]]) -> str:
    return " but ".join(f"{' and '.join(charts)} (of {version})" for version, charts in by_version.items())
