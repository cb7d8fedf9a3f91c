"""Helm values of kube-prometheus-stack, decided from the pools and the section."""

from collections.abc import Iterable

from components.framework.plan import Decided, parts, settings
from components.framework.values import Values
from components.framework.volumes import BLOCK_VOLUMES, SMALLEST_BLOCK_GIB
from components.monitoring.stack import alertmanager, grafana
from components.monitoring.stack.section import Monitoring
from infra.facts import POOL_LABEL, ClusterContext, Pool
from infra.problems import Problem

# Data goes before the volume is full; the rest is for the write-ahead log and for compaction.
FILL_PERCENT = 85

# Namespaces of control plane parts that OKE runs where nobody can scrape them: left on, their absence would be an alert for ever.
_OUT_OF_REACH = ("kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy")

_STAYS = {"whenDeleted": "Delete", "whenScaled": "Retain"}
"""Volumes go with the platform: they bill whether or not anything uses them."""


def problems(cluster: ClusterContext, section: Monitoring) -> Iterable[Problem]:
    yield from grafana.problems(section.grafana)
    chosen = section.storage_class
    if chosen is not None and chosen not in cluster.storage_classes:
        known = ", ".join(sorted(cluster.storage_classes)) or "none"
        yield Problem("storageClass", f"is {chosen!r}, which the cluster does not have; it has {known}")
    if storage_class(cluster, section) == BLOCK_VOLUMES and section.storage_gib < SMALLEST_BLOCK_GIB:
        fix = f"ask for {SMALLEST_BLOCK_GIB}"
        yield Problem("storageGib", f"is {section.storage_gib}, but Oracle makes and bills {SMALLEST_BLOCK_GIB} GiB at least; {fix}")
    entries = {pool.entry for pool in cluster.pools if pool.labels.get(POOL_LABEL) == pool.entry}
    for name in sorted(cluster.prices.node_usd_per_hour.keys() - entries):
        yield Problem("costs", f"has a price for {name}, but no pool has the label {POOL_LABEL}: {name}, by which nodes are counted")


def storage_class(cluster: ClusterContext, section: Monitoring) -> str | None:
    """OKE's where it is, the cluster's own where it has one only. None where there is nothing to keep measurements on, or no telling."""
    if section.storage_class is not None:
        return section.storage_class
    if BLOCK_VOLUMES in cluster.storage_classes:
        return BLOCK_VOLUMES
    return next(iter(cluster.storage_classes)) if len(cluster.storage_classes) == 1 else None


def home(cluster: ClusterContext) -> Pool | None:
    """The pool that monitoring lives on: nodes that stay, without GPUs, that no taint keeps empty. On one that comes and goes, a volume
    would hold a node for ever."""
    return next((pool for pool in cluster.pools if pool.min_nodes and not pool.gpus_per_node and not _repels(pool) and _label(pool)), None)


def _repels(pool: Pool) -> bool:
    return any(taint.effect != "PreferNoSchedule" for taint in pool.taints)


def _label(pool: Pool) -> dict[str, str]:
    return {POOL_LABEL: pool.labels[POOL_LABEL]} if POOL_LABEL in pool.labels else {}


_PROMETHEUS, _ALERTMANAGER, _INI = ("prometheus", "prometheusSpec"), ("alertmanager", "alertmanagerSpec"), ("grafana", "grafana.ini")
_VOLUME = ("volumeClaimTemplate", "spec")

_SIDECAR = ("grafana", "sidecar")

_SELECTED = ("serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig")
"""Kinds of objects that Prometheus takes what to do from."""

_SILENT = "rules, alerts and dashboards read what it measures, and would stay silent"
_EVERYWHERE = "Prometheus reads what add-ons and teams say in every namespace; take it out"
_UNSEEN = "the operator would see nothing of what others say elsewhere"

