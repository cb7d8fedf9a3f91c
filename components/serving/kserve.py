"""KServe in Standard mode: models as plain Deployments, without Knative and without a mesh."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.addon import AddOn
from components.charts import KSERVE_CRD, KSERVE_RESOURCES
from components.manifest import Manifest
from components.namespace import namespace
from components.release import release
from components.serving import inference_service, placement, runtimes, samples
from components.serving.inference_service import NAMESPACE
from components.serving.settings import KServeSettings, Model
from components.serving.standard_mode import MODE
from components.values import Values, merged
from infra.facts import ClusterContext
from infra.problems import Problem


@dataclass(frozen=True, kw_only=True)
class KServeResources:
    namespace: Manifest
    crds: k8s.helm.v3.Release
    release: k8s.helm.v3.Release
    runtimes: tuple[Manifest, ...]
    models_namespace: Manifest
    service_account: Manifest
    monitors: tuple[Manifest, ...]
    models: Mapping[str, Manifest]
    addresses: Mapping[str, Manifest]

    @property
    def leaves(self) -> tuple[pulumi.Resource, ...]:
        return (self.release, *self.runtimes)


class KServe(AddOn[KServeSettings]):
    """Its namespace is not a choice: webhooks and presets have its name in them (kserve issue 5673)."""

    key = "kserve"
    namespace = "kserve"
    pod_security = "restricted"
    requires = frozenset({"cert-manager"})
    after = frozenset({"prometheus-operator-crds"})
    charts = (KSERVE_CRD, KSERVE_RESOURCES)
    Settings = KServeSettings
    resources: KServeResources

    @classmethod
    def wanted(cls, cluster: ClusterContext) -> bool:
        return super().wanted(cluster) and any(placement.serves(pool) for pool in cluster.pools)

    @classmethod
    def problems(cls, cluster: ClusterContext, settings: KServeSettings) -> Iterable[Problem]:
        yield from (problem.under("images") for problem in runtimes.image_problems(settings.images))
        yield from _value_problems(settings)
        wrong: set[str] = set()
        for name, model in settings.models.items():
            for problem in inference_service.problems(name, model, settings, cluster):
                wrong.add(name)
                yield problem.under(f"models.{name}")
        yield from _together(cluster, settings, wrong)

    def declare(self) -> KServeResources:
        space = self.make_namespace()
        crds = release(self, KSERVE_CRD, {}, waits_for=[space])
        chart = release(self, KSERVE_RESOURCES, values(self.context, self.settings), waits_for=[space, crds])
        servers = tuple(self.manifest(f"runtime-{name}", document, chart) for name, document in self._runtimes().items())
        models_space = self.manifest("models-namespace", namespace(NAMESPACE, "restricted"))
        account = self.manifest("service-account", inference_service.service_account(secrets(self.settings)), models_space)
        served = models(self.context, self.settings)
        return KServeResources(
            namespace=space,
            crds=crds,
            release=chart,
            runtimes=servers,
            models_namespace=models_space,
            service_account=account,
            monitors=self._monitors(models_space),
            models={
                name: self.manifest(
                    f"model-{name}",
                    inference_service.document(name, model, self.settings, self.context),
                    models_space, account, chart, *servers,
                )
                for name, model in served.items()
            },
            addresses={name: self.manifest(f"address-{name}", inference_service.address(name), models_space) for name in served},
        )  # fmt: skip

    def _runtimes(self) -> dict[str, Values]:
        images = self.settings.images
        return {name: runtimes.document(runtime, self.context, images.get(name)) for name, runtime in runtimes.RUNTIMES.items()}

    def _monitors(self, models_space: Manifest) -> tuple[Manifest, ...]:
        if not self.context.has("prometheus-operator-crds"):
            return ()
        return tuple(
            self.manifest(f"monitor-{runtime.name}", runtimes.pod_monitor(runtime, NAMESPACE), models_space)
            for runtime in runtimes.RUNTIMES.values()
        )


def models(cluster: ClusterContext, settings: KServeSettings) -> dict[str, Model]:
    """All that is served, samples first. A model of the stack file takes the place of a sample of its name."""
    return {**samples.plan(cluster, settings), **settings.models}


def secrets(settings: KServeSettings) -> list[str]:
    storage = settings.object_storage
    names = (storage.existing_secret if storage is not None else None, settings.hugging_face_secret)
    return [name for name in names if name is not None]


def _value_problems(settings: KServeSettings) -> Iterator[Problem]:
    """Values that would take the platform out of the mode it writes its models for."""
    controller = settings.values.get("kserve", {})
    mode = controller.get("controller", {}).get("deploymentMode", MODE) if isinstance(controller, Mapping) else MODE
    if mode != MODE:
        yield Problem("values.kserve.controller.deploymentMode", f"is {mode}, but models are written for {MODE}; take it out")


def _together(cluster: ClusterContext, settings: KServeSettings, wrong: set[str]) -> Iterator[Problem]:
    """Models that each fit, on pools that do not have room for all of them. Those with problems of their own are left out."""
    asked: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for name, model in models(cluster, settings).items():
        if name not in wrong and not model.stopped:
            entries = tuple(dict.fromkeys(pool.declared_as for pool in placement.choose(model, cluster)))
            asked[entries][name] = model.replicas * model.gpus
    for entries, gpus in asked.items():
        there = sum(pool.max_gpus for pool in cluster.pools if pool.declared_as in entries)
        if sum(gpus.values()) > there:
            which = ", ".join(f"{name} {count}" for name, count in gpus.items())
            fix = "raise maxSize, stop one of them, or place one elsewhere with `pools`"
            yield Problem("models", f"need {sum(gpus.values())} GPUs of {', '.join(entries)} together ({which}), which has {there}; {fix}")


# Every image that the chart names, with the registry that it leaves out: OKE's nodes complete no short names from Kubernetes 1.34 on.
IMAGES: Values = {
    "agent": {"image": "docker.io/kserve/agent"},
    "router": {"image": "docker.io/kserve/router"},
    "storage": {"image": "docker.io/kserve/storage-initializer"},
    "servingruntime": {"art": {"image": "docker.io/kserve/art-explainer"}},
    "localmodel": {
        "controller": {"image": "docker.io/kserve/kserve-localmodel-controller"},
        "defaultJobImage": "docker.io/kserve/storage-initializer",
        "agent": {"image": "docker.io/kserve/kserve-localmodelnode-agent"},
    },
    "controller": {"image": "docker.io/kserve/kserve-controller"},
}


def values(cluster: ClusterContext, settings: KServeSettings) -> Values:
    """Helm values of the chart kserve-resources."""
    decided: Values = {
        "kserve": {
            "controller": {
                "deploymentMode": MODE,
                "gateway": _gateway(settings),
                "imagePullPolicy": "IfNotPresent",
                # The chart's limits throttle it from about a hundred models on.
                "resources": {"requests": {"cpu": "100m", "memory": "300Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
            },
            "storage": {
                # Weights of tens of GiB go through it, and page cache counts.
                "resources": {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"cpu": "4", "memory": "16Gi"}},
                **({"s3": _s3(settings)} if settings.object_storage is not None else {}),
            },
            "security": {"autoMountServiceAccountToken": False},
        }
    }
    return merged(merged({"kserve": IMAGES}, decided), settings.values)


def _gateway(settings: KServeSettings) -> Values:
    """Without one nothing is made for traffic from outside: the chart's default is an Ingress for Istio, which nobody serves.

    A model's address is then that of its Service.
    """
    if settings.gateway is None:
        inside = {"domain": "svc.cluster.local", "domainTemplate": "{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}"}
        return {"disableIstioVirtualHost": True, "disableIngressCreation": True, **inside}
    return {
        "disableIstioVirtualHost": True,
        "domain": settings.gateway.domain,
        "ingressGateway": {"enableGatewayApi": True, "createGateway": False, "kserveGateway": settings.gateway.name},
    }


def _s3(settings: KServeSettings) -> Values:
    storage = settings.object_storage
    if storage is None:
        return {}
    # Path style: Oracle's endpoint has the namespace in its name already, and no wildcard certificate for buckets.
    return {"endpoint": storage.endpoint, "region": storage.region, "useHttps": "1" if storage.endpoint.startswith("https") else "0",
            "verifySSL": "1", "useVirtualBucket": "false"}  # fmt: skip
