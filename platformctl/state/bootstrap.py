"""Makes the state's bucket fit for state, and says what of that could be seen. Deletes nothing; a second run changes nothing.

Oracle's S3 interface documents calls that create, head and list buckets, and none for versioning, access lists or policies
("Object Storage Amazon S3 Compatibility API Support", 2026-02). What it may not tell is seen by trying: an object is written,
and gets a version or not; a stranger asks for it, and gets it or not.
"""

from enum import Enum, auto
from typing import TYPE_CHECKING

from platformctl.state import strangers
from platformctl.state.location import StateLocation
from platformctl.state.report import Finding, Outcome, Report
from platformctl.state.store import MissingError, NotToldError, asking

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CreateBucketRequestTypeDef

MARKER = "written-by-state-bootstrap.txt"
MARKER_TEXT = b"platformctl state bootstrap writes this to see whether the bucket keeps versions and keeps strangers out.\n"


class Versioning(Enum):
    ON = auto()
    SUSPENDED = auto()
    OFF = auto()
    NOT_TOLD = auto()


def bootstrap(location: StateLocation, client: "S3Client", *, ask: strangers.Stranger = strangers.as_a_stranger) -> Report:
    """Create the bucket if it is missing, turn versioning on, see that strangers are kept out.

    A bucket that is public, or whose versioning somebody suspended, is refused and left as it is. Raises StateError when the
    store cannot be asked at all.
    """
    findings = [_exists(location, client)]
    versioning = _versioning(location, client)
    findings += [
        strangers.access_list(location, client),
        strangers.policy(location, client),
        strangers.listing(location, ask),
    ]
    if versioning is Versioning.SUSPENDED or any(finding.outcome is Outcome.REFUSED for finding in findings):
        return Report(location=location, findings=(*findings, _left_alone(location, versioning)))

    key = location.key(MARKER)
    findings.append(_version(location, client, key, versioning))
    _mark(location, client, key)
    findings.append(strangers.reading(location, key, ask))
    if location.native_endpoint:
        findings.append(strangers.out_of_sight(location))
    return Report(location=location, findings=tuple(findings))


def _exists(location: StateLocation, client: "S3Client") -> Finding:
    try:
        with asking(location, "list"):
            client.list_objects_v2(Bucket=location.bucket, MaxKeys=1)  # not HeadBucket: its refusals come without a reason
    except MissingError:
        pass
    else:
        return Finding(subject="bucket", outcome=Outcome.GOOD, detail=f"{location.bucket} is there, and these keys may list it")
    request: CreateBucketRequestTypeDef = {"Bucket": location.bucket}
    if location.region != "us-east-1":  # where S3 began, and the one region that may not be named
        request["CreateBucketConfiguration"] = {"LocationConstraint": location.region}  # type: ignore[typeddict-item]
    with asking(location, "create"):
        client.create_bucket(**request)
    where = ", in the compartment that the tenancy gives to the S3 interface" if location.native_endpoint else ""
    return Finding(subject="bucket", outcome=Outcome.CHANGED, detail=f"{location.bucket} created in {location.region}{where}")


def _versioning(location: StateLocation, client: "S3Client") -> Versioning:
    try:
        with asking(location, "ask whether versioning is on for"):
            status = client.get_bucket_versioning(Bucket=location.bucket).get("Status")
    except NotToldError:
        return Versioning.NOT_TOLD
    return {"Enabled": Versioning.ON, "Suspended": Versioning.SUSPENDED}.get(status or "", Versioning.OFF)


def _version(location: StateLocation, client: "S3Client", key: str, versioning: Versioning) -> Finding:
    """See to it that what is written keeps its versions."""
    subject = "versioning"
    if versioning is Versioning.ON:
        return Finding(subject=subject, outcome=Outcome.GOOD, detail="on")
    if versioning is Versioning.OFF:
        try:
            with asking(location, "turn versioning on for"):
                client.put_bucket_versioning(Bucket=location.bucket, VersioningConfiguration={"Status": "Enabled"})
        except NotToldError:
            pass
        else:
            if _versioning(location, client) is Versioning.ON:
                return Finding(subject=subject, outcome=Outcome.CHANGED, detail="turned on")
    if _write(location, client, key) not in {"", "null"}:
        return Finding(subject=subject, outcome=Outcome.GOOD, detail="on: an object written now was given a version")
    detail = "off: an object written now was given no version, and this S3 interface does not turn it on"
    return Finding(subject=subject, outcome=Outcome.REFUSED, detail=detail, fix=_resume(location))


def _left_alone(location: StateLocation, versioning: Versioning) -> Finding:
    match versioning:
        case Versioning.SUSPENDED:
            fix = f"Find out who suspended it and why. {_resume(location)}"
            return Finding(
                subject="versioning", outcome=Outcome.REFUSED, detail="suspended: a state overwritten by mistake is lost", fix=fix
            )  # fmt: skip
        case Versioning.ON:
            return Finding(subject="versioning", outcome=Outcome.GOOD, detail="on")
    return Finding(subject="versioning", outcome=Outcome.NOT_SHOWN, detail="not looked into: the bucket is refused, and left as it is")


def _resume(location: StateLocation) -> str:
    return f"Turn it on, then run this again: {location.update('--versioning Enabled')}"


def _mark(location: StateLocation, client: "S3Client", key: str) -> None:
    """Have the marker in the bucket: it is what strangers ask for."""
    try:
        with asking(location, "read an object of"):
            client.head_object(Bucket=location.bucket, Key=key)
    except MissingError:
        _write(location, client, key)


def _write(location: StateLocation, client: "S3Client", key: str) -> str:
    """Write the marker; returns the version it was given, if any."""
    with asking(location, "write an object to"):
        return client.put_object(Bucket=location.bucket, Key=key, Body=MARKER_TEXT, ContentType="text/plain").get("VersionId", "")
