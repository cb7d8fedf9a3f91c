"""A Kubernetes object as it is written, with every field it has.

The SDK's `CustomResource` keeps `metadata` and `spec` and drops the rest, and its typed classes load a thousand definitions for a
single storage class. A manifest goes to the API server as it stands, which checks it more strictly than either.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

from infra.facts import ClusterFacts


class Manifest(pulumi.CustomResource):
    """One object. `document` has apiVersion, kind, metadata.name and whatever else its kind has; any value may be an output."""

    def __init__(self, name: str, document: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token(document["apiVersion"], document["kind"]), name, dict(document), opts)


def token(api_version: str, kind: str) -> str:
    """Pulumi's type of a Kubernetes kind: `kubernetes:storage.k8s.io/v1:StorageClass`, `kubernetes:core/v1:Namespace`."""
    return f"kubernetes:{api_version if '/' in api_version else f'core/{api_version}'}:{kind}"


class Manifests(pulumi.ComponentResource):
    """Objects that belong together and depend on nothing but the cluster."""

    dependencies: tuple[Manifest, ...]

    def __init__(self, name: str, facts: ClusterFacts, documents: Iterable[Mapping[str, Any]]) -> None:
        super().__init__("platform:kubernetes:Manifests", name, {}, pulumi.ResourceOptions(provider=facts.provider))
        self.dependencies = tuple(
            Manifest(
                f"{name}-{document['metadata']['name']}",
                document,
                pulumi.ResourceOptions(parent=self, depends_on=list(facts.ready), deleted_with=facts.cluster),
            )
            for document in documents
        )
        self.register_outputs({})
