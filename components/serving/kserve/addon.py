"""KServe in Standard mode: models as plain Deployments, without Knative and without a mesh."""

from collections.abc import Iterable, Iterator

from components.framework.addon import AddOn
from components.framework.operations import Operations, Removal, Workload
from components.framework.plan import AddOnPlan, Namespace, Object, Release
from components.serving.kserve import inference_service, placement, rules, runtimes
from components.serving.kserve.chart import KSERVE_CRD, KSERVE_RESOURCES
from components.serving.kserve.inference_service import NAMESPACE as MODELS
from components.serving.kserve.models import models, secrets
from components.serving.kserve.section import KServe
from components.serving.kserve.signals import signals
from components.serving.kserve.values import DECIDED, values
from infra.facts import ClusterContext
from infra.problems import Problem

NAMESPACE = "kserve"
"""Not a choice: webhooks and presets have its name in them (kserve issue 5673)."""
CRDS, RESOURCES = KSERVE_CRD.key, KSERVE_RESOURCES.key
MODELS_NAMESPACE, ACCOUNT = "models-namespace", "service-account"

OPERATIONS = Operations(
    healthy=(Workload(kind="Deployment", namespace=NAMESPACE, name="kserve-controller-manager"),),
    before_removal=(
        Removal(
            api_version="serving.kserve.io/v1beta1", kind="InferenceService", why="they keep a finalizer that only the controller takes off"
        ),
    ),
)


class KServeAddOn(AddOn[KServe]):
    key = "kserve"
    about = "Serves models on GPUs."
    Section = KServe
    requires = frozenset({"cert-manager"})
    after = frozenset({"prometheus-operator-crds", "keda"})
    """KServe v0.20.0 looks for KEDA's definitions once, when it starts."""
    charts = (KSERVE_CRD, KSERVE_RESOURCES)
    namespaces = frozenset({NAMESPACE, MODELS})

    @classmethod
    def unwanted(cls, cluster: ClusterContext) -> str | None:
        none = None if any(placement.serves(pool) for pool in cluster.pools) else "no pool has GPUs that models can be served on"
        return super().unwanted(cluster) or none

    @classmethod
    def problems(cls, cluster: ClusterContext, section: KServe) -> Iterable[Problem]:
        return rules.problems(cluster, section)

    @classmethod
    def plan(cls, cluster: ClusterContext, section: KServe) -> AddOnPlan:
        servers = tuple(_runtimes(cluster, section))
        return AddOnPlan(
            namespaces=(
                Namespace(name=NAMESPACE, pod_security="restricted"),
                Namespace(id=MODELS_NAMESPACE, name=MODELS, pod_security="restricted"),
            ),
            releases=(
                Release(name=CRDS, chart=KSERVE_CRD, namespace=NAMESPACE),
                Release(
                    name=RESOURCES,
                    chart=KSERVE_RESOURCES,
                    namespace=NAMESPACE,
                    values=values(section),
                    after=("namespace", CRDS),
                    decided=DECIDED,
                ),
            ),
            objects=(*servers, *_served(cluster, section, tuple(server.id for server in servers))),
            ready=(RESOURCES, *(server.id for server in servers)),
            signals=signals(MODELS, MODELS_NAMESPACE),
            operations=OPERATIONS,
        )


def _runtimes(cluster: ClusterContext, section: KServe) -> Iterator[Object]:
    for name, runtime in runtimes.RUNTIMES.items():
        yield Object(id=f"runtime-{name}", document=runtimes.document(runtime, cluster, section.images.get(name)), after=(RESOURCES,))


def _served(cluster: ClusterContext, section: KServe, servers: tuple[str, ...]) -> Iterator[Object]:
    account = inference_service.service_account(secrets(section))
    yield Object(id=ACCOUNT, document=account, after=(MODELS_NAMESPACE,))
    for name, model in models(cluster, section).items():
        document = inference_service.document(name, model, cluster)
        yield Object(id=f"model-{name}", document=document, after=(MODELS_NAMESPACE, ACCOUNT, RESOURCES, *servers))
        yield Object(id=f"address-{name}", document=inference_service.address(name), after=(MODELS_NAMESPACE,))
