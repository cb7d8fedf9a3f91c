"""Runs the command line as a person does: a process of its own, its output and its exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platformctl.engine.policies import has_pack

JUDGING = (("preview",), ("diff",), ("rehearse",), ("report",))
"""Commands that run the policies."""

HOUSE = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, kw_only=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


@pytest.fixture
def platformctl(project: Path) -> Callable[..., Ran]:
    """`platformctl("preview", "sample")` in the sample project; `environment` replaces this process's.

    A checkout without a policy pack, as the sample project is one, is run with --no-policies, unless it is to be `judged`.
    """

    def run(*arguments: str, root: Path = project, environment: Mapping[str, str] | None = None, judged: bool = False) -> Ran:
        unjudged = arguments[:1] in JUDGING and not judged and not has_pack(root)
        if unjudged and "--no-policies" not in arguments:
            arguments = (*arguments, "--no-policies")
        ran = subprocess.run(
            [sys.executable, "-m", "platformctl", *arguments, *(["--root", str(root)] if arguments else [])],
            cwd=HOUSE,
            env=dict(os.environ if environment is None else environment),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Ran(code=ran.returncode, out=ran.stdout, err=ran.stderr)

    return run
