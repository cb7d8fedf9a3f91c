"""IAM policies of a cluster: `infra.oke.access.grants` decides, `Identity` declares, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.oci import oci
from infra.oke.access.grants import Needs, PolicyPlan, nodes_matching_rule, plan

_ANY_CLUSTER = "ocid1.cluster.oc1..any"
"""Stands for the cluster's OCID while it is unknown: which policies there are does not depend on it."""


@dataclass(frozen=True, kw_only=True)
class IdentityArgs:
    needs: Needs
    tenancy_id: pulumi.Input[str]
    """The tenancy's OCID: dynamic groups live in its root."""
    home: pulumi.ProviderResource
    """Provider of the tenancy's home region: IAM is written nowhere else."""
    cluster_id: pulumi.Input[str] | None = None
    """None declares what must exist before the cluster; its OCID, what comes after it."""
    after: Sequence[pulumi.Resource] = ()
    """What the part before has made: the chain goes on from there."""


@dataclass(frozen=True, kw_only=True)
class IdentityResources:
    nodes_group: oci.identity.DynamicGroup | None
    policies: tuple[oci.identity.Policy, ...]


class Identity(pulumi.ComponentResource):
    """Policies, each waiting for the one before: IAM keeps one version per tenancy, and writers at once get NoEtagMatch.

    Raises StatementError where a grant would be malformed or broader than its purpose.
    """

    resources: IdentityResources

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        needs = args.needs
        policies = plan(needs, None if args.cluster_id is None else _ANY_CLUSTER)
        super().__init__("platform:oke:Identity", name, {}, opts)
        group: oci.identity.DynamicGroup | None = None
        chain: list[pulumi.Resource] = list(args.after)
        if args.cluster_id is None and needs.makes_nodes_group:
            group = oci.identity.DynamicGroup(
                f"{name}-nodes",
                compartment_id=args.tenancy_id,
                name=needs.nodes_group_name,
                description=f"Worker nodes of {needs.prefix}",
                matching_rule=nodes_matching_rule(needs.compartment_id),
                opts=pulumi.ResourceOptions(parent=self, provider=args.home, depends_on=chain),
            )
            chain = [group]
        made: list[oci.identity.Policy] = []
        for index, policy in enumerate(policies):
            resource = oci.identity.Policy(
                f"{name}-{policy.key}",
                compartment_id=policy.compartment_id,
                name=policy.name,
                description=policy.description,
                statements=_statements(needs, args.cluster_id, index, policy),
                opts=pulumi.ResourceOptions(parent=self, provider=args.home, depends_on=chain),
            )
            made.append(resource)
            chain = [resource]
        self.resources = IdentityResources(nodes_group=group, policies=tuple(made))
        self.register_outputs({"policies": [policy.name for policy in made]})

    @property
    def ready(self) -> tuple[pulumi.Resource, ...]:
        """What waits for rights waits for these."""
        return self.resources.policies

    @property
    def made(self) -> tuple[pulumi.Resource, ...]:
        """What the part that comes after waits for: it may speak of the group."""
        group = self.resources.nodes_group
        return self.resources.policies if group is None else (group, *self.resources.policies)


def _statements(needs: Needs, cluster_id: pulumi.Input[str] | None, index: int, policy: PolicyPlan) -> pulumi.Input[list[str]]:
    """With the cluster's OCID in those that name it. What does not is known before the cluster is."""
    if cluster_id is None or not any(_ANY_CLUSTER in text for text in policy.texts):
        return policy.texts
    return pulumi.Output.from_input(cluster_id).apply(lambda known: plan(needs, known)[index].texts)
