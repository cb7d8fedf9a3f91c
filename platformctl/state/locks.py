"""Who is updating a stack: the engine's own locks in the bucket, read and taken as the engine does.

Source: pulumi, pkg/backend/diy/lock.go, 3.259.
"""

import getpass
import json
import os
import socket
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from platformctl.state.location import StateLocation
from platformctl.state.report import StateError
from platformctl.state.store import asking

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

OLD = timedelta(hours=12)
"""Longer than any update takes: a pool's largest timeout is six hours."""


@dataclass(frozen=True, kw_only=True)
class Lock:
    key: str
    owner: str
    """`user@host (process 4711)`; `somebody` where the lock cannot be read."""
    since: datetime | None

    def age(self, now: datetime) -> str:
        """`3 h 20 min`, and whether that is longer than an update takes."""
        if self.since is None:
            return "nobody knows since when"
        minutes = max(int((now - self.since).total_seconds() // 60), 0)
        shown = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
        return f"{shown}, longer than any update takes" if now - self.since > OLD else shown


def folder(location: StateLocation, project: str, stack: str) -> str:
    return location.key(f".pulumi/locks/organization/{project}/{stack}/")


def held(location: StateLocation, client: "S3Client", project: str, stack: str) -> tuple[Lock, ...]:
    """Oldest first. Raises StateError."""
    with asking(location, "list the locks in"):
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=location.bucket, Prefix=folder(location, project, stack))
        keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
        found = [_read(key, client.get_object(Bucket=location.bucket, Key=key)["Body"].read()) for key in keys]
    return tuple(sorted(found, key=lambda lock: (lock.since or datetime.max.replace(tzinfo=UTC), lock.key)))


def _read(key: str, content: bytes) -> Lock:
    try:
        said = json.loads(content)
        owner = f"{said['username']}@{said['hostname']} (process {said['pid']})"
        since = datetime.fromisoformat(_six_digits(said["timestamp"])).astimezone(UTC)
    except (ValueError, KeyError, TypeError):
        return Lock(key=key, owner="somebody", since=None)
    return Lock(key=key, owner=owner, since=since)


def _six_digits(time: str) -> str:
    """Go writes up to nine digits of a second, of which Python reads six."""
    whole, point, rest = time.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return f"{whole}.{digits[:6].ljust(6, '0')}{rest[len(digits) :]}" if point else time


def broken(location: StateLocation, client: "S3Client", locks: Sequence[Lock]) -> None:
    """Take exactly these away: one that came since stays. Raises StateError."""
    with asking(location, "delete a lock in"):
        for lock in locks:
            client.delete_object(Bucket=location.bucket, Key=lock.key)


@contextmanager
def taken(location: StateLocation, client: "S3Client", project: str, stack: str) -> Iterator[None]:
    """Keep every engine from updating the stack meanwhile. Raises StateError where somebody is."""
    _nobody(held(location, client, project, stack))
    key = f"{folder(location, project, stack)}{uuid.uuid4()}.json"
    now = datetime.now(UTC).isoformat()
    own = {"pid": os.getpid(), "username": getpass.getuser(), "hostname": socket.gethostname(), "timestamp": now}
    with asking(location, "write a lock in"):
        client.put_object(Bucket=location.bucket, Key=key, Body=json.dumps(own).encode())
    try:
        # Two that came at once see each other here, and both step back.
        _nobody([lock for lock in held(location, client, project, stack) if lock.key != key])
        yield
    finally:
        with asking(location, "delete a lock in"):
            client.delete_object(Bucket=location.bucket, Key=key)


def _nobody(locks: Sequence[Lock]) -> None:
    if locks:
        now = datetime.now(UTC)
        owners = ", ".join(f"{lock.owner} for {lock.age(now)}" for lock in locks)
        raise StateError(f"The stack is locked by {owners}. Wait for them; `platformctl state lock STACK --break` takes a stale lock away.")
