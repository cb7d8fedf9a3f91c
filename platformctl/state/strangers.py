"""Who gets at the bucket without being given keys: by its access list, by its policy, and by trying."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from platformctl.state.location import StateLocation
from platformctl.state.report import Finding, Outcome
from platformctl.state.store import ForbiddenError, MissingError, NotToldError, asking

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Stranger = Callable[[str], int | None]
"""Asks an address without any credentials: the HTTP status, or None when nothing answers."""

EVERYONE = ("http://acs.amazonaws.com/groups/global/AllUsers", "http://acs.amazonaws.com/groups/global/AuthenticatedUsers")


def as_a_stranger(address: str) -> int | None:
    """GET without credentials."""
    try:
        with urllib.request.urlopen(address, timeout=15) as answer:  # noqa: S310 - the address is built from the location
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return None


def access_list(location: StateLocation, client: "S3Client") -> Finding:
    subject = "access list"
    try:
        with asking(location, "read the access list of"):
            grants = client.get_bucket_acl(Bucket=location.bucket).get("Grants", [])
    except (NotToldError, ForbiddenError):
        return Finding(subject=subject, outcome=Outcome.NOT_SHOWN, detail="the S3 interface does not show one; see what strangers get")
    public = sorted({str(grant.get("Permission")) for grant in grants if grant.get("Grantee", {}).get("URI") in EVERYONE})
    if public:
        return Finding(
            subject=subject, outcome=Outcome.REFUSED, detail=f"gives {', '.join(public)} to everyone", fix=_make_private(location)
        )  # fmt: skip
    return Finding(subject=subject, outcome=Outcome.GOOD, detail="names no group of everyone")


def policy(location: StateLocation, client: "S3Client") -> Finding:
    subject = "bucket policy"
    try:
        with asking(location, "read the policy of"):
            text = client.get_bucket_policy(Bucket=location.bucket)["Policy"]
    except MissingError:
        return Finding(subject=subject, outcome=Outcome.GOOD, detail="none")
    except (NotToldError, ForbiddenError):
        return Finding(subject=subject, outcome=Outcome.NOT_SHOWN, detail="the S3 interface does not show one; see what strangers get")
    if public := list(_public_statements(text)):
        detail = f"lets everyone in: {', '.join(public)}"
        return Finding(subject=subject, outcome=Outcome.REFUSED, detail=detail, fix="Remove these statements from the bucket's policy.")
    return Finding(subject=subject, outcome=Outcome.GOOD, detail="lets nobody in whom it does not name")


def _public_statements(document: str) -> Iterator[str]:
    """The statements that allow everyone, conditions or not: a condition is too easily wider than it looks."""
    statements: Any = json.loads(document).get("Statement", [])
    for number, statement in enumerate([statements] if isinstance(statements, dict) else statements, start=1):
        principal = statement.get("Principal", {} if "NotPrincipal" not in statement else "*")
        named = principal.get("AWS", []) if isinstance(principal, dict) else principal
        if statement.get("Effect") == "Allow" and "*" in ([named] if isinstance(named, str) else named):
            yield statement.get("Sid") or f"statement {number}"


def listing(location: StateLocation, ask: Stranger) -> Finding:
    addresses = [f"{location.s3_endpoint}/{location.bucket}?list-type=2&max-keys=1"]
    if location.native_endpoint:
        addresses.append(f"{_native(location)}/o?limit=1")
    return _kept_out(location, "strangers may list", addresses, ask)


def reading(location: StateLocation, key: str, ask: Stranger) -> Finding:
    addresses = [f"{location.s3_endpoint}/{location.bucket}/{quote(key)}"]
    if location.native_endpoint:
        addresses.append(f"{_native(location)}/o/{quote(key, safe='')}")
    return _kept_out(location, "strangers may read", addresses, ask)


def _kept_out(location: StateLocation, subject: str, addresses: list[str], ask: Stranger) -> Finding:
    statuses = {address: ask(address) for address in addresses}
    let_in = [address for address, status in statuses.items() if status is not None and status < 400]  # a redirect is an answer, too
    if let_in:
        detail = f"yes: {', '.join(let_in)} answers without credentials"
        return Finding(subject=subject, outcome=Outcome.REFUSED, detail=detail, fix=_make_private(location))
    unclear = [f"{address} ({status or 'no answer'})" for address, status in statuses.items() if status not in {401, 403, 404}]
    if unclear:
        return Finding(subject=subject, outcome=Outcome.NOT_SHOWN, detail=f"not seen: {', '.join(unclear)}")
    return Finding(subject=subject, outcome=Outcome.GOOD, detail=f"no: refused at {len(statuses)} of {len(statuses)} addresses")


def _native(location: StateLocation) -> str:
    return f"{location.native_endpoint}/n/{location.namespace}/b/{location.bucket}"


def out_of_sight(location: StateLocation) -> Finding:
    bucket = f"--namespace-name {location.namespace} --bucket-name {location.bucket} --region {location.region}"
    return Finding(
        subject="IAM policies, pre-authenticated requests",
        outcome=Outcome.NOT_SHOWN,
        detail="the S3 interface shows neither",
        fix=f"oci os preauth-request list {bucket}; oci iam policy list --compartment-id <the bucket's compartment>",
    )


def _make_private(location: StateLocation) -> str:
    update = location.update("--public-access-type NoPublicAccess")
    return f"Make the bucket private, and treat every secret in the states it held as known: {update}"
