"""Security contexts of pods that the Pod Security level `restricted` admits (Kubernetes, "Pod Security Standards")."""

from components.framework.values import Values

CONTAINER: Values = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
READ_ONLY: Values = {**CONTAINER, "readOnlyRootFilesystem": True}
"""Of a container that writes to its volumes alone."""

NOBODY = 65532
"""The user of images without a distribution, whose files nobody else owns."""


def pod(user: int = NOBODY) -> Values:
    """Of a pod whose containers run as `user`, and in the group of that number."""
    return {"runAsNonRoot": True, "runAsUser": user, "runAsGroup": user, "seccompProfile": {"type": "RuntimeDefault"}}
