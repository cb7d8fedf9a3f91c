"""Which control of which published standard a rule stands for. Only identifiers; the standards' words are their owners'."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Standard:
    framework: str
    version: str
    control: str

    def __str__(self) -> str:
        return f"{self.framework} {self.control}"


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
