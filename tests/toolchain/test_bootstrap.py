"""Set-up: done once, done again when something changed, and refused in words."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from toolchain import bootstrap
from toolchain.process import CommandFailedError
from toolchain.progress import Progress

Fake = Callable[[str, str], Path]
ROOT = bootstrap.ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "requirements.lock").write_text("# nothing\n")
    (root / "requirements-dev.lock").write_text("# nothing\n")
    return root


class Pip:
    """Stands for the commands that set-up runs: the environment is made, pip is only recorded."""

    def __init__(self) -> None:
        self.installs: list[str] = []
        self.options: set[str] = set()
        self.fails = False

    def run(self, what: str, command: Sequence[object], **_: object) -> tuple[str, ...]:
        words = [str(word) for word in command]
        if "venv" in words:
            python = Path(words[-1], "bin", "python")
            python.parent.mkdir(parents=True, exist_ok=True)
            python.unlink(missing_ok=True)
            python.symlink_to(sys.executable)
        elif self.fails:
            raise CommandFailedError(what, ["No matching distribution found for nonsense"], 1)
        else:
            self.installs.append(Path(words[-1]).name)
            self.options.update(words)
        return ()


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> Pip:
    pip = Pip()
    monkeypatch.setattr(bootstrap, "run", pip.run)
    return pip


def test_packages_are_installed_once(checkout: Path, pip: Pip, progress: Progress) -> None:
    for _ in range(3):
        bootstrap.install(checkout, "runtime", progress)
    assert pip.installs == ["requirements.lock"]


def test_development_packages_include_the_others(checkout: Path, pip: Pip, progress: Progress) -> None:
    bootstrap.install(checkout, "dev", progress)
    bootstrap.install(checkout, "runtime", progress)
    assert pip.installs == ["requirements-dev.lock"]


def test_nothing_is_installed_without_its_hash(checkout: Path, pip: Pip, progress: Progress) -> None:
    bootstrap.install(checkout, "runtime", progress)
    assert "--require-hashes" in pip.options


@pytest.mark.slow
def test_a_package_without_a_hash_is_refused(checkout: Path, progress: Progress) -> None:
    (checkout / "requirements.lock").write_text("six==1.17.0\n")
    with pytest.raises(CommandFailedError, match="Hashes are required in --require-hashes mode"):
        bootstrap.install(checkout, "runtime", progress)
    assert not bootstrap.installed(checkout, "runtime")


def test_running_does_not_stand_for_developing(checkout: Path, pip: Pip, progress: Progress) -> None:
    bootstrap.install(checkout, "runtime", progress)
    bootstrap.install(checkout, "dev", progress)
    assert pip.installs == ["requirements.lock", "requirements-dev.lock"]


@pytest.mark.parametrize(("changed", "stale"), [
    ("requirements.lock", {"runtime", "dev"}),
    ("requirements-dev.lock", {"dev"}),
])  # fmt: skip
def test_a_changed_file_is_installed_again(checkout: Path, pip: Pip, progress: Progress, changed: str, stale: set[str]) -> None:
    bootstrap.install(checkout, "dev", progress)
    with (checkout / changed).open("a") as file:
        file.write("# changed\n")
    assert {level for level in ("runtime", "dev") if not bootstrap.installed(checkout, level)} == stale
    bootstrap.install(checkout, "dev", progress)
    assert len(pip.installs) == 2


@pytest.mark.parametrize("python", ["/no/such/python", "bin/of-another-version"])
def test_an_environment_whose_python_is_gone_or_another_is_made_anew(
    checkout: Path, pip: Pip, progress: Progress, fake: Fake, python: str
) -> None:
    bootstrap.install(checkout, "runtime", progress)
    (checkout / "requirements.lock").write_text("# changed\n")
    there = bootstrap.python_of(checkout)
    there.unlink()
    there.symlink_to(python if python.startswith("/") else fake(python, "3 8"))
    bootstrap.install(checkout, "runtime", progress)
    assert there.readlink() == Path(sys.executable)
    assert len(pip.installs) == 2


def test_an_install_that_fails_is_tried_again_and_says_what_to_do(checkout: Path, pip: Pip, progress: Progress) -> None:
    bootstrap.install(checkout, "runtime", progress)
    (checkout / "requirements.lock").write_text("nonsense\n")
    pip.fails = True
    with pytest.raises(CommandFailedError, match="A pinned package is not to be had for this Python"):
        bootstrap.install(checkout, "runtime", progress)
    (checkout / "requirements.lock").write_text("# nothing\n")
    assert not bootstrap.installed(checkout, "runtime"), "what is installed is not known any more"


@pytest.mark.parametrize("stamp", ["", "{", "[]", '{"runtime": "other"}'])
def test_a_stamp_that_says_nothing_is_no_stamp(checkout: Path, pip: Pip, progress: Progress, stamp: str) -> None:
    bootstrap.install(checkout, "runtime", progress)
    (checkout / ".venv" / bootstrap.STAMP).write_text(stamp)
    assert not bootstrap.installed(checkout, "runtime")


@pytest.mark.slow
def test_a_real_environment_is_made_from_nothing(checkout: Path, progress: Progress, said: io.StringIO) -> None:
    bootstrap.install(checkout, "runtime", progress)
    assert bootstrap.installed(checkout, "runtime")
    assert json.loads((checkout / ".venv" / bootstrap.STAMP).read_text()).keys() == {"runtime"}
    assert "Making the virtual environment .venv: done in" in said.getvalue()
    subprocess.run([bootstrap.python_of(checkout), "-m", "pip", "--version"], check=True, capture_output=True)


def test_the_engine_that_is_found_is_printed(fake: Fake) -> None:
    pulumi = fake("bin/pulumi", "v3.999.0")
    said = subprocess.run(
        [sys.executable, "toolchain/setup.py", "engine", "--print"],
        cwd=ROOT, env={**os.environ, "PULUMI": str(pulumi)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout == f"{pulumi}\n"


def test_no_engine_is_said_without_a_traceback(tmp_path: Path) -> None:
    env = {"PATH": str(tmp_path), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "toolchain/setup.py", "engine", "--print"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert said.returncode == 1
    assert "or newer on this machine yet. Run `make setup`." in said.stderr
    assert "Traceback" not in said.stderr


def test_an_old_python_is_refused_in_words() -> None:
    """The check must stand before anything an old Python cannot read, and the file must parse there."""
    text = (ROOT / "toolchain" / "setup.py").read_text(encoding="utf-8")
    compile(text, "setup.py", "exec", dont_inherit=True)
    assert text.index("sys.version_info < (3, 11)") < text.index("from toolchain.bootstrap")
    code = (
        "import sys, runpy\n"
        "sys.version_info = (3, 9, 18, 'final', 0)\n"
        "runpy.run_path('toolchain/setup.py', run_name='__main__')\n"
    )  # fmt: skip
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert "This project needs Python 3.11 or newer;" in said.stderr
    assert "is 3.9. Install a newer one, or name it: make PYTHON=python3.12" in said.stderr


def test_what_notebooks_run_on_is_apart(checkout: Path, pip: Pip, progress: Progress) -> None:
    (checkout / "blueprints").mkdir()
    (checkout / "blueprints" / "requirements.lock").write_text("# nothing\n")
    for level in ("blueprints", "runtime", "blueprints"):
        bootstrap.install(checkout, level, progress)
    assert pip.installs == ["requirements.lock", "requirements.lock"]
    assert (checkout / ".venv-blueprints" / "bin" / "python").exists()
    assert bootstrap.installed(checkout, "blueprints")
    (checkout / "blueprints" / "requirements.lock").write_text("# more\n")
    assert not bootstrap.installed(checkout, "blueprints")
    assert bootstrap.installed(checkout, "runtime")
