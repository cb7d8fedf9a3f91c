"""What KEDA says of its own work, and an alert where it cannot do it."""

from components.framework.signals import Alert, Group, Metric, Signals, Source, metrics

OPERATOR = Source(
    "KEDA's operator",
    "kedacore/keda, pkg/metricscollector/prommetrics.go, 2026-11; `namespace` is the scaled object's, as values.py sets it",
    "prometheus.operator of the chart",
)

METRICS: tuple[Metric, ...] = metrics(OPERATOR, {"keda_scaled_object_errors_total": {"namespace", "scaledObject"}})

SCALING = Group(
    name="autoscaling",
    rules=(
        Alert(
            name="ScalerFailing",
            # It tries every 30 seconds: a single failure is a restart of what it asks.
            expr="sum by (namespace, scaledObject) (increase(keda_scaled_object_errors_total[10m])) > 5",
            for_minutes=10,
            severity="warning",
            summary="{{ $labels.namespace }}/{{ $labels.scaledObject }} is not scaled: KEDA gets no answer to what it asks",
        ),
    ),
)

SIGNALS = Signals(metrics=METRICS, groups=(SCALING,))
