"""What a rehearsal's processes may see of the machine: nothing that opens a door to a real cloud."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# Named one by one: whatever a cloud calls its credentials next year is left out too.
KEPT = (
    "PATH", "TMPDIR", "TZ", "LANG", "LC_ALL", "LC_CTYPE", "TERM", "COLUMNS", "NO_COLOR", "FORCE_COLOR",
    "PYTHONHASHSEED", "PYTHONWARNINGS", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "COVERAGE_PROCESS_START", "PYTEST_CURRENT_TEST",
)  # fmt: skip

PASSPHRASE = "rehearsal"  # noqa: S105 - protects nothing: the state it encrypts is made up and deleted with its folder


def private(of: Mapping[str, str], folder: Path, backend: str) -> dict[str, str]:
    """The environment of every process of a rehearsal that lives in `folder` and keeps its state at the URL `backend`.

    HOME, the OCI and Kubernetes configuration and Pulumi's own home lie in `folder`; nothing else of `of` is passed on but KEPT.
    """
    home = folder / "home"
    return {
        **{name: of[name] for name in KEPT if name in of},
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "OCI_CLI_CONFIG_FILE": str(home / ".oci" / "config"),
        "OCI_CONFIG_FILE": str(home / ".oci" / "config"),
        "KUBECONFIG": str(home / ".kube" / "config"),
        "PULUMI_HOME": str(home / ".pulumi"),
        "PULUMI_BACKEND_URL": backend,
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_ERROR_OUTPUT_STRING": "true",  # an output put into a string is a mistake: say so instead of planning its text
        "PULUMI_DEBUG_COMMANDS": "true",  # the engine takes --event-log only so
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
        "PULUMI_SKIP_CHECKPOINTS": "true",  # state is written once at the end: nobody will go on from a rehearsal that was cut off
        "SIMULATOR_STATE": str(folder / "simulated.json"),
    }


@contextmanager
def worn(environment: Mapping[str, str]) -> Iterator[None]:
    """This process sees `environment` alone: the program runs here, and must see no more than the engine does."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
