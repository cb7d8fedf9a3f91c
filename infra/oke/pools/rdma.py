"""Compute clusters: what joins the nodes of a pool by RDMA, one to each availability domain the pool is in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pulumi

from infra.oci import oci
from infra.oke.pools.pool_plan import PoolPlan


@dataclass(frozen=True, kw_only=True)
class RdmaArgs:
    prefix: str
    compartment_id: pulumi.Input[str]
    availability_domains: pulumi.Input[list[str]]
    """Names of the region's availability domains, in order."""
    plans: Iterable[PoolPlan]
    """All pools; those without RDMA are passed over."""


@dataclass(frozen=True, kw_only=True)
class RdmaResources:
    clusters: Mapping[str, oci.core.ComputeCluster]
    """By the name of the pool's plan."""


class Rdma(pulumi.ComponentResource):
    """One compute cluster per RDMA pool: Oracle packs its nodes, and deleting the pool frees the network with it.

    A pool cannot change its compute cluster: another one replaces the pool.
    """

    resources: RdmaResources

    def __init__(self, name: str, args: RdmaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:oke:Rdma", name, {}, opts)
        domains = pulumi.Output.from_input(args.availability_domains)
        clusters = {
            plan.name: oci.core.ComputeCluster(
                f"{name}-{plan.name}",
                compartment_id=args.compartment_id,
                display_name=f"{args.prefix}-{plan.name}",
                availability_domain=_domain(domains, plan),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for plan in args.plans
            if plan.rdma
        }
        self.resources = RdmaResources(clusters=MappingProxyType(clusters))
        self.register_outputs({"clusterIds": {pool: cluster.id for pool, cluster in clusters.items()}})


def _domain(domains: pulumi.Output[list[str]], plan: PoolPlan) -> pulumi.Output[str]:
    number = plan.availability_domains[0]
    return domains.apply(lambda names: names[number - 1])
