"""The quotas of a region never add up to more than the cap, though each availability domain counts for itself."""

import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.oke.spend.quotas import (
    KNOWN,
    PUBLISHED,
    GpuCap,
    QuotaPlanError,
    check,
    check_place,
    effective,
    quota_statements,
    spread,
    total,
)

DOMAINS = ("bzBe:EU-FRANKFURT-1-AD-1", "bzBe:EU-FRANKFURT-1-AD-2", "bzBe:EU-FRANKFURT-1-AD-3")


def test_four_a10_in_a_region_of_three_domains_are_four_and_not_twelve() -> None:
    assert quota_statements([GpuCap(quota="gpu-a10-count", gpus=4)], "platform:gpu-ci", DOMAINS) == (
        "zero compute-core quotas /gpu*/ in compartment platform:gpu-ci",
        "zero data-science quotas /ds-gpu*/ in compartment platform:gpu-ci",
        "set compute-core quota gpu-a10-count to 2 in compartment platform:gpu-ci where request.ad = 'bzBe:EU-FRANKFURT-1-AD-1'",
        "set compute-core quota gpu-a10-count to 1 in compartment platform:gpu-ci where request.ad = 'bzBe:EU-FRANKFURT-1-AD-2'",
        "set compute-core quota gpu-a10-count to 1 in compartment platform:gpu-ci where request.ad = 'bzBe:EU-FRANKFURT-1-AD-3'",
    )


def test_a_platform_without_gpus_gets_the_zeros_alone() -> None:
    assert quota_statements([], "ci", DOMAINS) == (
        "zero compute-core quotas /gpu*/ in compartment ci",
        "zero data-science quotas /ds-gpu*/ in compartment ci",
    )


def test_a_cap_of_zero_needs_no_statement_of_its_own() -> None:
    assert quota_statements([GpuCap(quota="gpu-a10-count", gpus=0)], "ci", DOMAINS) == quota_statements([], "ci", DOMAINS)


def test_machines_of_eight_gpus_are_not_cut_up() -> None:
    assert spread(GpuCap(quota="gpu-h100-count", gpus=20, gpus_per_node=8), DOMAINS) == dict(zip(DOMAINS, (8, 8, 0), strict=True))


def test_only_domains_with_pools_get_a_share() -> None:
    assert spread(GpuCap(quota="gpu-a10-count", gpus=4, domains=(3,)), DOMAINS) == {DOMAINS[2]: 4}


def test_pools_that_draw_from_reservations_are_capped_under_the_reservations_quota() -> None:
    *_, last = quota_statements([GpuCap(quota="gpu-a10-count", gpus=1, reserved=True)], "ci", DOMAINS)
    assert last == "set compute-core quota gpu-a10-reserved-count to 1 in compartment ci where request.ad = 'bzBe:EU-FRANKFURT-1-AD-1'"


def test_the_last_match_wins_as_oracle_reads_them() -> None:
    statements = [
        "set compute-core quota gpu-a10-count to 9 in compartment ci",
        "zero compute-core quotas /gpu*/ in compartment ci",
        "set compute-core quota gpu-a10-count to 2 in compartment ci where request.ad = 'x:R-AD-1'",
    ]
    assert effective(statements, "gpu-a10-count", "x:R-AD-1") == 2
    assert effective(statements, "gpu-a10-count", "x:R-AD-2") == 0
    assert effective(statements, "standard-e5-core-count", "x:R-AD-1") is None
    assert total(statements, ["x:R-AD-1", "x:R-AD-2"]) == {"gpu-a10-count": 2}


def test_a_statement_of_another_hand_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="not a statement written here: unset compute-core quota gpu-a10-count in tenancy"):
        effective(["unset compute-core quota gpu-a10-count in tenancy"], "gpu-a10-count", DOMAINS[0])


caps = st.lists(
    st.builds(
        GpuCap,
        quota=st.sampled_from(sorted(PUBLISHED)),
        gpus=st.integers(0, 200),
        gpus_per_node=st.sampled_from([1, 2, 4, 8]),
        domains=st.none() | st.sets(st.integers(1, 3), min_size=1).map(sorted).map(tuple),
        reserved=st.booleans(),
    ).filter(lambda cap: cap.gpus == 0 or cap.gpus >= cap.gpus_per_node),
    unique_by=lambda cap: cap.quota,
)


@given(caps)
def test_the_domains_together_never_get_more_than_the_cap_nor_lose_a_node_of_it(wanted: list[GpuCap]) -> None:
    statements = quota_statements(wanted, "ci", DOMAINS)
    for cap in wanted:
        shares = [effective(statements, cap.counted_as, domain) or 0 for domain in DOMAINS]
        assert sum(shares) == cap.gpus - cap.gpus % cap.gpus_per_node <= cap.gpus
        assert all(share % cap.gpus_per_node == 0 for share in shares)
        places = [share for number, share in enumerate(shares, 1) if number in (cap.domains or (1, 2, 3))]
        assert max(places) - min(places) <= cap.gpus_per_node


