"""Bastions, exports and clusters open no more than they must."""

from collections.abc import Iterator

from policies.accessor import FLAG, LIST, TEXT
from policies.rule import Accepted, Config, Rule, Violation
from policies.rules.security.open_ingress import is_internet
from policies.standards import nsa
from policies.subject import Resource

BASTION, EXPORT, CLUSTER = "oci:Bastion/bastion:Bastion", "oci:FileStorage/export:Export", "oci:ContainerEngine/cluster:Cluster"
OLD = ("isKubernetesDashboardEnabled", "isTillerEnabled")
"""Options of a cluster that bring programs with every right and no login."""


def check(resource: Resource, _: Config) -> Iterator[Violation]:
    if resource.type == BASTION:
        if not resource.read.present(LIST, "clientCidrBlockAllowLists"):
            yield Violation("clientCidrBlockAllowLists is missing, so nobody or everybody may try: name the blocks of your people")
        for block in resource.read.texts("clientCidrBlockAllowLists"):
            if is_internet(block):
                yield Violation(
                    f"clientCidrBlockAllowLists has {block}, which is the internet or a part of it: name the blocks of your people"
                )
    elif resource.type == EXPORT:
        if not resource.read.present(LIST, "exportOptions"):
            yield Violation("exportOptions is missing, so every address may mount it as root: name the nodes' block")
        for option in resource.read.each("exportOptions"):
            source = option.require(TEXT, "source")
            if is_internet(source):
                yield Violation(f"{option.path}.source is {source}, which is everybody who reaches the mount target: name the nodes' block")
            if option.optional(FLAG, "isAnonymousAccessAllowed"):
                yield Violation(f"{option.path}.isAnonymousAccessAllowed is true: leave it out")
    else:
        for key in OLD:
            if resource.read.optional(FLAG, "options", "addOns", key):
                yield Violation(f"options.addOns.{key} brings a program with every right in the cluster: leave it out")


RULE = Rule(
    name="open-doors",
    title="Bastions, exports and clusters open no more than they must",
    topic="security",
    severity="high",
    applies=(BASTION, EXPORT, CLUSTER),
    why="These cost nothing, so no sum sees them, and each lets somebody in: through the bastion, to the files, to the API.",
    fix="Name the blocks of the people and of the nodes.",
    standards=(nsa("Network separation and hardening"),),
    accepts=(Accepted(path="*.isAnonymousAccessAllowed", trouble=("missing",), because="Oracle lets nobody in without a name by default"),),
    check=check,
)
