"""What a pull request changes in every stack: `python -m tools.review BASE [--root DIRECTORY] [--to FOLDER]`.

Writes to FOLDER (default: build/review) a page and a SARIF log per stack, `comment.md` with all pages, and `verdict.txt`, whose last line
is the commit and `accepted` or `refused`: what a check looks for, for an exit code can have other reasons. Prints the pages.
Exit code as platformctl's, the worst of all stacks: 0 fine, 1 a check refused it, 2 the input is wrong.
"""

import argparse
import os
import secrets
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from platformctl.signing import KEY_FD, is_signed, without_signature

ROOT = Path(__file__).resolve().parents[1]

LONGEST = 60_000
"""Characters of a comment; GitHub takes 65,536."""

FILES = "Pulumi.*.yaml"


@dataclass(frozen=True, kw_only=True)
class Page:
    stack: str
    text: str
    exit_code: int


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.review", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("base", help="the git revision to compare with")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout to review")
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "review", help="the folder to write to")
    chosen = parser.parse_args(arguments)
    chosen.to.mkdir(parents=True, exist_ok=True)
    pages = []
    for file in sorted(chosen.root.glob(FILES)):
        page = reviewed(file, chosen.base, chosen.root, chosen.to)
        (chosen.to / f"{page.stack}.md").write_text(page.text, encoding="utf-8")
        print(page.text, flush=True)
        pages.append(page)
    gone = farewell(chosen.base, chosen.root)
    print(gone, end="", flush=True)
    (chosen.to / "comment.md").write_text(comment(pages, gone), encoding="utf-8")
    (chosen.to / "verdict.txt").write_text(verdict(pages, _commit(chosen.root)), encoding="utf-8")
    return max((page.exit_code for page in pages), default=0)


def reviewed(file: Path, base: str, root: Path, to: Path) -> Page:
    """The page of one stack: its diff, or why there is none."""
    stack = file.name.removeprefix("Pulumi.").removesuffix(".yaml")
    command = [sys.executable, "-m", "platformctl", "diff", stack, "--base", base, "--markdown", "--root", str(root)]
    key = secrets.token_bytes(32)
    ran = _signed([*command, "--sarif", str(to / f"{stack}.sarif")], key)
    if not is_signed(key, ran.returncode, ran.stdout, ran.stderr):
        printed = (ran.stdout + ran.stderr).strip()
        text = f"### `{stack}` was not judged: the command ended before it had signed its answer\n\n{fenced(printed)}\n"
        return Page(stack=stack, text=text, exit_code=ran.returncode or 1)
    said = ran.stdout or f"### `{stack}` cannot be previewed\n\n{fenced(without_signature(ran.stderr).strip())}\n"
    return Page(stack=stack, text=said, exit_code=ran.returncode)


def _signed(command: Sequence[str], key: bytes) -> "subprocess.CompletedProcess[str]":
    """Run a command, which reads `key` from a pipe that nothing else gets."""
    read, write = os.pipe()
    try:
        os.write(write, key)
    finally:
        os.close(write)
    try:
        return subprocess.run(
            command, cwd=ROOT, env={**os.environ, KEY_FD: str(read)}, pass_fds=(read,),
            capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    finally:
        os.close(read)


def verdict(pages: Sequence[Page], commit: str) -> str:
    """A line for each stack, and one for the commit."""
    lines = [f"{page.stack}: {'accepted' if page.exit_code == 0 else f'refused, exit code {page.exit_code}'}" for page in pages]
    word = "accepted" if pages and all(page.exit_code == 0 for page in pages) else "refused"
    return "\n".join([*lines, f"{commit}: {word}"]) + "\n"


def _commit(root: Path) -> str:
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "no commit"


def fenced(text: str) -> str:
    """A block of `text` as it is, whatever it has in it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}text\n{text}\n{fence}"


def farewell(base: str, root: Path) -> str:
    """Stacks that the base has and this checkout has not: nothing is destroyed by deleting a file."""
    listed = subprocess.run(
        ["git", "ls-tree", "--name-only", base], cwd=root, capture_output=True, text=True, check=False
    ).stdout.splitlines()  # fmt: skip
    gone = [name for name in listed if Path(name).match(FILES) and not (root / name).is_file()]
    return "".join(
        f"### `{name.removeprefix('Pulumi.').removesuffix('.yaml')}` loses its stack file\n\n"
        f"What `{name}` deployed stays, and stays billed: run `pulumi destroy` first.\n"
        for name in gone
    )


def comment(pages: Sequence[Page], gone: str) -> str:
    """All pages, or where they are too long for a comment, their headings."""
    whole = "\n".join([*(page.text for page in pages), gone]).strip() + "\n"
    if len(whole) <= LONGEST:
        return whole
    headings = [page.text.partition("\n")[0] for page in pages]
    return "\n\n".join([*headings, "Too long for a comment: the pages are in the run's summary.", gone]).strip() + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
