"""cert-manager brings its own definitions and keeps them, and comes from one source."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.certificates.cert_manager.addon import CertManagerAddOn
from components.certificates.cert_manager.chart import CERT_MANAGER
from components.certificates.cert_manager.section import CertManager
from components.certificates.cert_manager.values import values
from components.framework.compose import AddOnError, resolve
from components.framework.schema import unknown_keys
from infra.facts import ClusterContext

CASES = {"one": CertManager(), "spread-with-gateways": CertManager(replicas=2, gateway_api=True)}


@pytest.mark.parametrize("case", CASES)
def test_values_are_as_they_were_reviewed(case: str, golden: Callable[[str, str], None]) -> None:
    golden(f"values/cert-manager-{case}.json", json.dumps(values(ClusterContext(), CASES[case]), indent=1) + "\n")


@pytest.mark.parametrize("case", CASES)
def test_the_chart_knows_every_value(case: str) -> None:
    assert unknown_keys(CERT_MANAGER, values(ClusterContext(), CASES[case])) == ()


def test_certificates_outlive_the_release() -> None:
    assert values(ClusterContext(), CertManager())["crds"] == {"enabled": True, "keep": True}


@pytest.mark.parametrize(("addons", "scraped"), [(frozenset[str](), False), (frozenset({"prometheus-operator-crds"}), True)])
def test_it_is_scraped_where_somebody_can(addons: frozenset[str], scraped: bool) -> None:
    assert values(ClusterContext(addons=addons), CertManager())["prometheus"]["servicemonitor"] == {"enabled": scraped}


@pytest.mark.parametrize(("replicas", "guarded"), [(1, False), (2, True)])
def test_a_budget_protects_only_what_there_is_more_than_one_of(replicas: int, guarded: bool) -> None:
    found: dict[str, Any] = values(ClusterContext(), CertManager(replicas=replicas))
    assert found["podDisruptionBudget"] == found["webhook"]["podDisruptionBudget"] == {"enabled": guarded}


def test_okes_own_is_enough() -> None:
    assert not CertManagerAddOn.wanted(ClusterContext(provided=frozenset({"cert-manager"})))
    with pytest.raises(
        AddOnError, match="certManager: cert-manager is there already, brought by the cluster; turn one of the two sources off"
    ):
        resolve({"cert-manager": CertManagerAddOn}, frozenset({"cert-manager"}))
