"""The budget warns in time, the quotas hold, and neither knows of the cluster."""

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs

from infra.oci import oci
from infra.oke.spend.guardrails import BudgetPlanError, Guardrails, GuardrailsArgs, QuotaArgs, budget
from infra.oke.spend.quotas import GpuCap, QuotaPlanError, quota_statements

TENANCY = "ocid1.tenancy.oc1..tenancy01"
HERE = "ocid1.compartment.oc1..platform01"
DOMAINS = ["bzBe:EU-FRANKFURT-1-AD-1", "bzBe:EU-FRANKFURT-1-AD-2"]
CAPS = (GpuCap(quota="gpu-a10-count", gpus=3),)


def home() -> oci.Provider:
    return oci.Provider("oci-home", region="eu-amsterdam-1")


def test_every_threshold_alerts_for_what_was_spent_and_for_what_is_forecast() -> None:
    plan = budget(6000, ["b@example.org", "a@example.org", "b@example.org"], [100, 50, 50])
    assert plan.recipients == "b@example.org,a@example.org"
    assert [(alert.kind, alert.percent) for alert in plan.alerts] == [("ACTUAL", 50), ("ACTUAL", 100), ("FORECAST", 50), ("FORECAST", 100)]


@pytest.mark.parametrize(("monthly", "recipients", "thresholds", "message"), [
    (0, ["a@example.org"], [50], r"spend\.monthlyUsd: is 0, but a budget must be at least 1"),
    (1, [], [50], r"guardrails\.recipients: needs at least 1 mail address"),
    (1, ["a@example.org,b@example.org"], [50], r"guardrails\.recipients\.0: 'a@example\.org,b@example\.org' is not one mail address"),
    (1, ["a@example.org", "nobody"], [50], r"guardrails\.recipients\.1: 'nobody' is not one mail address"),
    (1, ["a@example.org"], [], r"guardrails\.thresholds: needs at least 1 percentage"),
    (1, ["a@example.org"], [0], r"guardrails\.thresholds: 0 is not allowed; allowed: 1 to 10000 percent"),
    (1, ["a@example.org"], [10001], r"10001 is not allowed"),
])  # fmt: skip
def test_a_budget_that_cannot_warn_is_refused(monthly: int, recipients: list[str], thresholds: list[int], message: str) -> None:
    with pytest.raises(BudgetPlanError, match=message):
        budget(monthly, recipients, thresholds)


def test_all_mistakes_of_a_budget_are_reported_at_once() -> None:
    with pytest.raises(BudgetPlanError) as refusal:
        budget(0, ["nobody"], [0])
    assert len(refusal.value.problems) == 3


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_the_budget_watches_the_compartment_from_the_tenancys_root(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    plan = budget(6000, ["gpu-owners@example.org"], [80])
    guardrails = Guardrails("guardrails", GuardrailsArgs(prefix="lab", tenancy_id=TENANCY, compartment_id=HERE, home=home(), budget=plan))

    def verify(_: object) -> None:
        assert made["guardrails-budget"].inputs == {
            "compartmentId": TENANCY,
            "displayName": "lab",
            "description": "Monthly spending of lab",
            "amount": 6000,
            "resetPeriod": "MONTHLY",
            "processingPeriodType": "MONTH",
            "targetType": "COMPARTMENT",
            "targets": [HERE],
        }
        assert made["guardrails-forecast-80"].inputs == {
            "budgetId": "guardrails-budget-id",
            "displayName": "lab-forecast-80",
            "type": "FORECAST",
            "threshold": 80,
            "thresholdType": "PERCENTAGE",
            "recipients": "gpu-owners@example.org",
            "message": "lab is on course to spend 80 % of its monthly budget of 6000. Nothing was stopped: running nodes go on costing.",
        }
        assert made["guardrails-actual-80"].inputs["type"] == "ACTUAL"
        assert {str(args.provider).rsplit("::", 2)[1] for args in made.values() if args.typ.startswith("oci:")} == {"oci-home"}
        assert (guardrails.resources.quota, guardrails.resources.topic) == (None, None)

    return pulumi.Output.all(*[alert.urn for alert in guardrails.resources.alerts]).apply(verify)


@pytest.mark.parametrize("later", [False, True], ids=["names from the stack file", "names looked up"])
def test_the_quota_names_each_domain_whenever_the_names_are_known(made: dict[str, MockResourceArgs], later: bool) -> None:
    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def run() -> pulumi.Output[None]:
        domains = pulumi.Output.from_input(DOMAINS) if later else DOMAINS
        quota = QuotaArgs(caps=CAPS, compartment_path="platform:gpu-ci", domains=domains)
        args = GuardrailsArgs(prefix="lab", tenancy_id=TENANCY, compartment_id=HERE, home=home(), quota=quota)
        guardrails = Guardrails("guardrails", args)
        assert guardrails.resources.quota is not None

        def verify(_: object) -> None:
            inputs = made["guardrails-gpus"].inputs
            assert inputs["statements"] == list(quota_statements(CAPS, "platform:gpu-ci", DOMAINS))
            assert (inputs["compartmentId"], inputs["name"]) == (TENANCY, "lab-gpus")

        return guardrails.resources.quota.urn.apply(verify)

    run()


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_every_recipient_subscribes_to_the_topic(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    plan = budget(10, ["a@example.org", "b@example.org"])
    args = GuardrailsArgs(prefix="lab", tenancy_id=TENANCY, compartment_id=HERE, home=home(), budget=plan, topic=True)
    guardrails = Guardrails("guardrails", args)

    def verify(_: object) -> None:
        endpoints = [args.inputs["endpoint"] for args in made.values() if args.typ == "oci:Ons/subscription:Subscription"]
        assert sorted(endpoints) == ["a@example.org", "b@example.org"]

    return pulumi.Output.all(*[subscription.urn for subscription in guardrails.resources.subscriptions]).apply(verify)


def test_a_quota_that_cannot_be_is_refused_before_anything_is_made(made: dict[str, MockResourceArgs]) -> None:
    quota = QuotaArgs(caps=(GpuCap(quota="gpu-a1O-count", gpus=1),), compartment_path="ci", domains=DOMAINS)
    with pytest.raises(QuotaPlanError, match="is not a GPU quota known here"):
        Guardrails("guardrails", GuardrailsArgs(prefix="lab", tenancy_id=TENANCY, compartment_id=HERE, home=home(), quota=quota))
    assert "guardrails" not in made
