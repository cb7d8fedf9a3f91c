"""The simulated providers as executables that the engine finds on PATH, before any plugin it has installed."""

import shlex
import sys
from pathlib import Path

from simulator import PROVIDERS


def install(directory: Path | str, simulated: Path | str) -> dict[str, Path]:
    """Write `pulumi-resource-oci` and the others into `directory`; returns them by provider. Their state is the file `simulated`."""
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    root = Path(__file__).resolve().parents[1]
    written = {}
    for name in PROVIDERS:
        path = folder / f"pulumi-resource-{name}"
        path.write_text(
            "#!/bin/sh\n"
            f"SIMULATOR_STATE={shlex.quote(str(Path(simulated).resolve()))}\n"
            "SIMULATOR_ENGINE=$PPID\n"
            f"PYTHONPATH={shlex.quote(str(root))}${{PYTHONPATH:+:$PYTHONPATH}}\n"
            "export SIMULATOR_STATE SIMULATOR_ENGINE PYTHONPATH\n"
            f'exec {shlex.quote(sys.executable)} -m simulator plugin {name} "$@"\n',
            encoding="utf-8",
        )
        path.chmod(0o755)
        written[name] = path
    return written
