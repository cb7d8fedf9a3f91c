"""What Object Storage calls the platform's buckets."""

from collections.abc import Iterable, Iterator

from infra.problems import Problem

MAX_NAME = 256
"""Characters of a bucket's name. Oracle, "CreateBucketDetails", 2026-11."""


def bucket_name(prefix: str, bucket: str) -> str:
    """The name in Object Storage of a bucket of the platform `prefix`."""
    return f"{prefix}-{bucket}"


def problems(prefix: str, buckets: Iterable[str]) -> Iterator[Problem]:
    """Buckets whose whole name is too long, at their place in the cluster's section."""
    for bucket in buckets:
        length = len(bucket_name(prefix, bucket))
        if length > MAX_NAME:
            what = f"would be called {prefix}-{bucket[:20]}..., {length} characters"
            yield Problem(f"storage.buckets.{bucket}", f"{what}; at most {MAX_NAME} are allowed: shorten it by {length - MAX_NAME}")
