"""`platformctl preview`, on the real engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.engine

Run = Callable[..., Any]


def test_the_tree_shows_components_resources_and_the_options_that_matter(platformctl: Run) -> None:
    ran = platformctl("preview", "sample", "--all")
    assert ran.code == 0, ran.err
    assert ran.err.startswith("Previewing sample")
    for line in (
        "├── + models  ObjectStorage.Bucket  provider cloud\n└── + net  Network\n    ├── + net-group  Core.NetworkSecurityGroup",
        "net-vcn  Core.Vcn  protected",
        "net-subnet  Core.Subnet  ignores changes of displayName; replaced when dnsLabel changes; timeouts create 30m",
        "net-rule-0  Core.NetworkSecurityGroupSecurityRule  deleted with net-group",
        "models: $0.0255 a GB-month (Object Storage), by what is used",
        "  once net-vcn (Core.Vcn) is created:\n    vcnId  of net-group, net-subnet",
        "sample: 8 to create; no policies were checked. Nothing was changed, and no cloud was asked.",
    ):
        assert line in ran.out, line


def test_one_screen_comes_first_and_names_what_there_is_more(platformctl: Run) -> None:
    ran = platformctl("preview", "sample")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0] == "sample: 8 to create; no policies were checked; $0 a month"
    assert "network  10.1.0.0/16; 1 subnet, public: net-subnet; 2 rules in 1 security group" in [line.rstrip() for line in lines], ran.out
    assert len(lines) < 10
    assert lines[-1].startswith("Nothing was changed, and no cloud was asked. 4 inputs are known only once the update runs.")


def test_json_has_each_resource_with_options_and_dependencies(platformctl: Run) -> None:
    plan = platformctl("preview", "sample", "--json").document
    assert plan["counts"] == {"create": 8}
    resources = {resource["name"]: resource for resource in plan["resources"]}
    subnet, vcn = resources["net-subnet"], resources["net-vcn"]
    assert vcn["options"]["protect"] is True
    assert vcn["parent"] == resources["net"]["urn"]
    assert subnet["inputs"]["cidrBlock"] == "10.1.0.0/24"
    assert subnet["options"]["ignoreChanges"] == ["displayName"]
    assert subnet["options"]["customTimeouts"] == {"create": "30m"}
    assert subnet["propertyDependencies"]["vcnId"] == [vcn["urn"]]
    assert subnet["unknown"] == ["vcnId"]
    assert subnet["declared"].startswith("__main__.py:")
    assert resources["models"]["dependencies"] == sorted([subnet["urn"]])
    assert resources["net-rule-0"]["options"]["deletedWith"] == resources["net-group"]["urn"]
    assert plan["cost"]["currency"] == "USD"
    assert [section["title"] for section in plan["overview"]["sections"]] == ["network", "storage"]
    waiting = {group["until"]: [entry["path"] for entry in group["inputs"]] for group in plan["unknown"]}
    assert waiting["net-vcn (Core.Vcn) is created"] == ["vcnId", "vcnId"]


def test_two_previews_say_the_same(platformctl: Run) -> None:
    first, second = (platformctl("preview", "sample", "--json").document for _ in range(2))
    assert {**first, "seconds": 0} == {**second, "seconds": 0}


def test_a_refused_plan_says_every_problem_and_its_place(platformctl: Run, stack: Callable[..., str]) -> None:
    file = stack(mistake="plan")
    ran = platformctl("preview", file)
    assert ran.code == 2
    assert ran.err.splitlines()[-2:] == [
        f"{file}:1: cidr: 10.1.0.0/33 is no CIDR block",
        f"{file}:1: rules: is -1, but must be at least 0",
    ]
    assert "Traceback" not in ran.err


def test_a_value_of_the_wrong_type_is_the_stack_files_mistake(platformctl: Run, stack: Callable[..., str]) -> None:
    file = stack(rules="many")
    line = next(at for at, text in enumerate(Path(file).read_text().splitlines(), 1) if "sample:rules" in text)
    ran = platformctl("preview", file)
    assert ran.code == 2
    assert f"{file}:{line}: Stack 'changed' with configuration key 'sample:rules' must be of type 'integer'" in ran.err


def test_a_bug_in_the_program_is_shown_with_its_traceback(platformctl: Run, stack: Callable[..., str]) -> None:
    ran = platformctl("preview", stack(mistake="bug"))
    assert ran.code == 1
    assert "preview failed: KeyError: 'a bug in the program'" in ran.err
    assert '__main__.py", line' in ran.err
    assert "runpy" not in ran.err


def test_a_bug_in_an_apply_ends_the_command_too(platformctl: Run, stack: Callable[..., str]) -> None:
    ran = platformctl("preview", stack(mistake="apply"))
    assert ran.code == 1
    assert "invalid literal for int() with base 10: 'known'" in ran.err


def test_what_a_provider_refuses_is_said_with_resource_and_property(platformctl: Run, stack: Callable[..., str]) -> None:
    ran = platformctl("preview", stack(mistake="check"))
    assert ran.code == 1
    assert "oci:ObjectStorage/bucket:Bucket models" in ran.err
    assert "accessType" in ran.err


@pytest.mark.parametrize(("given", "words"), [("smaple", "Did you mean sample?"), ("./Pulumi.gone.yaml", "no such stack file")])
def test_a_stack_that_is_not_there_is_wrong_input(platformctl: Run, given: str, words: str) -> None:
    ran = platformctl("preview", given)
    assert ran.code == 2
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_a_program_that_is_named_by_no_argument_is_a_usage_error(platformctl: Run) -> None:
    assert platformctl("preview").code == 2