@given(caps, st.sampled_from(sorted(KNOWN)))
def test_what_no_cap_names_is_zero_everywhere(wanted: list[GpuCap], quota: str) -> None:
    statements = quota_statements(wanted, "ci", DOMAINS)
    if quota not in {cap.counted_as for cap in wanted}:
        assert [effective(statements, quota, domain) for domain in DOMAINS] == [0, 0, 0]
    assert effective(statements, "ds-gpu-a10-count", DOMAINS[0], family="data-science") == 0


def test_every_known_quota_is_one_that_the_zero_covers() -> None:
    assert all(fnmatchcase(name, "gpu*") for name in KNOWN)


@pytest.mark.parametrize(("cap", "message"), [
    (GpuCap(quota="gpu-a1O-count", gpus=1), r"spend\.gpus\.gpu-a1O-count: 'gpu-a1O-count' is not .* known here; known: gpu-a10-count"),
    (GpuCap(quota="gpu-a10-count", gpus=-1), "is -1, but must be at least 0"),
    (GpuCap(quota="gpu-a10-count", gpus=1, gpus_per_node=0), "has 0 GPUs per node, but must have at least 1"),
    (GpuCap(quota="gpu-h100-count", gpus=4, gpus_per_node=8), "is 4, less than one node of 8 GPUs; raise it, or remove the pools"),
])  # fmt: skip
def test_a_cap_that_cannot_be_is_refused(cap: GpuCap, message: str) -> None:
    with pytest.raises(QuotaPlanError, match=message):
        quota_statements([cap], "ci", DOMAINS)


def test_a_quota_that_the_tenancy_knows_is_accepted_though_no_page_lists_it() -> None:
    check([GpuCap(quota="gpu-l40s-count", gpus=1)], "ci", frozenset({"gpu-l40s-count"}))


def test_a_quota_of_something_else_is_refused_whoever_knows_it() -> None:
    with pytest.raises(QuotaPlanError, match="'standard-e5-core-count' is not a GPU quota"):
        check([GpuCap(quota="standard-e5-core-count", gpus=1)], "ci", frozenset({"standard-e5-core-count"}))


def test_two_caps_for_one_quota_are_refused_since_the_second_would_win() -> None:
    with pytest.raises(QuotaPlanError, match="capped twice, and the second cap would win; give their sum once"):
        check([GpuCap(quota="gpu-a10-count", gpus=1)] * 2, "ci")


@pytest.mark.parametrize("path", ["", "a b", "a::b", ":a", "a:", "ci where request.ad = 'x'", "a:b:c:d:e:f:g", "ocid1'x"])
def test_a_compartment_path_is_names_joined_by_colons(path: str) -> None:
    with pytest.raises(QuotaPlanError, match=r"guardrails\.compartmentPath: .* is not a compartment's path from the root"):
        check([], path)


@pytest.mark.parametrize(
    ("path", "found", "told"),
    [
        ("platform:gpu", ("platform", "gpu"), None),
        ("Platform:GPU", ("platform", "gpu"), None),
        ("platform:gpu", (None, "gpu"), None),
        ("platform:gpu", (None,), None),
        ("platform:gpu", (), None),
        ("sandbox:gpu", ("platform", "gpu"), "platform:gpu"),
        ("gpu", ("platform", "gpu"), "platform:gpu"),
        ("platform:gpu:lab", ("platform", "gpu"), "platform:gpu"),
        ("platform:gpu", (None, "lab"), "...:lab"),
        ("gpu", (None, "platform", "gpu"), "...:platform:gpu"),
    ],
)
def test_a_path_is_what_oracle_calls_the_compartment(path: str, found: tuple[str | None, ...], told: str | None) -> None:
    if told is None:
        check_place(path, found)
        return
    said = rf"guardrails\.compartmentPath: is {path}, but Oracle calls the cluster's compartment {re.escape(told)}, so quotas"
    with pytest.raises(QuotaPlanError, match=said):
        check_place(path, found)


def test_a_domain_that_the_region_lacks_is_refused() -> None:
    with pytest.raises(QuotaPlanError, match=r"spend\.gpus\.gpu-a10-count: names availability domain 2, 3; the region has 1 to 1"):
        quota_statements([GpuCap(quota="gpu-a10-count", gpus=1, domains=(2, 3))], "ci", DOMAINS[:1])


def test_a_domains_name_cannot_bring_words_of_its_own() -> None:
    with pytest.raises(QuotaPlanError, match=r"availabilityDomains: .* is not an availability domain's name"):
        quota_statements([], "ci", ["x:R-AD-1' || 'y"])


def test_all_mistakes_are_reported_at_once() -> None:
    with pytest.raises(QuotaPlanError) as refusal:
        check([GpuCap(quota="no", gpus=-1)], "a b")
    assert [problem.path for problem in refusal.value.problems] == ["guardrails.compartmentPath", "spend.gpus.no", "spend.gpus.no"]
