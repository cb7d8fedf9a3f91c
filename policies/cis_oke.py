"""The controls of the CIS benchmark for OKE, and who answers for each that no rule here checks.

CIS, "Oracle Cloud Infrastructure Container Engine for Kubernetes (OKE) Benchmark" v1.6.0, 2024-10-24. Numbers after the benchmark's
structure, subjects in our own words: hold the numbers against the document before you hand the scorecard to an auditor.
"""

from dataclasses import dataclass
from typing import Literal

Owner = Literal["oracle", "manual"]


@dataclass(frozen=True)
class Control:
    number: str
    subject: str
    owner: Owner
    """Who answers where no rule does."""
    evidence: str
    """Why it is Oracle's, or what to show."""


_IMAGE = "Oracle's node images set it, and OKE's node pools keep to them"
_KUBELET = "OKE writes the kubelet's configuration; the platform adds labels and taints only"

CONTROLS: tuple[Control, ...] = (
    Control("2.1.1", "Users do not authenticate by client certificates", "oracle", "OKE's kubeconfigs take short-lived IAM tokens"),
    Control("2.2.1", "Calls of the Kubernetes API are logged", "manual", "OCI Audit and the cluster's API server log, kept and looked at"),
    Control("3.1.1", "Permissions of the kubelet's kubeconfig", "oracle", _IMAGE),
    Control("3.1.2", "Owner of the kubelet's kubeconfig", "oracle", _IMAGE),
    Control("3.1.3", "Permissions of the kubelet's configuration", "oracle", _IMAGE),
    Control("3.1.4", "Owner of the kubelet's configuration", "oracle", _IMAGE),
    Control("3.2.1", "The kubelet knows no anonymous callers", "oracle", _KUBELET),
    Control("3.2.2", "The kubelet asks whether a call is allowed", "oracle", _KUBELET),
    Control("3.2.3", "The kubelet knows its clients' authority", "oracle", _KUBELET),
    Control("3.2.4", "The kubelet's read-only port is closed", "oracle", _KUBELET),
    Control("3.2.5", "The kubelet ends idle streams", "oracle", _KUBELET),
    Control("3.2.6", "The kubelet keeps to the kernel's safe defaults", "oracle", _KUBELET),
    Control("3.2.7", "The kubelet owns its iptables chains", "oracle", _KUBELET),
    Control("3.2.8", "The kubelet does not rename its node", "oracle", _KUBELET),
    Control("3.2.9", "The kubelet records events", "oracle", _KUBELET),
    Control("3.2.10", "The kubelet serves with a certificate", "oracle", _KUBELET),
    Control("3.2.11", "The kubelet renews its client certificate", "oracle", _KUBELET),
    Control("3.2.12", "The kubelet renews its server certificate", "oracle", _KUBELET),
    Control("3.2.13", "The kubelet uses strong ciphers", "oracle", _KUBELET),
    Control("4.1.1", "cluster-admin is for administrators", "manual", "The bindings of cluster-admin"),
    Control("4.1.2", "Few may read secrets", "manual", "Who may get, list or watch secrets: `kubectl auth can-i --list` for each group"),
    Control("4.1.3", "Roles hold no wildcards", "manual", "The rules of all roles"),
    Control(
        "4.1.4", "Few may create pods", "manual", "Who may create pods, and whatever makes pods: jobs, runner sets, inference services"
    ),
    Control("4.1.5", "Default service accounts have no rights", "manual", "The bindings of service accounts called default"),
    Control(
        "4.1.6", "Tokens are mounted only where they are used", "manual", "Pods and service accounts with automountServiceAccountToken"
    ),
    Control("4.1.7", "Nobody is in system:masters", "manual", "Certificates and bindings that name the group"),
    Control("4.1.8", "Nobody may bind, escalate or impersonate", "manual", "The verbs of all roles"),
    Control("4.2.1", "No privileged containers", "manual", "The enforced level of every namespace"),
    Control("4.2.2", "No host process namespace", "manual", "The enforced level of every namespace"),
    Control("4.2.3", "No host inter-process communication", "manual", "The enforced level of every namespace"),
    Control("4.2.4", "No host network", "manual", "The enforced level of every namespace"),
    Control("4.2.5", "No gain of privileges", "manual", "The enforced level of every namespace"),
    Control(
        "4.3.1", "The network plugin enforces network policies", "manual", "What enforces them: VCN-native pods and flannel alone do not"
    ),
    Control("4.3.2", "Every namespace has network policies", "manual", "Namespaces without a NetworkPolicy"),
    Control("4.4.1", "Secrets are mounted as files, and not in plain text", "manual", "Pods that take secrets from the environment"),
    Control("4.4.2", "Secrets are kept outside the cluster where they can", "manual", "Which secrets come from OCI Vault"),
    Control("4.5.1", "Namespaces separate what does not belong together", "manual", "The list of namespaces, and who owns each"),
    Control("4.5.2", "Pods run under a seccomp profile", "manual", "Namespaces below the restricted level, and their pods' profiles"),
    Control("4.5.3", "The default namespace is not used", "manual", "What runs in default"),
    Control("5.1.1", "Images are scanned", "manual", "OCIR's scan reports, and what was done about them"),
    Control("5.1.2", "Few may push images", "manual", "IAM statements on repos"),
    Control("5.1.3", "Nodes may only pull", "manual", "IAM statements on repos for dynamic groups and nodes"),
    Control("5.1.4", "Only approved images run", "manual", "The cluster's image policy"),
    Control("5.2.1", "Workloads have identities of their own", "manual", "Who uses instance principals"),
    Control("5.3.1", "Kubernetes secrets are encrypted with a key of one's own", "manual", "The cluster's key"),
    Control("5.4.1", "Few networks reach the control plane", "manual", "The rules of the endpoint's groups"),
    Control("5.4.2", "The control plane has no public address", "manual", "The cluster's endpoint"),
    Control("5.4.3", "Nodes have no public addresses", "manual", "The nodes' subnets"),
    Control("5.4.4", "Network policies are switched on", "manual", "What enforces them"),
    Control("5.4.5", "Load balancers serve TLS", "manual", "Services of type LoadBalancer, and their listeners"),
    Control("5.5.1", "IAM and Kubernetes RBAC together grant least privilege", "manual", "IAM statements and role bindings, read together"),
)
