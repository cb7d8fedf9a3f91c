"""A rehearsal's folder holds copies, and is gone at the end."""

import json
from pathlib import Path

import pytest
import yaml

from platformctl.engine import stackfile, workspace
from platformctl.engine.workspace import Workspace
from platformctl.errors import WrongInput


def test_the_folder_is_gone_at_the_end(project: Path) -> None:
    with Workspace(workspace.project(project)) as made:
        assert (made.directory / "Pulumi.yaml").is_file()
    assert not made.folder.exists()


def test_the_project_is_copied_without_its_backend_and_program(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: python\nmain: src\nbackend: {url: 's3://real'}\nconfig: {p:a: {default: 1}}\n")
    of = workspace.project(tmp_path)
    with Workspace(of) as made:
        copied = yaml.safe_load((made.directory / "Pulumi.yaml").read_text())
    assert copied == {"name": "p", "runtime": "python", "config": {"p:a": {"default": 1}}}
    assert of.entry == tmp_path / "src" / "__main__.py"


def test_the_salt_that_the_engine_wrote_survives_a_change_of_stack_file(project: Path, tmp_path: Path) -> None:
    changed = tmp_path / "Pulumi.changed.yaml"
    changed.write_text("encryptionsalt: v1:foreign\nconfig: {sample:rules: 3}\n")
    with Workspace(workspace.project(project)) as made:
        name = made.put(stackfile.locate("sample", project))
        copy = made.directory / f"Pulumi.{name}.yaml"
        copy.write_text(copy.read_text() + "encryptionsalt: v1:own\n")
        made.put(stackfile.locate(str(changed), project), as_stack=name)
        assert yaml.safe_load(copy.read_text()) == {"config": {"sample:rules": 3}, "encryptionsalt": "v1:own"}


def test_an_empty_stack_is_founded_where_the_engine_looks_for_it(project: Path) -> None:
    with Workspace(workspace.project(project)) as made:
        made.found("sample")
        state = Path(made.backend.removeprefix("file://")) / ".pulumi" / "stacks" / "sample" / "sample.json"
        assert json.loads(state.read_text())["checkpoint"]["stack"] == "organization/sample/sample"


@pytest.mark.parametrize(("text", "words"), [(None, "no Pulumi.yaml here"), ("runtime: python\n", "has no `name`")])
def test_a_directory_without_a_project_is_refused(text: str | None, words: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(WrongInput, match=words):
        workspace.project(tmp_path)


def test_the_lock_of_node_images_goes_with_its_stack_file(project: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"Pulumi.{name}.yaml").write_text("config: {sample:rules: 3}\n")
    one, two = (stackfile.locate(str(tmp_path / f"Pulumi.{name}.yaml"), project) for name in ("one", "two"))
    lock = tmp_path / "Pulumi.one.images.lock"
    lock.write_text("region: here\n")
    with Workspace(workspace.project(project)) as made:
        copy = made.directory / "Pulumi.one.images.lock"
        made.put(one)
        assert copy.read_text() == "region: here\n"
        made.put(two, as_stack="one")
        assert copy.is_file()  # a changed file that has none of its own goes on with the one there is
        lock.unlink()
        made.put(one)
        assert not copy.exists()
