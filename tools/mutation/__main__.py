"""`python -m tools.mutation [MODULE ...]`: break the pack in every small way, and see that a test notices each.

Writes the score to docs/policy-mutations.md: of the modules that are named anew, of the others as it stands there. The exit status is 1
where a mutant lives. `--untried` tries nothing, and says on the page which modules have changed since they were tried: every night all
are tried.
"""

import importlib
import importlib.abc
import importlib.machinery
import io
import os
import re
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tools.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "policy-mutations.md"
SHARED = ("pytest", "yaml", "jsonschema", "infra.pricing", "infra.tags")
"""What tests import that is no part of the pack."""
SECONDS, WALL_SECONDS = 120, 1800
"""Of work, and of waiting: a mutant that takes longer has noticed something, for it does not end. A busy machine alone kills none."""

CORE = (
    "accessor", "configuration", "declared", "demand", "exemptions", "iam/grants", "iam/statement", "kinds", "node_pools", "objects",
    "pack", "plain_text", "pods", "wire",
)  # fmt: skip
"""Modules that judge for every rule."""


@dataclass(frozen=True)
class Target:
    module: str
    path: Path

    @property
    def of_rule(self) -> bool:
        return self.path.parent.parent.name == "rules"

    @property
    def plugins(self) -> list[str]:
        """The tests of rules need no Hypothesis, which takes longer to import than they to run."""
        return ["-p", "no:hypothesispytest"] if self.of_rule else []

    @property
    def tests(self) -> list[list[str]]:
        """Runs of pytest, those that notice most first; a mutant that lives through all lives."""
        folder = "tests/policies"
        if self.path.parent.name == "iam":
            return [[f"{folder}/iam"], [f"{folder}/test_rules.py", f"{folder}/test_details.py", "-k", "iam or compliant"]]
        if self.path.stem == "wire":
            return [[f"{folder}/test_server.py"]]
        if not self.of_rule:
            units = [f"{folder}/test_{name}.py" for name in ("accessor", "configuration", "exemptions", "pack", "rules", "details")]
            return [units, [f"{folder}/test_unreadable.py"]]
        rule = self.path.stem.replace("_", "-")
        return [
            [f"{folder}/test_rules.py", "-k", f"{rule} or compliant"],
            [f"{folder}/test_details.py"],
            [f"{folder}/test_unreadable.py", "-k", f"{rule} or cheaper"],
        ]


def targets() -> list[Target]:
    rules = sorted(path for path in (ROOT / "policies" / "rules").glob("*/*.py") if path.stem != "__init__")
    core = [ROOT / "policies" / f"{name}.py" for name in CORE]
    return [Target(".".join(path.relative_to(ROOT).with_suffix("").parts), path) for path in (*core, *rules)]


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from another source than its file's."""

    def __init__(self, module: str, path: Path, source: str) -> None:
        self.module, self.path, self.source = module, path, source

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.module:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=str(self.path))

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self.path)
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)  # noqa: S102 - the module itself, changed in one place


def lives(target: Target, mutant: Mutant) -> bool:
    """Whether every test passes with the mutant. Each is tried in a process of its own, forked from this one."""
    child = os.fork()
    if child == 0:
        os._exit(_try(target, mutant))
    until = time.monotonic() + WALL_SECONDS
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return False


def _try(target: Target, mutant: Mutant) -> int:
    import pytest  # noqa: PLC0415

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.meta_path.insert(0, Changed(target.module, target.path, mutant.source))
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        for arguments in target.tests:
            found = pytest.main(["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", *target.plugins, *arguments])
            if found not in (0, 5):  # 5: there is no such test
                return 1
    return 0


def main(arguments: Sequence[str]) -> int:
    os.chdir(ROOT)
    for shared in SHARED:  # once, for every process that is forked
        importlib.import_module(shared)

    if list(arguments) == ["--untried"]:
        return untried()
    chosen = [target for target in targets() if not arguments or any(name in target.module for name in arguments)]
    rows: dict[str, tuple[int, int | None]] = kept(chosen)
    survivors: list[tuple[Target, Mutant]] = []
    with ThreadPoolExecutor(max_workers=2) as threads:
        for target in chosen:
            source = target.path.read_text()
            if not lives(target, Mutant(0, "nothing", source)):
                raise SystemExit(f"{target.module}: its tests fail without any change, so they would kill every mutant")
            found = list(mutants(source))
            alive = list(threads.map(lambda mutant, target=target: lives(target, mutant), found))
            living = [(target, mutant) for mutant, living in zip(found, alive, strict=True) if living]
            rows[target.module] = (len(found), len(found) - len(living))
            survivors += living
            print(f"{target.module}: {len(found) - len(living)} of {len(found)} killed", flush=True)
            for _, mutant in living:
                print(f"  lives: line {mutant.line}: {mutant.change}", flush=True)
            PAGE.write_text(page(ordered(rows), survivors))
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return int(bool(survivors))


def untried() -> int:
    """Write the page with what has changed since it was tried marked as such."""
    rows = kept(())
    for target in targets():
        found = len(list(mutants(target.path.read_text())))
        if rows.get(target.module, (None, None))[0] != found:
            rows[target.module] = (found, None)
    PAGE.write_text(page(ordered(rows), ()))
    return 0


def kept(chosen: Sequence[Target]) -> dict[str, tuple[int, int | None]]:
    """Mutants and those killed by module, as the page has them, of the modules that are not chosen. None: they were not tried."""
    again = {target.module for target in chosen}
    found = re.findall(r"^\| `([\w.]+)` \| (\d+) \| (\d+|not tried) \|$", PAGE.read_text() if PAGE.is_file() else "", re.MULTILINE)
    return {
        module: (int(mutants_), int(killed) if killed.isdecimal() else None) for module, mutants_, killed in found if module not in again
    }


def ordered(rows: Mapping[str, tuple[int, int | None]]) -> list[tuple[str, int, int | None]]:
    """The rows of modules that there are, in their order."""
    return [(target.module, *rows[target.module]) for target in targets() if target.module in rows]


def page(rows: Sequence[tuple[str, int, int | None]], survivors: Sequence[tuple[Target, Mutant]]) -> str:
    tried = [(found, dead) for _, found, dead in rows if dead is not None]
    total, killed = sum(found for found, _ in tried), sum(dead for _, dead in tried)
    left = sum(found for _, found, dead in rows if dead is None)
    more = f" {left} more are of modules that changed since, and were not tried." if left else ""
    lines = [
        "# Mutations of the policy pack",
        "",
        "Written by `python -m tools.mutation`. Every comparison of the pack is flipped or put off by one, every condition turned round,",
        "every number made one more and one less; each time the tests run, and one of them must fail.",
        "",
        f"**{killed} of {total} mutants killed.**{more}",
        "",
        "| module | mutants | killed |",
        "| --- | ---: | ---: |",
        *(f"| `{module}` | {found} | {'not tried' if dead is None else dead} |" for module, found, dead in rows),
        "",
    ]
    if survivors:
        lines += ["Alive:", "", *(f"- `{target.module}` line {mutant.line}: {mutant.change}" for target, mutant in survivors), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
