"""Where a cluster's logs go in OCI Log Analytics: a log group, and the entity that they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.oci import oci

ENTITY_TYPE = "Kubernetes Cluster"


@dataclass(frozen=True, kw_only=True)
class LoggingAnalyticsArgs:
    prefix: str
    compartment_id: pulumi.Input[str]
    namespace: pulumi.Input[str]
    """Log Analytics' namespace of the tenancy, which must have it switched on already: that is a decision for all of it."""
    cluster_id: pulumi.Input[str]
    cluster_name: str
    cluster_created: pulumi.Input[str]
    """The cluster's `metadata.timeCreated`, as Oracle writes it: `2026-05-21 16:20:30 +0000 UTC`."""
    kubernetes_version: str


@dataclass(frozen=True, kw_only=True)
class LoggingAnalyticsResources:
    log_group: oci.loganalytics.LogAnalyticsLogGroup
    entity: oci.loganalytics.LogAnalyticsEntity


class LoggingAnalytics(pulumi.ComponentResource):
    resources: LoggingAnalyticsResources
    granted: Mapping[str, pulumi.Input[str]]
    """What `infra.needs.LogAnalytics` grants."""

    def __init__(self, name: str, args: LoggingAnalyticsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:oke:LoggingAnalytics", name, {}, opts)
        created = pulumi.Output.from_input(args.cluster_created).apply(rfc3339)
        entity_name = created.apply(lambda time: f"{args.cluster_name}_{time}")
        group = oci.loganalytics.LogAnalyticsLogGroup(
            f"{name}-logs",
            compartment_id=args.compartment_id,
            namespace=args.namespace,
            display_name=f"{args.prefix}-logs",
            description=f"Logs of the Kubernetes cluster {args.cluster_name}",
            opts=pulumi.ResourceOptions(parent=self),
        )
        facts: dict[str, pulumi.Input[str]] = {
            "cluster": entity_name,
            "cluster_name": args.cluster_name,
            "cluster_date": created,
            "cluster_ocid": args.cluster_id,
            "solution_type": "OKE",
            "k8s_version": args.kubernetes_version,
        }
        entity = oci.loganalytics.LogAnalyticsEntity(
            f"{name}-cluster",
            compartment_id=args.compartment_id,
            namespace=args.namespace,
            entity_type_name=ENTITY_TYPE,
            name=entity_name,
            cloud_resource_id=args.cluster_id,
            # Oracle's dashboards find the cluster by these: oracle-quickstart/oci-kubernetes-monitoring 4.3.0, terraform/modules/logan.
            metadata=oci.loganalytics.LogAnalyticsEntityMetadataArgs(
                items=[
                    oci.loganalytics.LogAnalyticsEntityMetadataItemArgs(name=key, value=value, type="k8s_solution")
                    for key, value in facts.items()
                ]
            ),
            # Oracle's collector writes more into it, and an upgrade of the cluster must not make another entity.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["metadata", "name"]),
        )
        self.resources = LoggingAnalyticsResources(log_group=group, entity=entity)
        self.granted = {
            "namespace": group.namespace,
            "log_group_id": group.id,
            "entity_id": entity.id,
            "cluster_id": pulumi.Output.from_input(args.cluster_id),
            "cluster_name": entity.name,
        }
        self.register_outputs({})


def rfc3339(time: str) -> str:
    """`2026-05-21 16:20:30.123 +0000 UTC` as `2026-05-21T16:20:30Z`. Raises ValueError for another form."""
    parts = time.removesuffix(" UTC").split()
    if len(parts) != 3 or parts[2] != "+0000":
        raise ValueError(f"{time!r} is not a time as Oracle writes it, like 2026-05-21 16:20:30 +0000 UTC")
    date, clock, _ = parts
    return f"{date}T{clock.partition('.')[0]}Z"
