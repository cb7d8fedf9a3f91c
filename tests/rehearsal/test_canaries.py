"""A secret that is given stays one: a canary in every setting that may be secret is found nowhere in plain, whatever the engine writes."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from infra.project import PROJECT
from platformctl.engine import stackfile
from platformctl.engine.session import Session
from platformctl.render import document
from stacks.config.secrets import may_be_secret
from testkit import crashes
from testkit.sections import text_keys
from tests.rehearsal.conftest import ROOT

CANARY = "canary7f3a"
SECRETS_OF = {
    "Pulumi.prod.yaml": {
        "addons.monitoring.grafana.github.clientSecret": f"{CANARY}client",
        "addons.monitoring.receivers.slack.url": f"https://hooks.slack.com/services/T0/B0/{CANARY}slack",
        "addons.monitoring.receivers.webhook": f"https://hooks.example.org/{CANARY}webhook",
        "addons.monitoring.receivers.heartbeat": f"https://hooks.example.org/{CANARY}heartbeat",
        "cluster.importedImages.ubuntu-gpu.sourceUrl": f"https://objectstorage.eu-frankfurt-1.oraclecloud.com/p/{CANARY}/n/example/b/i/o/a.oci",
    },
    "examples/Pulumi.rtx4060.yaml": {
        "cluster.kubeconfig": f"/nowhere/{CANARY}kubeconfig",
        "addons.monitoring.grafana.github.clientSecret": f"{CANARY}client",
        "addons.monitoring.receivers.slack.url": f"https://hooks.slack.com/services/T0/B0/{CANARY}slack",
    },
}
BESIDE = {
    "grafana": {"url": "https://grafana.example.org", "github": {"clientId": "Iv1.0", "organizations": ["acme"]}},
    "receivers": {"slack": {"channel": "#gpu-alerts"}},
}
"""What a stack file must say beside the secrets."""
SPELLED = re.compile("|".join([CANARY, *(base64.b64encode(pad + CANARY.encode()).decode()[4:-4] for pad in (b"", b"..", b"."))]))
"""The canary as it is, and the middle of its base64 wherever it begins."""
HOLDS_SECRETS = ("kubernetes:core/v1:Secret", "oci:Core/image:Image")
"""What the cloud holds a secret in, where it belongs: not the engine."""


def test_every_setting_that_may_be_secret_has_a_canary() -> None:
    shown = {place for place in text_keys() if may_be_secret(place)}
    given = {path for secrets in SECRETS_OF.values() for path in secrets}
    assert {".".join("ubuntu-gpu" if part == "x" else str(part) for part in place) for place in shown} == given


@pytest.fixture(params=SECRETS_OF)
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    source = ROOT / request.param
    content = yaml.safe_load(source.read_text())
    monitoring = content["config"].setdefault(f"{PROJECT}:addons", {}).setdefault("monitoring", {})
    for key, value in BESIDE.items():
        monitoring[key] = value
    for pool in content["config"][f"{PROJECT}:cluster"].get("importedImages", {}).values():
        pool["variant"] = "ubuntu-22.04-cuda-12.8"
    file = tmp_path / source.name
    file.write_text(yaml.safe_dump(content))
    with Session(ROOT, stackfile.locate(str(file), ROOT), extra=crashes.EVERY_STEP) as session:
        for path, value in SECRETS_OF[request.param].items():
            ran = session.engine("config", "set", "--secret", "--path", f"{PROJECT}:{path}", value)
            assert ran.returncode == 0, ran.stderr
        yield session


def found(folder: Path) -> dict[str, list[str]]:
    """Places of the canary in what the engine has written, by file. The simulated cloud's own file is looked at by its records."""
    places: dict[str, list[str]] = {}
    for file in folder.rglob("*"):
        if not file.is_file():
            continue
        if file.name == "simulated.json":
            lines = file.read_text().splitlines()
            lines = [line for line in lines if not any(f'"type": "{kind}"' in line for kind in HOLDS_SECRETS)]
        else:
            lines = file.read_text(errors="replace").splitlines()
        hits = [line[max(0, hit.start() - 200) : hit.end() + 60] for line in lines for hit in SPELLED.finditer(line)]
        if hits:
            places[str(file.relative_to(folder))] = hits
    return places


def test_no_secret_is_found_in_plain(session: Session, capfd: pytest.CaptureFixture[str]) -> None:
    folder = session.simulated.parent
    assert found(folder) == {}, "what the engine was given is encrypted"
    plan = session.preview()
    assert not SPELLED.search(document.text(document.of_plan(plan)))
    session.run("up")
    assert session.preview().changes == ()
    held = json.loads(session.simulated.read_text())["resources"]
    reached = [record["type"] for record in held if CANARY in json.dumps(record) or SPELLED.search(json.dumps(record))]
    assert set(reached) <= set(HOLDS_SECRETS), "whoever reads a chart's values or a ConfigMap would read it"
    assert reached, "the canaries came nowhere: nothing was tried"
    session.run("refresh")
    session.run("destroy", "--ignore-protect")
    assert found(folder) == {}
    out, err = capfd.readouterr()
    assert not SPELLED.search(out + err)


def test_a_canary_that_lies_open_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f"x {CANARY} y")
    (tmp_path / "b").write_text(base64.b64encode(f"https://{CANARY}slack".encode()).decode())
    (tmp_path / "simulated.json").write_text(
        '{"type": "kubernetes:core/v1:Secret", "x": "canary7f3a"}\n{"type": "a:b/c:D", "x": "canary7f3a"}\n'
    )
    assert {name: len(hits) for name, hits in found(tmp_path).items()} == {"a": 1, "b": 1, "simulated.json": 1}
