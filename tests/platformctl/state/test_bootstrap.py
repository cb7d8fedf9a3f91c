"""Bootstrap: from nothing, again, and every bucket that is refused, with its words."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import settings

from platformctl.state import StateLocation
from platformctl.state.bootstrap import MARKER, bootstrap
from platformctl.state.report import Finding, Outcome, Report, StateError
from platformctl.state.store import connect

if TYPE_CHECKING:
    from tests.platformctl.state.conftest import Store
else:
    Store = object

pytestmark = pytest.mark.slow

EVERYONE = {"Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::state/*"}


def finding(report: Report, subject: str) -> Finding:
    return next(each for each in report.findings if each.subject == subject)


def test_a_bucket_is_made_from_nothing(store: Store, place: StateLocation) -> None:
    report = bootstrap(place, connect(place))
    assert report.ready
    assert [(each.subject, each.outcome.value) for each in report.findings] == [
        ("bucket", "changed"),
        ("access list", "good"),
        ("bucket policy", "good"),
        ("strangers may list", "good"),
        ("versioning", "changed"),
        ("strangers may read", "good"),
    ]
    assert store.client().get_bucket_versioning(Bucket="state")["Status"] == "Enabled"
    assert str(store.client().get_bucket_location(Bucket="state")["LocationConstraint"]) == "eu-frankfurt-1"
    assert store.client().head_object(Bucket="state", Key=f"platform/{MARKER}")["VersionId"]


def test_the_second_time_nothing_changes(store: Store, place: StateLocation) -> None:
    bootstrap(place, connect(place))
    store.requests.clear()
    report = bootstrap(place, connect(place))
    assert report.ready
    assert not report.changed
    assert store.writes() == []


def test_versioning_is_turned_on_for_a_bucket_that_is_there(store: Store, place: StateLocation) -> None:
    store.client().create_bucket(Bucket="state", CreateBucketConfiguration={"LocationConstraint": "eu-frankfurt-1"})  # type: ignore[typeddict-item]
    store.client().put_object(Bucket="state", Key="platform/.pulumi/meta.yaml", Body=b"version: 1\n")
    report = bootstrap(place, connect(place))
    assert [each.subject for each in report.changed] == ["versioning"]
    assert store.client().get_object(Bucket="state", Key="platform/.pulumi/meta.yaml")["Body"].read() == b"version: 1\n"


@pytest.fixture
def made(store: Store, place: StateLocation) -> Store:
    bootstrap(place, connect(place))
    store.requests.clear()
    return store


def refused(store: Store, place: StateLocation, subject: str) -> Finding:
    """The one thing refused; the bucket is left as it is."""
    store.requests.clear()
    report = bootstrap(place, connect(place))
    assert not report.ready
    assert [each.subject for each in report.refused] == [subject]
    assert store.writes() == []
    return report.refused[0]


def test_suspended_versioning_is_refused(made: Store, place: StateLocation) -> None:
    made.client().put_bucket_versioning(Bucket="state", VersioningConfiguration={"Status": "Suspended"})
    found = refused(made, place, "versioning")
    assert found.detail == "suspended: a state overwritten by mistake is lost"
    assert found.fix.startswith("Find out who suspended it and why. Turn it on, then run this again: ")


@pytest.mark.parametrize("acl", ["public-read", "public-read-write", "authenticated-read"])
def test_a_public_access_list_is_refused(made: Store, place: StateLocation, acl: str) -> None:
    made.client().put_bucket_acl(Bucket="state", ACL=acl)  # type: ignore[arg-type]
    found = refused(made, place, "access list")
    assert found.detail == "gives READ to everyone"
    assert found.fix.startswith("Make the bucket private, and treat every secret in the states it held as known")


@pytest.mark.parametrize(("statement", "named"), [
    (EVERYONE, "open"),
    ({**EVERYONE, "Principal": {"AWS": ["arn:aws:iam::1:root", "*"]}}, "open"),
    ({**EVERYONE, "Sid": "", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}, "statement 1"),
])  # fmt: skip
def test_a_public_policy_is_refused(made: Store, place: StateLocation, statement: dict[str, object], named: str) -> None:
    made.client().put_bucket_policy(Bucket="state", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    found = refused(made, place, "bucket policy")
    assert found.detail == f"lets everyone in: {named}"


@pytest.mark.parametrize("statement", [
    {**EVERYONE, "Effect": "Deny", "Action": "s3:DeleteObject"},
    {**EVERYONE, "Principal": {"AWS": "arn:aws:iam::123456789012:user/ci"}},
])  # fmt: skip
def test_a_policy_that_names_its_people_is_good(made: Store, place: StateLocation, statement: dict[str, object]) -> None:
    made.client().put_bucket_policy(Bucket="state", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert finding(bootstrap(place, connect(place)), "bucket policy").outcome is Outcome.GOOD


def test_a_bucket_that_answers_strangers_is_refused(made: Store, place: StateLocation) -> None:
    made.strangers_welcome = True
    found = refused(made, place, "strangers may list")
    assert found.detail == f"yes: {made.endpoint}/state?list-type=2&max-keys=1 answers without credentials"


# Oracle's interface, as documented: no versioning, access lists or policies


@pytest.fixture
def oracle(made: Store) -> Store:
    made.oracle = True
    return made


def test_where_versioning_is_not_told_it_is_seen_by_writing(oracle: Store, place: StateLocation) -> None:
    report = bootstrap(place, connect(place))
    assert report.ready
    assert finding(report, "versioning").detail == "on: an object written now was given a version"
    assert {each.subject for each in report.unseen} == {"access list", "bucket policy"}


def test_where_versioning_is_off_and_cannot_be_turned_on_the_bucket_is_refused(oracle: Store, place: StateLocation) -> None:
    other = replace(place, bucket="other")
    report = bootstrap(other, connect(other))
    assert finding(report, "bucket").outcome is Outcome.CHANGED
    assert [each.subject for each in report.refused] == ["versioning"]
    assert report.refused[0].detail.startswith("off: an object written now was given no version")


class Oracle(StateLocation):
    """Oracle's names, with the stand-in behind the S3 one."""

    @property
    def native_endpoint(self) -> str:
        return "https://acme.objectstorage.eu-frankfurt-1.oci.customer-oci.com"


