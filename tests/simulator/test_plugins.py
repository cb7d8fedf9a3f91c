"""A simulated provider as a plugin: whose child it is, and when it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator import PROVIDERS, plugins

ENGINE = """
import subprocess, sys, time
plugin = subprocess.Popen([sys.argv[1]], stdout=subprocess.PIPE, text=True)
print(plugin.pid, plugin.stdout.readline().strip(), flush=True)
time.sleep(600)
"""
"""What the engine does with a plugin: starts it, and reads its port."""

PATIENCE_SECONDS = 60.0


def _ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"  # ended, and nobody has asked how


@pytest.mark.slow
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_plugin_ends_with_an_engine_that_is_killed(provider: str, tmp_path: Path) -> None:
    program = plugins.install(tmp_path, tmp_path / "simulated.json")[provider]
    engine = subprocess.Popen([sys.executable, "-c", ENGINE, str(program)], stdout=subprocess.PIPE, text=True)
    assert engine.stdout is not None
    plugin, port = map(int, engine.stdout.readline().split())
    try:
        assert port and not _ended(plugin)
        engine.send_signal(signal.SIGKILL)
        engine.wait()
        engine.stdout.close()
        waited = time.monotonic()
        while not _ended(plugin) and time.monotonic() - waited < PATIENCE_SECONDS:
            time.sleep(0.1)
        assert _ended(plugin)
    finally:
        if not _ended(plugin):
            os.kill(plugin, signal.SIGKILL)
