"""A new kubeconfig does not replace everything in the cluster."""

from collections.abc import Iterator

from policies.accessor import TEXT
from policies.rule import Config, Rule, Violation, presence
from policies.standards import NONE
from policies.subject import Resource

PROVIDER = "pulumi:providers:kubernetes"


def check(provider: Resource, _: Config) -> Iterator[Violation]:
    if not provider.read.present(TEXT, "clusterIdentifier"):
        yield Violation("clusterIdentifier is missing, so any change of the kubeconfig replaces all that is in the cluster: set it")


RULE = Rule(
    name="cluster-identifier",
    title="The Kubernetes provider knows its cluster by a name that stays",
    topic="reliability",
    severity="high",
    applies=(PROVIDER,),
    why="Without it the provider takes a renewed certificate, or a kubeconfig that is not known yet, for another cluster.",
    fix="Set `cluster_identifier` to the cluster's OCID.",
    standards=NONE,
    accepts=(presence("clusterIdentifier"),),
    check=check,
)
