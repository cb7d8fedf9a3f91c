"""What is said of the parts in Oracle's cloud."""

from collections.abc import Iterator, Sequence

from platformctl.engine.plan import PlannedResource
from platformctl.overview.inputs import domain, flag, listed, mapping, number_of, text

Resources = Sequence[PlannedResource]


def network(resources: Resources) -> Iterator[str]:
    networks = typed(resources, "Vcn")
    for made in networks:
        yield ", ".join(map(str, listed(made, "cidrBlocks"))) or text(made, "cidrBlock")
    if resources and not networks:
        yield "in a network that exists"
    subnets = typed(resources, "Subnet")
    public = [subnet for subnet in subnets if not flag(subnet, "prohibitPublicIpOnVnic")]
    if subnets:
        names = ", ".join(subnet.name.removeprefix("network-") for subnet in public)
        yield f"{number_of(subnets, 'subnet')}, {f'public: {names}' if public else 'none public'}"
    ways = {"InternetGateway": "internet gateway", "NatGateway": "NAT gateway", "ServiceGateway": "service gateway", "Drg": "DRG"}
    found = [said for type_, said in ways.items() if typed(resources, type_)]
    if found:
        yield ", ".join(found)
    rules = typed(resources, "NetworkSecurityGroupSecurityRule")
    groups = typed(resources, "NetworkSecurityGroup")
    if rules or groups:
        yield " in ".join(part for part in (number_of(rules, "rule"), number_of(groups, "security group")) if part)
    for bastion in typed(resources, "Bastion"):
        yield f"bastion for {', '.join(map(str, listed(bastion, 'clientCidrBlockAllowLists'))) or 'nobody'}"


def cluster(resources: Resources) -> Iterator[str]:
    for made in typed(resources, "Cluster"):
        yield f"{text(made, 'name')} {text(made, 'kubernetesVersion')}"
        yield "enhanced" if text(made, "type") == "ENHANCED_CLUSTER" else "basic"
        yield "public endpoint" if flag(made, "endpointConfig.isPublicIpEnabled") else "private endpoint"
        if text(made, "kmsKeyId"):
            yield "secrets encrypted with your key"
        if flag(made, "imagePolicyConfig.isPolicyEnabled"):
            yield "signed images only"
    add_ons = sorted(text(add_on, "addonName") for add_on in typed(resources, "Addon"))
    if add_ons:
        yield f"Oracle's add-ons: {', '.join(add_ons)}"


def images(resources: Resources) -> Iterator[str]:
    pinned = [resource.name.removeprefix("image-") for resource in typed(resources, "Stash")]
    if pinned:
        yield f"pinned for {', '.join(pinned)}"
    for image in typed(resources, "Image"):
        system = f"{text(image, 'imageSourceDetails.operatingSystem')} {text(image, 'imageSourceDetails.operatingSystemVersion')}".strip()
        yield f"imported: {text(image, 'displayName')}{f' ({system})' if system else ''}"


def storage(resources: Resources) -> Iterator[str]:
    buckets = typed(resources, "Bucket")
    if buckets:
        open_ = [text(bucket, "name") for bucket in buckets if text(bucket, "accessType") not in ("", "NoPublicAccess")]
        public = f", public: {', '.join(open_)}" if open_ else ""
        yield f"buckets {', '.join(text(bucket, 'name') for bucket in buckets)}{public}"
    for system in typed(resources, "FileSystem"):
        yield f"file system {text(system, 'displayName')} in {domain(text(system, 'availabilityDomain'))}"
    for system in typed(resources, "FileStorageLustreFileSystem"):
        yield f"Lustre {text(system, 'displayName')}, {text(system, 'capacityInGbs')} GB in {domain(text(system, 'availabilityDomain'))}"
    volumes = typed(resources, "Volume")
    if volumes:
        yield "volumes " + ", ".join(f"{volume.name} {text(volume, 'sizeInGbs')} GB" for volume in volumes)
    classes = [str(mapping(resource, "metadata").get("name", resource.name)) for resource in typed(resources, "StorageClass")]
    if classes:
        yield f"storage classes {', '.join(classes)}"


def guardrails(resources: Resources) -> Iterator[str]:
    for budget in typed(resources, "Budget"):
        amount = text(budget, "amount")
        yield f"budget ${float(amount):,.0f} a month" if amount.replace(".", "", 1).isdecimal() else f"budget {amount}"
    alerts = sorted({f"{text(rule, 'threshold')} %" for rule in typed(resources, "Rule")}, key=lambda said: (len(said), said))
    if alerts:
        yield f"alerts at {', '.join(alerts)}"
    for quota in typed(resources, "Quota"):
        yield number_of(listed(quota, "statements"), "quota statement")


def access(resources: Resources) -> Iterator[str]:
    policies = typed(resources, "Policy")
    if policies:
        yield f"{number_of(policies, 'IAM policy', 'IAM policies')}: {', '.join(text(policy, 'name') for policy in policies)}"
    yield number_of(typed(resources, "DynamicGroup"), "dynamic group")


def typed(resources: Resources, name: str) -> list[PlannedResource]:
    """The resources whose type ends with this name: `Vcn` for `oci:Core/vcn:Vcn`."""
    return [resource for resource in resources if resource.type.rpartition(":")[2] == name]
