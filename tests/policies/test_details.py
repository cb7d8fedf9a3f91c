"""Limits of single rules, tried on both sides: what is just allowed passes, one more does not."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from infra.pricing import BOOK, HOURS_PER_MONTH, estimate
from policies import node_pools, pods
from policies.configuration import plain
from policies.node_pools import NODE_POOL
from policies.registry import BY_NAME, RULES
from policies.rule import Config, Declared, Rule, Violation
from policies.rules.reliability import one_domain, replacement, timeouts
from policies.rules.security import helm_secrets, host_access, iam_statements, image_pinned, open_ingress, required_tags
from policies.rules.spend import (
    autoscaler_bounds,
    boot_volume_size,
    budget,
    capacity_reservation,
    gpu_models,
    gpu_pool_size,
    gpu_quota,
    gpu_total,
    price_book_age,
    stack_cost,
)
from policies.subject import Options, Resource, Stack
from testkit import policy_cases
from testkit.policy_cases import TODAY

POOL = "oci:ContainerEngine/nodePool:NodePool"
AUTOSCALED = Options(ignore_changes=("nodeConfigDetails.size",))


def config(rule: Rule, today: Any = TODAY, **settings: Any) -> Config:
    return Config({**rule.defaults, **settings}, today)


def resource(type_: str = "oci:a/b:C", options: Options = AUTOSCALED, **inputs: Any) -> Resource:
    return Resource(type=type_, name="it", urn="urn:it", inputs=inputs, options=options)


def compliant(name: str, change: dict[str, Any] | None = None) -> Resource:
    """A resource of the compliant stack, changed."""
    entry = next(entry for entry in policy_cases.entries() if entry["name"] == name)
    return policy_cases.resource({**entry, "inputs": policy_cases.merged(entry["inputs"], change or {})})


def check(module: ModuleType, item: Resource, **settings: Any) -> list[str]:
    found: Iterable[Violation] = module.check(item, config(module.RULE, **settings))
    return [violation.message for violation in found]


@pytest.mark.parametrize(("days", "said"), [(30, []), (31, ["holds until"])])
def test_an_acknowledgement_may_last_to_the_day(days: int, said: list[str]) -> None:
    entry = f"{TODAY + timedelta(days=days)} oci:Core/vcn:Vcn/network"
    found = check(replacement, resource("pulumi:pulumi:Stack"), days=30, acknowledged=[entry])
    assert [words in message for words, message in zip(said, found, strict=True)] == [True] * len(said)


def check_stack(module: ModuleType, items: Iterable[Resource], **settings: Any) -> list[str]:
    return [violation.message for violation in module.check_stack(Stack(list(items)), config(module.RULE, **settings))]


DRIVERS = ("gpu-operator", "kube-system", "network-operator", "node-feature-discovery", "monitoring", "oci-onm")


def test_every_setting_at_its_strictest() -> None:
    """What holds where nothing is configured. A change here is a change of policy."""
    assert {rule.name: plain(rule.defaults) for rule in RULES if rule.settings} == {
        "policy-configuration": {"environment": "prod"},
        "policy-exceptions": {"days": 180},
        "boot-volume-size": {"gb": 500},
        "budget": {"required": True, "monthlyUsd": 0},
        "capacity-reservation": {"days": 90},
        "gpu-demand": {"gpus": 0},
        "gpu-models": {"shapes": {}, "environment": "prod", "models": ()},
        "gpu-pool-size": {"shapes": {}, "gpus": {}},
        "gpu-quota": {"shapes": {}, "required": True, "gpus": {}, "availabilityDomains": 3},
        "gpu-total": {"shapes": {}, "gpus": {}},
        "preemptible": {"shapes": {}, "wanted": True},
        "price-book-age": {"days": 180},
        "priced": {"shapes": {}},
        "scale-to-zero": {"shapes": {}, "required": True},
        "stack-cost": {"shapes": {}, "monthlyUsd": 0, "billed": True},
        "storage-class": {"vpus": 20},
        "api-endpoint": {"public": False},
        "bucket-access": {"ownKey": True},
        "host-access": {"namespaces": DRIVERS},
        "iam-statements": {"statements": ()},
        "known-kinds": {"kinds": ()},
        "known-packages": {"packages": ("kubernetes", "oci", "pulumi", "random")},
        "image-verification": {"required": True},
        "open-ingress": {"ports": ("80", "443")},
        "open-services": {"ports": ("80", "443")},
        "privileged-namespace": {"privileged": DRIVERS},
        "production-protected": {"required": True},
        "required-tags": {"tags": ("team",)},
        "secrets-key": {"required": True},
        "volume-encryption": {"shapes": {}, "ownKey": True},
        "wildcard-roles": {"administrators": ()},
        "one-domain": {"domains": 3},
        "replacement": {"acknowledged": (), "days": 30},
    }  # fmt: skip


DEV, PROD = Declared(environment="dev", gpus={"A10": 1, "H100": 8}), Declared(environment="prod", gpus={"A10": 1, "H100": 8})


@pytest.mark.parametrize(
    ("rule", "setting", "dev", "prod"),
    [
        ("preemptible", "wanted", True, False), ("scale-to-zero", "required", True, False), ("bucket-access", "ownKey", False, False),
        ("image-verification", "required", False, True), ("production-protected", "required", False, True),
        ("secrets-key", "required", False, True), ("volume-encryption", "ownKey", False, False), ("one-domain", "domains", 0, 3),
        ("gpu-models", "models", ("A10",), ("A10", "H100")), ("gpu-quota", "availabilityDomains", 3, 3), ("budget", "required", True, True),
    ],
)  # fmt: skip
def test_what_development_and_production_ask_for(rule: str, setting: str, dev: Any, prod: Any) -> None:
    found = next(item for item in BY_NAME[rule].settings if item.name == setting)
    assert (found.value(DEV), found.value(PROD)) == (dev, prod)


def test_a_quota_is_asked_for_only_of_the_stack_that_owns_the_guardrails_and_makes_quotas() -> None:
    setting = next(item for item in gpu_quota.RULE.settings if item.name == "required")
    asked = [setting.value(Declared(guardrails=owns, quota=makes)) for owns in (True, False) for makes in (True, False)]
    assert asked == [True, False, False, False]


def test_a_defined_tag_is_looked_for_among_the_defined_ones() -> None:
    asked = {"tags": ("team", "Operations.CostCenter")}
    assert check(required_tags, compliant("storage-models", {"definedTags": {"Operations.CostCenter": "42"}}), **asked) == []
    (found,) = check(required_tags, compliant("storage-models", {"freeformTags": {"Operations.CostCenter": "42"}}), **asked)
    assert found.startswith("definedTags.Operations.CostCenter is missing: put it into the stack file's definedTags")


def test_a_pool_as_large_as_its_cap_passes() -> None:
    pool = compliant("pool-h100-ad1")
    assert check(gpu_pool_size, pool, gpus={"H100": 16}) == []
    assert len(check(gpu_pool_size, pool, gpus={"H100": 15})) == 1
    assert len(check(gpu_pool_size, pool, gpus={})) == 1


def test_a_sum_as_large_as_its_cap_passes() -> None:
    assert gpu_total.judge("A10", Decimal(12), config(gpu_total.RULE, gpus={"A10": 12})) is None
    assert gpu_total.judge("A10", Decimal(13), config(gpu_total.RULE, gpus={"A10": 12})) is not None
    assert gpu_total.judge("A10", Decimal(0), config(gpu_total.RULE, gpus={})) is None
    assert gpu_total.judge("A10", Decimal(1), config(gpu_total.RULE, gpus={})) is not None
    assert gpu_total.amounts(compliant("pool-system"), config(gpu_total.RULE)) == {}


def test_a_pool_without_gpus_has_no_model_to_allow() -> None:
    assert check(gpu_models, compliant("pool-system")) == []


def test_a_sum_of_money_as_large_as_its_limit_passes() -> None:
    limited = config(stack_cost.RULE, monthlyUsd=730)
    assert stack_cost.judge("", Decimal(1), limited) is None
    message = stack_cost.judge("", Decimal("1.01"), limited)
    assert message == (
        "the stack may cost 1.01 USD an hour, 737 USD a month, at the autoscaler's maximum, but 730 are allowed: "
        "lower a pool's maxSize, or raise spend.monthlyUsd"
    )
    assert stack_cost.judge("", Decimal(0), config(stack_cost.RULE)) is None
    assert "no limit is declared" in str(stack_cost.judge("", Decimal(1), config(stack_cost.RULE)))


def test_the_cost_of_a_pool_is_that_of_its_most_nodes() -> None:
    for name, nodes in (("pool-a10-ad1", 4), ("pool-h100-ad1", 2), ("pool-system", 3)):
        pool = compliant(name)
        (line,) = estimate([pool]).lines
        assert stack_cost.amounts(pool, config(stack_cost.RULE)) == {stack_cost.HOURLY: line.unit_hourly * nodes}
    started = compliant("pool-a10-ad1", {"nodeConfigDetails": {"size": 9}})
    (line,) = estimate([started]).lines
    assert stack_cost.amounts(started, config(stack_cost.RULE)) == {stack_cost.HOURLY: line.unit_hourly * 9}, "no smaller than it starts"
    assert HOURS_PER_MONTH == 730


def test_the_cost_of_what_is_no_pool_is_counted_once_and_what_is_free_not_at_all() -> None:
    cluster = compliant("cluster")
    (line,) = estimate([cluster]).lines
    assert stack_cost.amounts(cluster, config(stack_cost.RULE)) == {stack_cost.HOURLY: line.unit_hourly}
    assert stack_cost.amounts(compliant("network-workers"), config(stack_cost.RULE)) == {}


def test_a_pool_may_start_with_its_maximum_and_keep_it() -> None:
    pool = compliant("pool-a10-ad1", {"nodeConfigDetails": {"size": 4}, "freeformTags": {"autoscaler-min": "4"}})
    assert check(autoscaler_bounds, pool) == []
    assert check(autoscaler_bounds, compliant("pool-system")) == []


def test_a_boot_volume_as_large_as_its_limit_passes() -> None:
    pool = compliant("pool-system", {"nodeSourceDetails": {"bootVolumeSizeInGbs": "500"}})
    assert check(boot_volume_size, pool) == []


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, False), (1, False), (90, False), (91, True)])
def test_a_reservation_ends_today_or_within_its_limit(days: int, refused: bool) -> None:
    item = resource(freeformTags={"expires": (TODAY + timedelta(days=days)).isoformat()})
    assert bool(check(capacity_reservation, item)) is refused


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, False), (1, False), (180, False), (181, True)])
def test_prices_are_of_today_or_within_their_limit(days: int, refused: bool) -> None:
    assert bool(check(price_book_age, resource(), today=BOOK.as_of + timedelta(days=days))) is refused


def test_a_budget_as_large_as_the_limit_passes() -> None:
    items = [compliant(name) for name in ("guardrails-budget", "guardrails-actual-100", "guardrails-forecast-100")]
    assert check_stack(budget, items, monthlyUsd=200000) == []
    assert len(check_stack(budget, items, monthlyUsd=199999)) == 1
    assert check_stack(budget, [], required=False) == []


ZERO = "zero compute-core quotas /gpu*/ in compartment gpu"


@pytest.mark.parametrize(
    ("statement", "allowed", "refused"),
    [
        ("set compute-core quota gpu-a10-count to 4 in compartment gpu", 12, False),
        ("set compute-core quota gpu-a10-count to 4 in compartment gpu", 11, True),
        ("set compute-core quota gpu-a10-count to 4 in compartment gpu where request.ad = 'x'", 4, False),
        ("set compute-core quota gpu-a10-count to 4 in compartment gpu where request.ad = 'x'", 3, True),
        ("set compute-core quota gpu-a10-count to 0 in tenancy", 0, False),
        ("set compute-core quota gpu-a10-count to 1 in compartment  GPU", 3, False),
        ("set compute-core quota standard-e5-core-count to 900 in compartment gpu", 0, False),
        ("unset compute-core quota gpu-a10-count in compartment gpu", 12, True),
        ("zero compute-core quota gpu-a10-count in compartment gpu", 0, False),
    ],
)
def test_a_quota_is_counted_over_the_availability_domains(statement: str, allowed: int, refused: bool) -> None:
    quota = resource(gpu_quota.QUOTA, statements=[ZERO, statement])
    assert bool(check_stack(gpu_quota, [quota], gpus={"A10": allowed})) is refused


@pytest.mark.parametrize(
    ("zero", "caps", "home", "said"),
    [
        (
            "compartment gpu",
            "compartment lab",
            None,
            "guard compartment gpu and compartment lab, so what is set in one is not zeroed there",
        ),
        ("compartment id ocid1.compartment.oc1..a", "compartment ocid1.compartment.oc1..A", "ocid1.compartment.oc1..a", None),
        (
            "compartment id ocid1.compartment.oc1..a",
            "tenancy",
            "ocid1.compartment.oc1..b",
            "do not guard ocid1.compartment.oc1..b, where it is",
        ),
        ("compartment id ocid1.tenancy.oc1..a", "tenancy", "ocid1.compartment.oc1..b", None),
        ("compartment gpu", "compartment gpu", "ocid1.compartment.oc1..b", None),
    ],
)
def test_quotas_guard_one_place_where_the_pools_are(zero: str, caps: str, home: str | None, said: str | None) -> None:
    statements = [f"zero compute-core quotas /gpu*/ in {zero}", f"set compute-core quota gpu-a10-count to 1 in {caps}"]
    pool = resource(NODE_POOL, compartmentId=home)
    found = check_stack(gpu_quota, [resource(gpu_quota.QUOTA, statements=statements), pool], gpus={"A10": 3})
    assert [said is not None and said in message for message in found] == ([] if said is None else [True])


@pytest.mark.parametrize(("count", "refused"), [(0, False), (1, True)])
def test_a_model_that_the_stack_file_does_not_name_may_have_no_quota(count: int, refused: bool) -> None:
    statement = f"set compute-core quota gpu-b200-count to {count} in compartment gpu where request.ad = 'x'"
    assert bool(check_stack(gpu_quota, [resource(gpu_quota.QUOTA, statements=[ZERO, statement])], gpus={})) is refused


def test_quotas_of_one_name_are_added_up() -> None:
    one = "set compute-core quota gpu-a10-count to 2 in compartment gpu where request.ad = '%s'"
    quota = resource(gpu_quota.QUOTA, statements=[ZERO, one % "x", one % "y"])
    assert check_stack(gpu_quota, [quota], gpus={"A10": 4}) == []
    assert len(check_stack(gpu_quota, [quota], gpus={"A10": 3})) == 1


@pytest.mark.parametrize(
    ("quota", "model"),
    [
        ("gpu-a10-count", "A10"), ("GPU-A10-COUNT", "A10"), ("gpu-h100-reserved-count", "H100"), ("gpu-l40s-count", "L40S"),
        ("gpu3-count", "V100"), ("gpu-rtx-pro-6000-count", "RTX PRO 6000"), ("gpu-x-count", None), ("standard-count", None),
    ],
)  # fmt: skip
def test_a_quota_is_known_by_the_model_it_counts(quota: str, model: str | None) -> None:
    assert gpu_quota.model_of(quota) == model


def test_a_single_domain_is_asked_for_nowhere() -> None:
    pool = compliant("pool-system", {"nodeConfigDetails": {"placementConfigs": [{"availabilityDomain": "AD-1"}]}})
    assert check_stack(one_domain, [pool], domains=1) == check_stack(one_domain, [pool], domains=0) == []
    assert len(check_stack(one_domain, [pool], domains=2)) == 1
    assert check_stack(one_domain, [compliant("pool-system")], domains=3) == []
    nowhere = compliant("pool-system", {"nodeConfigDetails": {"placementConfigs": []}})
    assert check_stack(one_domain, [nowhere], domains=1) == []


@pytest.mark.parametrize(
    ("type_", "minutes"),
    [
        ("oci:ContainerEngine/addon:Addon", 20), ("oci:ContainerEngine/cluster:Cluster", 60), (POOL, 50),
        ("oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem", 60),
    ],
)  # fmt: skip
def test_a_timeout_as_long_as_oracle_takes_passes(type_: str, minutes: int) -> None:
    enough = Options(create_seconds=minutes * 60, delete_seconds=minutes * 60)
    assert check(timeouts, resource(type_, enough)) == []
    assert len(check(timeouts, resource(type_, replace(enough, create_seconds=minutes * 60 - 1)))) == 1
    assert len(check(timeouts, resource(type_, replace(enough, delete_seconds=minutes * 60 - 1)))) == 1


def test_a_release_has_a_timeout_of_its_own_or_of_its_resource() -> None:
    assert check(timeouts, resource(timeouts.RELEASE, Options(create_seconds=1))) == []
    assert check(timeouts, resource(timeouts.RELEASE, Options(), timeout=1)) == []
    assert len(check(timeouts, resource(timeouts.RELEASE, Options(), timeout=0))) == 1


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("spec", "containers", 0, "image"), True), (("containers", 0, "image"), True), (("initContainers", 2, "image"), True),
        (("containers", "image"), False), ((0, "image"), False), (("volumes", 0, "image"), False), (("containers", 0, "name"), False),
        (("a", "containers", "x", "image"), False),
    ],
)  # fmt: skip
def test_an_image_is_one_of_a_container(path: tuple[str | int, ...], found: bool) -> None:
    assert pods.is_image(path) is found


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("a", None), ("a:", None), ("a:1", "1"), ("r:5000/a", None), ("r:5000/a:1", "1"), ("a@sha256:ab", "sha256:ab"),
        ("a:1@sha256:ab", "sha256:ab"),
        ("a@", None), ("r/b/c:2", "2"),
    ],
)  # fmt: skip
def test_the_tag_of_an_image(image: str, tag: str | None) -> None:
    assert image_pinned.tag_of(image) == tag


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("spec", "hostNetwork"), True), (("spec", "hostPID"), True), (("spec", "hostIPC"), True),
        (("spec", "containers", 0, "securityContext", "privileged"), True), (("securityContext", "allowPrivilegeEscalation"), True),
        (("spec", "volumes", 0, "hostPath"), True), (("spec", "hostPath"), True), (("spec", "local"), False),
        (("metadata", "labels", "privileged"), False),
        (("spec", "x"), False),
    ],
)  # fmt: skip
def test_what_opens_a_node(path: tuple[str | int, ...], found: bool) -> None:
    assert host_access.reaches_host(path, True) is found


def test_drivers_may_open_their_node_and_nobody_else() -> None:
    spec = {"hostNetwork": True, "volumes": [{"hostPath": {"path": "/"}}]}
    assert check(host_access, resource(metadata={"namespace": "gpu-operator"}, spec=spec)) == []
    assert len(check(host_access, resource(metadata={"namespace": "team"}, spec=spec))) == 2
    assert len(check(host_access, resource(metadata={}, spec=spec))) == 2
    assert len(check(host_access, resource(metadata={}, spec=spec), namespaces=["default"])) == 0


def ingress(source: str, **given: Any) -> list[str]:
    inputs = {"direction": "INGRESS", "protocol": "6", "source": source, "sourceType": "CIDR_BLOCK", **given}
    return check(open_ingress, resource(open_ingress.RULE_TYPE, **inputs))


@pytest.mark.parametrize(
    ("source", "internet"),
    [("0.0.0.0/0", True), ("11.0.0.0/8", True), ("11.0.0.0/15", True), ("11.0.0.0/16", False), ("203.0.113.0/24", False),
     ("10.0.0.0/8", False), ("10.0.0.0/7", True), ("172.16.0.0/12", False), ("100.64.0.0/10", False), ("192.168.0.0/16", False),
     ("::/0", True), ("2001:db0::/31", True), ("2001:db8::/32", False), ("fc00::/7", False), ("fd00::/8", False), ("fc00::/6", True)],
)  # fmt: skip
def test_how_wide_the_internet_is(source: str, internet: bool) -> None:
    assert bool(ingress(source)) is internet


@pytest.mark.parametrize(
    ("ports", "refused"),
    [
        ({"min": 80, "max": 80}, False), ({"min": 443, "max": 443}, False), ({"min": 80, "max": 443}, True), ({"min": 443}, True),
        ({"max": 443}, True), ({}, True), ({"min": 22, "max": 22}, True),
    ],
)  # fmt: skip
def test_which_ports_the_internet_may_reach(ports: dict[str, int], refused: bool) -> None:
    assert bool(ingress("0.0.0.0/0", tcpOptions={"destinationPortRange": ports})) is refused


def test_a_block_may_have_host_bits_and_no_type() -> None:
    assert ingress("10.1.2.3/16") == []
    assert bool(ingress("10.1.2.3/0"))
    assert len(check(open_ingress, resource(open_ingress.RULE_TYPE, direction="INGRESS", protocol="6", source="0.0.0.0/0"))) == 1


@pytest.mark.parametrize(("kind", "code", "refused"), [(3, 4, False), (3, 0, True), (8, 4, True)])
def test_which_icmp_the_internet_may_send(kind: int, code: int, refused: bool) -> None:
    assert bool(ingress("0.0.0.0/0", protocol="1", icmpOptions={"type": kind, "code": code})) is refused


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"password": "x"}, True), ({"password": ""}, False), ({"password": True}, False), ({"passwordFile": "/run/x"}, False),
        ({"existingSecret": "grafana"}, False), ({"secretName": "grafana"}, False), ({"adminSecret": "grafana-admin"}, False),
        ({"adminSecret": "Grafana Admin!"}, True), ({"clientSecret": "abc"}, True), ({"existingClientSecret": "x"}, False),
        ({"api-key": "x"}, True), ({"openaiApiKey": "x"}, True), ({"keys": ["x"]}, False), ({"tokens": {"token": 5}}, True),
        ({"list": [{"token": "x"}]}, True), ({"tokens": ["a"]}, False), ({"token": ["a"]}, True), ({"tokenTtl": 5}, False),
        ({"description": "AKIAABCDEFGHIJKLMNOP"}, True), ({"none": None}, False),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret(values: dict[str, Any], refused: bool) -> None:
    assert bool(check(helm_secrets, resource(values=values))) is refused


def test_a_chart_without_values_has_no_secret() -> None:
    assert check(helm_secrets, resource()) == []


def of(name: str) -> Callable[[Resource, Config], Iterable[Violation]]:
    found = BY_NAME[name].check
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["bucket-access", "volume-encryption", "image-verification", "secrets-key", "production-protected"])
def test_what_is_not_asked_for_is_not_missed(name: str) -> None:
    by_type = {"bucket-access": "storage-models", "volume-encryption": "pool-system", "production-protected": "storage-models"}
    item = compliant(by_type.get(name, "cluster"))
    off = config(BY_NAME[name], required=False, ownKey=False)
    stripped = replace(item, inputs={key: value for key, value in item.inputs.items() if key != "kmsKeyId"}, options=Options())
    assert list(of(name)(stripped, off)) == []


@pytest.mark.parametrize(
    "text",
    [
        start + again * 20_000 + "!"
        for start, again in (("allow ", " "), ("allow a to ", "{ to "), ("allow a to use ", "x in "), ("allow ", "a to "))
    ],
)
def test_no_statement_takes_long_to_read(text: str) -> None:
    """A rule that hangs holds the whole preview up."""
    began = time.perf_counter()
    iam_statements.too_wide(text)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("nodeConfigDetails.size", True), ("nodeConfigDetails", True), ("*", True), ("nodeConfigDetails.*", True), ("", True),
        ('["nodeConfigDetails"].size', True), ('nodeConfigDetails["size"]', True), ("nodeConfigDetails.size.x", True),
        ("nodeConfigDetails.placementConfigs", False), ("freeformTags", False), ("size", False), ("nodeConfigDetail.size", False),
    ],
)  # fmt: skip
def test_which_paths_leave_the_size_alone(path: str, ignored: bool) -> None:
    assert node_pools.ignores_size(resource(POOL, options=Options(ignore_changes=("freeformTags.team", path)))) is ignored
