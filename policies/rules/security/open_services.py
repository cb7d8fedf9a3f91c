"""What a Service opens to the internet are the ports of web servers, and who uses them is said."""

from collections.abc import Iterator

from policies import charts
from policies.accessor import INTEGER, TEXT, Inputs, written
from policies.pods import OBJECTS, fields
from policies.rule import Accepted, Config, Rule, Violation
from policies.rules.security.open_ingress import PORTS, is_internet
from policies.standards import nsa
from policies.subject import Resource

SERVICE = "kubernetes:core/v1:Service"
INTERNAL = ("service.beta.kubernetes.io/oci-load-balancer-internal", "oci-network-load-balancer.oraclecloud.com/internal")
BALANCER = "LoadBalancer"


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    if resource.type == SERVICE:
        yield from _service(resource, config)
    elif resource.type in charts.TYPES:
        for path, value in fields(resource):
            if path[-1] == "externalIPs" and value:
                yield Violation(f"{written(path)} takes over addresses that may be others': leave it out")
            if str(path[-1]).lower().endswith("type") and value == BALANCER:
                yield Violation(f"{written(path)} is {BALANCER}, so the chart opens what nobody lists: declare a Service beside the chart")


def _service(service: Resource, config: Config) -> Iterator[Violation]:
    spec = service.read.section("spec")
    if spec.texts("externalIPs"):
        yield Violation("spec.externalIPs takes over addresses that may be others': leave it out")
    if (spec.optional(TEXT, "type") or "ClusterIP") != BALANCER or _is_internal(service.read):
        return
    ranges = spec.texts("loadBalancerSourceRanges")
    if ranges and not any(map(is_internet, ranges)):
        return
    for port in spec.each("ports"):
        number = port.require(INTEGER, "port")
        if str(number) not in config.texts("ports"):
            allowed = ", ".join(config.texts("ports"))
            said = f"{port.path} opens {number} to the internet, and what may be open is {allowed or 'nothing'}"
            yield Violation(f"{said}: set {INTERNAL[0]}: 'true', or narrow spec.loadBalancerSourceRanges")


def _is_internal(service: Inputs) -> bool:
    return any(service.optional(TEXT, "metadata", "annotations", name) == "true" for name in INTERNAL)


RULE = Rule(
    name="open-services",
    title="Services open web ports to the internet, and no others",
    topic="security",
    severity="high",
    applies=OBJECTS,
    why="A Service of type LoadBalancer has a public address, and OKE opens its ports in the security lists by itself.",
    fix="Make the load balancer internal, or name the blocks that may use it.",
    standards=(nsa("Network separation and hardening"),),
    settings=(PORTS,),
    accepts=(
        Accepted(path="spec*", trouble=("missing",), because="a Service that names no type is inside the cluster alone"),
        Accepted(path="metadata*", trouble=("missing",), because="a balancer that is not said to be internal is judged as open"),
        Accepted(path="values*", trouble=("missing", "unknown"), because="what is not there or not known is judged once it is"),
    ),
    check=check,
)
