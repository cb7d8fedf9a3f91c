"""What a controller's chart would put into the cluster, put there with its webhooks answered on loopback.

The Service of its webhooks is of type ExternalName `localhost`: the API server resolves that for webhooks, so their configurations stay
as they are published, and so does the name that the controller's certificate is made for.
"""

import base64
import copy
from collections.abc import Iterator

from testkit.control_plane.client import Client
from testkit.controllers.controller import Controller, Object, Place

TOKEN_SECONDS = 365 * 24 * 3600
"""A sandbox may stay for long."""
_BUILT_IN = "system"
"""What kubebuilder's manifests call the namespace that they are installed into."""


def install(client: Client, controller: Controller, place: Place) -> None:
    """Apply everything but the controller's Deployment: the process on loopback stands for it."""
    client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": controller.namespace}})
    client.apply_all(definitions(controller, place.port))
    client.apply_all(supporting(controller, place.port))


def definitions(controller: Controller, port: int) -> Iterator[Object]:
    """Its custom resource definitions, those with several versions converted by its webhook."""
    for document in controller.documents(controller.definitions):
        found = copy.deepcopy(document)
        found.pop("status", None)
        if found["metadata"]["name"] in controller.converted:
            called = {"name": controller.service, "namespace": controller.namespace, "path": "/convert", "port": port}
            webhook = {"clientConfig": {"service": called}, "conversionReviewVersions": ["v1"]}
            found["spec"]["conversion"] = {"strategy": "Webhook", "webhook": webhook}
        yield found


def supporting(controller: Controller, port: int) -> Iterator[Object]:
    """Its account and roles, the Secret of its certificate, the Service of its webhooks, and the webhooks."""
    for file in controller.roles:
        yield from (_installed(document, controller) for document in controller.documents(file))
    if controller.secret:
        yield {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": controller.secret, "namespace": controller.namespace}}
    yield {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": controller.service, "namespace": controller.namespace},
        "spec": {"type": "ExternalName", "externalName": "localhost"},
    }
    if controller.webhooks:
        for document in controller.documents(controller.webhooks):
            yield _webhooks(_installed(document, controller), controller, port)


def _installed(document: Object, controller: Controller) -> Object:
    """A published manifest under the names that an installation gives it."""
    found = copy.deepcopy(document)
    metadata = found["metadata"]
    metadata["name"] = controller.prefix + metadata["name"]
    if metadata.get("namespace") == _BUILT_IN or found["kind"] in {"ServiceAccount", "Role", "RoleBinding"}:
        metadata["namespace"] = controller.namespace
    if "roleRef" in found:
        found["roleRef"]["name"] = controller.prefix + found["roleRef"]["name"]
        for subject in found["subjects"]:
            subject |= {"name": controller.prefix + subject["name"], "namespace": controller.namespace}
    return found


def _webhooks(document: Object, controller: Controller, port: int) -> Object:
    selector = {"matchLabels": dict(controller.opt_in)}
    for hook in document["webhooks"]:
        hook["clientConfig"]["service"] |= {"name": controller.service, "namespace": controller.namespace, "port": port}
        if {group for rule in hook["rules"] for group in rule["apiGroups"]} != {controller.group}:
            hook["namespaceSelector"] = selector  # as its chart does where its configuration says which namespaces opt in
    return document


def token(client: Client, controller: Controller) -> str:
    """A token of the controller's service account."""
    account = f"/api/v1/namespaces/{controller.namespace}/serviceaccounts/{controller.prefix}{controller.service_account}/token"
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": TOKEN_SECONDS}}
    return str(client.request("POST", account, body=asked)["status"]["token"])


def mount_certificate(client: Client, controller: Controller, place: Place) -> bool:
    """Do the kubelet's part: write the Secret's files where the controller looks for them. Whether there were any."""
    found = client.find("v1", "Secret", controller.secret, namespace=controller.namespace)
    content = (found or {}).get("data") or {}
    place.certificates.mkdir(mode=0o700, exist_ok=True)
    for name, value in content.items():
        file, text = place.certificates / name, base64.b64decode(value)
        if not file.exists() or file.read_bytes() != text:
            new = place.certificates / f".{name}"
            new.touch(mode=0o600)
            new.write_bytes(text)
            new.replace(file)  # whole or not at all: the controller watches it
    return bool(content)
