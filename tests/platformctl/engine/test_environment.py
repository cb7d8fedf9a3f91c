"""A rehearsal's processes see nothing that opens a door to a real cloud."""

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from platformctl.engine import environment

FOLDER = Path("/nowhere/rehearsal-1")

NAMES = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ_", min_size=1, max_size=12)
PREFIXES = st.sampled_from(["OCI_", "TF_VAR_", "AWS_", "ARM_", "GOOGLE_", "PULUMI_", "KUBE", "GITHUB_", "AZURE_", "SSH_", ""])


@given(given=st.dictionaries(st.builds(str.__add__, PREFIXES, NAMES), st.just("a real secret")))
def test_no_value_of_the_caller_gets_in_but_those_that_are_named(given: dict[str, str]) -> None:
    seen = environment.private(given, FOLDER, "file:///nowhere/state")
    assert {name for name, value in seen.items() if value == "a real secret"} <= set(environment.KEPT)


def test_no_variable_that_is_kept_can_hold_a_credential() -> None:
    risky = ("OCI", "AWS", "TF_VAR", "PULUMI", "TOKEN", "SECRET", "KEY", "PASS", "KUBE", "HOME")
    assert not [name for name in environment.KEPT if any(word in name for word in risky)]


def test_homes_and_configurations_lie_in_the_folder() -> None:
    seen = environment.private({"HOME": "/root", "KUBECONFIG": "/root/.kube/config"}, FOLDER, "file:///nowhere/state")
    for name in ("HOME", "KUBECONFIG", "OCI_CLI_CONFIG_FILE", "PULUMI_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "SIMULATOR_STATE"):
        assert seen[name].startswith(str(FOLDER)), name


def test_a_poisoned_backend_is_not_passed_on() -> None:
    seen = environment.private({"PULUMI_BACKEND_URL": "s3://real-state", "PULUMI_ACCESS_TOKEN": "pul-real"}, FOLDER, "file:///mine")
    assert seen["PULUMI_BACKEND_URL"] == "file:///mine"
    assert "PULUMI_ACCESS_TOKEN" not in seen


def test_this_process_wears_the_environment_and_takes_it_off_again() -> None:
    before = dict(os.environ)
    with environment.worn({"ONLY": "this"}):
        assert dict(os.environ) == {"ONLY": "this"}
    assert dict(os.environ) == before
