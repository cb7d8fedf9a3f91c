"""After a crash: what the state has not seen the end of, told and settled."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from platformctl.cli import app
from platformctl.errors import WrongInput
from platformctl.state.pending import Pending, pending, settled
from platformctl.state.recovery import assigned
from toolchain import built
from toolchain.programs import ENGINE

VCN = "urn:pulumi:sample::sample::sample:net:Network$oci:Core/vcn:Vcn::net-vcn"
BUCKET = "urn:pulumi:sample::sample::oci:ObjectStorage/bucket:Bucket::models"
CLAIM = "urn:pulumi:sample::sample::kubernetes:core/v1:PersistentVolumeClaim::cache"


def operation(what: str, urn: str, **inputs: Any) -> dict[str, Any]:
    return {"type": what, "resource": {"urn": urn, "custom": True, "type": urn.split("::")[2], "inputs": inputs}}


STATE: dict[str, Any] = {
    "version": 3,
    "deployment": {
        "resources": [{"urn": "urn:pulumi:sample::sample::pulumi:pulumi:Stack::sample-sample"}],
        "pending_operations": [
            operation("creating", VCN, displayName="net"),
            operation("creating", CLAIM, metadata={"namespace": "models", "name": "cache"}),
            operation("deleting", BUCKET, name="gpu-models"),
        ],
    },
}


def test_what_was_under_way_is_reported_as_people_find_it() -> None:
    assert [(each.what, each.name, each.called) for each in pending(STATE)] == [
        ("creating", "net-vcn", "net"),
        ("creating", "cache", "models/cache"),
        ("deleting", "models", "gpu-models"),
    ]


def test_what_was_made_is_in_the_settled_state_and_nothing_is_pending() -> None:
    after = settled(STATE, {VCN: "ocid1.vcn.oc1..made"})
    assert "pending_operations" not in after["deployment"]
    assert [(each["urn"], each.get("id")) for each in after["deployment"]["resources"][1:]] == [(VCN, "ocid1.vcn.oc1..made")]
    assert "pending_operations" in STATE["deployment"], "the state that was read is left alone"


def test_a_state_without_pending_operations_stays_as_it_is() -> None:
    quiet = {"version": 3, "deployment": {"resources": [{"urn": VCN, "id": "a"}]}}
    assert pending(quiet) == ()
    assert settled(quiet, {}) == quiet
    assert pending({"version": 3}) == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["net-vcn"], "--made net-vcn: must be NAME=ID"),
        (["=ocid1"], "--made =ocid1: must be NAME=ID"),
        (["net-vcm=ocid1"], "--made net-vcm=ocid1: nothing of that name was being created; net-vcn, cache was."),
        (["models=ocid1"], "--made models=ocid1: nothing of that name was being created"),
        (["net-vcn=a", "net-vcn=b"], "--made net-vcn=b: net-vcn is given twice."),
    ],
)
def test_a_mistake_on_the_command_line_is_reported(given: list[str], said: str) -> None:
    with pytest.raises(WrongInput) as refusal:
        assigned(given, pending(STATE))
    (line,) = refusal.value.lines
    assert line.startswith(said)


def test_a_name_that_two_resources_have_wants_the_urn() -> None:
    both = [Pending(urn=urn, what="creating", inputs={}) for urn in (VCN, VCN.replace("vcn:Vcn", "subnet:Subnet"))]
    with pytest.raises(WrongInput, match="means 2 resources"):
        assigned(["net-vcn=a"], both)
    assert assigned([f"{VCN}=a"], both) == {VCN: "a"}


@pytest.mark.engine
def test_the_command_settles_the_state_of_a_real_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = built.find(ENGINE)
    assert engine is not None
    (tmp_path / "Pulumi.yaml").write_text("name: sample\nruntime: python\n")
    (tmp_path / "Pulumi.sample.yaml").write_text("config: {}\n")
    (tmp_path / "backend").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path / 'backend'}")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "test")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))

    def pulumi(*arguments: str) -> str:
        ran = subprocess.run(
            [engine, *arguments, "--non-interactive"], cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, check=True
        )
        return ran.stdout

    pulumi("stack", "init", "sample")
    made = tmp_path / "backend" / ".pulumi" / "stacks" / "sample" / "sample.json"
    state = json.loads(made.read_text())
    now = "2026-11-01T00:00:00Z"
    state["checkpoint"]["latest"] = {
        "manifest": {"time": now, "magic": "", "version": ""},
        "resources": [],
        "pending_operations": [operation("creating", BUCKET, name="gpu-models")],
    }
    made.write_text(json.dumps(state))

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["state", "recover", "sample", "--root", str(tmp_path), *arguments])

    shown = run("--json")
    assert shown.exit_code == 0, shown.output
    assert [row["name"] for row in json.loads(shown.stdout)["pending"]] == ["models"]
    settled_now = run("--made", "models=n/example/b/gpu-models", "--yes", "--no-refresh")
    assert settled_now.exit_code == 0, settled_now.output
    resources = json.loads(pulumi("stack", "export", "--stack", "sample"))["deployment"]
    assert [(each["urn"], each["id"]) for each in resources["resources"]] == [(BUCKET, "n/example/b/gpu-models")]
    assert "pending_operations" not in resources
    assert "`pulumi refresh`, then the command that was killed" in settled_now.output
    assert "has seen the end of everything" in run().output
