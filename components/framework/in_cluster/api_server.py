"""The Kubernetes API server, as a program asks it that runs in a pod. Standard library only: it runs in a plain Python image."""

import json
import os
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ACCOUNT = Path(os.environ.get("SERVICE_ACCOUNT", "/var/run/secrets/kubernetes.io/serviceaccount"))
"""Where Kubernetes mounts the token of the pod's service account, and the certificate that the API server is checked against."""
SECONDS = 30


def request(method: str, path: str, body: object = None) -> dict[str, Any]:
    """What the API server answers. The body of a PATCH is a JSON merge patch. Raises urllib.error.HTTPError where it refuses."""
    address = f"https://{os.environ['KUBERNETES_SERVICE_HOST']}:{os.environ['KUBERNETES_SERVICE_PORT']}{path}"
    sent = urllib.request.Request(
        address,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {(ACCOUNT / 'token').read_text().strip()}",
            "Accept": "application/json",
            "Content-Type": "application/merge-patch+json" if method == "PATCH" else "application/json",
        },
    )
    trusted = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
    with urllib.request.urlopen(sent, timeout=SECONDS, context=trusted) as answer:  # noqa: S310 - the address begins with https
        found: dict[str, Any] = json.load(answer)
    return found


def exit_code(run: Callable[[], int]) -> int:
    """Of `run`; 1 where the API server refuses or does not answer, with its reason in the log."""
    try:
        return run()
    except urllib.error.HTTPError as error:
        print(f"the API server refused: {error.code} {error.read().decode(errors='replace')}", file=sys.stderr)
    except (urllib.error.URLError, TimeoutError) as error:
        print(f"the API server did not answer: {error}", file=sys.stderr)
    return 1
