"""Every namespace says what its pods may do, and few say everything."""

from collections.abc import Iterator

from policies.accessor import TEXT
from policies.namespaces import DRIVERS
from policies.rule import Config, Rule, Setting, Violation
from policies.standards import cis_oke, nsa
from policies.subject import Resource

NAMESPACE = "kubernetes:core/v1:Namespace"
LABEL = "pod-security.kubernetes.io/enforce"
LEVEL = TEXT.called("restricted, or baseline where it must be")


def check(namespace: Resource, config: Config) -> Iterator[Violation]:
    if namespace.partial and not namespace.read.present(TEXT, "metadata", "labels", LABEL):
        return
    level, name = namespace.read.require(LEVEL, "metadata", "labels", LABEL), namespace.read.require(TEXT, "metadata", "name")
    if level not in ("baseline", "restricted", "privileged"):
        yield Violation(f"{LABEL} is {level!r}; allowed: restricted, baseline")
    if level == "privileged" and name not in config.texts("privileged"):
        yield Violation(f"namespace {name} lets pods take over their node ({LABEL}: privileged): set restricted or baseline")


RULE = Rule(
    name="privileged-namespace",
    title="Namespaces enforce a Pod Security Standard",
    topic="security",
    severity="high",
    applies=(NAMESPACE,),
    why="A privileged pod is root on its node, and on a GPU node that is everybody's work. Only drivers and exporters need it.",
    fix="Label the namespace `pod-security.kubernetes.io/enforce: restricted`.",
    standards=(cis_oke("4.2.1"), cis_oke("4.2.2"), cis_oke("4.2.3"), cis_oke("4.2.4"), cis_oke("4.2.5"), nsa("Kubernetes Pod security")),
    settings=(
        Setting(
            name="privileged",
            kind="texts",
            meaning="Namespaces that may be privileged: those that drivers and node exporters live in.",
            stricter="fewer",
            default=DRIVERS,
        ),
    ),
    check=check,
)
