"""Ways from some rights to more, and that no persona but administrators has one of them.

Kubernetes, "RBAC Good Practices", 2026-08; the others are what charts of this platform add.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Escalation:
    verb: str
    group: str
    resource: str
    """With its subresource: `nodes/proxy`."""
    why: str


def _ways(group: str, resources: str, verbs: str, why: str) -> tuple[Escalation, ...]:
    return tuple(Escalation(verb=verb, group=group, resource=each, why=why) for each in resources.split() for verb in verbs.split())


_RBAC = "rbac.authorization.k8s.io"
WRITE = "create update patch delete"

ESCALATIONS: tuple[Escalation, ...] = (
    *_ways("", "secrets", "get list watch", "reads tokens and passwords"),
    *_ways("", "serviceaccounts/token", "create", "makes a token of any service account"),
    *_ways("", "serviceaccounts", "create update patch impersonate", "acts as a service account"),
    *_ways("", "users groups", "impersonate", "acts as anybody"),
    *_ways("authentication.k8s.io", "uids userextras", "impersonate", "acts as anybody"),
    *_ways("", "nodes/proxy", "get create", "runs commands in every pod of a node, unseen by admission"),
    *_ways("", "nodes nodes/status", "create update patch delete", "moves pods to a node of one's choice"),
    *_ways("", "pods/ephemeralcontainers", "create update patch", "runs code in another's pod"),
    *_ways("", "pods/attach", "get create", "runs code in another's pod"),
    *_ways("", "pods/proxy services/proxy", "get create update patch delete", "reaches what listens in pods, past every network policy"),
    *_ways("", "pods/binding bindings", "create", "places pods past the scheduler"),
    *_ways("", "pods/resize", "update patch", "takes more of a node than was asked for"),
    *_ways("", "pods/status services/status", "update patch", "sends a service's traffic elsewhere"),
    *_ways("", "pods", "create update patch", "runs as any service account of the namespace, past the queues"),
    *_ways("", "endpoints", "create update patch", "sends a service's traffic elsewhere"),
    *_ways("discovery.k8s.io", "endpointslices", "create update patch", "sends a service's traffic elsewhere"),
    *_ways("networking.k8s.io", "ingresses", "create update patch", "opens a way in from outside"),
    *_ways("", "replicationcontrollers replicationcontrollers/scale", "create update patch", "makes pods"),
    *_ways("", "namespaces namespaces/finalize", WRITE, "takes off Pod Security, the team's label and the quota"),
    *_ways("", "resourcequotas limitranges", WRITE, "raises a quota"),
    *_ways("", "persistentvolumes", "create update patch", "mounts a node's file system"),
    *_ways("apps", "deployments daemonsets statefulsets replicasets", "create update patch", "makes pods"),
    *_ways("apps", "deployments/scale statefulsets/scale replicasets/scale", "update patch", "makes pods"),
    *_ways("autoscaling", "horizontalpodautoscalers", "create update patch", "makes pods"),
    *_ways("policy", "poddisruptionbudgets", "create update patch", "keeps a node, and its bill, from going"),
    *_ways("coordination.k8s.io", "leases", "create update patch delete", "takes a controller's place, or a node's"),
    *_ways("node.k8s.io", "runtimeclasses", WRITE, "runs pods by another runtime"),
    *_ways("batch", "cronjobs", "create update patch", "makes jobs for ever"),
    *_ways("batch", "jobs", "update patch", "lets a job go that its queue holds"),
    *_ways(_RBAC, "roles clusterroles", "create update patch bind escalate", "gives itself more rights"),
    *_ways(_RBAC, "rolebindings clusterrolebindings", "create update patch", "gives itself another's rights"),
    *_ways("certificates.k8s.io", "certificatesigningrequests", "create", "asks for a certificate of another name"),
    *_ways("certificates.k8s.io", "certificatesigningrequests/approval", "update patch", "signs for any name"),
    *_ways("certificates.k8s.io", "signers", "approve sign", "signs for any name"),
    *_ways(
        "admissionregistration.k8s.io",
        "validatingwebhookconfigurations mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings "
        "mutatingadmissionpolicies mutatingadmissionpolicybindings",
        WRITE,
        "changes what is admitted, or reads all that is written",
    ),
    *_ways("apiextensions.k8s.io", "customresourcedefinitions", WRITE, "removes a kind, and everything of it"),
    *_ways("apiregistration.k8s.io", "apiservices", WRITE, "answers in the API server's place"),
    *_ways("networking.k8s.io", "networkpolicies", WRITE, "opens a way to the metadata service, which has the node's rights in the cloud"),
    *_ways("scheduling.k8s.io", "priorityclasses", WRITE, "lets its pods go first"),
    *_ways(
        "kueue.x-k8s.io",
        "clusterqueues cohorts resourceflavors localqueues workloadpriorityclasses admissionchecks",
        WRITE,
        "raises a quota",
    ),
    *_ways("kueue.x-k8s.io", "workloads workloads/status", "create update patch", "admits itself"),
    *_ways("nvidia.com", "clusterpolicies nvidiadrivers", WRITE, "runs code on every GPU node"),
    *_ways("nfd.k8s-sigs.io", "nodefeaturerules nodefeatures", WRITE, "labels nodes at will"),
    *_ways("actions.github.com", "autoscalingrunnersets ephemeralrunnersets ephemeralrunners", "create update patch", "makes pods"),
    *_ways("serving.kserve.io", "inferenceservices servingruntimes clusterservingruntimes", "create update patch", "makes pods"),
    *_ways("ray.io", "rayclusters rayjobs rayservices", "create update patch", "makes pods"),
    *_ways("kubeflow.org", "mpijobs pytorchjobs tfjobs xgboostjobs paddlejobs jaxjobs", "create update patch", "makes pods"),
    *_ways("trainer.kubeflow.org", "trainjobs trainingruntimes clustertrainingruntimes", "create update patch", "makes pods"),
    *_ways("leaderworkerset.x-k8s.io", "leaderworkersets", "create update patch", "makes pods"),
    *_ways("workload.codeflare.dev", "appwrappers", "create update patch", "makes pods"),
    *_ways("sparkoperator.k8s.io", "sparkapplications", "create update patch", "makes pods"),
    *_ways("external-secrets.io", "externalsecrets secretstores clustersecretstores", "create update patch", "reads secrets of the vault"),
    *_ways("keda.sh", "scaledobjects scaledjobs triggerauthentications clustertriggerauthentications", "create update patch", "makes pods"),
    *_ways("resource.k8s.io", "resourceclaims resourceclaimtemplates deviceclasses", "create update patch", "takes GPUs by another door"),
)

DOORS: tuple[Escalation, ...] = (
    *_ways("", "pods/exec", "get create", "runs commands in the pods there"),
    *_ways("", "pods/portforward", "get create", "reaches what listens in the pods there"),
    *_ways("", "secrets", WRITE, "replaces what the pods there take for their own"),
    *_ways("batch", "jobs", "create", "runs code there, as any service account that is there"),
    *_ways("jobset.x-k8s.io", "jobsets", "create", "runs code there, as any service account that is there"),
)
"""What somebody has who works in a namespace, and nobody else should: shown first where a change gives it."""
