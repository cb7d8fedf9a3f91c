"""The measurements: pairs of processes run one after the other, so that what else the machine does meets both."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

EXTRA = 1000
"""Resources that the second measurement adds."""

RATIO_LIMIT = 2.0
EXTRA_LIMIT_MS = 10.0

WRAPPER = """
import runpy

import pulumi

runpy.run_path({entry!r}, run_name="__main__")

from infra.oci import oci

cloud = oci.Provider("bench", region="eu-frankfurt-1")
for number in range({extra}):
    oci.core.NetworkSecurityGroupSecurityRule(
        f"bench-{{number}}",
        network_security_group_id="ocid1.networksecuritygroup.oc1.eu-frankfurt-1.bench",
        direction="INGRESS",
        protocol="6",
        source_type="CIDR_BLOCK",
        source="10.0.0.0/8",
        description=f"rule {{number}}",
        opts=pulumi.ResourceOptions(provider=cloud),
    )
"""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Pairs of seconds: what is measured, and what it is measured against."""

    what: str
    against: str
    pairs: tuple[tuple[float, float], ...]
    value: float
    """The median over the pairs."""
    unit: str
    limit: float

    @property
    def passed(self) -> bool:
        return self.value <= self.limit

    @property
    def medians(self) -> tuple[float, float]:
        return statistics.median(first for first, _ in self.pairs), statistics.median(second for _, second in self.pairs)


NO = "--no-policies"


def preview(stack: str, runs: int) -> Measured:
    """A warm preview, against importing what its program uses and the engine previewing an empty program.

    Neither runs the policies: what these add is measured on its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        modules = Path(folder) / "modules"
        modules.write_text("\n".join(_imported(stack)))
        pairs = pairs_of(lambda: preview_seconds(stack, ROOT, NO), lambda: _run("tools.bench.alone", str(modules)), runs)
    return Measured(
        what=f"preview {stack} without policies",
        against="its imports and an empty preview",
        pairs=pairs,
        value=statistics.median(first / second for first, second in pairs),
        unit="times",
        limit=RATIO_LIMIT,
    )


def extra(stack: str, runs: int) -> Measured:
    """What each of a thousand more resources adds to a preview."""
    with tempfile.TemporaryDirectory() as folder:
        large, plain = (_project(Path(folder) / str(count), stack, count) for count in (EXTRA, 0))
        pairs = pairs_of(lambda: preview_seconds(stack, large, NO), lambda: preview_seconds(stack, plain, NO), runs)
    return Measured(
        what=f"{EXTRA:,} more resources in {stack}",
        against="none more",
        pairs=pairs,
        value=statistics.median((first - second) / EXTRA * 1000 for first, second in pairs),
        unit="ms each",
        limit=EXTRA_LIMIT_MS,
    )


def pairs_of(first: Callable[[], float], second: Callable[[], float], runs: int) -> tuple[tuple[float, float], ...]:
    first(), second()  # warm: bytecode written, files in memory
    return tuple((first(), second()) for _ in range(runs))


def _project(root: Path, stack: str, count: int) -> Path:
    """A project whose program is this one's and `count` resources more."""
    root.mkdir()
    for name in ("Pulumi.yaml", f"Pulumi.{stack}.yaml"):
        shutil.copy(ROOT / name, root)
    (root / "__main__.py").write_text(WRAPPER.format(entry=str(ROOT / "__main__.py"), extra=count))
    return root


def preview_seconds(stack: str, root: Path, *flags: str) -> float:
    return _run("platformctl", "preview", stack, "--json", "--root", str(root), *flags)


def _imported(stack: str) -> list[str]:
    """Names of the modules that a preview of `stack` imports, in that order."""
    code = (
        "import sys; from pathlib import Path; from platformctl.previewing import previewed; "
        f"previewed({stack!r}, Path({str(ROOT)!r})); print(*(name for name in list(sys.modules) if name != '__main__'), sep='\\n')"
    )
    return _process([sys.executable, "-c", code]).splitlines()


def _run(module: str, *arguments: str) -> float:
    began = time.perf_counter()
    _process([sys.executable, "-m", module, *arguments])
    return time.perf_counter() - began


def _process(command: Sequence[str]) -> str:
    # What is measured is warm: whoever has processes write no bytecode would measure the compiler.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(f"{' '.join(command[:5])} ended with exit status {ran.returncode}:\n{ran.stderr[-2000:]}")
    return ran.stdout
