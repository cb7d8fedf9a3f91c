"""Two explicit providers, and never a key among their inputs."""

import inspect

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs

from infra.oke.providers import AUTH_METHODS, Authentication, ProviderPlanError, check, providers


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_both_providers_say_where_they_are_and_leave_oracles_own_tags_alone(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    pair = providers("eu-frankfurt-1", "eu-amsterdam-1", Authentication(method="SecurityToken", profile="LAB", retry_seconds=600))

    def verify(_: object) -> None:
        expected = {
            "auth": "SecurityToken",
            "configFileProfile": "LAB",
            "retryDurationSeconds": "600",
            "ignoreDefinedTags": '["Oracle-Tags.CreatedBy", "Oracle-Tags.CreatedOn"]',
        }
        assert made["oci"].inputs == {**expected, "region": "eu-frankfurt-1"}
        assert made["oci-home"].inputs == {**expected, "region": "eu-amsterdam-1"}

    return pulumi.Output.all(pair.region.urn, pair.home.urn).apply(verify)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_the_home_region_keeps_its_provider_where_it_is_the_clusters_own(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    pair = providers("eu-frankfurt-1", "eu-frankfurt-1")

    def verify(_: object) -> None:
        assert list(made) == ["oci", "oci-home"]
        assert set(made["oci"].inputs) == {"region", "ignoreDefinedTags"}

    return pulumi.Output.all(pair.region.urn, pair.home.urn).apply(verify)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_what_the_tenancy_puts_on_is_left_alone_beside_oracles_own(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    pair = providers("eu-frankfurt-1", "eu-frankfurt-1", ignore_defined_tags=("Finance.Owner", "Oracle-Tags.CreatedBy"))

    def verify(_: object) -> None:
        ignored = '["Oracle-Tags.CreatedBy", "Oracle-Tags.CreatedOn", "Finance.Owner"]'
        assert [made[each].inputs["ignoreDefinedTags"] for each in ("oci", "oci-home")] == [ignored, ignored]

    return pulumi.Output.all(pair.region.urn, pair.home.urn).apply(verify)


def test_no_setting_can_carry_a_key() -> None:
    assert set(inspect.signature(Authentication).parameters) == {"method", "profile", "retry_seconds"}


@pytest.mark.parametrize("method", AUTH_METHODS)
def test_every_method_stands_by_itself(method: str) -> None:
    check(Authentication(method=method))


@pytest.mark.parametrize(("authentication", "message"), [
    (Authentication(method="apikey"), r"auth\.method: 'apikey' is not known; choose one of ApiKey, InstancePrincipal"),
    (Authentication(method="InstancePrincipal", profile="LAB"), r"auth\.profile: 'LAB' is not used by InstancePrincipal, .* leave it out"),
    (Authentication(retry_seconds=10), r"auth\.retrySeconds: is 10, but must be at least 60"),
])  # fmt: skip
def test_settings_that_contradict_each_other_are_refused(authentication: Authentication, message: str) -> None:
    with pytest.raises(ProviderPlanError, match=message):
        check(authentication)


def test_the_methods_are_those_of_the_sdk() -> None:
    text = inspect.getdoc(inspect.unwrap(__import__("pulumi_oci.provider").ProviderArgs.__init__)) or ""
    line = next(line for line in text.splitlines() if "type of auth" in line)
    assert {word for word in line.split("'") if word.isalpha()} == set(AUTH_METHODS)
