"""The way in to a private API endpoint: OCI's Bastion service, which forwards a port for a few hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi

from infra.oci import oci
from infra.oke.network.cidr import NetworkPlanError
from infra.oke.network.plan import check_bastion
from infra.problems import Problem

LONGEST_SESSION_SECONDS = 10800
SHORTEST_SESSION_SECONDS = 1800
"""What Oracle lets a session last. "Managing Bastions", 2026-11."""


@dataclass(frozen=True, kw_only=True)
class BastionArgs:
    prefix: str
    """Name of the platform; what the bastion is named after."""
    compartment_id: pulumi.Input[str]
    subnet_id: pulumi.Input[str]
    """The bastion's subnet, whose addresses the endpoint's group lets in."""
    allowed_cidrs: Sequence[IPv4Network | str]
    """Who may open sessions."""
    max_session_seconds: int = LONGEST_SESSION_SECONDS


@dataclass(frozen=True, kw_only=True)
class BastionResources:
    bastion: oci.bastion.Bastion


class Bastion(pulumi.ComponentResource):
    """A bastion without sessions: those last hours, so whoever needs one opens it (`infra.oke.cluster.kubeconfig.tunnel_commands`).

    Raises NetworkPlanError for a list of clients that is empty or the internet, or a session length Oracle refuses.
    """

    resources: BastionResources

    def __init__(self, name: str, args: BastionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check(args)
        super().__init__("platform:oke:Bastion", name, {}, opts)
        self.resources = BastionResources(
            bastion=oci.bastion.Bastion(
                name,
                name=f"{args.prefix}-bastion",
                bastion_type="STANDARD",
                compartment_id=args.compartment_id,
                target_subnet_id=args.subnet_id,
                client_cidr_block_allow_lists=[str(cidr) for cidr in args.allowed_cidrs],
                max_session_ttl_in_seconds=args.max_session_seconds,
                dns_proxy_status="DISABLED",
                opts=pulumi.ResourceOptions(parent=self),
            )
        )
        self.register_outputs({"bastionId": self.resources.bastion.id})


def check(args: BastionArgs) -> None:
    """Raises NetworkPlanError with everything Oracle, or prudence, would refuse."""
    problems = list(check_bastion(args.allowed_cidrs))
    if not SHORTEST_SESSION_SECONDS <= args.max_session_seconds <= LONGEST_SESSION_SECONDS:
        allowed = f"{SHORTEST_SESSION_SECONDS} to {LONGEST_SESSION_SECONDS}"
        problems.append(Problem("bastion.maxSessionHours", f"{args.max_session_seconds} seconds is not possible; Oracle allows {allowed}"))
    if problems:
        raise NetworkPlanError(problems)
