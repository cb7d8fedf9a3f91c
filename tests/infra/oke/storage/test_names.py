"""Names of buckets, as long as Object Storage sees them."""

import pytest

from infra.oke.storage.names import bucket_name, problems


@pytest.mark.parametrize(("length", "allowed"), [(6, True), (223, True), (224, False), (255, False)])
def test_the_whole_name_of_a_bucket_is_measured(length: int, allowed: bool) -> None:
    prefix, bucket = "a" * 32, "b" * length
    found = list(problems(prefix, ["models", bucket]))
    assert (not found) is allowed
    if not allowed:
        (problem,) = found
        assert problem.path == f"storage.buckets.{bucket}"
        assert f"{len(bucket_name(prefix, bucket))} characters; at most 256 are allowed: shorten it by {length - 223}" in problem.message
