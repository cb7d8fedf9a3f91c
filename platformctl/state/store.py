"""The store's S3 interface: a client made for Oracle's, and its refusals in words that say what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from platformctl.state.location import StateLocation
from platformctl.state.report import StateError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def connect(location: StateLocation) -> "S3Client":
    """A client for the place, made for Oracle's interface: path style, no chunked uploads. Keys come from the environment."""
    return boto3.Session().client(  # a session of its own: the default one keeps the keys it first saw
        "s3",
        endpoint_url=location.s3_endpoint,
        region_name=location.region,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=10,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 3},
        ),
    )


class NotToldError(StateError):
    """The store does not implement the request."""


class ForbiddenError(StateError):
    """The keys are good, and may not do this."""


class MissingError(StateError):
    """There is no such bucket, object or policy."""


@contextmanager
def asking(location: StateLocation, what: str) -> Iterator[None]:
    """Turn the store's refusals into words that say what to do."""
    try:
        yield
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StateError(
            "There are no keys in the environment. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a Customer Secret Key "
            "(Console: your profile, Customer secret keys). `platformctl state url --json` lists every variable that is needed."
        ) from error
    except ClientError as error:
        raise _refusal(location, what, error) from error
    except BotoCoreError as error:
        raise StateError(
            f"{location.s3_endpoint} does not answer ({error}). Check the region ({location.region}), the namespace "
            f"({location.namespace}) and the network."
        ) from error


def _refusal(location: StateLocation, what: str, error: ClientError) -> StateError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity"} or status == 401:
        return StateError(
            f"{location.s3_endpoint} does not accept the keys ({code}). They must be a Customer Secret Key of a user of this tenancy, "
            f"not an API signing key; a new one takes a few minutes to work, and it is signed for the region {location.region}."
        )
    if code == "NotImplemented" or status in {405, 501}:
        return NotToldError(f"{location.s3_endpoint} cannot {what} a bucket ({code or status}).")
    if status == 404:
        return MissingError(f"{location.bucket}: may not {what}, or there is none ({code}).")
    policy = f"Allow group <group> to manage object-family in compartment <compartment> where target.bucket.name = '{location.bucket}'"
    if status == 409:
        return StateError(
            f"The bucket {location.bucket} is there, but not for these keys ({code}). Take another name, or let them in: {policy}"
        )
    if status == 403:
        return ForbiddenError(f"These keys may not {what} {location.bucket} ({code}). They need: {policy}")
    return StateError(f"{location.s3_endpoint} refused to {what} {location.bucket}: {error}")
