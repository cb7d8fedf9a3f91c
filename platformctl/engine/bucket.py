"""An S3 bucket on this machine for the engine's state, in place of the one in Object Storage."""

import contextlib
import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping

from platformctl.errors import Refused, WrongInput
from platformctl.state.location import StateLocation, url

START_SECONDS = 60.0

ENVIRONMENT = {
    # Nobody checks the keys: the server takes any.
    "AWS_ACCESS_KEY_ID": "rehearsal",
    "AWS_SECRET_ACCESS_KEY": "rehearsal",
    "AWS_REGION": "eu-frankfurt-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    # Every step is written, as it is against the real thing: that is what is tried here.
    "PULUMI_SKIP_CHECKPOINTS": "false",
}


@contextlib.contextmanager
def serving() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Serve S3 with an empty bucket. Gives the backend's URL and the variables that go with it."""
    if importlib.util.find_spec("moto") is None or importlib.util.find_spec("flask") is None:
        raise WrongInput(
            "--state s3 needs moto, which stands in for Object Storage: pip install -r requirements-dev.txt, or use --state file."
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        endpoint = f"http://127.0.0.1:{port}"
        place = StateLocation(bucket="state", region=ENVIRONMENT["AWS_REGION"], namespace="rehearsal", endpoint=endpoint)
        _await(server, port)
        _make(place)
        yield url(place), ENVIRONMENT
    finally:
        server.terminate()
        server.wait()


def _await(server: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    raise Refused("the S3 stand-in (moto) did not start")


def _make(place: StateLocation) -> None:
    import boto3  # noqa: PLC0415 - half a second, for this alone

    client = boto3.client(
        "s3",
        endpoint_url=place.endpoint,
        region_name=place.region,
        aws_access_key_id=ENVIRONMENT["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
    )
    client.create_bucket(Bucket=place.bucket, CreateBucketConfiguration={"LocationConstraint": place.region})  # type: ignore[typeddict-item]
    client.put_bucket_versioning(Bucket=place.bucket, VersioningConfiguration={"Status": "Enabled"})
