"""How long served models make people wait, and an alert on one that is overrun."""

from pathlib import Path

from components.framework.signals import Alert, Dashboard, Group, Metric, Monitor, Recording, Signals, Source, histogram, metrics
from components.serving.kserve import runtimes

VLLM = Source(
    "vLLM",
    "vllm-project/vllm docs/design/metrics.md, 2026-08; namespace and pod by the PodMonitor of runtimes.py",
    "the kserve add-on, and a model on its vLLM runtime",
)

_LABELS = frozenset({"namespace", "pod", "model_name", "engine"})

METRICS: tuple[Metric, ...] = metrics(
    VLLM,
    {
        "vllm:num_requests_running": _LABELS,
        "vllm:num_requests_waiting": _LABELS,
        "vllm:kv_cache_usage_perc": _LABELS,
        "vllm:prompt_tokens_total": _LABELS,
        "vllm:generation_tokens_total": _LABELS,
        "vllm:request_success_total": _LABELS | {"finished_reason"},
        **histogram("vllm:time_to_first_token_seconds", _LABELS),
        **histogram("vllm:inter_token_latency_seconds", _LABELS),
    },
)

_MODEL = "namespace, model_name"

SERVING = Group(
    name="serving",
    rules=(
        Recording(
            record="gpu_platform:model_waiting:by_model",
            expr=f"sum by ({_MODEL}) (vllm:num_requests_waiting)",
            about="Requests that no replica of the model works on yet.",
        ),
        Recording(
            record="gpu_platform:model_first_token_seconds:p95_5m",
            expr=f"histogram_quantile(0.95, sum by ({_MODEL}, le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) >= 0",
            about="19 of 20 requests had their first token within this, in seconds. No series while nobody asks.",
        ),
        Alert(
            name="ModelOverrun",
            # Requests wait while the cache of every replica is full: more of them would wait, not be served.
            expr=(
                f"min by ({_MODEL}) (vllm:kv_cache_usage_perc) > 0.95\n"
                f"and on ({_MODEL}) gpu_platform:model_waiting:by_model > 0"
            ),
            for_minutes=10,
            severity="warning",
            summary="every replica of {{ $labels.namespace }}/{{ $labels.model_name }} is full and requests wait",
        ),
    ),
)  # fmt: skip


def signals(namespace: str, after: str) -> Signals:
    """`namespace` is that of the models, and `after` the id of what makes it."""
    return Signals(
        metrics=METRICS,
        groups=(SERVING,),
        monitors=tuple(
            Monitor(id=runtime.name, document=runtimes.pod_monitor(runtime, namespace), after=(after,))
            for runtime in runtimes.RUNTIMES.values()
        ),
        dashboards=(Dashboard(name="serving", folder=Path(__file__).parent / "dashboards"),),
    )
