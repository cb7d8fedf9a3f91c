"""Helm values of the chart kserve-resources."""

from components.framework.plan import Decided, parts, settings
from components.framework.values import Values, merged
from components.serving.kserve.section import KServe
from components.serving.kserve.standard_mode import MODE

# Every image that the chart takes from its values, with the registry that it leaves out: OKE's nodes complete no short names from
# Kubernetes 1.34 on. Those of local models are another chart's, though the values are there.
IMAGES: Values = {
    "agent": {"image": "docker.io/kserve/agent"},
    "router": {"image": "docker.io/kserve/router"},
    "storage": {"image": "docker.io/kserve/storage-initializer"},
    "servingruntime": {"art": {"image": "docker.io/kserve/art-explainer"}},
    "localmodel": {"defaultJobImage": "docker.io/kserve/storage-initializer"},
    "controller": {"image": "docker.io/kserve/kserve-controller"},
}


_CONTROLLER = ("kserve", "controller")

_SHARED = "KServe reads from it how models run and where their weights come from"

DECIDED = (
    Decided((*_CONTROLLER, "deploymentMode"), f"models are written for {MODE}; take it out"),
    *settings(
        {
            "gateway": [
                (*_CONTROLLER, "gateway", "domain"),
                (*_CONTROLLER, "gateway", "ingressGateway", "enableGatewayApi"),
                (*_CONTROLLER, "gateway", "ingressGateway", "kserveGateway"),
            ],
            "objectStorage": [("kserve", "storage", "s3")],
        }
    ),
    *parts({("kserve", "createSharedResources"): _SHARED}),
    *parts({("kserve", key, "enabled"): _SHARED for key in ("inferenceServiceConfig", "storagecontainer")}, on=""),
)


def values(section: KServe) -> Values:
    """Helm values of the chart kserve-resources."""
    decided: Values = {
        "kserve": {
            "controller": {
                "deploymentMode": MODE,
                "gateway": _gateway(section),
                "imagePullPolicy": "IfNotPresent",
                # The chart's limits throttle it from about a hundred models on.
                "resources": {"requests": {"cpu": "100m", "memory": "300Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
            },
            "storage": {
                # Weights of tens of GiB go through it, and page cache counts.
                "resources": {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"cpu": "4", "memory": "16Gi"}},
                **({"s3": _s3(section)} if section.object_storage is not None else {}),
            },
            "security": {"autoMountServiceAccountToken": False},
        }
    }
    return merged({"kserve": IMAGES}, decided)


def _gateway(section: KServe) -> Values:
    """Without one nothing is made for traffic from outside: the chart's default is an Ingress for Istio, which nobody serves.

    A model's address is then that of its Service.
    """
    if section.gateway is None:
        inside = {"domain": "svc.cluster.local", "domainTemplate": "{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}"}
        return {"disableIstioVirtualHost": True, "disableIngressCreation": True, **inside}
    return {
        "disableIstioVirtualHost": True,
        "domain": section.gateway.domain,
        "ingressGateway": {"enableGatewayApi": True, "createGateway": False, "kserveGateway": section.gateway.name},
    }


def _s3(section: KServe) -> Values:
    storage = section.object_storage
    if storage is None:
        return {}
    # Path style: Oracle's endpoint has the namespace in its name already, and no wildcard certificate for buckets.
    return {"endpoint": storage.endpoint, "region": storage.region, "useHttps": "1" if storage.endpoint.startswith("https") else "0",
            "verifySSL": "1", "useVirtualBucket": "false"}  # fmt: skip
