"""`python -m policies.lint FILE [--against FILE]`: is a policy configuration what its author means, and no looser than it was?

A stack file (YAML) stands for the configuration that is made from it, and a list of exceptions for itself: one that is new, or lasts
longer, lets more pass. `--against` may be `REVISION:PATH`, which git is asked for. The exit status is 1 where something is wrong or looser.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from policies.configuration import compiled, loosened, problems
from policies.declared import declared
from policies.exemptions import FILE, expired, parse
from policies.exemptions import problems as of_entries
from policies.registry import BY_NAME, RULES

DAYS: int = BY_NAME["policy-exceptions"].defaults["days"]
"""Longest that an exception may last."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m policies.lint", description="Check a policy configuration.")
    parser.add_argument("file", help="configuration for `pulumi preview --policy-pack-config`, or a stack file, or the exceptions")
    parser.add_argument("--against", metavar="FILE", help="an older one, or REVISION:PATH; what is looser now is reported")
    chosen = parser.parse_args(arguments)
    try:
        after = read(chosen.file)
        before = None if chosen.against is None else read(chosen.against)
    except ValueError as error:
        _say(str(error))
        return 1
    if _are_exceptions(chosen.file):
        found = [f"{chosen.file}: {problem}" for problem in _exceptions(after, before)]
        for line in found:
            _say(line)
        return int(bool(found))
    found = [f"{chosen.file}: {problem}" for problem in problems(after)]
    if before is not None and not found:
        if problems(before):
            _say(f"{chosen.against} was not free of problems; everything in {chosen.file} is compared with the strictest")
            before = {}
        found = [f"{chosen.file}: {change}" for change in loosened(before, after)]
    for line in found:
        _say(line)
    return int(bool(found))


def _exceptions(after: Any, before: Any) -> Iterator[str]:
    """What is wrong with a list of exceptions, and what it excuses that it did not before."""
    entries, wrong = parse(after)
    yield from wrong
    today, names = datetime.now(tz=UTC).date(), frozenset(rule.name for rule in RULES)
    own = frozenset(rule.name for rule in RULES if rule.topic == "pack")
    critical = frozenset(rule.name for rule in RULES if rule.severity == "critical")
    yield from of_entries(entries, names, today, DAYS, own, critical)
    for entry in expired(entries, today):
        yield f"the exception from {entry.rule} for {entry.resource} expired on {entry.expires}: renew or remove it"
    known = [] if before is None else parse(before)[0]
    for entry in entries if before is not None else ():
        same = [old for old in known if (old.rule, old.resource, old.stack) == (entry.rule, entry.resource, entry.stack)]
        if not same:
            yield f"{entry.rule} on {entry.resource}: is a new exception, until {entry.expires}, which lets more pass"
        elif entry.expires > max(old.expires for old in same):
            yield f"{entry.rule} on {entry.resource}: lasts until {entry.expires}, longer than before, which lets more pass"


def _are_exceptions(place: str) -> bool:
    return Path(place.rpartition(":")[2]).name == FILE.name


def read(place: str) -> Any:
    """The configuration at a path, or at `REVISION:PATH` of the repository; exceptions as a list. Raises ValueError."""
    text = _at_revision(place) if ":" in place and not Path(place).exists() else _on_disk(place)
    if place.endswith((".yaml", ".yml")):
        if _are_exceptions(place):
            return _yaml(place, text)
        return compiled(declared(_stack(place, text)))
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"{place} is not JSON: {error}") from None


def _stack(place: str, text: str) -> dict[str, str]:
    """A stack file's configuration as the engine hands it over: sections as JSON."""
    content = _yaml(place, text)
    config = content.get("config") if isinstance(content, dict) else None
    if not isinstance(config, dict):
        raise ValueError(f"{place} has no config section")
    return {str(key): value if isinstance(value, str) else json.dumps(value, default=str) for key, value in config.items()}


def _yaml(place: str, text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"{place} is not YAML: {' '.join(str(error).split())}") from None


def _on_disk(place: str) -> str:
    try:
        return Path(place).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{place} cannot be read: {error}") from None


def _at_revision(place: str) -> str:
    shown = subprocess.run(["git", "show", place], capture_output=True, text=True, check=False)
    if shown.returncode:
        raise ValueError(f"{place} cannot be read: {shown.stderr.strip()}")
    return shown.stdout


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
