"""Every stack file of the project: those at its root, and the examples. And how to write one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from infra.project import PROJECT

ROOT = Path(__file__).resolve().parent.parent
STACK_FILES = sorted([*ROOT.glob("Pulumi.*.yaml"), *(ROOT / "examples").glob("Pulumi.*.yaml")])


def write(document: Mapping[str, Any], file: Path) -> Path:
    """Write root keys without their namespace as a stack file."""
    config = {"pulumi:disable-default-providers": ["*"], **{f"{PROJECT}:{key}": value for key, value in document.items()}}
    file.write_text(yaml.safe_dump({"config": config}, sort_keys=False))
    return file
