"""Labels that tell the nodes how their GPUs are cut and shared."""

from collections.abc import Iterator

from components.gpu.operator import mig_plans, sharing
from components.gpu.operator.device_plugin import default_config
from components.gpu.operator.section import GpuOperator
from infra.facts import ClusterContext
from infra.needs import NodeLabels

PRODUCT = "nvidia.com/gpu.product"


def needed(cluster: ClusterContext, section: GpuOperator) -> Iterator[NodeLabels]:
    """A need for each entry of `nodePools` whose GPUs are cut or shared.

    Of nodes that exist already, those without a label have the default configuration, so that needs none.
    """
    default = (sharing.CONFIG_LABEL, default_config(cluster, section))
    products = {pool.entry: pool.labels.get(PRODUCT) for pool in cluster.nvidia_pools}
    for entry, product in products.items():
        initial = node_labels(section, entry, product)
        if initial:
            by_hand = {label: value for label, value in node_labels(section, entry).items() if (label, value) != default}
            yield NodeLabels(entry=entry, initial=initial, by_hand=by_hand)


def node_labels(section: GpuOperator, entry: str, product: str | None = None) -> dict[str, str]:
    """Labels that the nodes of an entry of `nodePools` must have from their first moment, so that their GPUs are cut and shared as planned.

    `product` is what nvidia.com/gpu.product is on a whole GPU: feature discovery calls one that is cut or shared differently.
    """
    labels: dict[str, str] = {}
    request, shared = section.mig.get(entry), section.sharing.get(entry)
    mixed = request is not None and section.mig_strategy == "mixed"
    if request is not None:
        labels[mig_plans.CONFIG_LABEL] = entry
        if product is not None and not mixed:
            product = f"{product}-MIG-{next(iter(request.wanted), '').replace('+', '.')}"
    if shared is not None:
        labels[sharing.CONFIG_LABEL] = f"{shared.name}-{entry}" if mixed else shared.name
        if product is not None and not mixed:
            product = f"{product}-SHARED"
    if labels and product is not None:
        labels[PRODUCT] = product
    return labels
