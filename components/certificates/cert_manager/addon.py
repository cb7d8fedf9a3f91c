"""cert-manager: certificates for the webhooks and gateways of everything else."""

from components.certificates.cert_manager.chart import CERT_MANAGER
from components.certificates.cert_manager.section import CertManager
from components.certificates.cert_manager.values import DECIDED, NAMESPACE, values
from components.framework.addon import AddOn
from components.framework.operations import Operations, Removal, Workload
from components.framework.plan import AddOnPlan, Namespace, Release
from infra.facts import ClusterContext

OPERATIONS = Operations(
    healthy=tuple(
        Workload(kind="Deployment", namespace=NAMESPACE, name=name)
        for name in ("cert-manager", "cert-manager-cainjector", "cert-manager-webhook")
    ),
    before_removal=(Removal(api_version="cert-manager.io/v1", kind="Certificate", why="they stay, and nothing renews what they are for"),),
)


class CertManagerAddOn(AddOn[CertManager]):
    """Done when its webhook answers: the chart checks that after the installation."""

    key = "cert-manager"
    about = "Certificates for webhooks and gateways."
    Section = CertManager
    after = frozenset({"prometheus-operator-crds"})
    charts = (CERT_MANAGER,)
    provided = ("cert-manager",)
    namespaces = frozenset({NAMESPACE})

    @classmethod
    def plan(cls, cluster: ClusterContext, section: CertManager) -> AddOnPlan:
        return AddOnPlan(
            namespaces=(Namespace(name=NAMESPACE, pod_security="restricted"),),
            releases=(
                Release(name="cert-manager", chart=CERT_MANAGER, namespace=NAMESPACE, values=values(cluster, section), decided=DECIDED),
            ),
            operations=OPERATIONS,
        )
