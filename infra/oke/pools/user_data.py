"""Parts of a node's first boot that a stack file brings: shell scripts and cloud-config."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import Literal

import yaml

from infra.problems import Problem, did_you_mean

Kind = Literal["script", "cloud-config"]

MOST_BYTES = 16_000
"""Of a node's user data in base64. All metadata of an instance may have 32,000 (Oracle, "LaunchInstanceDetails", 2026-11); OKE puts its own
beside ours and says not how much, so half is left to it."""

CLOUD_CONFIG = frozenset({
    "bootcmd", "write_files", "disk_setup", "fs_setup", "mounts", "swap", "growpart", "ca_certs", "ntp", "timezone", "locale", "apt",
    "yum_repos", "rsyslog", "manage_etc_hosts",
})  # fmt: skip
"""Keys that are done before any script runs, so that the platform's sees whether they failed. cloud-init, "Boot stages" and "Module
reference", 25.2."""

_BOUNDARY = "==oke-gpu-platform=="


def kind(part: str) -> Kind | None:
    """What a part is by its first line, as cloud-init tells."""
    if part.startswith("#!/"):
        return "script"
    return "cloud-config" if part.split("\n", 1)[0].rstrip() == "#cloud-config" else None


def problems(parts: Sequence[str], script: str) -> Iterator[tuple[str, str]]:
    """What is wrong with them, by place within `userData`; `script` is all that is made of them."""
    for index, part in enumerate(parts):
        place = f".{index}" if len(parts) > 1 else ""
        found = kind(part)
        if found is None:
            yield (
                place,
                "begins with neither `#!/` (a script, like `#!/bin/bash`) nor `#cloud-config`, so cloud-init would not know what it is",
            )
        if "\r" in part:
            yield place, "has lines that end as on Windows, which no shell on the node takes; save it with Unix line ends"
        if found == "cloud-config":
            yield from ((place, message) for message in _cloud_config(part))
        if _BOUNDARY in part:
            yield place, f"contains {_BOUNDARY}, which parts are told apart by; take it out"
    size = len(encoded(script, parts))
    if size > MOST_BYTES:
        yield "", f"makes user data of {size} bytes, and {MOST_BYTES} fit; have the script fetch what is large"


def _cloud_config(part: str) -> Iterator[str]:
    try:
        found = yaml.safe_load(part)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        yield f"is not YAML: {' '.join(str(error).split())[:200]}"
        return
    if not isinstance(found, dict):
        yield "is not a mapping of cloud-init's keys"
        return
    for key in found:
        if key not in CLOUD_CONFIG:
            why = "is not one that is done before the node joins, where a failure is seen"
            fix = f"{did_you_mean(str(key), CLOUD_CONFIG)}Do it in a script; taken are {', '.join(sorted(CLOUD_CONFIG))}"
            yield f"the key {key!r} {why}; {fix}"


def steps(parts: Sequence[str]) -> Iterator[str]:
    """Lines of the platform's script that run the stack file's, before the node joins. One that fails keeps the node out."""
    if any(kind(part) == "cloud-config" for part in parts):
        yield "# What cloud-config could not do is in cloud-init's status. A node that is set up by half does not join."
        yield r"if grep --quiet --extended-regexp '\"errors\": \[[[:space:]]*$' /run/cloud-init/status.json; then"
        yield from _stop("userData: cloud-config failed; see cloud-init status --long")
        yield "fi"
        yield ""
    for number, part in enumerate((part for part in parts if kind(part) == "script"), start=1):
        path = f"/var/lib/oke-gpu-platform/user-data-{number}"
        end = _end(part)
        yield f"mkdir -p {path.rpartition('/')[0]}"
        yield f"cat >{path} <<'{end}'"
        yield part.removesuffix("\n")
        yield end
        yield f"chmod 0700 {path}"
        yield f"if ! {path}; then"
        yield from _stop(f"userData: script {number} failed")
        yield "fi"
        yield ""


def _stop(said: str) -> Iterator[str]:
    """To cloud-init's log, and to the console, which is read without logging in."""
    yield f'  echo "{said}; this node does not join the cluster" | tee /dev/console >&2'
    yield "  exit 1"


def _end(part: str) -> str:
    lines, number = set(part.split("\n")), 0
    while (end := f"END-OF-USER-DATA{f'-{number}' if number else ''}") in lines:
        number += 1
    return end


def encoded(script: str, parts: Sequence[str]) -> str:
    """User data as node metadata carries it, in base64: the script, and before it cloud-config, where there is some."""
    configs = [part for part in parts if kind(part) == "cloud-config"]
    text = _multipart(configs, script) if configs else script
    return b64encode(text.encode()).decode()


def _multipart(configs: Sequence[str], script: str) -> str:
    lines = [f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"', "MIME-Version: 1.0", ""]
    for media, body in (*(("cloud-config", config) for config in configs), ("x-shellscript", script)):
        lines += [f"--{_BOUNDARY}", f'Content-Type: text/{media}; charset="utf-8"', "Content-Transfer-Encoding: 8bit", "", body]
    return "\n".join([*lines, f"--{_BOUNDARY}--", ""])


def under(pool: str, found: Iterator[tuple[str, str]]) -> Iterator[Problem]:
    """The problems, at their place in the stack file."""
    return (Problem(f"nodePools.{pool}.userData{place}", message) for place, message in found)
