"""Answers to functions: what a program asks the cloud before it decides."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from simulator import identity
from simulator.compute import CREATED, deep_copy
from simulator.facts import Fields, FunctionFacts, Spec
from simulator.oci import region as model
from simulator.oci import rules
from simulator.oci.ids import NAMESPACE, TENANCY
from simulator.oci.outputs import CLUSTER, NODE_POOL, Place
from simulator.wire import Properties

Arguments = Mapping[str, Any]
Answer = Callable[[Place, Arguments], Properties]

CERTIFICATE = Path(__file__).with_name("certificate.pem")
"""The certificate authority of every simulated cluster: a real one, that clients can read. Its key was thrown away."""

SERVICE = "compute"


def look_up(place: Place, facts: FunctionFacts, arguments: Arguments) -> Properties:
    """The answer to a function, with an id, filtered as asked. Raises Refused where Oracle would."""
    found = _shaped(LOOKUPS[facts.token](place, arguments), {**facts.outputs, "id": Spec(type="string")}, facts)
    for key, spec in facts.outputs.items():
        if key not in found and key not in arguments and spec.type in ("array", "map"):
            found[key] = [] if spec.type == "array" else {}
    for key, value in found.items():
        if isinstance(value, list) and arguments.get("filters") and key != "filters":
            found[key] = [item for item in value if all(_passes(item, wanted) for wanted in arguments["filters"])]
    found.setdefault("id", f"{facts.token.rpartition(':')[2]}-{identity.hexadecimal(12, facts.token, sorted(arguments.items(), key=str))}")
    return found


def _shaped(value: Properties, fields: Fields, facts: FunctionFacts) -> Properties:
    """What a resource holds, as a lookup tells it: known properties only, and a list of one where the resource has an object.

    Such a list has the plural of the object's name: `endpointConfigs` for `endpointConfig`.
    """
    found = {}
    for key, spec in fields.items():
        source = key if key in value or spec.type != "array" else key.removesuffix("s")
        if source in value:
            item = value[source]
            inner = facts.fields(spec.item or spec)
            if spec.type == "array" and isinstance(item, dict):
                item = [item]
            if inner is not None and isinstance(item, list):
                item = [_shaped(part, inner, facts) if isinstance(part, dict) else part for part in item]
            found[key] = item
    return found


def _passes(item: Any, wanted: Arguments) -> bool:
    """Whether an item passes a filter; filters name properties as Terraform does, with underscores."""
    head, *tail = str(wanted["name"]).split("_")
    value = item.get(head + "".join(part.capitalize() for part in tail)) if isinstance(item, dict) else item
    if wanted.get("regex"):
        return any(re.search(pattern, str(value)) for pattern in wanted["values"])
    return str(value) in wanted["values"]


def _availability_domains(place: Place, arguments: Arguments) -> Properties:
    found = [
        {"compartmentId": arguments["compartmentId"], "id": model.ocid("availabilitydomain", place.region, name), "name": name}
        for name in model.domains(place.region)
    ]
    return {"availabilityDomains": found}


def _fault_domains(place: Place, arguments: Arguments) -> Properties:
    domain = arguments["availabilityDomain"]
    if domain not in model.domains(place.region):
        raise rules.invalid(f"availability domain {domain!r} does not exist in {place.region}")
    found = [
        {
            "availabilityDomain": domain,
            "compartmentId": arguments["compartmentId"],
            "id": model.ocid("faultdomain", place.region, domain, name),
            "name": name,
        }
        for name in model.FAULT_DOMAINS
    ]
    return {"faultDomains": found}


def _services(place: Place, arguments: Arguments) -> Properties:
    key = model.key(place.region)
    names = (
        (f"OCI {key} Object Storage", f"oci-{key.lower()}-objectstorage"),
        (f"All {key} Services In Oracle Services Network", f"all-{key.lower()}-services-in-oracle-services-network"),
    )
    return {
        "services": [
            {"cidrBlock": block, "description": name, "id": model.ocid("service", place.region, name), "name": name}
            for name, block in names
        ]
    }


def _node_pool_option(place: Place, arguments: Arguments) -> Properties:
    asked = arguments["nodePoolOptionId"]
    version = arguments.get("nodePoolK8sVersion")
    if asked != "all":
        cluster = place.held(CLUSTER, asked)
        if not cluster:
            raise rules.absent("cluster", asked)
        version = version or cluster.get("kubernetesVersion")
    arch = str(arguments.get("nodePoolOsArch") or "").upper()
    system = str(arguments.get("nodePoolOsType") or "").upper()
    images = [
        image
        for image in place.images
        if (not version or not image.kubernetes or image.kubernetes == f"v{str(version).lstrip('v')}")
        and (not arch or image.arm == (arch in ("AARCH64", "ARM64")))
        and system in ("", "OL8")
    ]
    return {
        "images": [],
        "kubernetesVersions": list(model.KUBERNETES),
        "shapes": list(model.SHAPES),
        "sources": [{"imageId": image.id, "sourceName": image.name, "sourceType": "IMAGE"} for image in images],
    }


def _cluster_option(place: Place, arguments: Arguments) -> Properties:
    options = [{"cniType": "FLANNEL_OVERLAY"}, {"cniType": "OCI_VCN_IP_NATIVE"}]
    return {"kubernetesVersions": list(model.KUBERNETES), "clusterPodNetworkOptions": options}


def _addon_options(place: Place, arguments: Arguments) -> Properties:
    asked = arguments.get("addonName")
    found = []
    for name in model.ADDONS:
        if asked in (None, name):
            version = {"versionNumber": "v1.0.0", "status": "ACTIVE", "description": ""}
            found.append(
                {
                    "name": name,
                    "isEssential": name in model.ESSENTIAL_ADDONS,
                    "state": "ACTIVE",
                    "description": "",
                    "addonGroup": "",
                    "addonSchemaVersion": "1.0",
                    "versions": [{**version, "configurations": [], "kubernetesVersionFilters": []}],
                    "timeCreated": CREATED,
                    "definedTags": {},
                    "freeformTags": {},
                    "systemTags": {},
                }
            )
    return {"addonOptions": found}


def _image_record(place: Place, image: model.Image) -> Properties:
    return {
        "id": image.id,
        "displayName": image.name,
        "compartmentId": "",
        "operatingSystem": "Oracle Linux",
        "operatingSystemVersion": "8",
        "state": "AVAILABLE",
        "timeCreated": CREATED,
        "sizeInMbs": "47694",
        "billableSizeInGbs": "36",
        "launchMode": "NATIVE",
        "listingType": "NONE",
        "createImageAllowed": True,
        "definedTags": {},
        "freeformTags": {},
        "agentFeatures": [],
        "imageSourceDetails": [],
        "launchOptions": [],
        "baseImageId": "",
        "instanceId": "",
    }


def _images(place: Place, arguments: Arguments) -> Properties:
    shape = model.SHAPES.get(str(arguments.get("shape")))
    if arguments.get("shape") and shape is None:
        raise rules.invalid(f"shape {arguments['shape']!r} does not exist in {place.region}")
    found = [_image_record(place, image) for image in place.images if shape is None or image.runs_on(shape)]
    for key in ("displayName", "operatingSystem", "operatingSystemVersion", "state"):
        if arguments.get(key):
            found = [image for image in found if image[key] == arguments[key]]
    return {"images": found}


def _image(place: Place, arguments: Arguments) -> Properties:
    image = place.image(arguments["imageId"])
    if image is not None:
        return _image_record(place, image)
    held = place.held("oci:Core/image:Image", arguments["imageId"])
    if not held:
        raise rules.absent("image", arguments["imageId"])
    return {**held, "id": arguments["imageId"]}


def _shapes(place: Place, arguments: Arguments) -> Properties:
    image = place.image(str(arguments.get("imageId")))
    found = [
        {
            "name": shape.name,
            "ocpus": shape.ocpus,
            "memoryInGbs": shape.memory_gib,
            "gpus": shape.gpus,
            "gpuDescription": shape.gpu,
            "isFlexible": shape.flexible,
            "quotaNames": [shape.limit],
            "processorDescription": "Arm" if shape.arm else "x86-64",
        }
        for shape in model.SHAPES.values()
        if arguments.get("shape") in (None, shape.name) and (image is None or image.runs_on(shape))
    ]
    return {"shapes": found}


def _region_subscriptions(place: Place, arguments: Arguments) -> Properties:
    home = place.simulated.state.home_region or place.region
    found = [
        {
            "isHomeRegion": region == home,
            "regionKey": model.key(region),
            "regionName": region,
            "state": "READY",
            "tenancyId": arguments["tenancyId"],
        }
        for region in dict.fromkeys((home, place.region))
    ]
    return {"regionSubscriptions": found}


def _tenancy(place: Place, arguments: Arguments) -> Properties:
    home = model.key(place.simulated.state.home_region or place.region)
    return {"name": "simulated", "description": "A simulated tenancy", "homeRegionKey": home, "id": arguments["tenancyId"]}


COMPARTMENTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        f"ocid1.compartment.oc1..example{name.replace('-', '')}": (name, parent)
        for name, parent in (
            ("platform", TENANCY),
            ("network", TENANCY),
            *((name, "ocid1.compartment.oc1..exampleplatform") for name in ("gpu-dev", "gpu-lab", "gpu-prod", "gpu-shared")),
        )
    }
)
"""Name and parent of each compartment that is in the simulated tenancy, those of the examples. Others may be there, unseen."""


def _compartment(place: Place, arguments: Arguments) -> Properties:
    held = place.held("oci:Identity/compartment:Compartment", arguments["id"])
    name, parent = COMPARTMENTS.get(arguments["id"], ("", TENANCY))
    told = {"compartmentId": parent, "name": name, "description": "", "isAccessible": bool(name or held)}
    return {**told, "state": "ACTIVE", "timeCreated": CREATED, "inactiveState": "", **held, "id": arguments["id"]}


def _namespace(place: Place, arguments: Arguments) -> Properties:
    return {"namespace": NAMESPACE}


def _log_analytics_namespaces(place: Place, arguments: Arguments) -> Properties:
    item = {"compartmentId": arguments["compartmentId"], "isOnboarded": True, "namespace": NAMESPACE}
    return {"namespaceCollections": [{"items": [item]}]}


def _kubeconfig(place: Place, arguments: Arguments) -> Properties:
    ident = arguments["clusterId"]
    cluster = place.held(CLUSTER, ident)
    if not cluster:
        raise rules.absent("cluster", ident)
    endpoint = str(arguments.get("endpoint") or "LEGACY_KUBERNETES").upper()
    keys = {
        "LEGACY_KUBERNETES": "kubernetes",
        "PRIVATE_ENDPOINT": "privateEndpoint",
        "PUBLIC_ENDPOINT": "publicEndpoint",
        "VCN_HOSTNAME": "vcnHostnameEndpoint",
    }
    if endpoint not in keys:
        raise rules.invalid(f"endpoint {endpoint!r} is none of {', '.join(keys)}")
    server = cluster["endpoints"][0].get(keys[endpoint])
    if not server:
        raise rules.invalid(f"cluster {ident} has no {endpoint}")
    short = ident[-11:]
    content = f"""---