@pytest.mark.parametrize(("listing", "reading", "refused_as"), [
    (200, 200, "strangers may list"),  # ObjectRead
    (404, 200, "strangers may read"),  # ObjectReadWithoutList
    (404, 404, ""),
    (401, 403, ""),
])  # fmt: skip
def test_public_access_is_seen_where_oracle_grants_it(
    oracle: Store, place: StateLocation, listing: int, reading: int, refused_as: str
) -> None:
    at_oracle = Oracle(bucket=place.bucket, region=place.region, namespace=place.namespace, prefix=place.prefix, endpoint=oracle.endpoint)
    native = f"{at_oracle.native_endpoint}/n/acme/b/state/o"
    answers = {f"{native}?limit=1": listing, f"{native}/platform%2F{MARKER}": reading}
    report = bootstrap(at_oracle, connect(at_oracle), ask=lambda address: answers.get(address, 403))
    assert [each.subject for each in report.refused] == [refused_as][: bool(refused_as)]
    if refused_as:
        assert native in report.refused[0].detail
        assert "oci os bucket update --namespace-name acme --bucket-name state --region eu-frankfurt-1" in report.refused[0].fix
        assert report.refused[0].fix.endswith("--public-access-type NoPublicAccess")
    else:
        assert "oci os preauth-request list" in finding(report, "IAM policies, pre-authenticated requests").fix


@pytest.mark.parametrize("status", [None, 500])
def test_an_address_that_does_not_answer_proves_nothing(made: Store, place: StateLocation, status: int | None) -> None:
    report = bootstrap(place, connect(place), ask=lambda address: status)
    assert {each.subject for each in report.unseen} == {"strangers may list", "strangers may read"}
    assert f"({status or 'no answer'})" in report.unseen[0].detail


# Keys and networks


def test_keys_that_are_wrong_are_said_to_be(made: Store, place: StateLocation, monkeypatch: pytest.MonkeyPatch) -> None:
    iam = boto3.Session().client("iam", endpoint_url=made.endpoint, region_name="us-east-1")
    iam.create_user(UserName="ci")
    key = iam.create_access_key(UserName="ci")["AccessKey"]
    monkeypatch.setattr(settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0)  # from here on moto checks signatures and permissions

    for access, secret, message in [
        ("AKIANOBODY", "secret", r"does not accept the keys \(InvalidAccessKeyId\)\. They must be a Customer Secret Key"),
        (key["AccessKeyId"], "wrong", r"does not accept the keys \(SignatureDoesNotMatch\)(.|\n)*signed for the region eu-frankfurt-1"),
        (key["AccessKeyId"], key["SecretAccessKey"], r"may not list state \(AccessDenied\)\. They need: Allow group <group> to manage"),
    ]:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", access)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
        with pytest.raises(StateError, match=message):
            bootstrap(place, connect(place))


def test_no_keys_at_all_are_asked_for(store: Store, place: StateLocation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/no/such")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/no/such")
    with pytest.raises(StateError, match=r"There are no keys in the environment\. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        bootstrap(place, connect(place))


def test_a_store_that_does_not_answer_is_named(store: Store, place: StateLocation) -> None:
    nowhere = replace(place, endpoint="http://127.0.0.1:9")
    with pytest.raises(StateError, match=r"http://127\.0\.0\.1:9 does not answer .*Check the region \(eu-frankfurt-1\), the namespace"):
        bootstrap(nowhere, connect(nowhere))