DECIDED = (
    *settings(
        {
            "scrapeSeconds": [(*_PROMETHEUS, "scrapeInterval"), ("kubelet", "serviceMonitor", "cAdvisorInterval")],
            "retentionDays": [(*_PROMETHEUS, "retention")],
            "storageGib": [(*_PROMETHEUS, "retentionSize"), (*_PROMETHEUS, "storageSpec", *_VOLUME, "resources", "requests", "storage")],
            "storageClass": [(*_PROMETHEUS, "storageSpec"), (*_ALERTMANAGER, "storage", *_VOLUME, "storageClassName")],
            "receivers": [
                (*_ALERTMANAGER, "alertmanagerConfiguration"),
                (*_ALERTMANAGER, "configSecret"),
                (*_ALERTMANAGER, "useExistingSecret"),
            ],
            "grafana.url": [(*_INI, "server", "root_url"), (*_INI, "security", "cookie_secure")],
        }
    ),
    *settings(
        {
            "receivers": [("alertmanager", key) for key in ("config", "stringConfig", "tplConfig")],
            "grafana.github": [(*_INI, "auth.github")],
        },
        secret=True,
    ),
    Decided(
        ("crds",), "the definitions are prometheus-operator-crds' to bring, an add-on of its own, and would be there twice; take it out"
    ),
    Decided(("prometheus", "enabled"), "nothing would be measured; turn monitoring off instead", default=True),
    Decided(("alertmanager", "enabled"), "no alert would reach anybody; leave out the receivers instead", default=True),
    *parts(
        {
            ("grafana", "enabled"): "the dashboards of every add-on would be nowhere",
            (*_SIDECAR, "dashboards", "enabled"): "Grafana would have no dashboard of any add-on",
            (*_SIDECAR, "datasources", "enabled"): "Grafana's dashboards would show nothing",
            (*_SIDECAR, "datasources", "defaultDatasourceEnabled"): "Grafana's dashboards would show nothing",
            ("prometheusOperator", "enabled"): "nothing would start Prometheus and Alertmanager, or read a rule",
            ("kubernetesServiceMonitors", "enabled"): _SILENT,
            ("kubelet", "enabled"): _SILENT,
            ("kubelet", "serviceMonitor", "cAdvisor"): _SILENT,
            ("kubeStateMetrics", "enabled"): _SILENT,
            ("kube-state-metrics", "prometheus", "monitor", "enabled"): _SILENT,
            ("prometheus-node-exporter", "prometheus", "monitor", "enabled"): _SILENT,
            **{(part, "serviceMonitor", "selfMonitor"): _SILENT for part in ("prometheus", "alertmanager", "prometheusOperator")},
            ("nodeExporter", "enabled"): _SILENT,
            ("nodeExporter", "operatingSystems", "linux", "enabled"): _SILENT,
        }
    ),
    *parts({(*_PROMETHEUS, "disableAlerting"): "no alert would reach anybody"}, on=False),
    *(Decided((*_PROMETHEUS, f"{kind}{key}"), _EVERYWHERE, default={}) for kind in _SELECTED for key in ("Selector", "NamespaceSelector")),
    *(Decided((*_PROMETHEUS, f"{kind}SelectorNilUsesHelmValues"), _EVERYWHERE) for kind in _SELECTED),
    *parts({("prometheusOperator", "namespaces"): _UNSEEN}, on={}),
    *parts({("prometheusOperator", key): _UNSEEN for key in ("denyNamespaces", "prometheusInstanceNamespaces")}, on=[]),
    *parts({("prometheusOperator", key): _UNSEEN for key in ("alertmanagerInstanceNamespaces", "alertmanagerConfigNamespaces")}, on=[]),
    *parts({("kube-state-metrics", key): _SILENT for key in ("namespaces", "namespacesDenylist")}, on=""),
    *parts({("kube-state-metrics", key): _SILENT for key in ("metricAllowlist", "metricDenylist")}, on=[]),
    Decided(("prometheus-node-exporter", "tolerations"), "no node with a taint would be measured without them; add to them", more=True),
    Decided(("kube-state-metrics", "collectors"), f"{_SILENT}; take it out"),
    Decided(("kube-state-metrics", "metricLabelsAllowlist"), "rules join on the labels in it; keep them, and add to it", more=True),
    Decided((*_PROMETHEUS, "enableFeatures"), "alerts on the first of something need what is in it; keep that, and add to it", more=True),
    Decided(("cleanPrometheusOperatorObjectNames",), "health checks and rules know the chart's objects by their short names; take it out"),
    *(
        Decided((*_SIDECAR, *key), "add-ons and teams mark their dashboards so, wherever they are; take it out")
        for key in (("dashboards", "label"), ("dashboards", "labelValue"), ("dashboards", "searchNamespace"), ("datasources", "uid"))
    ),
    *(
        Decided(("grafana", key), "the platform makes the administrator's password; take it out", secret=True)
        for key in ("admin", "adminUser", "adminPassword")
    ),
)


