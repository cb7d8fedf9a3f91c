"""`python -m tools.checkov [PROGRAM]`: run checkov over the corpus, and write the counts beside the policies' to docs/policy-comparison.md.

checkov is no dependency of this project: install it where you like, and name the program.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policies.configuration import compiled
from policies.subject import Resource
from testkit import policy_cases
from testkit.policy_cases import DEVELOPMENT, verdicts
from tools.checkov.render import manifests, terraform, values

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "policy-comparison.md"


_HEAD = """# The policies and checkov on the same bad stacks

Written by `python -m tools.checkov PROGRAM`, with checkov {version} (kubernetes, terraform and secrets). The bad stacks are those of
`tests/policies/corpus/`. checkov reads no Pulumi: it was given Kubernetes objects as manifests, charts as their values, and OCI resources
as the Terraform they would be. A check counts where it fails on the bad stack; those that also fail on everything that they look at in the
compliant stack are only counted, in the last column.

**checkov sees something of {seen} of {stacks} bad stacks, the policies refuse all.** The stacks were chosen for what goes wrong on this
platform: checkov knows no limits on GPUs or money, nothing of unknown values or of Pulumi's options, and of the OCI resources of a GPU
platform it checks few. Of Kubernetes objects it checks more than the pack does: run it on rendered manifests too.

"""


@dataclass(frozen=True)
class Row:
    name: str
    title: str
    policies: tuple[str, ...]
    """Rules of this pack that refuse the stack."""
    checkov: tuple[str, ...]
    """Checks of checkov that fail here, and do not fail on everything of the compliant stack."""
    noise: int
    """Checks that fail here, and on everything of the compliant stack."""


def checked(program: str, resources: Sequence[Resource]) -> tuple[frozenset[str], frozenset[str]]:
    """Ids of the checks that fail somewhere, and of those that pass somewhere. Raises RuntimeError where checkov does not answer."""
    with tempfile.TemporaryDirectory() as folder:
        rendered = {"manifests.yaml": manifests(resources), "main.tf": terraform(resources), **values(resources)}
        for name, text in rendered.items():
            if text:
                path = Path(folder) / name
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
        command = [program, "--directory", folder, "--framework", "kubernetes", "terraform", "secrets", "--output", "json"]
        ran = subprocess.run([*command, "--skip-download"], capture_output=True, text=True, check=False)
    try:
        answer = json.loads(ran.stdout)
    except ValueError:
        raise RuntimeError(f"checkov said no JSON:\n{ran.stdout[-1000:]}{ran.stderr[-1000:]}") from None
    results = [report.get("results", {}) for report in (answer if isinstance(answer, list) else [answer])]

    def ids(kind: str) -> frozenset[str]:
        return frozenset(check["check_id"] for result in results for check in result.get(kind, ()))

    return ids("failed_checks"), ids("passed_checks")


def rows(program: str) -> list[Row]:
    failing, passing = checked(program, [policy_cases.resource(entry) for entry in policy_cases.entries()])
    # A secret that is none, found in the compliant stack, says nothing of one that is found elsewhere.
    usual = frozenset(check for check in failing - passing if not check.startswith("CKV_SECRET"))
    found = []
    for stack in policy_cases.corpus():
        said, _ = checked(program, stack.resources)
        found.append(
            Row(
                name=stack.name,
                title=stack.title,
                policies=tuple(stack.verdicts),
                checkov=tuple(sorted(said - usual)),
                noise=len(said & usual),
            )
        )
        print(f"{stack.name}: {len(stack.verdicts)} rules, {len(said - usual)} checks of checkov", flush=True)
    return found


def page(found: Sequence[Row], version: str) -> str:
    seen = sum(bool(row.checkov) for row in found)
    lines = [
        *_HEAD.format(version=version, seen=seen, stacks=len(found)).splitlines(),
        "| bad stack | refused by rules | checks of checkov that fail | fail anyway |",
        "| --- | --- | --- | ---: |",
    ]
    for row in found:
        ours = f"{len(row.policies)}: {', '.join(f'`{rule}`' for rule in row.policies)}"
        theirs = f"{len(row.checkov)}: {', '.join(row.checkov)}" if row.checkov else "0"
        lines.append(f"| {row.title} | {ours} | {theirs} | {row.noise} |")
    lines.append(f"| **together** | **{sum(len(row.policies) for row in found)}** | **{sum(len(row.checkov) for row in found)}** | |")
    return "\n".join([*lines, "", *singles()])


def singles() -> list[str]:
    """What the policies say of single resources, those that people rightly write among them."""

    def refused(folder: str) -> tuple[int, int]:
        found = [verdicts([single.resource], compiled(DEVELOPMENT)) for single in policy_cases.singles(folder)]
        return sum(any(verdict.level == "mandatory" for verdict in said) for said in found), len(found)

    (bad, hostile), (wrongly, honest) = refused("hostile"), refused("honest")
    return [
        "## Single resources",
        "",
        f"Each is judged by itself in a development stack. Of {hostile} hostile ones (`tests/policies/hostile/`) the policies refuse",
        f"{bad}, of {honest} honest ones in `tests/policies/honest/` they refuse {wrongly}.",
        "",
    ]


def main(arguments: Sequence[str]) -> int:
    program = arguments[0] if arguments else "checkov"
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    PAGE.write_text(page(rows(program), version))
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
