"""The official kubernetes provider, for tests that hold ours to it: found where there is one, installed by the engine on request.

Looked for in this order: the program that `PULUMI_RESOURCE_KUBERNETES` names; one on PATH; the plugins that the user's Pulumi has.
The version wanted is that of the SDK in requirements.txt; from the first two, another is taken as it is.
"""

import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from toolchain import built
from toolchain.process import CommandFailedError, SetupError, run
from toolchain.programs import ENGINE
from toolchain.progress import Progress

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements.txt"
PROGRAM = "pulumi-resource-kubernetes"
NAMED = "PULUMI_RESOURCE_KUBERNETES"


class PluginError(SetupError):
    """There is no provider to be had: why, and what to do."""


def required() -> str:
    """The provider's version: its SDK has the same. Raises SetupError when requirements.txt pins none."""
    found = re.search(r"^pulumi-kubernetes==(\S+)$", REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SetupError(f"{REQUIREMENTS.name} does not pin pulumi-kubernetes.")
    return f"v{found[1]}"


def find(env: Mapping[str, str] = os.environ) -> Path | None:
    """The provider's program; None when it is not at hand. Installs nothing.

    Raises PluginError when the environment names a program that will not do: who sets it means it.
    """
    if named := env.get(NAMED):
        program = Path(named).expanduser()
        if program.name != PROGRAM or not os.access(program, os.X_OK):
            raise PluginError(f"{NAMED}={named} is not a {PROGRAM} that runs. Correct it, or unset it.")
        return program.absolute()
    if (on_path := shutil.which(PROGRAM, path=env.get("PATH"))) is not None:
        return Path(on_path).absolute()
    home = Path(env.get("PULUMI_HOME") or Path(env.get("HOME") or Path.home()) / ".pulumi")
    program = home / "plugins" / f"resource-kubernetes-{required()}" / PROGRAM
    return program.absolute() if os.access(program, os.X_OK) else None


def ensure(progress: Progress, python: Path | str = sys.executable, env: Mapping[str, str] = os.environ) -> Path:
    """The provider's program, downloaded by the engine if there is none: once a machine and version. Raises SetupError."""
    found = find(env)
    if found is not None:
        return found
    pulumi = built.ensure(ENGINE, progress, python, env)
    command = ["plugin", "install", "resource", "kubernetes", required()]
    try:
        with progress.step(f"Installing the kubernetes provider {required()}"):
            run("Installing the kubernetes provider", [pulumi, *command], env={**env, "PULUMI_SKIP_UPDATE_CHECK": "true"})
    except CommandFailedError as error:
        raise PluginError(
            f"{error}\nRun `pulumi {' '.join(command)}` where there is a connection, or name the program by {NAMED}. Without it the tests "
            "that need it are skipped."
        ) from error
    found = find(env)
    if found is None:
        raise PluginError("The engine installed the provider, but it is not where Pulumi keeps plugins. Set PULUMI_HOME, and try again.")
    return found