def values(cluster: ClusterContext, section: Monitoring) -> Values:
    """The section must have no `problems`."""
    pool = home(cluster)
    place: Values = {"nodeSelector": _label(pool)} if pool else {}
    return {
        "crds": {"enabled": False},
        "cleanPrometheusOperatorObjectNames": True,
        **{part: {"enabled": False} for part in _OUT_OF_REACH},
        "defaultRules": {"create": True},
        "kubelet": {"serviceMonitor": {"cAdvisorInterval": f"{section.scrape_seconds}s"}},
        "prometheusOperator": {
            **place,
            "admissionWebhooks": {"patch": place},
            # Beside Prometheus and Alertmanager; the chart has it run without.
            "prometheusConfigReloader": {"resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}}},
            "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        },
        "prometheus": {"prometheusSpec": _prometheus(cluster, section, place)},
        "alertmanager": {"alertmanagerSpec": _alertmanager(cluster, section, place)},
        "grafana": {**grafana.values(section.grafana), **place},
        "kube-state-metrics": {
            **place,
            # Rules join on these: see signals.py.
            "metricLabelsAllowlist": [f"nodes=[{POOL_LABEL},node.kubernetes.io/instance-type]"],
            "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}},
        },
        "prometheus-node-exporter": {
            "tolerations": [{"operator": "Exists"}],
            "resources": {"requests": {"cpu": "20m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}},
        },
    }


def _prometheus(cluster: ClusterContext, section: Monitoring, place: Values) -> Values:
    return {
        **place,
        # Otherwise only objects of this very release are seen, and those of every other add-on are not.
        **{f"{kind}SelectorNilUsesHelmValues": False for kind in _SELECTED},
        "scrapeInterval": f"{section.scrape_seconds}s",
        "evaluationInterval": "30s",
        "retention": f"{section.retention_days}d",
        "retentionSize": f"{section.storage_gib * 1024 * FILL_PERCENT // 100}MB",
        # A counter that first shows with 1 counts as an increase: the first job of every repository.
        "enableFeatures": ["created-timestamp-zero-ingestion"],
        "storageSpec": _storage(cluster, section, section.storage_gib),
        **({"persistentVolumeClaimRetentionPolicy": _STAYS} if storage_class(cluster, section) else {}),
        "resources": {"requests": {"cpu": "250m", "memory": "1Gi"}, "limits": {"memory": "4Gi"}},
    }


def _alertmanager(cluster: ClusterContext, section: Monitoring, place: Values) -> Values:
    volume = storage_class(cluster, section)
    return {
        **place,
        "alertmanagerConfiguration": {"name": alertmanager.NAME},
        "retention": "120h",
        **({"storage": _storage(cluster, section, SMALLEST_BLOCK_GIB), "persistentVolumeClaimRetentionPolicy": _STAYS} if volume else {}),
        "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
    }


def _storage(cluster: ClusterContext, section: Monitoring, gib: int) -> Values:
    volume = storage_class(cluster, section)
    if volume is None:
        return {"emptyDir": {"sizeLimit": f"{gib}Gi"}}
    claim = {"storageClassName": volume, "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": f"{gib}Gi"}}}
    return {"volumeClaimTemplate": {"spec": claim}}
