"""What Kueue does not let anybody change of an object that is there: it must be replaced.

kubernetes-sigs/kueue v0.19.2, apis/kueue/v1beta2/*_types.go (rules in CEL), 2026-08. A flavor or a topology that is in use is not
replaced either: its finalizer keeps it until no queue names it.
"""

from collections.abc import Iterator, Mapping

from components.queues.model.findings import Finding
from components.queues.model.objects import Named

IMMUTABLE: Mapping[str, tuple[str, ...]] = {
    "LocalQueue": ("spec.clusterQueue",),
    "ResourceFlavor": ("spec.nodeLabels", "spec.tolerations", "spec.topologyName"),
    "Topology": ("spec.levels",),
    "AdmissionCheck": ("spec.controllerName",),
    "ClusterQueue": ("spec.concurrentAdmissionPolicy",),
}
"""By kind, the fields that a change of means another object."""
RULES = {"LocalQueue": "18", "ResourceFlavor": "19", "Topology": "21", "AdmissionCheck": "14", "ClusterQueue": "17"}


def findings(old: Named, new: Named) -> Iterator[Finding]:
    """Fields that the update would be refused for."""
    if new.kind == "ResourceFlavor" and not old.document["spec"].get("topologyName"):
        return  # without a topology a flavor may be anything
    before, after = old.document.get("spec", {}), new.document.get("spec", {})
    for path in IMMUTABLE.get(new.kind, ()):
        field = path.removeprefix("spec.")
        if before.get(field) != after.get(field):
            fix = "give the new one another name, move its users, then remove this one"
            yield Finding(str(new), path, f"cannot be changed from {before.get(field)!r} to {after.get(field)!r}; {fix}", RULES[new.kind])
