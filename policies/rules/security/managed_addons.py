"""OKE's own add-ons are those that the platform knows."""

from collections.abc import Iterator

from policies.accessor import TEXT
from policies.node_pools import is_autoscaler
from policies.rule import Config, Rule, Violation
from policies.standards import NONE
from policies.subject import Resource

ADDON = "oci:ContainerEngine/addon:Addon"
KNOWN = frozenset({
    "AmdGpuPlugin", "CertManager", "ClusterAutoscaler", "CoreDNS", "Flannel", "KubeProxy", "KubernetesMetricsServer", "NvidiaGpuPlugin",
    "OciVcnIpNative",
})  # fmt: skip
"""Those that make nothing that costs, and open nothing. Oracle, "Introducing Cluster Add-ons", 2026-09."""


def check(addon: Resource, _: Config) -> Iterator[Violation]:
    name = addon.read.require(TEXT, "addonName")
    if name not in KNOWN and not is_autoscaler(addon):
        yield Violation(
            f"add-on {name} is none that the rules know, so what it makes and opens is not known; known: {', '.join(sorted(KNOWN))}"
        )


RULE = Rule(
    name="managed-addons",
    title="OKE's add-ons are known ones",
    topic="security",
    severity="high",
    applies=(ADDON,),
    why="Some add-ons make databases, load balancers or a service mesh from objects in the cluster, where no sum over the stack sees them.",
    fix="Leave the add-on out, or add it to `policies/rules/security/managed_addons.py` with what it makes.",
    standards=NONE,
    check=check,
)
