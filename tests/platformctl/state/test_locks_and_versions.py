"""Locks and versions of a stack's state, in a store as strict as Oracle's, with the real engine as the other party."""

import json
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from pulumi import automation

from platformctl.state import StateLocation, environment, locks, versions
from platformctl.state.bootstrap import bootstrap
from platformctl.state.report import StateError
from platformctl.state.store import connect
from toolchain import built
from toolchain.programs import ENGINE

if TYPE_CHECKING:
    from tests.platformctl.state.conftest import Store
else:
    Store = object

PROJECT, STACK = "state-test", "dev"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def checkpoint(stack: str = f"organization/{PROJECT}/{STACK}", *urns: str) -> bytes:
    return json.dumps({"version": 3, "checkpoint": {"stack": stack, "latest": {"resources": [{"urn": urn} for urn in urns]}}}).encode()


@pytest.fixture
def bucket(store: Store, place: StateLocation) -> StateLocation:
    """A versioned bucket, with one state in it."""
    assert bootstrap(place, connect(place)).ready
    store.client().put_object(Bucket=place.bucket, Key=versions.key(place, PROJECT, STACK), Body=checkpoint())
    return place


def lock(store: Store, place: StateLocation, name: str, content: bytes) -> None:
    store.client().put_object(Bucket=place.bucket, Key=f"{locks.folder(place, PROJECT, STACK)}{name}.json", Body=content)


def test_a_lock_is_shown_with_owner_and_age(store: Store, bucket: StateLocation) -> None:
    lock(store, bucket, "b", b'{"pid": 7, "username": "ci", "hostname": "runner-1", "timestamp": "2026-11-28T11:20:00.123456789Z"}')
    lock(store, bucket, "a", b'{"pid": 8, "username": "me", "hostname": "box", "timestamp": "2026-11-27T13:00:00+01:00"}')
    found = locks.held(bucket, connect(bucket), PROJECT, STACK)
    assert [(each.owner, each.age(NOW)) for each in found] == [
        ("me@box (process 8)", "24 h 0 min, longer than any update takes"),
        ("ci@runner-1 (process 7)", "39 min"),
    ]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"pid": 1}', b'{"username": "a", "hostname": "b", "pid": 1, "timestamp": "then"}', b"\xff"]
)
def test_a_lock_that_cannot_be_read_is_one_all_the_same(store: Store, bucket: StateLocation, content: bytes) -> None:
    lock(store, bucket, "torn", content)
    (found,) = locks.held(bucket, connect(bucket), PROJECT, STACK)
    assert (found.owner, found.age(NOW)) == ("somebody", "nobody knows since when")


def test_only_the_locks_that_were_shown_are_taken_away(store: Store, bucket: StateLocation) -> None:
    lock(store, bucket, "old", b"{}")
    client = connect(bucket)
    shown = locks.held(bucket, client, PROJECT, STACK)
    lock(store, bucket, "new", b"{}")
    locks.broken(bucket, client, shown)
    (left,) = locks.held(bucket, client, PROJECT, STACK)
    assert left.key.endswith("/new.json")


def test_what_another_stack_of_a_longer_name_locks_is_not_this_ones(store: Store, bucket: StateLocation) -> None:
    store.client().put_object(Bucket=bucket.bucket, Key=f"{locks.folder(bucket, PROJECT, 'dev2')}x.json", Body=b"{}")
    assert locks.held(bucket, connect(bucket), PROJECT, STACK) == ()


def test_of_two_that_come_at_once_none_writes(store: Store, bucket: StateLocation, monkeypatch: pytest.MonkeyPatch) -> None:
    client = connect(bucket)
    put = client.put_object

    def together(**options: Any) -> Any:
        lock(store, bucket, "other", b"{}")
        return put(**options)

    monkeypatch.setattr(client, "put_object", together)
    with pytest.raises(StateError, match="locked by somebody"), locks.taken(bucket, client, PROJECT, STACK):
        pytest.fail("two at once")
    assert [each.key.rpartition("/")[2] for each in locks.held(bucket, client, PROJECT, STACK)] == ["other.json"]


