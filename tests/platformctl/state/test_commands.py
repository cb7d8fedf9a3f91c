"""`platformctl state` as people run it."""

import importlib
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from typer.testing import CliRunner

from platformctl.commands import state as commands
from platformctl.errors import Stop
from platformctl.root import ROOT
from platformctl.state import StateLocation, environment, url

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
