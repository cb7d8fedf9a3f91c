"""A network of one component, a bucket, and on demand every way in which a program can go wrong."""

import os
import time

import pulumi
from pulumi import ResourceOptions

from infra.oci import oci
from infra.problems import PlanError, Problem


class Network(pulumi.ComponentResource):
    def __init__(self, name: str, cidr: str, rules: int, provider: pulumi.ProviderResource) -> None:
        super().__init__("sample:net:Network", name, {}, ResourceOptions(providers=[provider]))
        inside = ResourceOptions(parent=self)
        self.vcn = oci.core.Vcn(
            f"{name}-vcn",
            compartment_id=COMPARTMENT,
            cidr_blocks=[cidr],
            display_name=name,
            opts=ResourceOptions(parent=self, protect=True),
        )
        self.group = oci.core.NetworkSecurityGroup(f"{name}-group", compartment_id=COMPARTMENT, vcn_id=self.vcn.id, opts=inside)
        for index in range(rules):
            oci.core.NetworkSecurityGroupSecurityRule(
                f"{name}-rule-{index}",
                network_security_group_id=self.group.id,
                direction="INGRESS",
                protocol="6",
                source="0.0.0.0/0",
                description=f"rule {index}",
                opts=ResourceOptions(parent=self, deleted_with=self.group),
            )
        self.subnet = oci.core.Subnet(
            f"{name}-subnet",
            compartment_id=COMPARTMENT,
            vcn_id=self.vcn.id,
            cidr_block=cidr.replace("/16", "/24"),
            display_name=f"{name}-subnet",
            opts=ResourceOptions(
                parent=self,
                ignore_changes=["displayName"],
                replace_on_changes=["dnsLabel"],
                custom_timeouts=pulumi.CustomTimeouts(create="30m"),
            ),
        )
        self.register_outputs({})


COMPARTMENT = "ocid1.compartment.oc1..exampleunuqsample"
config = pulumi.Config()
mistake = config.require("mistake")

if mistake == "plan":
    raise PlanError([Problem("cidr", "10.1.0.0/33 is no CIDR block"), Problem("rules", "is -1, but must be at least 0")])
if mistake == "environment":
    raise RuntimeError(" ".join(f"{name}={value}" for name, value in sorted(os.environ.items())))
if mistake == "bug":
    raise KeyError("a bug in the program")

cloud = oci.Provider("cloud", region="eu-frankfurt-1")
network = Network("net", config.require("cidr"), config.require_int("rules"), cloud)
oci.objectstorage.Bucket(
    "models",
    compartment_id=COMPARTMENT,
    namespace="example",
    name=config.require("bucket"),
    access_type="Everybody" if mistake == "check" else None,
    freeform_tags={"now": str(time.time_ns())} if mistake == "restless" else None,
    opts=ResourceOptions(provider=cloud, depends_on=[network.subnet], protect=config.get_bool("keep")),
)
if mistake == "apply":
    pulumi.Output.from_input("known").apply(int)
pulumi.export("vcn", network.vcn.id)
