"""ValidatingAdmissionPolicies and their bindings: the rules, and where they hold."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from components.access.admission import rules
from components.access.admission.rules import Rule, Variable, cel
from components.access.admission.section import Admission
from components.access.team_namespaces.network import TEAM_LABEL
from components.framework.reserved_namespaces import RESERVED
from infra.facts import ClusterContext

_API = "admissionregistration.k8s.io/v1"
TEAMS = {"matchExpressions": [{"key": TEAM_LABEL, "operator": "Exists"}]}
PROTECTED = (TEAM_LABEL, "pod-security.kubernetes.io/enforce")
"""Labels that decide what is admitted in a namespace."""


def documents(cluster: ClusterContext, section: Admission, own: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
    """`own` are namespaces of other add-ons, which may use GPU nodes beside the teams."""
    pod, template = "object.spec", "object.spec.template.spec"
    pods = [*rules.pod_rules(cluster, section, pod, "object.metadata"), *([rules.queue_of_pod()] if rules.queued(cluster) else [])]
    yield from _policy("team-pods", ("", "v1", ("pods",), ("CREATE",)), pods, [*rules.pod_variables(cluster, pod)])
    jobs = [*rules.job_rules(cluster, section), *rules.pod_rules(cluster, section, template, "object.spec.template.metadata")]
    yield from _policy(
        "team-jobs",
        ("batch", "v1", ("jobs",), ("CREATE", "UPDATE")),
        [Rule(each.name, f"variables.unchanged || ({each.expression})", each.message) for each in jobs],
        [*rules.job_variables(), *rules.pod_variables(cluster, template)],
    )
    if rules.queued(cluster):
        yield from _policy("team-job-sets", ("jobset.x-k8s.io", "*", ("jobsets",), ("CREATE", "UPDATE")), [rules.owner()])
    yield from _policy(
        "team-debugging",
        ("", "v1", ("pods/ephemeralcontainers",), ("UPDATE",)),
        [Rule("no-ephemeral-containers", "false", "'containers cannot be added to pods of a team: nobody counts what they use'")],
    )
    yield from _policy(
        "team-device-claims",
        ("resource.k8s.io", "*", ("resourceclaims", "resourceclaimtemplates"), ("CREATE", "UPDATE")),
        [Rule("no-resource-claims", "false", "'devices are asked for by limits, which quotas count'")],
    )
    yield from _policy(
        "team-secrets",
        ("", "v1", ("secrets",), ("CREATE", "UPDATE")),
        [
            Rule(
                "no-account-tokens",
                "!has(object.type) || object.type != 'kubernetes.io/service-account-token'",
                "'a Secret with a service account token never ends; ask for a token that does (TokenRequest)'",
            )
        ],
    )
    yield from _policy("team-variables", ("", "v1", ("configmaps", "secrets"), ("CREATE", "UPDATE")), [rules.variables_of_sources()])
    yield from _policy(
        "team-services",
        ("", "v1", ("services",), ("CREATE", "UPDATE")),
        [
            Rule(
                "no-external-addresses",
                "(!has(object.spec.externalIPs) || object.spec.externalIPs.size() == 0) && object.spec.type != 'ExternalName'",
                "'externalIPs and ExternalName send the traffic of others elsewhere'",
            )
        ],
    )
    yield from _elsewhere(cluster, own)
    yield from _labels()


def limits(documents: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """What the policies say, by namespace: most GPUs of one pod, and of all pods of a Job. Read from the expressions themselves."""
    spec: Mapping[str, Any] = next((each["spec"] for each in documents if _is_policy(each, "team-jobs")), {})
    said = {each["name"]: each["expression"].removesuffix(f"[{rules.HERE}]") for each in spec.get("variables", ())}
    per_pod, per_job = (json.loads(said.get(name, "{}")) for name in ("gpusPerPod", "gpusInAll"))
    return per_pod, per_job


def _is_policy(document: Mapping[str, Any], name: str) -> bool:
    return bool(document["kind"] == "ValidatingAdmissionPolicy" and document["metadata"]["name"] == name)


def _elsewhere(cluster: ClusterContext, own: Iterable[str]) -> Iterator[dict[str, Any]]:
    """No GPU in a namespace that is neither a team's nor the platform's: it would have no quota."""
    keys = cel(rules.accelerators(cluster))
    exempt = {*RESERVED, *cluster.addon_namespaces, *own, "kube-system"} - {"default"}
    selector = {
        "matchExpressions": [
            {"key": TEAM_LABEL, "operator": "DoesNotExist"},
            {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": sorted(exempt)},
        ]
    }
    device = "n.startsWith('nvidia.com/') || n.startsWith('amd.com/')"
    asks = f"has(c.resources) && has(c.resources.limits) && c.resources.limits.exists(n, {device})"
    takes = "has(c.env) && c.env.exists(e, e.name == 'NVIDIA_VISIBLE_DEVICES')"
    tolerates = f"has(t.key) && t.key in {keys}"
    yield from _policy(
        "gpus-elsewhere",
        ("", "v1", ("pods",), ("CREATE",)),
        [
            Rule(
                "gpus-of-teams",
                f"!variables.containers.exists(c, ({asks}) || ({takes})) && "
                "(!has(object.spec.resourceClaims) || object.spec.resourceClaims.size() == 0) && "
                f"(!has(object.spec.tolerations) || !object.spec.tolerations.exists(t, {tolerates}))",
                "'the namespace ' + request.namespace + ' belongs to no team, so it has no GPUs; use a namespace of a team'",
            )
        ],
        [*rules.container_variables("object.spec")],
        selector,
    )


def _labels() -> Iterator[dict[str, Any]]:
    """Namespaces have no namespace, so the policy looks at every one; only who may change every role may change these labels."""
    new, old = (
        "(has(object.metadata.labels) ? object.metadata.labels : {})",
        "(has(oldObject.metadata.labels) ? oldObject.metadata.labels : {})",
    )
    same = " && ".join(
        f"(({cel(label)} in {new}) == ({cel(label)} in {old}) && (!({cel(label)} in {new}) || {new}[{cel(label)}] == {old}[{cel(label)}]))"
        for label in PROTECTED
    )
    yield from _policy(
        "team-labels",
        ("", "v1", ("namespaces",), ("CREATE", "UPDATE")),
        [
            Rule(
                "protected-labels",
                "authorizer.group('rbac.authorization.k8s.io').resource('clusterroles').check('escalate').allowed() || "
                f"(request.operation == 'CREATE' ? !({cel(TEAM_LABEL)} in {new}) : ({same}))",
                f"'only administrators may change {' and '.join(PROTECTED)}'",
            )
        ],
        selector={},
    )


def _policy(
    name: str,
    kinds: tuple[str, str, Sequence[str], Sequence[str]],
    checks: Sequence[Rule],
    variables: Sequence[Variable] = (),
    selector: dict[str, Any] | None = None,
) -> Iterator[dict[str, Any]]:
    group, version, resources, operations = kinds
    matched = {"apiGroups": [group], "apiVersions": [version], "resources": list(resources), "operations": list(operations)}
    yield {
        "apiVersion": _API,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [matched]},
            **({"variables": [each.document for each in variables]} if variables else {}),
            "validations": [each.document for each in checks],
        },
    }
    where = {"matchResources": {"namespaceSelector": TEAMS if selector is None else selector}} if selector != {} else {}
    yield {
        "apiVersion": _API,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {"policyName": name, "validationActions": ["Deny", "Audit"], **where},
    }
