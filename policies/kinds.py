"""Kinds of Kubernetes objects that the rules know: what they run, open and cost is judged, or is nothing. Others are refused.

What makes machines from inside the cluster is not here, by construction: Crossplane, Cluster API, Karpenter, operators that apply
Terraform, Pulumi or a repository, operators of a cloud's services.
"""

from collections.abc import Mapping
from types import MappingProxyType

KINDS: Mapping[str, tuple[frozenset[str], str]] = MappingProxyType({
    group: (frozenset(kinds.split()), reason)
    for group, kinds, reason in (
        ("core", "ConfigMap LimitRange Namespace PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController "
                 "ResourceQuota Secret Service ServiceAccount", "Kubernetes' own"),
        ("apps", "DaemonSet Deployment ReplicaSet StatefulSet", "Kubernetes' own"),
        ("batch", "CronJob Job", "Kubernetes' own"),
        ("autoscaling", "HorizontalPodAutoscaler", "Kubernetes' own: it makes pods, not nodes"),
        ("policy", "PodDisruptionBudget", "Kubernetes' own"),
        ("networking.k8s.io", "Ingress IngressClass NetworkPolicy", "Kubernetes' own"),
        ("rbac.authorization.k8s.io", "ClusterRole ClusterRoleBinding Role RoleBinding", "Kubernetes' own, judged by wildcard-roles"),
        ("storage.k8s.io", "StorageClass", "Kubernetes' own, priced with the claims that use it"),
        ("scheduling.k8s.io", "PriorityClass", "Kubernetes' own"),
        ("node.k8s.io", "RuntimeClass", "Kubernetes' own"),
        ("resource.k8s.io", "DeviceClass ResourceClaim ResourceClaimTemplate", "Kubernetes' own: GPUs of nodes that there are"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding", "refuses, and changes nothing"),
        ("apiextensions.k8s.io", "CustomResourceDefinition", "makes a kind known, and nothing of it"),
        ("actions.github.com", "AutoscalingRunnerSet", "runners, which are pods"),
        ("cert-manager.io", "Certificate ClusterIssuer Issuer", "certificates"),
        ("external-secrets.io", "ClusterSecretStore ExternalSecret SecretStore", "names secrets, and holds none"),
        ("gateway.networking.k8s.io", "GRPCRoute GatewayClass HTTPRoute ReferenceGrant", "routes behind a gateway that there is"),
        ("jobset.x-k8s.io", "JobSet", "jobs, whose pods are judged"),
        ("keda.sh", "ScaledJob ScaledObject TriggerAuthentication", "makes pods, not nodes"),
        ("kubeflow.org", "MPIJob PyTorchJob", "jobs, whose pods are judged"),
        ("config.kueue.x-k8s.io", "Configuration", "Kueue's own settings, which it reads"),
        ("kueue.x-k8s.io", "ClusterQueue Cohort LocalQueue ResourceFlavor Topology WorkloadPriorityClass", "queues, judged by gpu-demand"),
        ("kyverno.io", "ClusterPolicy Policy", "refuses; its rules that make or change things are judged by known-kinds"),
        ("leaderworkerset.x-k8s.io", "LeaderWorkerSet", "pods, which are judged"),
        ("monitoring.coreos.com", "AlertmanagerConfig PodMonitor Probe PrometheusRule ServiceMonitor", "what is measured and reported"),
        ("nfd.k8s-sigs.io", "NodeFeature NodeFeatureRule", "labels of nodes"),
        ("nvidia.com", "ClusterPolicy NVIDIADriver", "the GPU operator's settings"),
        ("ray.io", "RayCluster RayJob RayService", "pods, which are judged"),
        ("serving.kserve.io", "ClusterServingRuntime InferenceGraph InferenceService ServingRuntime TrainedModel", "models, as pods"),
        ("trainer.kubeflow.org", "ClusterTrainingRuntime TrainJob TrainingRuntime", "jobs, whose pods are judged"),
    )
})  # fmt: skip
"""By API group: its kinds, and why they are fine."""


VERSIONS: Mapping[str, frozenset[str]] = MappingProxyType({
    "autoscaling": frozenset({"v1", "v2"}),
    "resource.k8s.io": frozenset({"v1", "v1beta1", "v1beta2"}),
    **dict.fromkeys(
        ("core", "apps", "batch", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "storage.k8s.io", "scheduling.k8s.io",
         "node.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io"),
        frozenset({"v1"}),
    ),
})  # fmt: skip
"""Versions of Kubernetes' own groups that the rules read. Another one has other fields, or is served no more."""


def group_and_kind(type_: str) -> tuple[str, str]:
    """`kubernetes:rbac.authorization.k8s.io/v1:Role` is a Role of rbac.authorization.k8s.io."""
    _, version, kind = type_.split(":", 2)
    return version.partition("/")[0], kind


def is_known(group: str, kind: str) -> bool:
    return group in KINDS and kind in KINDS[group][0]


def is_read(type_: str) -> bool:
    """Whether the version is one that the rules read; those of other groups are all alike to them."""
    _, version, _ = type_.split(":", 2)
    group, _, number = version.partition("/")
    return group not in VERSIONS or number in VERSIONS[group]