def test_versions_are_newest_first_and_an_earlier_one_comes_back(store: Store, bucket: StateLocation) -> None:
    client = connect(bucket)
    later = checkpoint(f"organization/{PROJECT}/{STACK}", f"urn:pulumi:{STACK}::{PROJECT}::a:b:C::x")
    store.client().put_object(Bucket=bucket.bucket, Key=versions.key(bucket, PROJECT, STACK), Body=later)
    newest, first = versions.versions(bucket, client, PROJECT, STACK)
    assert (newest.current, newest.size, first.current, first.size) == (True, len(later), False, len(checkpoint()))
    versions.restored(bucket, client, PROJECT, STACK, versions.content(bucket, client, PROJECT, STACK, first.ident))
    assert versions.content(bucket, client, PROJECT, STACK) == checkpoint()
    kept = versions.versions(bucket, client, PROJECT, STACK)
    assert [each.current for each in kept] == [True, False, False]
    assert locks.held(bucket, client, PROJECT, STACK) == ()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (b"", "is no whole JSON"),
        (checkpoint()[:-9], "it may have been cut off"),
        (b"[]", "is no state: it must be a mapping"),
        (b"{}", "has no checkpoint that names its stack"),
        (b'{"version": 3, "deployment": {}}', "give it to `pulumi stack import`"),
        (checkpoint("organization/state-test/prod"), "is the state of state-test/prod, not of state-test/dev"),
        (checkpoint("organization/other/dev"), "is the state of other/dev, not of state-test/dev"),
        (
            checkpoint(f"organization/{PROJECT}/{STACK}", "urn:pulumi:prod::state-test::a:b:C::x"),
            "has 1 resources that are of another stack",
        ),
        (b'{"checkpoint": {"stack": "organization/state-test/dev", "latest": {"resources": {}}}}', "its resources are no list"),
    ],
)
def test_what_is_no_state_of_this_stack_is_not_restored(store: Store, bucket: StateLocation, state: bytes, words: str) -> None:
    client = connect(bucket)
    store.requests.clear()
    with pytest.raises(StateError, match=r"What is to be restored ") as raised:
        versions.restored(bucket, client, PROJECT, STACK, state)
    assert words in str(raised.value)
    assert store.writes() == []


def test_a_stack_that_was_never_up_has_no_versions(store: Store, place: StateLocation) -> None:
    assert bootstrap(place, connect(place)).ready
    with pytest.raises(StateError, match="nobody has brought the stack up there"):
        versions.versions(place, connect(place), PROJECT, STACK)


@pytest.mark.engine
def test_the_engine_and_we_keep_each_other_out(secure_place: StateLocation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pulumi_cli = built.find(ENGINE)
    assert pulumi_cli is not None
    monkeypatch.setenv("PATH", f"{pulumi_cli.parent}{os.pathsep}{os.environ['PATH']}")
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "PULUMI_HOME": str(tmp_path / "home")}
    variables = {**environment(secure_place), **keys, "PULUMI_CONFIG_PASSPHRASE": "test", "PULUMI_SKIP_UPDATE_CHECK": "true"}
    client = connect(secure_place)
    assert bootstrap(secure_place, client).ready
    entered, go_on = threading.Event(), threading.Event()

    def made(program: Callable[[], None]) -> automation.Stack:
        options = automation.LocalWorkspaceOptions(work_dir=str(tmp_path), env_vars=variables)
        return automation.create_or_select_stack(STACK, PROJECT, program, opts=options)

    made(lambda: pulumi.export("answer", 42)).up()
    (first,) = versions.versions(secure_place, client, PROJECT, STACK)[:1]

    def slow() -> None:
        pulumi.export("answer", 43)
        entered.set()
        go_on.wait(60)

    updating = threading.Thread(target=lambda: made(slow).up())
    updating.start()
    assert entered.wait(120)
    (engines,) = locks.held(secure_place, client, PROJECT, STACK)
    assert datetime.now(UTC) - (engines.since or NOW) < timedelta(minutes=5)
    with pytest.raises(StateError, match="locked by"):
        versions.restored(secure_place, client, PROJECT, STACK, versions.content(secure_place, client, PROJECT, STACK, first.ident))
    go_on.set()
    updating.join(120)
    assert made(slow).outputs()["answer"].value == 43

    with locks.taken(secure_place, client, PROJECT, STACK), pytest.raises(automation.CommandError, match="currently locked by 1 lock"):
        made(lambda: pulumi.export("answer", 44)).up()
    versions.restored(secure_place, client, PROJECT, STACK, versions.content(secure_place, client, PROJECT, STACK, first.ident))
    assert made(slow).outputs()["answer"].value == 42
