"""Grants are no wider than one purpose in one compartment."""

import re
from collections.abc import Iterator

from policies.accessor import LIST
from policies.rule import Accepted, Config, Rule, Violation
from policies.standards import cis_oci, cis_oke
from policies.subject import Resource

POLICY = "oci:Identity/policy:Policy"

FAMILIES = frozenset({
    "cluster-family", "clusters", "compartments", "domains", "dynamic-groups", "groups", "keys", "policies", "quotas", "secret-family",
    "tag-namespaces", "usage-budgets", "users", "vaults", "virtual-network-family",
})  # fmt: skip
"""What nobody may manage but administrators: it is the platform itself, or the way to more rights."""

MACHINES = frozenset({"compute-management-family", "instance-family"})
"""Whoever manages these makes GPUs without a node pool. The autoscaler must. Oracle, "Using the Cluster Autoscaler", 2026-08."""

TENANCY_ONLY = ("log_analytics_discovery_upload",)
"""Permissions to add, not to read or change, that Oracle grants in no compartment. Oracle, oci-kubernetes-monitoring 4.3.0, 2026-08."""

_STATEMENT = re.compile(
    r"allow (?P<subject>[^{}]+?) to (?P<access>\{[^{}]+\}|\S+ \S+) in (?P<place>tenancy|compartment .+?)(?: where (?P<where>.+))?",
    re.IGNORECASE,
)
"""Of a statement with single spaces: runs of them would take the expression hours."""
_PRINCIPAL = re.compile(r"request\.principal\.type\s*=\s*'", re.IGNORECASE)
_WHICH = re.compile(r"request\.principal\.(id|compartment\.id|cluster_id)\s*=\s*'", re.IGNORECASE)
"""Compared with one value: a pattern between slashes is more than one."""
_WORKLOAD = re.compile(r"request\.principal\.type\s*=\s*'workload'", re.IGNORECASE)
_EITHER = re.compile(r"\bany\s*\{", re.IGNORECASE)
_ANYONE = re.compile(r"\bany-(?:user|group)\b", re.IGNORECASE)

_RIGHTS = re.compile(
    r"\b(?:CLUSTER|COMPARTMENT|CREDENTIAL|DOMAIN|DYNAMIC_GROUP|GROUP|KEY|POLICY|QUOTA|SECRET|TAG_NAMESPACE|USAGE_BUDGET|USER|VAULT)"
    r"_(?:CREATE|UPDATE|DELETE|MANAGE|MOVE|ADD|REMOVE)\w*"
)
"""Permissions that are the way to more rights, as those of FAMILIES are."""


def check(policy: Resource, _: Config) -> Iterator[Violation]:
    if not policy.read.present(LIST, "statements"):
        yield Violation("statements is missing: a policy says what it grants")
    for statement in policy.read.known_texts("statements"):
        wide = too_wide(statement)
        if wide:
            yield Violation(f"{_with_single_spaces(statement)!r} {wide}")


def too_wide(statement: str) -> str | None:  # noqa: PLR0911 - a reason each
    """Why a statement grants more than one purpose in one compartment needs, None when it does not."""
    match = _STATEMENT.fullmatch(_with_single_spaces(statement))
    if match is None:
        return "is no plain `Allow ... to ... in ...`, so what it grants is unknown: write it so, or keep it out of the program"
    verb, _, resource = match["access"].lower().partition(" ")
    place = match["place"].lower()
    anywhere = place == "tenancy" or "ocid1.tenancy." in place
    if resource == "all-resources":
        return "grants all resources: name the ones it is for"
    looks = verb in ("inspect", "read") and not match["access"].startswith("{")
    if anywhere and not looks and match["access"].lower().strip("{ }") not in TENANCY_ONLY:
        return "reaches the whole tenancy: name a compartment"
    if verb == "manage" and resource in FAMILIES:
        return f"manages {resource}, the way to more rights: grant single resource types"
    if verb == "manage" and resource in MACHINES and not _WORKLOAD.search(match["where"] or ""):
        return f"manages {resource}, so GPUs come from outside node pools: grant it to a workload alone"
    permissions = _RIGHTS.findall(match["access"].upper()) if match["access"].startswith("{") else []
    if permissions:
        return f"grants {', '.join(permissions)}, the way to more rights: grant what one purpose needs"
    if _ANYONE.search(match["subject"]):
        where = match["where"] or ""
        if _EITHER.search(where):
            return "lets in whoever meets one of its conditions: join them by all"
        if not _PRINCIPAL.search(where):
            return "lets any principal in: say request.principal.type in its conditions"
        if not _WHICH.search(where):
            return "lets every principal of that type in: say which, by id, compartment or cluster"
    return None


def _with_single_spaces(statement: str) -> str:
    return " ".join(statement.split())


RULE = Rule(
    name="iam-statements",
    title="IAM statements grant one purpose in one compartment",
    topic="security",
    severity="critical",
    applies=(POLICY,),
    why="Oracle authorises by IAM or by Kubernetes RBAC, whichever says yes: who may manage clusters is cluster administrator, whatever "
    "the role bindings say.",
    fix="Name a compartment, single resource types, and conditions that say which principal.",
    standards=(cis_oci("1.1"), cis_oci("1.2"), cis_oke("5.5.1"), cis_oke("4.1.1")),
    accepts=(
        Accepted(
            path="statements*",
            trouble=("unknown",),
            because="a statement that names the cluster is known once the cluster is; the update that makes the policy checks it then",
        ),
    ),
    check=check,
)
