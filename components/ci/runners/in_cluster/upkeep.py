"""Looks after runner scale sets from inside the cluster. Standard library only: it runs in a plain Python image.

`upkeep.py reap NAMESPACE MINUTES` deletes runners that have been failed for that long: they count against the set's maximum, and
nobody else takes them away. `upkeep.py idle NAMESPACE SCALE_SET COUNT` sets how many runners wait for jobs.
"""

import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError

from components.framework.in_cluster import api_server

GROUP = "/apis/actions.github.com/v1alpha1"


def failed(runner: dict[str, Any], before: datetime) -> bool:
    """Whether it failed, and was made before that moment. The status does not say since when it is failed."""
    made = datetime.fromisoformat(runner["metadata"]["creationTimestamp"])
    return runner.get("status", {}).get("phase") == "Failed" and made < before


def reap(namespace: str, minutes: int) -> None:
    runners = f"{GROUP}/namespaces/{namespace}/ephemeralrunners"
    before = datetime.now(UTC) - timedelta(minutes=minutes)
    for runner in api_server.request("GET", runners)["items"]:
        if failed(runner, before):
            name = runner["metadata"]["name"]
            try:
                api_server.request("DELETE", f"{runners}/{name}")
            except HTTPError as error:
                if error.code != 404:  # somebody else was faster
                    raise
            print(f"deleted the failed runner {namespace}/{name}: {runner['status'].get('message', 'no reason given')}")


def idle(namespace: str, scale_set: str, count: int) -> None:
    api_server.request("PATCH", f"{GROUP}/namespaces/{namespace}/autoscalingrunnersets/{scale_set}", {"spec": {"minRunners": count}})
    print(f"{namespace}/{scale_set} now keeps {count} runners waiting for jobs")


def run(arguments: list[str]) -> int:
    match arguments:
        case ["reap", namespace, minutes]:
            reap(namespace, int(minutes))
        case ["idle", namespace, scale_set, count]:
            idle(namespace, scale_set, int(count))
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


def main(arguments: list[str]) -> int:
    return api_server.exit_code(lambda: run(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
