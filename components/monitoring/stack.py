"""Prometheus, Alertmanager and Grafana, with the platform's rules and dashboards."""

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi
import pulumi_random as random

from components.addon import AddOn
from components.charts import KUBE_PROMETHEUS_STACK
from components.manifest import Manifest
from components.monitoring import alertmanager, dashboards, grafana, pod_monitors, rule, rules, values
from components.monitoring.settings import MonitoringSettings
from components.release import Released, release
from infra.facts import ClusterContext
from infra.problems import Problem

PASSWORD_LENGTH = 32


@dataclass(frozen=True, kw_only=True)
class MonitoringResources(Released):
    password: random.RandomPassword
    secrets: tuple[Manifest, ...]
    receivers: Manifest
    rules: tuple[Manifest, ...]
    monitors: tuple[Manifest, ...]
    dashboards: tuple[Manifest, ...]


class Monitoring(AddOn[MonitoringSettings]):
    key = "monitoring"
    namespace = "monitoring"
    pod_security = "privileged"  # the node exporter reads the host
    requires = frozenset({"prometheus-operator-crds"})
    charts = (KUBE_PROMETHEUS_STACK,)
    Settings = MonitoringSettings
    resources: MonitoringResources

    @classmethod
    def problems(cls, cluster: ClusterContext, settings: MonitoringSettings) -> Iterable[Problem]:
        return values.problems(cluster, settings)

    def declare(self) -> MonitoringResources:
        settings, namespace = self.settings, self.make_namespace()
        password = self._password(namespace)
        secrets = self._secrets(password, namespace)
        chart = release(self, KUBE_PROMETHEUS_STACK, values.values(self.context, settings), waits_for=[namespace, *secrets])
        groups = rules.groups(settings)
        # The operator's webhook looks at rules and receivers: it must answer before the first of them comes.
        return MonitoringResources(
            namespace=namespace,
            password=password,
            secrets=secrets,
            release=chart,
            receivers=self.manifest("receivers", alertmanager.document(self.namespace, settings.receivers), chart),
            rules=tuple(
                self.manifest(f"rules-{group.name}", rule.manifest(group, self.namespace, settings.runbooks), chart) for group in groups
            ),
            monitors=tuple(
                self.manifest(document["metadata"]["name"], document, chart) for document in pod_monitors.documents(self.namespace)
            ),
            dashboards=tuple(
                self.manifest(document["metadata"]["name"], document, namespace)
                for document in dashboards.documents(self.namespace, self._there())
            ),
        )

    def _there(self) -> frozenset[str]:
        """What dashboards may need."""
        return self.context.addons | ({dashboards.PRICES} if self.settings.costs.node_usd_per_hour else frozenset())

    def _password(self, namespace: Manifest) -> random.RandomPassword:
        # Without the wait the add-on would begin when the stack does.
        waits = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        provider = random.Provider(f"{self.key}-random", opts=waits)
        opts = pulumi.ResourceOptions(parent=self, provider=provider)
        return random.RandomPassword(f"{self.key}-grafana-password", length=PASSWORD_LENGTH, special=False, opts=opts)

    def _secrets(self, password: random.RandomPassword, namespace: Manifest) -> tuple[Manifest, ...]:
        contents = secrets(self.settings, password.result)
        return tuple(self.manifest(name, _secret(name, self.namespace, content), namespace) for name, content in contents.items())


def secrets(settings: MonitoringSettings, password: pulumi.Input[str]) -> dict[str, dict[str, pulumi.Input[str]]]:
    """What each Secret holds, by its name."""
    login, receivers = settings.grafana.github, alertmanager.addresses(settings.receivers)
    return {
        grafana.ADMIN_SECRET: {"admin-user": grafana.ADMIN, "admin-password": pulumi.Output.secret(password)},
        **({grafana.GITHUB_SECRET: {"client-secret": pulumi.Output.secret(login.client_secret)}} if login else {}),
        **({alertmanager.SECRET: {key: pulumi.Output.secret(address) for key, address in receivers.items()}} if receivers else {}),
    }


def _secret(name: str, namespace: str, content: dict[str, pulumi.Input[str]]) -> dict[str, object]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": content}
