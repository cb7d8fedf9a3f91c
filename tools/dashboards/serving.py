"""Served models: how many ask, how long they wait for the first word, how fast the others come."""

from tools.dashboards.panel import Dashboard, Row, series

_MODEL = "{{namespace}}/{{model_name}}"
_BY = "sum by (namespace, model_name)"


def _quantile(quantile: float, histogram: str) -> str:
    return f"histogram_quantile({quantile}, sum by (namespace, model_name, le) (rate({histogram}_bucket[$__rate_interval])))"


SERVING = Dashboard(
    name="serving",
    title="Serving",
    about="Requests to served models, and how fast they are answered.",
    rows=(
        Row(
            title="Requests",
            panels=(
                series(
                    "Worked on and waiting",
                    "Requests in the engine's batch, and those that wait for room in it.",
                    "short",
                    (f"{_BY} (vllm:num_requests_running)", f"{_MODEL} worked on"),
                    ("gpu_platform:model_waiting:by_model", f"{_MODEL} waiting"),
                ),
                series(
                    "Ended",
                    "Requests a second, by how they ended: `length` was cut off.",
                    "short",
                    (
                        "sum by (namespace, model_name, finished_reason) (rate(vllm:request_success_total[$__rate_interval]))",
                        f"{_MODEL} {{{{finished_reason}}}}",
                    ),
                    stacked=True,
                ),
            ),
        ),
        Row(
            title="Speed",
            panels=(
                series(
                    "First token",
                    "Half of the requests, and 19 of 20, had their first token within this.",
                    "s",
                    (_quantile(0.5, "vllm:time_to_first_token_seconds"), f"{_MODEL} half"),
                    (_quantile(0.95, "vllm:time_to_first_token_seconds"), f"{_MODEL} 19 of 20"),
                ),
                series(
                    "Between tokens",
                    "19 of 20 tokens came within this after the one before.",
                    "s",
                    (_quantile(0.95, "vllm:inter_token_latency_seconds"), _MODEL),
                ),
                series(
                    "Tokens",
                    "Tokens a second, read and written.",
                    "short",
                    (f"{_BY} (rate(vllm:prompt_tokens_total[$__rate_interval]))", f"{_MODEL} read"),
                    (f"{_BY} (rate(vllm:generation_tokens_total[$__rate_interval]))", f"{_MODEL} written"),
                ),
                series(
                    "Key-value cache",
                    "Share in use by replica. Near 100 % requests wait, or are put off.",
                    "percentunit",
                    ("max by (namespace, pod, model_name) (vllm:kv_cache_usage_perc)", "{{pod}} {{model_name}}"),
                    most=1,
                ),
            ),
        ),
    ),
)
