"""A small client of the Kubernetes API: server-side apply with strict validation, as anybody, waiting for what follows.

The wire protocol and nothing else, so that a test sees what the server says.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import urllib3

Manifest = Mapping[str, Any]
Object = dict[str, Any]
Propagation = Literal["Background", "Foreground", "Orphan"]

TIMEOUT_SECONDS = 30.0
"""How long a wait lasts where nothing else is said."""
POLL_SECONDS = 0.05


class ApiError(Exception):
    """The server refused. `message` is the server's own."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        self.status = status
        self.reason = reason
        """As Kubernetes names it: `Forbidden`, `Invalid`, `NotFound`, `Conflict`, `BadRequest` ..."""
        self.message = message
        super().__init__(f"{status} {reason}: {message}")


class UnreachableError(Exception):
    """Nobody answers at the address."""


class UnknownKindError(LookupError):
    """The server does not serve the kind: a typing mistake, or a custom resource that is not installed."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Where objects of a kind live."""

    api_version: str
    plural: str
    namespaced: bool

    def path(self, namespace: str | None = None, name: str | None = None, subresource: str | None = None) -> str:
        root = f"/api/{self.api_version}" if "/" not in self.api_version else f"/apis/{self.api_version}"
        parts = [root, *(("namespaces", namespace) if self.namespaced and namespace else ()), self.plural, name, subresource]
        return "/".join(part if part == root else quote(part, safe="") for part in parts if part)


