"""Nothing in the cluster makes nodes but OKE's own autoscaler, whose bounds are counted."""

import re
from collections.abc import Iterator

from policies import charts
from policies.accessor import TEXT, Path, written
from policies.pods import OBJECTS, fields, is_command, is_image
from policies.rule import Accepted, Config, Rule, Violation
from policies.standards import NONE
from policies.subject import Resource

_MAKER = re.compile(
    r"cluster-?autoscaler|karpenter|cluster-?api|\bcapi-|\bcapoci|crossplane|upbound|oci-service-operator|\bosok\b|argo-?cd\b|\bargo-cd"
    r"|\bflux-?2?\b|fluxcd|(?:source|kustomize|helm|tf|tofu)-controller|terraform|opentofu|terragrunt|pulumi|kro\b|rancher/|\brancher$|fleet|atlantis|tekton|spinnaker|kubernetes-dashboard|kubeapps|\bocean-|spotinst|helm-dashboard|\bcastai|\boci-cli\b|\bocicli\b",
    re.IGNORECASE,
)
"""Programs that make machines, by the names of their charts and images."""
_CALLS = re.compile(
    r"cluster-autoscaler\b|--cloud-provider(?:[= ]|$)|--nodes=\d+:\d+:|--node-group-auto-discovery|\bkarpenter\b"
    r"|\boci\s+(?:--?\S+\s+\S+\s+)*(?:compute|ce|compute-management|data-science|generative-ai|bv|db|lb|nlb|iam|limits)\b"
    r"|\b(?:terraform|tofu|terragrunt)\s+(?:-\S+\s+)*apply\b|\bpulumi\s+(?:-\S+\s+)*up\b|\b(?:aws\s+ec2|gcloud\s+compute|az\s+vm)\b"
    r"|\b(?:iaas|containerengine|datascience)\.[a-z0-9-]+\.(?:oci\.)?oraclecloud\.com",
)
"""Command lines that ask a cloud for machines, or apply what does."""
_GROUP = re.compile(r"kubernetes:(?:[a-z0-9.-]*\.)?(?:karpenter\.|cluster\.x-k8s\.io/|crossplane\.io/|oci\.oracle\.com/)")
"""Kinds that they are told by, by API group."""


CONFIG_MAP = "kubernetes:core/v1:ConfigMap"


def check(resource: Resource, _: Config) -> Iterator[Violation]:
    if _GROUP.match(resource.type):
        yield Violation(f"{resource.type} makes machines that no limit counts: declare a node pool")
    elif resource.type in charts.TYPES:
        chart = resource.read.require(TEXT, "chart")
        if _MAKER.search(chart):
            yield Violation(f"chart {chart} makes machines that no limit counts: use the add-on ClusterAutoscaler and node pools")
    for path, value in fields(resource):
        if isinstance(value, str) and (is_command(path) or _is_script(resource, path)) and _CALLS.search(value):
            yield Violation(f"{written(path)} makes machines that no limit counts: declare a node pool")
        if is_image(path):
            image = resource.read.judge(TEXT, path, value)
            if _MAKER.search(image):
                yield Violation(f"{written(path)} is {image}, which makes machines that no limit counts: use the add-on ClusterAutoscaler")


def _is_script(resource: Resource, path: Path) -> bool:
    """A file of a ConfigMap, which a job may run, or a script in a chart's values."""
    return (resource.type == CONFIG_MAP and path[0] == "data") or str(path[-1]).lower().endswith(("script", ".sh"))


RULE = Rule(
    name="node-makers",
    title="Only OKE's autoscaler makes nodes",
    topic="spend",
    severity="critical",
    applies=OBJECTS,
    why="A cluster autoscaler of one's own, Karpenter or Cluster API makes machines from settings inside the cluster, where no sum over "
    "the stack sees them.",
    fix="Declare node pools with `minSize` and `maxSize`, and leave growing them to the add-on.",
    standards=NONE,
    accepts=(Accepted(path="*", trouble=("missing",), because="a container without an image runs nothing"),),
    check=check,
)
