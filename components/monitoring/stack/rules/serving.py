"""How long served models make people wait, and an alert on one that is overrun."""

from components.framework.signals import Alert, Group, Recording

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