class Client:
    """Talks to one API server as one user. `named` makes the same client act as somebody else."""

    def __init__(
        self, url: str, *, token: str, ca: Path, field_manager: str = "platform", user: str = "", groups: Iterable[str] = ()
    ) -> None:
        self.url = url
        self.field_manager = field_manager
        self.user = user
        """Who is impersonated; empty for the owner of the token."""
        self.groups = tuple(groups)
        self.warnings: tuple[str, ...] = ()
        """What the server warned of in its last answer: a deprecated version, a Pod Security level that only warns."""
        self._token = token
        self._ca = ca
        self._pool = urllib3.PoolManager(ca_certs=str(ca), retries=False, timeout=urllib3.Timeout(connect=5, read=60))
        self._kinds: dict[tuple[str, str], Kind] = {}

    def named(self, user: str, *groups: str) -> "Client":
        """A client that acts as `user`, of `groups` and of system:authenticated."""
        client = Client(
            self.url, token=self._token, ca=self._ca, field_manager=self.field_manager, user=user, groups=(*groups, "system:authenticated")
        )
        client._kinds, client._pool = self._kinds, self._pool
        return client

    def service_account(self, namespace: str, name: str) -> "Client":
        """A client that acts as a service account."""
        return self.named(f"system:serviceaccount:{namespace}:{name}", "system:serviceaccounts", f"system:serviceaccounts:{namespace}")

    def ready(self) -> bool:
        """Whether the server says of itself that it serves everything. Raises UnreachableError."""
        return self._send("GET", "/readyz").status == 200

    # Objects

    def apply(self, manifest: Manifest, *, subresource: str | None = None, force: bool = True, dry_run: bool = False) -> Object:
        """Server-side apply; the object as the server has it now. A field that the kind does not have, or has twice, is an error.

        Raises ApiError and UnknownKindError.
        """
        kind, namespace, name = self._place(manifest)
        query = {"fieldManager": self.field_manager, "fieldValidation": "Strict", "force": str(force).lower()}
        if dry_run:
            query["dryRun"] = "All"
        path = kind.path(namespace, name, subresource)
        return self.request("PATCH", path, body=manifest, query=query, content_type="application/apply-patch+yaml")

    def apply_all(self, manifests: Iterable[Manifest]) -> list[Object]:
        """Apply one after the other; custom resource definitions are waited for, so that their objects may follow."""
        applied = []
        for manifest in manifests:
            applied.append(self.apply(manifest))
            if manifest["kind"] == "CustomResourceDefinition":
                self._await_served(manifest)
        return applied

    def create(self, manifest: Manifest, *, dry_run: bool = False) -> Object:
        """Create an object; its name may be left to the server (`generateName`). Strict as `apply` is. Raises ApiError."""
        kind, namespace, _ = self._place(manifest)
        query = {"fieldManager": self.field_manager, "fieldValidation": "Strict", **({"dryRun": "All"} if dry_run else {})}
        return self.request("POST", kind.path(namespace), body=manifest, query=query)

    def get(self, api_version: str, kind: str, name: str, *, namespace: str | None = None) -> Object:
        """One object. Raises ApiError, with status 404 when it is not there."""
        return self.request("GET", self.kind(api_version, kind).path(namespace, name))

    def find(self, api_version: str, kind: str, name: str, *, namespace: str | None = None) -> Object | None:
        """One object, or None when it is not there."""
        try:
            return self.get(api_version, kind, name, namespace=namespace)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, api_version: str, kind: str, *, namespace: str | None = None, labels: str = "", fields: str = "") -> list[Object]:
        """Objects, of all namespaces where none is given. `labels` and `fields` are selectors as kubectl takes them."""
        query = {key: value for key, value in (("labelSelector", labels), ("fieldSelector", fields)) if value}
        items: list[Object] = self.request("GET", self.kind(api_version, kind).path(namespace), query=query)["items"]
        return items

    def delete(
        self, api_version: str, kind: str, name: str, *, namespace: str | None = None, propagation: Propagation = "Background"
    ) -> None:
        """Ask for an object's deletion; `wait_gone` waits for it. What is not there is deleted already."""
        try:
            self.request(
                "DELETE", self.kind(api_version, kind).path(namespace, name),
                body={"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation},
            )  # fmt: skip
        except ApiError as error:
            if error.status != 404:
                raise

    def delete_all(self, manifests: Iterable[Manifest]) -> None:
        """Take away what `apply_all` brought, the last first, and wait until all of it is gone."""
        places = [(each["apiVersion"], each["kind"], each["metadata"]["name"], each["metadata"].get("namespace")) for each in manifests]
        for api_version, kind, name, namespace in reversed(places):
            self.delete(api_version, kind, name, namespace=namespace)
        for api_version, kind, name, namespace in reversed(places):
            self.wait_gone(api_version, kind, name, namespace=namespace)

    # Waiting

    def wait(
        self,
        api_version: str,
        kind: str,
        name: str,
        until: Callable[[Object], object],
        *,
        namespace: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> Object:
        """The object, once it is there and `until` holds. Raises TimeoutError with the object's status."""
        deadline, found = time.monotonic() + timeout, None
        while time.monotonic() < deadline:
            found = self.find(api_version, kind, name, namespace=namespace)
            if found is not None and until(found):
                return found
            time.sleep(POLL_SECONDS)
        state = "it is not there" if found is None else f"its status is {json.dumps(found.get('status', {}))}"
        raise TimeoutError(f"{kind} {name}: not as waited for after {timeout:g} s; {state}")

    def wait_condition(
        self, api_version: str, kind: str, name: str, condition: str, *, namespace: str | None = None, timeout: float = TIMEOUT_SECONDS
    ) -> Object:
        """The object, once the condition of its status is true: `Ready`, `Complete`, `Established` ..."""
        return self.wait(api_version, kind, name, lambda found: has_condition(found, condition), namespace=namespace, timeout=timeout)

    def wait_gone(self, api_version: str, kind: str, name: str, *, namespace: str | None = None, timeout: float = TIMEOUT_SECONDS) -> None:
        """Return once the object is no more. Raises TimeoutError with what holds it."""
        deadline, found = time.monotonic() + timeout, None
        while time.monotonic() < deadline:
            found = self.find(api_version, kind, name, namespace=namespace)
            if found is None:
                return
            time.sleep(POLL_SECONDS)
        meta = found["metadata"] if found else {}
        raise TimeoutError(
            f"{kind} {name}: still there after {timeout:g} s; finalizers {meta.get('finalizers', [])}, "
            f"status {json.dumps((found or {}).get('status', {}))}"
        )

    # Rights

    def allowed(self, verb: str, resource: str, *, namespace: str = "", name: str = "", group: str = "", subresource: str = "") -> bool:
        """Whether the user of this client may: `allowed("create", "jobs", group="batch", namespace="team-a")`.

        `resource` is the plural, `namespace` empty for all of them. Asked as the user itself, which everybody may.
        """
        asked = {"verb": verb, "resource": resource, "namespace": namespace, "name": name, "group": group, "subresource": subresource}
        review = self.create({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {key: value for key, value in asked.items() if value}},
        })  # fmt: skip
        return bool(review["status"]["allowed"])

    # Discovery

    def kind(self, api_version: str, kind: str) -> Kind:
        """Where the kind's objects live. Raises UnknownKindError."""
        if (api_version, kind) not in self._kinds:
            self._discover(api_version)
        try:
            return self._kinds[api_version, kind]
        except KeyError:
            served = sorted(name for version, name in self._kinds if version == api_version)
            hint = f"it serves {', '.join(served)}" if served else "nothing of that version is installed"
            raise UnknownKindError(f"The server does not serve {kind} of {api_version}; {hint}.") from None

    def _discover(self, api_version: str) -> None:
        root = f"/api/{api_version}" if "/" not in api_version else f"/apis/{api_version}"
        try:
            resources = self.request("GET", root)["resources"]
        except ApiError as error:
            if error.status == 404:
                return
            raise
        for each in resources:
            if "/" not in each["name"]:
                kind = Kind(api_version=api_version, plural=each["name"], namespaced=each["namespaced"])
                self._kinds[api_version, each["kind"]] = kind

    def _await_served(self, definition: Manifest) -> None:
        """The definition is established before discovery knows of it."""
        spec, name = definition["spec"], definition["metadata"]["name"]
        self.wait_condition(definition["apiVersion"], definition["kind"], name, "Established")
        deadline = time.monotonic() + TIMEOUT_SECONDS
        for version in (each["name"] for each in spec["versions"] if each["served"]):
            while True:
                try:
                    self.kind(f"{spec['group']}/{version}", spec["names"]["kind"])
                    break
                except UnknownKindError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(POLL_SECONDS)

    def _place(self, manifest: Manifest) -> tuple[Kind, str | None, str | None]:
        kind = self.kind(manifest["apiVersion"], manifest["kind"])
        meta = manifest.get("metadata", {})
        namespace = meta.get("namespace")
        if kind.namespaced and namespace is None:
            raise ValueError(f"{manifest['kind']} {meta.get('name', '')} has no metadata.namespace, and there is no default one")
        return kind, namespace, meta.get("name")

    # The wire

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Manifest | None = None,
        query: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Object:
        """One request; the document in the answer. Raises ApiError for what the server refuses, UnreachableError where none is."""
        answer = self._send(method, path, body, query, content_type)
        self.warnings = tuple(_warning(text) for text in answer.headers.getlist("Warning"))
        try:
            document = answer.json()
        except ValueError:
            document = {"message": answer.data.decode(errors="replace")}
        if answer.status >= 400:
            raise ApiError(answer.status, str(document.get("reason", "")), str(document.get("message", "")))
        return dict(document)

    def _send(
        self,
        method: str,
        path: str,
        body: Manifest | None = None,
        query: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> urllib3.BaseHTTPResponse:
        headers = urllib3.HTTPHeaderDict({"Authorization": f"Bearer {self._token}", "Accept": "application/json"})
        if self.user:
            headers["Impersonate-User"] = self.user
            for group in self.groups:
                headers.add("Impersonate-Group", group)
        if body is not None:
            headers["Content-Type"] = content_type
        address = self.url + path + ("?" + "&".join(f"{key}={quote(value)}" for key, value in query.items()) if query else "")
        try:
            return self._pool.request(method, address, headers=headers, body=None if body is None else json.dumps(body))
        except urllib3.exceptions.HTTPError as error:
            raise UnreachableError(f"{self.url} does not answer: {error}") from error


def has_condition(found: Object, condition: str) -> bool:
    """Whether the object's status has the condition, and it is true."""
    conditions = found.get("status", {}).get("conditions") or []
    return any(each["type"] == condition and each["status"] == "True" for each in conditions)


def _warning(header: str) -> str:
    """The text in a Warning header: `299 - "text"`."""
    return header.partition('"')[2].rpartition('"')[0].replace('\\"', '"')
