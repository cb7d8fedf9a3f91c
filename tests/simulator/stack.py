"""A stack of a small platform in a process of its own, which does what it is told, a line at a time.

A program that fails leaves a thread of the SDK behind that waits for ever: it must not be the thread of a test process. Started by
test_engine.py with the engine's environment; each line on standard input is {"do": ..., "subnet": {...}, "groups": n}, each line of
the answer {"changes": ..., "planned": ..., "outputs": ..., "state": ..., "error": ...}.
"""

import json
import os
import sys
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random
from pulumi import ResourceOptions as Opts
from pulumi import automation as auto

from infra.oci import oci

TOLD: dict[str, Any] = {}


def program() -> None:
    """A network, a cluster in it, a release in that, a password."""
    home = Opts(provider=oci.Provider("oci", region="eu-frankfurt-1", ignore_defined_tags=["Oracle-Tags.CreatedBy"]))
    vcn = oci.core.Vcn("main", compartment_id="c", cidr_blocks=["10.0.0.0/16"], dns_label="gpu", opts=home)
    subnet = oci.core.Subnet("nodes", compartment_id="c", vcn_id=vcn.id, opts=home, **TOLD["subnet"])
    cluster = oci.containerengine.Cluster(
        "gpu", name="gpu", compartment_id="c", kubernetes_version="v1.35.2", vcn_id=vcn.id, type="ENHANCED_CLUSTER",
        endpoint_config={"subnet_id": subnet.id}, opts=home,
    )  # fmt: skip
    kubeconfig = cluster.endpoints.apply(lambda found: f"kubeconfig of {found[0].private_endpoint}")
    kube = k8s.Provider("gpu", kubeconfig=kubeconfig, cluster_identifier=cluster.id)
    inside = Opts(provider=kube, deleted_with=cluster)
    namespace = k8s.core.v1.Namespace("kueue", metadata={"name": "kueue-system"}, opts=inside)
    k8s.helm.v3.Release(
        "kueue", name="kueue", chart="kueue", version="0.19.2", namespace="kueue-system", values={"replicas": 2},
        opts=Opts.merge(inside, Opts(depends_on=[namespace])),
    )  # fmt: skip
    password = pulumi_random.RandomPassword("password", length=16, opts=Opts(provider=pulumi_random.Provider("random")))
    for index in range(TOLD.get("groups", 0)):
        oci.core.NetworkSecurityGroup(f"group{index}", compartment_id="c", vcn_id=vcn.id, opts=home)
    pulumi.export("password", password.result)
    pulumi.export("endpoint", cluster.endpoints[0].private_endpoint)


def do(stack: auto.Stack, what: str) -> dict[str, Any]:
    events: list[auto.EngineEvent] = []
    outputs: dict[str, Any] = {}
    if what == "preview":
        summary: Any = stack.preview(on_event=events.append).change_summary
    else:
        done: Any = getattr(stack, what)(on_event=events.append)
        summary = done.summary.resource_changes
        outputs = {name: [output.value, output.secret] for name, output in getattr(done, "outputs", {}).items()}
    steps = [event.resource_pre_event.metadata for event in events if event.resource_pre_event]
    planned = {step.urn.rsplit("::", 1)[-1]: [step.op.value, list(step.keys or ())] for step in steps if step.op.value in OPERATIONS}
    state = {resource["urn"].rsplit("::", 1)[-1]: resource for resource in (stack.export_stack().deployment or {}).get("resources", ())}
    return {
        "changes": {str(getattr(op, "value", op)): n for op, n in summary.items()},
        "planned": planned,
        "outputs": outputs,
        "state": state,
    }


OPERATIONS = ("create", "update", "delete", "replace")


def main() -> None:
    stack = auto.create_or_select_stack("dev", "simulated", program)
    for line in sys.stdin:
        TOLD.update(json.loads(line))
        try:
            answer = do(stack, TOLD["do"])
        except auto.CommandError as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)  # noqa: T201 - the answer
    os._exit(0)  # past the threads that wait for ever


if __name__ == "__main__":
    main()
