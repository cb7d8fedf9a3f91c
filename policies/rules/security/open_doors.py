"""Bastions, exports and clusters open no more than they must."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from policies.accessor import FLAG, LIST, TEXT
from policies.rule import Accepted, Check, Config, Rule, Violation
from policies.rules.security.open_ingress import is_internet
from policies.standards import nsa
from policies.subject import Resource

BASTION, EXPORT, CLUSTER = "oci:Bastion/bastion:Bastion", "oci:FileStorage/export:Export", "oci:ContainerEngine/cluster:Cluster"
ADDRESS, SUBSCRIPTION, ATTACHMENT = (
    "oci:Core/publicIp:PublicIp",
    "oci:Ons/subscription:Subscription",
    "oci:Core/drgAttachment:DrgAttachment",
)
PEOPLE = ("EMAIL", "PAGERDUTY", "SLACK")
"""Ways to tell people of an alarm that cost nothing by the message, and lead to no address that anybody may choose."""
OURS = ("IPSEC_TUNNEL", "VCN", "VIRTUAL_CIRCUIT")
"""Networks that lead to one's own."""
OIDC = ("options", "openIdConnectTokenAuthenticationConfig")
OLD = ("isKubernetesDashboardEnabled", "isTillerEnabled")
"""Options of a cluster that bring programs with every right and no login."""


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    yield from JUDGES[resource.type](resource, config)


def _bastion(bastion: Resource, _: Config) -> Iterator[Violation]:
    if not bastion.read.present(LIST, "clientCidrBlockAllowLists"):
        yield Violation("clientCidrBlockAllowLists is missing, so nobody or everybody may try: name the blocks of your people")
    for block in bastion.read.texts("clientCidrBlockAllowLists"):
        if is_internet(block):
            yield Violation(f"clientCidrBlockAllowLists has {block}, which is the internet or a part of it: name the blocks of your people")


def _export(export: Resource, _: Config) -> Iterator[Violation]:
    if not export.read.present(LIST, "exportOptions"):
        yield Violation("exportOptions is missing, so every address may mount it as root: name the nodes' block")
    for option in export.read.each("exportOptions"):
        source = option.require(TEXT, "source")
        if is_internet(source):
            yield Violation(f"{option.path}.source is {source}, which is everybody who reaches the mount target: name the nodes' block")
        if option.optional(FLAG, "isAnonymousAccessAllowed"):
            yield Violation(f"{option.path}.isAnonymousAccessAllowed is true: leave it out")


def _cluster(cluster: Resource, _: Config) -> Iterator[Violation]:
    for key in OLD:
        if cluster.read.optional(FLAG, "options", "addOns", key):
            yield Violation(f"options.addOns.{key} brings a program with every right in the cluster: leave it out")
    if cluster.read.optional(FLAG, *OIDC, "isOpenIdConnectAuthEnabled"):
        issuer = cluster.read.optional(TEXT, *OIDC, "issuerUrl") or "a file of issuers"
        said = f"{'.'.join(OIDC)} trusts whomever {issuer} says somebody is"
        yield Violation(f"{said}: let people in by Oracle's IAM, or write an exception for the cluster")


def _address(address: Resource, _: Config) -> Iterator[Violation]:
    if address.read.present(TEXT, "privateIpId"):
        yield Violation("privateIpId puts a machine on the internet afterwards: leave it out, and use the bastion or a load balancer")


def _subscription(subscription: Resource, _: Config) -> Iterator[Violation]:
    protocol = subscription.read.require(TEXT, "protocol")
    if protocol not in PEOPLE:
        yield Violation(f"protocol is {protocol}, which tells more than people what is alarmed; allowed: {', '.join(PEOPLE)}")


def _attachment(attachment: Resource, _: Config) -> Iterator[Violation]:
    kind = attachment.read.optional(TEXT, "networkDetails", "type") or "VCN"
    if kind not in OURS:
        yield Violation(f"networkDetails.type is {kind}, which joins a network of others; allowed: {', '.join(OURS)}")


JUDGES: Mapping[str, Check] = MappingProxyType({
    BASTION: _bastion,
    EXPORT: _export,
    CLUSTER: _cluster,
    ADDRESS: _address,
    SUBSCRIPTION: _subscription,
    ATTACHMENT: _attachment,
})  # fmt: skip


RULE = Rule(
    name="open-doors",
    title="Bastions, exports, addresses and clusters open no more than they must",
    topic="security",
    severity="high",
    applies=tuple(JUDGES),
    why="These cost nothing, so no sum sees them, and each lets somebody in: through the bastion, to the files, to the API.",
    fix="Name the blocks of the people and of the nodes.",
    standards=(nsa("Network separation and hardening"),),
    accepts=(Accepted(path="*.isAnonymousAccessAllowed", trouble=("missing",), because="Oracle lets nobody in without a name by default"),),
    check=check,
)
