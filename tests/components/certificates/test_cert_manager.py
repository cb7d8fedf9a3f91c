"""cert-manager brings its own definitions and keeps them, and comes from one source."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from components.addon import AddOnError, resolve
from components.charts import CERT_MANAGER
from components.contract import unknown_keys

from components.certificates.cert_manager import CertManager, CertManagerSettings, values
from infra.facts import ClusterContext

CASES = {"one": CertManagerSettings(), "spread-with-gateways": CertManagerSettings(replicas=2, gateway_api=True)}


@pytest.mark.parametrize("case", CASES)
def test_values_are_as_they_were_reviewed(case: str, golden: Callable[[str, str], None]) -> None:
    golden(f"values/cert-manager-{case}.json", json.dumps(values(ClusterContext(), CASES[case]), indent=1) + "\n")


@pytest.mark.parametrize("case", CASES)
def test_the_chart_knows_every_value(case: str) -> None:
    assert unknown_keys(CERT_MANAGER, values(ClusterContext(), CASES[case])) == ()


def test_certificates_outlive_the_release() -> None:
    assert values(ClusterContext(), CertManagerSettings())["crds"] == {"enabled": True, "keep": True}


@pytest.mark.parametrize(("addons", "scraped"), [(frozenset[str](), False), (frozenset({"prometheus-operator-crds"}), True)])
def test_it_is_scraped_where_somebody_can(addons: frozenset[str], scraped: bool) -> None:
    assert values(ClusterContext(addons=addons), CertManagerSettings())["prometheus"]["servicemonitor"] == {"enabled": scraped}


@pytest.mark.parametrize(("replicas", "guarded"), [(1, False), (2, True)])
def test_a_budget_protects_only_what_there_is_more_than_one_of(replicas: int, guarded: bool) -> None:
    found: dict[str, Any] = values(ClusterContext(), CertManagerSettings(replicas=replicas))
    assert found["podDisruptionBudget"] == found["webhook"]["podDisruptionBudget"] == {"enabled": guarded}


def test_no_replicas_are_refused() -> None:
    (problem,) = CertManager.problems(ClusterContext(), CertManagerSettings(replicas=0))
    assert str(problem) == "replicas: is 0, but must be at least 1"


def test_okes_own_is_enough() -> None:
    assert not CertManager.wanted(ClusterContext(provided=frozenset({"cert-manager"})))
    with pytest.raises(
        AddOnError, match="certManager: cert-manager is there already, brought by the cluster; turn one of the two sources off"
    ):
        resolve({"cert-manager": CertManager}, frozenset({"cert-manager"}))
