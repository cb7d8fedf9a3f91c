"""Oracle's SDK loaded a module at a time is Oracle's SDK, and little of it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

INFRA = Path(__file__).resolve().parents[2] / "infra"
MENTION = re.compile(r"\boci\.([a-z]+\.(?!outputs)[A-Za-z_]+)")
NOT_OF_THE_SDK = ("oraclecloud", "bastion.bastion")
MENTIONED = {name for file in INFRA.rglob("*.py") for name in MENTION.findall(file.read_text())}
NAMES = sorted(name for name in MENTIONED if not name.startswith(NOT_OF_THE_SDK))
TELL = """
import json, sys
found = {}
for name in json.loads(sys.argv[1]):
    package, _, attribute = name.partition(".")
    value = getattr(getattr(oci, package), attribute)
    found[name] = [value.__module__, value.__qualname__]
modules = [module for module in sys.modules if module.startswith("pulumi_oci.") and module.count(".") == 2]
print(json.dumps({"found": found, "modules": len(modules)}))
"""


def told(importing: str) -> dict[str, object]:
    ran = subprocess.run(
        [sys.executable, "-c", f"{importing}\n{TELL}", json.dumps(NAMES)], capture_output=True, text=True, check=True, cwd=INFRA.parent
    )
    return dict(json.loads(ran.stdout))


@pytest.fixture(scope="module")
def alone() -> dict[str, object]:
    return told("from infra.oci import oci")


def test_the_scan_sees_what_is_used() -> None:
    assert {"core.Vcn", "containerengine.NodePool", "identity.Policy", "containerengine.NodePoolNodeConfigDetailsArgs"} <= set(NAMES)


@pytest.mark.slow
def test_every_name_is_the_sdks_own(alone: dict[str, object]) -> None:
    assert alone["found"] == told("import pulumi_oci as oci")["found"]


@pytest.mark.slow
def test_no_subpackage_is_loaded_whole(alone: dict[str, object]) -> None:
    assert isinstance(alone["modules"], int)
    assert alone["modules"] < 2 * len(NAMES)


@pytest.mark.slow
def test_a_name_that_does_not_exist_is_refused_by_name() -> None:
    code = "from infra.oci import oci\noci.core.Subnett"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=INFRA.parent)
    assert "AttributeError: pulumi_oci.core has no Subnett" in ran.stderr
