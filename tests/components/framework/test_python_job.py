"""A program of the cluster finds its modules and its files there as it does here."""

import subprocess
import sys
from pathlib import Path

import pytest

from components.ci.runners import upkeep
from components.framework.python_job import Program
from components.queues.budgets import plan as budgets

PROGRAMS = (upkeep.PROGRAM, Program(name="budgets", namespace="budgets", script=budgets.SCRIPT, settings={"budgets.json": "{}"}))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_the_files_that_are_mounted_are_all_that_it_imports(program: Program, tmp_path: Path) -> None:
    """Without the project: `-I` leaves out this checkout and its packages, but then the working directory too, which is put in again."""
    spec = program.cron_job("job", schedule="@hourly", arguments=())["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    for item in spec["volumes"][0]["configMap"]["items"]:
        path = tmp_path / item["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(program.config_map["data"][item["key"]], encoding="utf-8")
    module = spec["containers"][0]["command"][2]
    start = (
        f"import runpy, sys; sys.path.insert(0, ''); sys.argv = ['-m']; runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", start], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("Standard library only") == 1


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_what_is_mounted_is_what_the_config_map_has(program: Program) -> None:
    (volume,) = program.cron_job("job", schedule="@hourly", arguments=())["spec"]["jobTemplate"]["spec"]["template"]["spec"]["volumes"]
    assert volume["configMap"]["name"] == program.config_map["metadata"]["name"]
    assert {item["key"] for item in volume["configMap"]["items"]} == set(program.config_map["data"])
