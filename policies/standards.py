"""Which control of which published standard a rule stands for. Only identifiers; the standards' words are their owners'."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, order=True)
class Standard:
    framework: str
    version: str
    control: str

    def __str__(self) -> str:
        return f"{self.framework} {self.control}"


NONE: tuple[Standard, ...] = ()
"""No published control asks for what the rule does."""

CHAPTERS = frozenset({
    "Audit logging and threat detection", "Authentication and authorization", "Kubernetes Pod security",
    "Network separation and hardening", "Upgrading and application security practices",
})  # fmt: skip
"""Of the hardening guide of NSA and CISA."""

# checkov 3.3.30, checkov/terraform/checks. Ids that no rule stands for, and why.
NOT_ADOPTED: Mapping[str, str] = MappingProxyType({
    "CKV_OCI_1": "credentials are the provider's, and its configuration is no resource of the platform",
    "CKV_OCI_2": "the platform makes no block volumes, and backs none up",
    "CKV_OCI_6": "monitoring of instances is on unless it is switched off, and nodes are watched from inside",
    "CKV_OCI_11": "passwords are the identity domain's", "CKV_OCI_12": "passwords are the identity domain's",
    "CKV_OCI_13": "passwords are the identity domain's", "CKV_OCI_14": "passwords are the identity domain's",
    "CKV_OCI_18": "passwords are the identity domain's",
    "CKV_OCI_16": "OKE's rules are stateful by Oracle's own design", "CKV_OCI_17": "OKE's rules are stateful by Oracle's own design",
    "CKV_OCI_21": "OKE's rules are stateful by Oracle's own design",
    "CKV_OCI_23": "the platform makes no data catalogue",
    "CKV2_OCI_1": "users and their keys are not the platform's",
    "CKV2_OCI_4": "kubelets own volumes as root, and only nodes may mount",
    "CKV2_OCI_6": "pod security policies are gone since Kubernetes 1.25",
})  # fmt: skip


def cis_oke(control: str) -> Standard:
    return Standard("CIS OKE", "1.6.0", control)


def cis_oci(control: str) -> Standard:
    return Standard("CIS OCI", "3.0.0", control)


def checkov(control: str) -> Standard:
    """checkov's checks of OCI and Kubernetes. Those of OCI read Terraform only; the rule does for Pulumi what they do there."""
    return Standard("checkov", "3.3", control)


def nsa(section: str) -> Standard:
    """Kubernetes Hardening Guide of NSA and CISA, by its chapter."""
    return Standard("NSA/CISA", "1.2", section)
