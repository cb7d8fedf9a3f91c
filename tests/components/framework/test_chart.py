"""A chart may be copied to a site's own registry, and is the same chart there."""

from collections import Counter

import pytest

from components.certificates.cert_manager.chart import CERT_MANAGER
from components.framework.chart import Chart
from components.gpu.operator.chart import GPU_OPERATOR
from components.registry import CHARTS


@pytest.mark.parametrize("chart", [CERT_MANAGER, GPU_OPERATOR], ids=lambda chart: chart.key)
def test_a_registry_has_each_chart_below_its_base(chart: Chart) -> None:
    copied = chart.copied_to("oci://registry.example.com/charts")
    assert (copied.reference, copied.repository_url) == (f"oci://registry.example.com/charts/{chart.name}", None)
    assert (copied.version, copied.crds) == (chart.version, chart.crds)


@pytest.mark.parametrize("chart", [CERT_MANAGER, GPU_OPERATOR], ids=lambda chart: chart.key)
def test_a_classic_repository_has_each_chart_in_its_index(chart: Chart) -> None:
    copied = chart.copied_to("https://charts.example.com/all")
    assert (copied.reference, copied.repository_url) == (chart.name, "https://charts.example.com/all")


def test_without_a_mirror_a_chart_comes_from_where_it_is_published() -> None:
    assert GPU_OPERATOR.copied_to(None) == GPU_OPERATOR


def test_no_two_charts_would_be_one_in_a_mirror() -> None:
    assert [name for name, count in Counter(chart.name for chart in CHARTS).items() if count > 1] == []
