"""How many files a change touches by hand, counted on today's code: the files that name what such a change once brought.

An example stands for each kind of change: a file that names it is one that had to be touched for it. Tests of its own, pages, and what a
command writes are not counted.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

from components.framework.addon import AddOnType
from components.registry import KINDS
from tools.marked import rewritten

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/architecture.md"
COMMAND = "python -m tools.docs"

CODE = ("components", "infra", "platformctl", "policies", "simulator", "stacks")
CASES = ("tests/policies/refused", "tests/policies/corpus")
WRITTEN_BY_COMMANDS = re.compile(r"\.schema\.json$|dashboards/.*\.json$")


@dataclass(frozen=True, kw_only=True)
class Change:
    what: str
    before: str
    """The count before add-ons were data, from docs/decisions/0005."""
    counted: Callable[[], tuple[str, Iterable[str]]]
    """How many files, in words, and which."""


@cache
def _texts() -> dict[str, str]:
    files = (file for folder in (*CODE, *CASES) for file in (ROOT / folder).rglob("*"))
    names = ((file.relative_to(ROOT).as_posix(), file) for file in files if file.suffix in (".py", ".json", ".yaml"))
    texts = {name: file.read_text(encoding="utf-8") for name, file in sorted(names) if not WRITTEN_BY_COMMANDS.search(name)}
    return {**texts, "README.md": (ROOT / "README.md").read_text(encoding="utf-8")}


def naming(pattern: str, *within: str, without: str = "/") -> list[str]:
    """Files that have what `pattern` finds, in some folders, but those that begin with `without`."""
    found = re.compile(pattern)
    return [
        name for name, text in _texts().items() if name.startswith(within or CODE) and not name.startswith(without) and found.search(text)
    ]


def outside(kind: AddOnType) -> list[str]:
    """Files outside of an add-on's folder that import its class."""
    return naming(rf"\b{re.escape(kind.__module__)}\b", without=kind.__module__.rpartition(".")[0].replace(".", "/") + "/")


def _add_on() -> tuple[str, Iterable[str]]:
    found = outside(KINDS["keda"])
    return f"its folder, and {len(found)}", found


def _setting() -> tuple[str, Iterable[str]]:
    found = naming(r"\breplicas: Annotated|\bsection\.replicas\b", "components/autoscaling/keda/")
    return str(len(found)), found


def _rule() -> tuple[str, Iterable[str]]:
    code = naming(r"\bpreemptible\.|[\"']preemptible[\"']", "policies/")
    cases = naming(r"\bpreemptible\b", *CASES)
    return f"{len(code)}, and {len(cases)} files of cases", [*code, *cases]


def _shape(name: str) -> Callable[[], tuple[str, Iterable[str]]]:
    def counted() -> tuple[str, Iterable[str]]:
        found = naming(rf"\b{re.escape(name)}\b", "infra/", "simulator/", "policies/", "stacks/")
        return str(len(found)), found

    return counted


def _command() -> tuple[str, Iterable[str]]:
    own = "platformctl/commands/timeline.py"
    found = naming(r"commands[./]timeline\b|`timeline STACK", *CODE, "README.md", without=own)
    return f"its module, and {len(found)}", found


def _type() -> tuple[str, Iterable[str]]:
    types = json.loads((ROOT / "simulator/oci/schema.json").read_text(encoding="utf-8"))
    counts = sorted(len(naming(re.escape(name), *CODE)) for name in types)
    least = naming(re.escape("oci:Vault/secret:Secret"), *CODE)
    return f"{len(least)} where it does nothing of its own; of all {len(types)} the median is {median(counts):g}", least


CHANGES = (
    Change(what="an add-on of one chart (`keda`)", before="about 12", counted=_add_on),
    Change(what="a setting of an add-on (`addons.keda.replicas`)", before="3", counted=_setting),
    Change(what="a policy rule (`preemptible`)", before="2, and 2 cases", counted=_rule),
    Change(what="a shape of a known GPU (`BM.GPU.B200.8`)", before="2", counted=_shape("BM.GPU.B200.8")),
    Change(what="a shape of a new GPU (`B200`)", before="5 or 6", counted=_shape("B200")),
    Change(what="a command (`timeline`)", before="2", counted=_command),
    Change(what="a simulated type (`oci:Vault/secret:Secret`)", before="2 or 3, and a figure", counted=_type),
)


def rows() -> Iterator[str]:
    for change in CHANGES:
        count, files = change.counted()
        yield f"| {change.what} | {count} | {change.before} | {', '.join(f'`{name}`' for name in files)} |"


def page() -> str:
    """The page on the architecture, its table counted anew."""
    table = "\n".join(("| change | now | before | where |", "| --- | --- | --- | --- |", *rows()))
    return rewritten(PAGE.read_text(encoding="utf-8"), COMMAND, table)
