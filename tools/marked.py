"""The part of a page of docs/ that a command writes, between two marks that name the command."""

import re
from pathlib import Path

END = "<!-- end -->"


def rewritten(text: str, command: str, made: str) -> str:
    """The text with what stands between the marks of `command` written anew. Raises ValueError where the marks are not there."""
    begin = f"<!-- begin: {command} -->"
    changed, count = re.subn(f"{re.escape(begin)}.*?{re.escape(END)}", lambda _: f"{begin}\n{made}\n{END}", text, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{begin} ... {END} is there {count} times, but must be once")
    return changed


def rewrite(page: Path, command: str, made: str) -> None:
    page.write_text(rewritten(page.read_text(encoding="utf-8"), command, made), encoding="utf-8")