apiVersion: v1
kind: Config
clusters:
- name: cluster-{short}
  cluster:
    server: https://{server}
    certificate-authority-data: {b64encode(CERTIFICATE.read_bytes()).decode()}
users:
- name: user-{short}
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: oci
      args: [ce, cluster, generate-token, --cluster-id, {ident}, --region, {place.region}]
      env: []
contexts:
- name: context-{short}
  context:
    cluster: cluster-{short}
    user: user-{short}
current-context: context-{short}
"""
    return {"content": content}


def _limit_names() -> dict[str, str]:
    return dict(sorted({shape.limit: shape.name for shape in model.SHAPES.values()}.items()))


def _limit_definitions(place: Place, arguments: Arguments) -> Properties:
    found = [
        {
            "name": name,
            "serviceName": SERVICE,
            "scopeType": "AD",
            "description": f"Counts {example} and its like",
            "areQuotasSupported": True,
            "isDeprecated": False,
            "isDynamic": False,
            "isEligibleForLimitIncrease": True,
            "isResourceAvailabilitySupported": True,
        }
        for name, example in _limit_names().items()
        if arguments.get("name") in (None, name) and arguments.get("serviceName") in (None, SERVICE)
    ]
    return {"limitDefinitions": found}


UNLIMITED = 10_000
"""Value of a service limit that the simulated state does not set."""


def _limit_values(place: Place, arguments: Arguments) -> Properties:
    if arguments["serviceName"] != SERVICE:
        return {"limitValues": []}
    limits = place.simulated.state.limits
    found = [
        {"name": name, "availabilityDomain": domain, "scopeType": "AD", "value": str(limits.get(name, UNLIMITED))}
        for name in sorted({*_limit_names(), *limits})
        for domain in model.domains(place.region)
        if arguments.get("name") in (None, name)
        and arguments.get("availabilityDomain") in (None, domain)
        and arguments.get("scopeType") in (None, "AD")
    ]
    return {"limitValues": found}


def _resource_availability(place: Place, arguments: Arguments) -> Properties:
    name, domain = arguments["limitName"], arguments.get("availabilityDomain")
    if arguments["serviceName"] == SERVICE and name not in _limit_names() and name not in place.simulated.state.limits:
        raise rules.absent("limit", name)
    limit = place.simulated.state.limits.get(name, UNLIMITED)
    domains = [domain] if domain else list(model.domains(place.region))
    used = sum(rules.used_gpus(place, name, one) for one in domains)
    left = max(limit - used, 0)
    return {
        "available": str(left),
        "used": str(used),
        "effectiveQuotaValue": limit,
        "fractionalAvailability": left,
        "fractionalUsage": used,
    }


def _held(kind: str, argument: str, name: str) -> Answer:
    def answer(place: Place, arguments: Arguments) -> Properties:
        held = place.held(kind, arguments[argument])
        if not held:
            raise rules.absent(name, arguments[argument])
        return {**deep_copy(held), "id": arguments[argument]}

    return answer


def _all(kind: str, key: str, *same: str) -> Answer:
    def answer(place: Place, arguments: Arguments) -> Properties:
        found = [
            {**deep_copy(record.outputs), "id": record.id}
            for record in place.simulated.of(kind)
            if all(arguments.get(name) in (None, record.outputs.get(name)) for name in same)
        ]
        return {key: found}

    return answer


LOOKUPS: Mapping[str, Answer] = MappingProxyType(
    {
        "oci:ContainerEngine/getAddonOptions:getAddonOptions": _addon_options,
        "oci:ContainerEngine/getAddons:getAddons": _all(rules.ADDON, "addons", "clusterId"),
        "oci:ContainerEngine/getCluster:getCluster": _held(CLUSTER, "clusterId", "cluster"),
        "oci:ContainerEngine/getClusterKubeConfig:getClusterKubeConfig": _kubeconfig,
        "oci:ContainerEngine/getClusterOption:getClusterOption": _cluster_option,
        "oci:ContainerEngine/getClusters:getClusters": _all(CLUSTER, "clusters", "compartmentId", "name"),
        "oci:ContainerEngine/getNodePool:getNodePool": _held(NODE_POOL, "nodePoolId", "node pool"),
        "oci:ContainerEngine/getNodePoolOption:getNodePoolOption": _node_pool_option,
        "oci:ContainerEngine/getNodePools:getNodePools": _all(NODE_POOL, "nodePools", "compartmentId", "clusterId", "name"),
        "oci:Core/getImage:getImage": _image,
        "oci:Core/getImages:getImages": _images,
        "oci:Core/getServices:getServices": _services,
        "oci:Core/getShapes:getShapes": _shapes,
        "oci:Identity/getAvailabilityDomains:getAvailabilityDomains": _availability_domains,
        "oci:Identity/getCompartment:getCompartment": _compartment,
        "oci:Identity/getFaultDomains:getFaultDomains": _fault_domains,
        "oci:Identity/getRegionSubscriptions:getRegionSubscriptions": _region_subscriptions,
        "oci:Identity/getTenancy:getTenancy": _tenancy,
        "oci:Limits/getLimitDefinitions:getLimitDefinitions": _limit_definitions,
        "oci:Limits/getLimitValues:getLimitValues": _limit_values,
        "oci:Limits/getResourceAvailability:getResourceAvailability": _resource_availability,
        "oci:LogAnalytics/getNamespaces:getNamespaces": _log_analytics_namespaces,
        "oci:ObjectStorage/getNamespace:getNamespace": _namespace,
    }
)
