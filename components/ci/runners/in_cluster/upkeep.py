"""Looks after runner scale sets from inside the cluster. Standard library only: it runs in a plain Python image.

`upkeep.py reap NAMESPACE MINUTES` deletes runners that have been failed for that long: they count against the set's maximum, and
nobody else takes them away. `upkeep.py idle NAMESPACE SCALE_SET COUNT` sets how many runners wait for jobs.
"""

import json
import os
import ssl
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ACCOUNT = Path(os.environ.get("SERVICE_ACCOUNT", "/var/run/secrets/kubernetes.io/serviceaccount"))
GROUP = "/apis/actions.github.com/v1alpha1"
SECONDS = 30


def asked(method: str, path: str, body: object = None) -> dict[str, Any]:
    """What the API server answers. Raises urllib.error.HTTPError where it refuses."""
    address = f"https://{os.environ['KUBERNETES_SERVICE_HOST']}:{os.environ['KUBERNETES_SERVICE_PORT']}{path}"
    request = urllib.request.Request(
        address,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {(ACCOUNT / 'token').read_text().strip()}",
            "Accept": "application/json",
            "Content-Type": "application/merge-patch+json",
        },
    )
    trusted = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
    with urllib.request.urlopen(request, timeout=SECONDS, context=trusted) as answer:  # noqa: S310 - the address begins with https
        found: dict[str, Any] = json.load(answer)
    return found


def failed(runner: dict[str, Any], before: datetime) -> bool:
    """Whether it failed, and was made before that moment. The status does not say since when it is failed."""
    made = datetime.fromisoformat(runner["metadata"]["creationTimestamp"])
    return runner.get("status", {}).get("phase") == "Failed" and made < before


def reap(namespace: str, minutes: int) -> None:
    runners = f"{GROUP}/namespaces/{namespace}/ephemeralrunners"
    before = datetime.now(UTC) - timedelta(minutes=minutes)
    for runner in asked("GET", runners)["items"]:
        if failed(runner, before):
            name = runner["metadata"]["name"]
            try:
                asked("DELETE", f"{runners}/{name}")
            except urllib.error.HTTPError as error:
                if error.code != 404:  # somebody else was faster
                    raise
            print(f"deleted the failed runner {namespace}/{name}: {runner['status'].get('message', 'no reason given')}")


def idle(namespace: str, scale_set: str, count: int) -> None:
    asked("PATCH", f"{GROUP}/namespaces/{namespace}/autoscalingrunnersets/{scale_set}", {"spec": {"minRunners": count}})
    print(f"{namespace}/{scale_set} now keeps {count} runners waiting for jobs")


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["reap", namespace, minutes]:
                reap(namespace, int(minutes))
            case ["idle", namespace, scale_set, count]:
                idle(namespace, scale_set, int(count))
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except urllib.error.HTTPError as error:
        print(f"the API server refused: {error.code} {error.read().decode(errors='replace')}", file=sys.stderr)
        return 1
    except (urllib.error.URLError, TimeoutError) as error:
        print(f"the API server did not answer: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
