"""Oracle's Search, asked through its command line: `oci search resource structured-search`.

What Search tells is consistent in the end, and not at once: what it does not tell of may be there all the same.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from platformctl.errors import Refused
from platformctl.state.identities import Found

PATIENCE_SECONDS = 60.0


def search(name: str, environment: Mapping[str, str], region: str) -> Sequence[Found]:
    """What is called `name`. Nothing where there is no `oci` on PATH. Raises Refused where `oci` does not answer."""
    asked = f"query all resources where displayName = {_quoted(name)}"
    return read(printed(("search", "resource", "structured-search", "--query-text", asked), environment, region))


def printed(words: Sequence[str], environment: Mapping[str, str], region: str) -> str:
    """What `oci` prints when it is asked so; nothing where there is none on PATH. Raises Refused."""
    program = shutil.which("oci", path=environment.get("PATH"))
    if program is None:
        return ""
    command = [program, *words, "--output", "json"]
    if region:
        command += ["--region", region]
    asked = f"`oci {words[0]}`"
    try:
        ran = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired as late:
        raise Refused(f"{asked} did not answer within {PATIENCE_SECONDS:.0f} seconds; give ids with --made, or try again.") from late
    if ran.returncode:
        raise Refused(f"{asked} failed; log in, or say --no-search and give ids with --made:", ran.stderr.strip() or ran.stdout.strip())
    return ran.stdout


def read(answer: str) -> Sequence[Found]:
    """What `oci search` printed: nothing at all where it found nothing. Raises Refused."""
    if not answer.strip():
        return ()
    try:
        items = json.loads(answer)["data"]["items"]
        return tuple(_found(item) for item in items)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise undocumented("search", error) from error


def undocumented(asked: str, error: Exception) -> Refused:
    """What to raise for an answer that is none."""
    return Refused(f"`oci {asked}` answered something else than it documents: {type(error).__name__}: {error}")


def _found(item: Mapping[str, Any]) -> Found:
    return Found(
        ident=item["identifier"],
        name=item.get("display-name") or "",
        compartment=item.get("compartment-id") or "",
        state=item.get("lifecycle-state") or "",
        tags=item.get("freeform-tags") or {},
    )


def _quoted(name: str) -> str:
    """A text of the query language. Names of the platform have no quotes; one that has is not asked for."""
    if "'" in name or "\\" in name:
        raise Refused(f"{name!r} cannot be searched for: give its id with --made.")
    return f"'{name}'"
