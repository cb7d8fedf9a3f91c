"""`platformctl state` as people run it."""

import importlib
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from typer.testing import CliRunner

from infra.project import PROJECT
from platformctl.commands import state as commands
from platformctl.errors import Stop
from platformctl.root import ROOT
from platformctl.state import StateLocation, environment, locks, url, versions
from platformctl.state.bootstrap import bootstrap
from platformctl.state.store import connect

if TYPE_CHECKING:
    from tests.platformctl.state.conftest import Store
else:
    Store = object

PLACE = StateLocation(bucket="state", region="eu-frankfurt-1", namespace="acme", prefix="platform")


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A stack file whose state section is PLACE: the project's own `dev`, with that section put in."""
    document = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
    state = {"bucket": PLACE.bucket, "region": PLACE.region, "namespace": PLACE.namespace, "prefix": PLACE.prefix}
    document["config"]["oke-gpu-platform:state"] = state
    (tmp_path / "Pulumi.here.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    del document["config"]["oke-gpu-platform:state"]
    (tmp_path / "Pulumi.stateless.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    monkeypatch.setattr("platformctl.commands.state.ROOT", tmp_path)
    return "here"


def run(*arguments: str, answer: str = "") -> tuple[int, str, str]:
    result = CliRunner().invoke(commands.app, arguments, input=answer)
    if isinstance(result.exception, Stop):
        return result.exception.exit_code, result.stdout, f"{result.exception}\n"
    return result.exit_code, result.stdout, result.stderr


def test_a_shell_gets_the_url_and_what_goes_with_it_but_no_keys(stack: str) -> None:
    status, said, _ = run("url", stack)
    assert status == 0
    names = ("PULUMI_BACKEND_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID")
    shown = "; ".join(f'printf "%s\\n" "${name}"' for name in names)
    answer = subprocess.run(["sh", "-c", f"{said}\n{shown}"], capture_output=True, text=True, check=True, env={"AWS_ACCESS_KEY_ID": "mine"})
    assert answer.stdout.splitlines() == [url(PLACE), "eu-frankfurt-1", "mine"]


def test_a_stack_file_may_be_named_by_its_path(stack: str) -> None:
    here = importlib.import_module("platformctl.commands.state").ROOT
    assert run("url", str(here / f"Pulumi.{stack}.yaml")) == run("url", stack)


def test_scripts_get_the_environment_too(stack: str) -> None:
    status, said, _ = run("url", stack, "--json")
    assert status == 0
    assert json.loads(said) == {"url": url(PLACE), "environment": environment(PLACE)}


def test_another_store_may_be_named(stack: str) -> None:
    assert "endpoint=http://127.0.0.1:9000&" in run("url", stack, "--endpoint-url", "http://127.0.0.1:9000/")[1]


def test_a_stack_without_a_state_section_is_told_what_to_add(stack: str) -> None:
    status, _, said = run("url", "stateless")
    assert status == 2
    assert said == "Pulumi.stateless.yaml has no `state` section. Add one with bucket, namespace and region; see docs/config.md.\n"


def test_a_stack_that_is_not_there_is_named(stack: str) -> None:
    status, _, said = run("url", "nowhere")
    assert status == 2
    assert "Pulumi.nowhere.yaml" in said


def test_nothing_real_is_touched_without_a_yes(store: Store, stack: str) -> None:
    status, _, said = run("bootstrap", stack, "--endpoint-url", store.endpoint, answer="n\n")
    assert status == 1
    assert f"This creates or changes the bucket state at {store.endpoint}, with the keys in the environment. Go on?" in said
    assert store.requests == []


def test_bootstrap_says_what_it_did_and_how_to_go_on(store: Store, stack: str) -> None:
    status, said, _ = run("bootstrap", stack, "--yes", "--endpoint-url", store.endpoint)
    assert status == 0
    assert "versioning" in said
    assert "turned on" in said
    assert f"Ready. export PULUMI_BACKEND_URL='s3://state/platform?endpoint={store.endpoint}&region=eu-frankfurt-1&" in said


def test_a_refused_bucket_ends_badly_and_says_what_to_do(store: Store, stack: str) -> None:
    run("bootstrap", stack, "--yes", "--endpoint-url", store.endpoint)
    store.client().put_bucket_versioning(Bucket="state", VersioningConfiguration={"Status": "Suspended"})
    status, said, _ = run("bootstrap", stack, "--yes", "--endpoint-url", store.endpoint)
    assert status == 1
    assert "versioning: Find out who suspended it and why." in said
    assert "Refused: no state should be kept here before this is put right." in said
    assert "Ready." not in said


def test_scripts_get_the_findings(store: Store, stack: str) -> None:
    status, said, _ = run("bootstrap", stack, "--yes", "--json", "--endpoint-url", store.endpoint)
    document = json.loads(said)
    assert status == 0
    assert document["ready"] is True
    assert document["findings"][0] == {"subject": "bucket", "outcome": "changed", "detail": "state created in eu-frankfurt-1", "fix": ""}


def test_a_store_that_cannot_be_asked_is_said_without_a_traceback(stack: str, store: Store) -> None:
    status, _, said = run("bootstrap", stack, "--yes", "--endpoint-url", "http://127.0.0.1:9")
    assert status == 1
    assert said.startswith("http://127.0.0.1:9 does not answer")


@pytest.fixture
def kept(stack: str, store: Store, place: StateLocation) -> tuple[str, ...]:
    """The stack has a state in the store; what its commands are given."""
    assert bootstrap(place, connect(place)).ready
    store.client().put_object(Bucket=place.bucket, Key=versions.key(place, PROJECT, stack), Body=STATE)
    return (stack, "--endpoint-url", store.endpoint)


STATE = json.dumps({"version": 3, "checkpoint": {"stack": f"organization/{PROJECT}/here", "latest": {}}}).encode()


def test_a_lock_is_shown_and_taken_away_on_purpose_alone(kept: tuple[str, ...], store: Store, place: StateLocation) -> None:
    assert run("lock", *kept) == (0, "here: nobody is updating it.\n", "")
    own = b'{"pid": 7, "username": "ci", "hostname": "runner-1", "timestamp": "2026-11-01T00:00:00Z"}'
    store.client().put_object(Bucket=place.bucket, Key=f"{locks.folder(place, PROJECT, 'here')}x.json", Body=own)
    status, said, _ = run("lock", *kept)
    assert status == 1
    assert said.startswith("here is locked by ci@runner-1 (process 7) for ")
    assert said.endswith("longer than any update takes.\n")
    assert json.loads(run("lock", *kept, "--json")[1])["locks"][0]["since"] == "2026-11-01T00:00:00+00:00"
    assert run("lock", *kept, "--break", answer="n\n")[0] == 1
    assert run("lock", *kept)[0] == 1
    status, _, told = run("lock", *kept, "--break", "--yes")
    assert (status, told.splitlines()[-1]) == (0, "Taken away. Next: platformctl state recover here, which settles what the update left.")
    assert run("lock", *kept)[0] == 0


def test_a_state_goes_to_a_file_and_comes_back(kept: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    assert run("snapshot", *kept, "--to", str(file)) == (0, "", f"wrote {file}: {len(STATE)} bytes\n")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (STATE, 0o600)
    listed = json.loads(run("versions", *kept, "--json")[1])["versions"]
    assert [each["current"] for each in listed] == [True]
    assert "the state as it is" in run("versions", *kept)[1]
    for source in (["--from", str(file)], ["--version", listed[0]["ident"]]):
        status, _, told = run("restore", *kept, *source, "--yes")
        assert (status, told.partition(".")[0]) == (0, "Restored")
    assert len(json.loads(run("versions", *kept, "--json")[1])["versions"]) == 3


def test_nothing_is_written_over_and_nothing_of_another_stack_comes_back(kept: tuple[str, ...], store: Store, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_bytes(STATE.replace(b"/here", b"/prod"))
    store.requests.clear()
    for arguments, words in (
        (("restore", *kept), "restore needs what to restore: --version ID, or --from FILE."),
        (("restore", *kept, "--from", "x", "--version", "y"), "restore needs what to restore"),
        (("restore", *kept, "--from", "/no/such/file"), "--from /no/such/file: cannot be read (No such file or directory)."),
        (("restore", *kept, "--from", str(other), "--yes"), f"--from {other}: is the state of {PROJECT}/prod, not of {PROJECT}/here."),
        (("snapshot", *kept, "--to", str(other)), f"--to {other}: is there already, and nothing is overwritten; name another file."),
        (("snapshot", *kept, "--to", "/no/such/x"), "--to /no/such/x: cannot be written"),
    ):
        status, _, told = run(*arguments)
        assert (status, words in told) == (2, True), told
    status, _, told = run("restore", *kept, "--version", "00000000-0000-0000-0000-000000000000", "--yes")
    assert (status, "version 00000000" in told) == (1, True), told
    assert store.writes() == []
