"""The real engine keeps a stack's state at the URL, in a store as strict as Oracle's."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi
import pytest
from pulumi import automation

from platformctl.state import StateLocation, environment
from platformctl.state.bootstrap import bootstrap
from platformctl.state.store import connect
from toolchain import built
from toolchain.programs import ENGINE

if TYPE_CHECKING:
    from tests.platformctl.state.conftest import Store
else:
    Store = object

CHECKPOINT = ".pulumi/stacks/state-test/dev.json"


def program() -> None:
    pulumi.export("answer", 42)


@pytest.fixture
def variables(secure_place: StateLocation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What an operator would export, with a home of its own and keys for the stand-in."""
    pulumi_cli = built.find(ENGINE)
    assert pulumi_cli is not None, f"There is no Pulumi {ENGINE.version} or newer. Run `make setup`."
    monkeypatch.setenv("PATH", f"{pulumi_cli.parent}{os.pathsep}{os.environ['PATH']}")
    return {
        **environment(secure_place),
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def stack(variables: dict[str, str], folder: Path) -> automation.Stack:
    options = automation.LocalWorkspaceOptions(work_dir=str(folder), env_vars=variables)
    return automation.create_or_select_stack("dev", "state-test", program, opts=options)


@pytest.mark.engine
def test_the_engine_keeps_versioned_state_there_and_sends_nothing_in_chunks(
    store: Store, secure_place: StateLocation, variables: dict[str, str], tmp_path: Path
) -> None:
    assert bootstrap(secure_place, connect(secure_place)).ready
    store.requests.clear()
    made = stack(variables, tmp_path)
    made.up()
    made.up()

    objects = {each["Key"] for each in store.client().list_objects_v2(Bucket="state")["Contents"]}
    assert secure_place.key(CHECKPOINT) in objects
    assert secure_place.key(".pulumi/meta.yaml") in objects
    assert all(key.startswith("platform/") for key in objects), "the prefix is a folder of its own"
    versions = store.client().list_object_versions(Bucket="state", Prefix=secure_place.key(CHECKPOINT))["Versions"]
    assert len({each["VersionId"] for each in versions if each["Key"] == secure_place.key(CHECKPOINT)}) >= 2

    fresh = stack({**variables, "PULUMI_HOME": str(tmp_path / "another-home")}, tmp_path)
    assert fresh.outputs()["answer"].value == 42

    written = [each for each in store.requests if each["REQUEST_METHOD"] == "PUT"]
    assert written
    assert not [each for each in written if each.get("HTTP_X_AMZ_TRAILER") or "chunked" in each.get("HTTP_CONTENT_ENCODING", "")]
    assert all("/eu-frankfurt-1/s3/" in each["HTTP_AUTHORIZATION"] for each in written), "signed for the region, as Oracle asks"


@pytest.mark.engine
def test_the_stand_in_refuses_the_chunks_that_oracle_refuses(
    store: Store, secure_place: StateLocation, variables: dict[str, str], tmp_path: Path
) -> None:
    """The test above would mean nothing if this one passed its state on."""
    assert bootstrap(secure_place, connect(secure_place)).ready
    supported = dict.fromkeys(("AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"), "when_supported")
    loose = variables["PULUMI_BACKEND_URL"].replace("when_required", "when_supported")
    with pytest.raises(automation.CommandError, match="SignatureDoesNotMatch"):
        stack({**variables, **supported, "PULUMI_BACKEND_URL": loose}, tmp_path)


@pytest.mark.engine
def test_a_bucket_that_is_not_there_is_not_made_in_passing(
    store: Store, secure_place: StateLocation, variables: dict[str, str], tmp_path: Path
) -> None:
    elsewhere = environment(replace(secure_place, bucket="nobody"))
    with pytest.raises(automation.CommandError, match="NoSuchBucket"):
        stack({**variables, "PULUMI_BACKEND_URL": elsewhere["PULUMI_BACKEND_URL"]}, tmp_path)
