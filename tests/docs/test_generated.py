"""Generated pages say what the code says, and the schema takes every stack file of the project."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from testkit.stack_files import STACK_FILES
from tools.docs.__main__ import PAGES, stale

ROOT = Path(__file__).resolve().parents[2]

SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "docs/stack.schema.json").read_text()))


def test_no_generated_page_is_stale() -> None:
    assert stale() == [], "run `make docs`"


def test_a_changed_page_is_seen_as_stale(tmp_path: Path) -> None:
    for name in PAGES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text())
    assert stale(tmp_path) == []
    (tmp_path / "docs/config.md").write_text("old")
    assert stale(tmp_path) == ["docs/config.md"]


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.name)
def test_the_schema_takes_the_stack_file(file: Path) -> None:
    SCHEMA.validate(yaml.safe_load(file.read_text()))


@pytest.mark.parametrize("change", [{"oke-gpu-platform:nmae": "x"}, {"oke-gpu-platform:cluster": {"backend": "gke"}}])
def test_the_schema_refuses_what_the_models_refuse(change: dict[str, object]) -> None:
    stack = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())
    with pytest.raises(jsonschema.ValidationError):
        SCHEMA.validate({"config": {**stack["config"], **change}})
