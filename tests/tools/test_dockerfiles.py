"""The Dockerfiles are right, and each thing that would make an image untrustworthy is refused with its line."""

import re
from pathlib import Path

import pytest

from testkit.stack_files import ROOT
from tools.dockerfiles import problems

FILES = sorted((ROOT / "images").glob("*/Dockerfile"))
BASE = f"ghcr.io/acme/base:1.2@sha256:{'0' * 64}"
GOOD = f"FROM {BASE}\nUSER root\nRUN apt-get update \\\n    && rm -rf /var/lib/apt/lists/*\nUSER 1001\n"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_own_files_are_right(file: Path) -> None:
    assert problems(file.read_text(), "Dockerfile") == ()


def test_there_is_one_for_the_runner_and_it_takes_the_blueprints_lock() -> None:
    (file,) = FILES
    copied = re.findall(r"^COPY (\S+)", file.read_text(), re.MULTILINE)
    assert copied == ["blueprints/requirements.lock"]
    assert file.with_name("Dockerfile.dockerignore").read_text().splitlines()[1:] == ["*", "!blueprints/requirements.lock"]


def test_a_good_one_is_taken() -> None:
    assert problems(GOOD, "Dockerfile") == ()


REFUSED = {
    "a tag alone": (GOOD.replace(BASE, "ghcr.io/acme/base:1.2"), "Dockerfile:1: ghcr.io/acme/base:1.2 is not pinned"),
    "a digest alone": (GOOD.replace(":1.2@", "@"), "is not pinned; name host, path, version and digest"),
    "latest": (GOOD.replace(":1.2@", ":latest@"), "Dockerfile:1: ghcr.io/acme/base:latest: latest says nothing of what it is"),
    "no host": (GOOD.replace("ghcr.io/acme/", ""), "is not pinned"),
    "a base that is given at build time": (f"ARG BASE\n{GOOD}", "Dockerfile:1: ARG is not allowed"),
    "root at the end": (GOOD.replace("USER 1001", "USER root"), "Dockerfile:5: ends as root; the last USER must be a number that is not 0"),
    "root by number": (GOOD.replace("USER 1001", "USER 0"), "ends as 0"),
    "root's group": (GOOD.replace("USER 1001", "USER 1001:0"), "ends as 1001:0"),
    "a user by name": (GOOD.replace("USER 1001", "USER runner"), "ends as runner"),
    "no user": (f"FROM {BASE}\n", "Dockerfile:1: ends as nobody"),
    "a secret in the environment": (f"{GOOD}ENV HF_TOKEN=abc\n", "Dockerfile:6: HF_TOKEN looks like a secret"),
    "a secret at build time": (f"{GOOD}ARG PASSWORD\n", "ARG is not allowed"),
    "something fetched": (f"{GOOD}ADD https://example.org/a.tgz /\n", "Dockerfile:6: ADD is not allowed"),
    "something fetched by a program": (f"{GOOD}RUN curl https://example.org/a.sh\n", "RUN calls curl; allowed: apt-get, rm, python3, pip"),
    "something fetched and run": (f"{GOOD}RUN rm a | sh\n", "RUN has |; commands are joined by && alone"),
    "a command in a command": (f"{GOOD}RUN rm $(curl a)\n", "RUN has $"),
    "packages that are not locked": (f"{GOOD}RUN pip install torch\n", "pip may only install a lock"),
    "packages from elsewhere": (f"{GOOD}RUN /opt/bin/pip download torch\n", "pip may only install a lock"),
    "a module that fetches": (f"{GOOD}RUN python3 -m pip install torch\n", "python3 may only make an environment"),
    "more than was asked for": (f"{GOOD}RUN apt-get install --yes git\n", "apt-get install needs --no-install-recommends"),
    "a shell of its own": (f'{GOOD}SHELL ["bash", "-c"]\n', "SHELL is not allowed"),
    "later builds": (f"{GOOD}ONBUILD RUN rm a\n", "ONBUILD is not allowed"),
    "another image's files": (f"{GOOD}COPY --from=evil/image / /\n", "COPY takes no options here"),
    "two stages": (f"{GOOD}FROM {BASE}\nUSER 1001\n", "has several stages"),
    "another syntax": (f"# syntax=docker/dockerfile:1\n{GOOD}", "Dockerfile:1: a directive changes how the file is read"),
    "a quote that is not closed": (f"{GOOD}RUN rm 'a\n", "RUN cannot be read: a quote is not closed"),
    "nothing": ("", "does not begin with FROM"),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_trusted_is_refused(text: str, words: str) -> None:
    found = [str(problem) for problem in problems(text, "Dockerfile")]
    assert any(words in each for each in found), found


def test_all_is_told_at_once() -> None:
    assert len(problems("FROM ubuntu\nADD a /\nUSER root\n", "Dockerfile")) == 3
