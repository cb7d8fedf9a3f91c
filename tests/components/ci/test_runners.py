"""Runner scale sets: what is measured of them, and how long a job may wait."""

from components.ci.runners import pod_monitors
from components.ci.runners.signals import JOB_BUCKETS, problems
from components.framework.schema import check_custom_resource


def test_kubernetes_takes_the_pod_monitors() -> None:
    for document in pod_monitors.documents("monitoring"):
        assert check_custom_resource(document) == ()


def test_a_listener_says_which_scale_set_it_is_of() -> None:
    listeners = pod_monitors.documents("monitoring")[0]["spec"]
    (endpoint,) = listeners["podMetricsEndpoints"]
    assert [each["targetLabel"] for each in endpoint["relabelings"]] == ["scale_set", "scale_set_namespace"]
    assert listeners["namespaceSelector"] == {"any": True}


def test_a_job_is_late_at_a_bound_that_waits_are_counted_by() -> None:
    assert [list(problems(bound)) for bound in JOB_BUCKETS] == [[]] * len(JOB_BUCKETS)
    (problem,) = problems(500)
    assert str(problem) == (
        "queueSeconds: is 500, but must be a bound that waits are counted by: 5, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, "
        "14400, 28800, 86400"
    )
