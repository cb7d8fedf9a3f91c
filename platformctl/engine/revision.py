"""Another revision of the checkout, in a folder of its own."""

import contextlib
import io
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

from platformctl.engine.workspace import temporary
from platformctl.errors import WrongInput


@contextlib.contextmanager
def revision(root: Path, reference: str) -> Iterator[Path]:
    """The files of `root` as they are in the git revision `reference`. Raises WrongInput when there is no such revision."""
    _git(root, "rev-parse", "--git-dir", otherwise=f"{root} is not in a git repository, so there is no base to compare with.")
    commit = _git(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}",
        otherwise=f"--base {reference}: no such revision. Give a branch, a tag or a commit that git knows here (in CI, fetch it first).",
    )  # fmt: skip
    archive = _git(root, "archive", "--format=tar", commit.decode().strip(), otherwise=f"--base {reference}: git cannot read it out.")
    with temporary("revision-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        yield Path(folder).resolve()


def _git(root: Path, *arguments: str, otherwise: str) -> bytes:
    try:
        ran = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    except FileNotFoundError:
        raise WrongInput("git is not installed, and --base needs it.") from None
    if ran.returncode:
        raise WrongInput(otherwise)
    return ran.stdout
