"""What the platform asks Oracle: the only place that calls its data sources. Answers are outputs, asked through an explicit provider."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.oci import oci
from infra.tenancy import is_tenancy

NOT_FOUND = "NotAuthorizedOrNotFound"
"""How Oracle says that something is not there, or not for you to see."""


class LookupFailedError(LookupError):
    """Oracle's answer lacks what was asked for."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """All services of a region, as gateways (by OCID) and rules (by label) name them."""

    id: str
    cidr_block: str
    """A label, not a block: `all-fra-services-in-oracle-services-network`."""


@dataclass(frozen=True, kw_only=True)
class ImageSource:
    """An image that OKE offers for nodes."""

    id: str
    name: str


def availability_domains(compartment_id: pulumi.Input[str], provider: pulumi.ProviderResource) -> pulumi.Output[list[str]]:
    """Names of the region's availability domains in their order, prefixed for the tenancy: `Uocm:PHX-AD-1`."""
    found = oci.identity.get_availability_domains_output(compartment_id=compartment_id, opts=_by(provider))
    return found.apply(lambda answer: sorted(domain.name for domain in answer.availability_domains))


def all_services(provider: pulumi.ProviderResource) -> pulumi.Output[Service]:
    """The provider's region as a whole, for service gateways and rules. Raises LookupFailedError where the region lists none."""
    return oci.core.get_services_output(opts=_by(provider)).apply(lambda answer: _whole_region(answer.services))


def node_image_sources(
    compartment_id: pulumi.Input[str], kubernetes_version: pulumi.Input[str], provider: pulumi.ProviderResource
) -> pulumi.Output[list[ImageSource]]:
    """Images that OKE offers for nodes of `kubernetes_version`, in Oracle's order, which means nothing."""
    found = oci.containerengine.get_node_pool_option_output(
        node_pool_option_id="all", compartment_id=compartment_id, node_pool_k8s_version=kubernetes_version, opts=_by(provider)
    )
    return found.apply(lambda answer: [ImageSource(id=source.image_id, name=source.source_name) for source in answer.sources])


def image_exists(image_id: str, provider: pulumi.ProviderResource) -> pulumi.Output[bool]:
    """Whether there is an image of that OCID which these credentials may see. OKE's list has only the newest ones."""

    async def asked() -> bool:
        try:
            await pulumi.runtime.invoke_async("oci:Core/getImage:getImage", {"imageId": image_id}, _by(provider))
        except Exception as error:
            if NOT_FOUND in str(error):
                return False
            raise
        return True

    return pulumi.Output.from_input(asked())


def home_region(tenancy_id: pulumi.Input[str], provider: pulumi.ProviderResource) -> pulumi.Output[str]:
    """Name of the region that IAM is written to. Raises LookupFailedError where the tenancy shows none."""
    found = oci.identity.get_region_subscriptions_output(tenancy_id=tenancy_id, opts=_by(provider))
    return found.apply(lambda answer: _home(answer.region_subscriptions))


def compartment_path(compartment_id: pulumi.Input[str], provider: pulumi.ProviderResource) -> pulumi.Output[tuple[str | None, ...]]:
    """Names of the compartment and of those it lies in, the root's child first. None for one that the credentials may not see."""

    def with_those_above(found: "oci.identity.GetCompartmentResult") -> pulumi.Output[tuple[str | None, ...]]:
        name = found.name if found.is_accessible and found.name else None
        if name is None or is_tenancy(found.compartment_id):
            return pulumi.Output.from_input((name,))
        return compartment_path(found.compartment_id, provider).apply(lambda above: (*above, name))

    return oci.identity.get_compartment_output(id=compartment_id, opts=_by(provider)).apply(with_those_above)


def object_storage_namespace(compartment_id: pulumi.Input[str], provider: pulumi.ProviderResource) -> pulumi.Output[str]:
    """The tenancy's namespace of buckets."""
    found = oci.objectstorage.get_namespace_output(compartment_id=compartment_id, opts=_by(provider))
    return found.apply(lambda answer: answer.namespace)


def log_analytics_namespace(tenancy_id: pulumi.Input[str], provider: pulumi.ProviderResource) -> pulumi.Output[str]:
    """The tenancy's namespace of Log Analytics. Raises LookupFailedError where the service is not switched on."""
    found = oci.loganalytics.get_namespaces_output(compartment_id=tenancy_id, opts=_by(provider))
    return found.apply(lambda answer: _onboarded([item for each in answer.namespace_collections for item in each.items]))


def cluster_kubeconfig(cluster_id: pulumi.Input[str], endpoint: str, provider: pulumi.ProviderResource) -> pulumi.Output[str]:
    """Oracle's own kubeconfig: read the certificate authority out of it. `endpoint`: PRIVATE_ENDPOINT or PUBLIC_ENDPOINT.

    While the cluster's OCID is unknown the answer is too, and at preview Pulumi forgets that it depends on the cluster.
    """
    found = oci.containerengine.get_cluster_kube_config_output(
        cluster_id=cluster_id,
        endpoint=endpoint,
        token_version="2.0.0",  # noqa: S106 - the version of the format, not a token
        opts=_by(provider),
    )
    return found.apply(lambda answer: answer.content)


def _by(provider: pulumi.ProviderResource) -> pulumi.InvokeOptions:
    return pulumi.InvokeOptions(provider=provider)


def _whole_region(services: "Sequence[oci.core.outputs.GetServicesServiceResult]") -> Service:
    for service in services:
        if service.cidr_block.startswith("all-"):
            return Service(id=service.id, cidr_block=service.cidr_block)
    listed = ", ".join(service.name for service in services) or "none"
    raise LookupFailedError(f"the region lists no service that stands for all of them; it lists {listed}")


def _onboarded(namespaces: "Sequence[oci.loganalytics.outputs.GetNamespacesNamespaceCollectionItemResult]") -> str:
    for found in namespaces:
        if found.is_onboarded:
            return found.namespace
    raise LookupFailedError(
        "Log Analytics is not switched on in this tenancy and region; do so in the console, or turn off the add-on that keeps logs there"
    )


def _home(subscriptions: "Sequence[oci.identity.outputs.GetRegionSubscriptionsRegionSubscriptionResult]") -> str:
    for subscription in subscriptions:
        if subscription.is_home_region:
            return subscription.region_name
    listed = ", ".join(subscription.region_name for subscription in subscriptions) or "no region"
    raise LookupFailedError(f"the tenancy shows no home region, only {listed}; set cluster.homeRegion")
