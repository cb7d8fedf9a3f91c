"""Rules and dashboards read metrics that exist, by labels that these have; people are told of labels that an alert has."""

import re

import pytest

from components.framework.signals import Alert, Recording
from components.gpu.operator import counters
from testkit.promql import Labels, PromqlError, labels_of
from tests.components.monitoring.everything import METRICS, groups

RULES = [rule for group in groups() for rule in group.rules]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
def test_a_rule_reads_what_exists(rule: Recording | Alert, known: dict[str, Labels]) -> None:
    labels_of(rule.expr, known)


@pytest.mark.parametrize("rule", [rule for rule in RULES if isinstance(rule, Alert)], ids=lambda rule: rule.key)
def test_an_alert_tells_of_labels_that_it_has(rule: Alert, known: dict[str, Labels]) -> None:
    assert set(re.findall(r"\$labels\.(\w+)", rule.summary)) <= labels_of(rule.expr, known)


def test_every_record_says_what_it_is() -> None:
    for rule in RULES:
        if isinstance(rule, Recording):
            assert rule.about.endswith("."), rule.record
            assert rule.record.startswith("gpu_platform:")


def test_every_metric_says_where_it_comes_from() -> None:
    for metric in METRICS.values():
        assert re.search(r"\b20\d\d-\d\d\b", metric.source.read), f"{metric.name}: as of when?"


def test_what_is_read_of_gpus_is_what_the_exporter_is_told_to_count() -> None:
    assert {name for name in METRICS if name.startswith("DCGM_")} == counters.METRICS


METRICS_OF_A_TEST: dict[str, Labels] = {"a": frozenset({"x", "y"}), "b": frozenset({"x", "z"}), "h_bucket": frozenset({"x", "le"})}


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("a", "xy"),
        ("sum(a)", ""),
        ("sum by (x) (rate(a[5m]))", "x"),
        ("sum without (x) (a)", "y"),
        ("topk(3, a)", "xy"),
        ("a * on (x) group_left (z) b", "xyz"),
        ("a * on (x) b", "x"),
        ("a and on (x) b", "xy"),
        ("a unless on (x) b", "xy"),
        ("a > 3", "xy"),
        ("3 * a", "xy"),
        ('label_replace(a, "w", "$1", "x", "(.+)")', "wxy"),
        ("max_over_time(sum(a)[1d:5m])", ""),
        ("sum(increase(a[$__range])) / sum(increase(b[$__rate_interval]))", ""),
        ("vector(1)", ""),
        ("-(a)", "xy"),
    ],
)
def test_labels_are_followed_through_an_expression(expression: str, labels: str) -> None:
    assert labels_of(expression, METRICS_OF_A_TEST) == set(labels)


def test_a_quantile_takes_the_bounds_out() -> None:
    assert labels_of("histogram_quantile(0.9, sum by (x, le) (rate(h_bucket[5m])))", METRICS_OF_A_TEST) == {"x"}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("c", "c: no such metric; every one that is read is in the `signals.py` of an add-on"),
        ('a{z="1"}', "a: has no label z; it has x, y"),
        ("sum by (z) (a)", "has no label z; it has x, y"),
        ("sum by (y) (sum by (x) (a))", "has no label y; it has x"),
        ("a * on (y) b", "has no label y; it has x, z"),
        ("a * on (x) group_left (y) b", "has no label y; it has x, z"),
        ("a * b", r"one side has \['x', 'y'\], the other \['x', 'z'\]; say `on \(...\)` what to match"),
        ('label_replace(a, "w", "$1", "z", "(.+)")', "has no label z"),
        ("histogram_quantile(0.9, sum by (x) (rate(h_bucket[5m])))", "has no label le; it has x"),
        ("rate(a)", "expected type matrix"),
        ("sum by (", "sum by"),
    ],
)
def test_what_reads_nothing_is_refused(expression: str, message: str) -> None:
    with pytest.raises(PromqlError, match=message):
        labels_of(expression, METRICS_OF_A_TEST)
