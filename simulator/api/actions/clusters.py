"""What a cluster is asked for beside its life: a kubeconfig, its endpoint, one of its nodes."""

from collections.abc import Mapping
from types import MappingProxyType

from simulator.api.answers import Answer, Asked
from simulator.api.errors import absent, of_text
from simulator.api.kinds import BY_TOKEN
from simulator.api.resources import Action, Resources
from simulator.errors import CloudError
from simulator.oci.outputs import CLUSTER, NODE_POOL


def kubeconfig(cloud: Resources, asked: Asked) -> Answer:
    wanted = (asked.body or {}).get("endpoint") if isinstance(asked.body, dict) else None
    arguments = {"clusterId": asked.path["clusterId"], **({"endpoint": wanted} if wanted else {})}
    try:
        found, _ = cloud.provider.invoke(cloud.config, "oci:ContainerEngine/getClusterKubeConfig:getClusterKubeConfig", arguments)
    except CloudError as refusal:
        raise of_text(str(refusal)) from None
    return Answer(raw=str(found["content"]).encode(), headers={"content-type": "application/x-yaml"})


def delete_node(cloud: Resources, asked: Asked) -> Answer:
    """One node goes; the pool gets smaller with it, unless it is told to keep its size."""
    kind = BY_TOKEN[NODE_POOL]
    pool = cloud.place.simulated.get(NODE_POOL, asked.path["nodePoolId"])
    nodes = pool.outputs.get("nodes") or [] if pool is not None else []
    if pool is None or all(node["id"] != asked.path["nodeId"] for node in nodes):
        raise absent("node", asked.path["nodeId"])
    if str(asked.one("isDecrementSize")).lower() != "false":
        details = {**(pool.inputs.get("nodeConfigDetails") or {})}
        details["size"] = max(int(details.get("size") or 0) - 1, 0)
        pool.inputs = {**pool.inputs, "nodeConfigDetails": details}
        pool.outputs["nodeConfigDetails"] = {**(pool.outputs.get("nodeConfigDetails") or {}), "size": details["size"]}
        pool.outputs["nodes"] = [node for node in nodes if node["id"] != asked.path["nodeId"]]
    work = cloud.works.begin("update", kind, pool)
    return Answer(status=202, headers={"opc-work-request-id": work.id})


def update_endpoint(cloud: Resources, asked: Asked) -> Answer:
    """The endpoint's groups, and whether it has a public address. It stays in its subnet."""
    kind = BY_TOKEN[CLUSTER]
    record = cloud.held(kind, asked)
    given, others = cloud.given(kind, asked)
    endpoint = {**(record.inputs.get("endpointConfig") or {}), **others, **given}
    return cloud.change(kind, asked, record, {**record.inputs, "endpointConfig": endpoint}, {})


ACTIONS: Mapping[tuple[str, str], Action] = MappingProxyType(
    {
        ("POST", "/20180222/clusters/{clusterId}/kubeconfig/content"): kubeconfig,
        ("POST", "/20180222/clusters/{clusterId}/actions/updateEndpointConfig"): update_endpoint,
        ("DELETE", "/20180222/nodePools/{nodePoolId}/node/{nodeId}"): delete_node,
    }
)
