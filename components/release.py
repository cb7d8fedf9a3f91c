"""The one way a chart becomes a release: pinned, bounded in time, cleaned up on failure, gone with the cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.addon import AddOn
from components.charts import Chart
from components.manifest import Manifest
from components.values import merged

TIMEOUT_SECONDS = 900
"""Long enough for large images on a fresh node."""


@dataclass(frozen=True, kw_only=True)
class Released:
    """What an add-on of one chart has made. It is there when the chart's pods are."""

    namespace: Manifest
    release: k8s.helm.v3.Release

    @property
    def leaves(self) -> tuple[pulumi.Resource, ...]:
        return (self.release,)


def alone(addon: AddOn[Any], chart: Chart, values: Mapping[str, Any]) -> Released:
    """The add-on's namespace, and a release of the chart in it."""
    namespace = addon.make_namespace()
    return Released(namespace=namespace, release=release(addon, chart, values, waits_for=[namespace]))


def release(
    addon: AddOn[Any],
    chart: Chart,
    values: Mapping[str, Any],
    *,
    waits_for: Sequence[pulumi.Resource] = (),
    timeout: int = TIMEOUT_SECONDS,
    skip_crds: bool | None = None,
) -> k8s.helm.v3.Release:
    """A release of `chart` in the add-on's namespace, named like the chart's key.

    `waits_for` comes on top of what the add-on waits for: the namespace, an earlier chart. `timeout` is in seconds.
    """
    source = chart.copied_to(addon.chart_mirror)
    return k8s.helm.v3.Release(
        chart.key,
        name=chart.key,
        namespace=addon.namespace,
        create_namespace=False,
        chart=source.reference,
        repository_opts=k8s.helm.v3.RepositoryOptsArgs(repo=source.repository_url) if source.repository_url else None,
        version=chart.version,
        values=merged(values, {}),
        skip_crds=chart.crds == "separate" if skip_crds is None else skip_crds,
        atomic=True,
        cleanup_on_fail=True,
        max_history=5,
        timeout=timeout,
        opts=addon.opts(*waits_for),
    )
