"""`platformctl diff`: against another stack file, and against another revision with a program of its own."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HOUSE = Path(__file__).resolve().parents[3]

Run = Callable[..., Any]
Write = Callable[..., str]


@pytest.mark.engine
def test_changes_say_operation_properties_and_what_forces_a_replacement(platformctl: Run, stack: Write) -> None:
    ran = platformctl("diff", stack(bucket="other-models", rules=1), "--base-stack", stack("before", rules=2), "--json")
    assert ran.code == 0, ran.err
    changes = {change["name"]: change for change in ran.document["changes"]}
    assert {name: change["op"] for name, change in changes.items()} == {"models": "replace", "net-rule-1": "delete"}
    assert changes["models"]["replaceKeys"] == ["name"]
    assert changes["models"]["properties"] == [
        {"path": "name", "kind": "update-replace", "before": "sample-models", "after": "other-models"}
    ]
    assert ran.document["cost"]["maximumMonthly"] == "0.00"


@pytest.mark.engine
def test_markdown_puts_what_is_lost_first_and_folds_the_rest(platformctl: Run, stack: Write) -> None:
    ran = platformctl("diff", stack(bucket="other-models", rules=1), "--base-stack", stack("before", rules=2), "--markdown")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("### `changed`: 1 to replace, 1 to delete; the cost stays, $0 in all\n")
    assert '| ± replace | `models` | ObjectStorage.Bucket | `name`: "sample-models" → "other-models" |' in ran.out
    assert "| - delete | `net-rule-1` | Core.NetworkSecurityGroupSecurityRule | no longer declared |" in ran.out
    assert "<details><summary>All 2 changes</summary>" in ran.out


@pytest.mark.engine
def test_what_is_protected_is_shown_though_the_engine_would_refuse(platformctl: Run, stack: Write) -> None:
    ran = platformctl("diff", stack(bucket="other-models"), "--base-stack", stack("before", keep="true"), "--markdown")
    assert ran.code == 1
    assert ran.err.splitlines()[-1] == "changed is refused: refused, protected, and would go: models; no policies were checked."
    assert ran.out.startswith("### `changed`: **refused, protected, and would go: models**; 1 to replace; ")
    assert '→ "other-models" **protected: the engine will refuse** |' in ran.out
    assert "the bucket goes, and all objects in it" in ran.out
    assert (
        "models  ObjectStorage.Bucket  protected: the engine will refuse"
        in platformctl("diff", stack(bucket="other-models"), "--base-stack", stack("before", keep="true")).out
    )


@pytest.mark.engine
def test_no_change_is_said_so(platformctl: Run) -> None:
    ran = platformctl("diff", "sample", "--base-stack", "sample", "--markdown")
    assert ran.out.startswith("### `sample`: no change\n")


@pytest.fixture
def checkout(tmp_path: Path, project: Path) -> Path:
    """A repository whose first commit has an `infra` and a program of its own, and whose working tree has this one's."""
    root = tmp_path / "checkout"
    shutil.copytree(project, root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "infra").mkdir()
    for name in ("__init__.py", "oci.py", "problems.py"):
        shutil.copy(HOUSE / "infra" / name, root / "infra")
    (root / "infra" / "era.py").write_text('ERA = "old"\n')
    program = root / "__main__.py"
    new = program.read_text()
    program.write_text(
        new.replace('"models",\n', '"models",\n    metadata={"era": ERA},\n').replace(
            "import pulumi\n", "import pulumi\n\nfrom infra.era import ERA\n", 1
        )
    )
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    program.write_text(new)
    return root


@pytest.mark.engine
def test_the_base_revision_runs_its_own_program_and_libraries(platformctl: Run, checkout: Path) -> None:
    ran = platformctl("diff", "sample", "--base", "HEAD", "--json", root=checkout)
    assert ran.code == 0, ran.err
    (change,) = ran.document["changes"]
    assert (change["name"], change["op"]) == ("models", "update")
    (prop,) = change["properties"]
    assert (prop["path"].partition(".")[0], prop["after"]) == ("metadata", None)


@pytest.mark.engine
def test_a_stack_that_the_base_does_not_have_is_all_new(platformctl: Run, checkout: Path) -> None:
    shutil.copy(checkout / "Pulumi.sample.yaml", checkout / "Pulumi.fresh.yaml")
    ran = platformctl("diff", "fresh", "--base", "HEAD", "--json", root=checkout)
    assert ran.code == 0, ran.err
    assert ran.document["new"] is True
    assert {change["op"] for change in ran.document["changes"]} == {"create"}


@pytest.mark.engine
@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise RuntimeError('broken long ago')", "RuntimeError: broken long ago"),
        ("import stacks", "ModuleNotFoundError: No module named 'stacks'"),  # which this checkout has, and that revision does not
    ],
)
def test_a_base_that_does_not_come_up_says_whose_fault_it_is(platformctl: Run, checkout: Path, program: str, words: str) -> None:
    entry = checkout / "__main__.py"
    good = entry.read_text()
    entry.write_text(f"{program}\n")
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qam", "Break"],
        cwd=checkout,
        check=True,
        capture_output=True,
    )
    entry.write_text(good)
    ran = platformctl("diff", "sample", "--base", "HEAD", root=checkout)
    assert ran.code == 1
    assert "HEAD, the base, cannot be brought up:" in ran.err
    assert words in ran.err


def test_a_revision_that_does_not_exist_is_wrong_input(platformctl: Run, checkout: Path) -> None:
    ran = platformctl("diff", "sample", "--base", "no/such", root=checkout)
    assert ran.code == 2
    assert ran.err.startswith("--base no/such: no such revision.")


def test_a_revision_cannot_be_an_option_of_git(platformctl: Run, checkout: Path) -> None:
    ran = platformctl("diff", "sample", "--base=--output=/tmp/x", root=checkout)
    assert ran.code == 2
    assert "no such revision" in ran.err


@pytest.mark.parametrize("arguments", [[], ["--base", "HEAD", "--base-stack", "sample"]])
def test_a_diff_needs_one_base(platformctl: Run, arguments: list[str]) -> None:
    ran = platformctl("diff", "sample", *arguments)
    assert ran.code == 2
    assert ran.err.startswith("diff needs a base: --base REVISION, or --base-stack FILE")


def test_a_folder_outside_any_repository_has_no_base(platformctl: Run, tmp_path: Path, project: Path) -> None:
    root = tmp_path / "loose"
    shutil.copytree(project, root)
    ran = platformctl("diff", "sample", "--base", "HEAD", root=root)
    assert ran.code == 2
    assert "is not in a git repository" in ran.err
