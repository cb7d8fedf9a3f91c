"""Every metric that rules and dashboards read, with its labels and where it comes from. A test holds them to it."""

from collections.abc import Mapping

from components.framework.signals import Metric, Source, histogram, metrics
from components.gpu.operator import counters

NODE_EXPORTER = Source("node exporter", "prometheus/node_exporter docs, 1.9; job and node labels by kube-prometheus-stack 88.5.3, 2026-08")
CADVISOR = Source("kubelet, cAdvisor", "google/cadvisor docs/storage/prometheus.md, 2026-08")
STATE = Source(
    "kube-state-metrics",
    "kubernetes/kube-state-metrics docs/metrics, 2.17, 2026-08",
    "labels of nodes and pods are exported where metricLabelsAllowlist names them",
)
DCGM = Source(
    "DCGM exporter",
    "NVIDIA/dcgm-exporter 4.5.3-4.8.2, 2026-08; `node` comes from the GPU Operator's ServiceMonitor, as components/gpu/operator.py sets it",
    "the field in components/gpu/counters.py",
)
LISTENER = Source(
    "runner scale set's listener",
    "actions/actions-runner-controller 0.14.2, cmd/ghalistener/metrics/metrics.go, 2026-08; `scale_set` comes from pod_monitors.py",
    "metrics.listenerAddr of the controller's chart, listenerMetrics of the scale set's",
)
CONTROLLER = Source(
    "runner controller",
    "actions/actions-runner-controller 0.14.2, controllers/actions.github.com/metrics/metrics.go, 2026-08",
    "metrics.controllerManagerAddr of the controller's chart",
)
KUEUE = Source("Kueue", "kubernetes-sigs/kueue 0.19.2, site/content/en/docs/reference/metrics.md, 2026-08", "enablePrometheus of the chart")
KUEUE_QUOTA = Source("Kueue", KUEUE.read, "metrics.enableClusterQueueResources of Kueue's configuration")
VLLM = Source(
    "vLLM",
    "vllm-project/vllm docs/design/metrics.md, 2026-08; namespace and pod by the PodMonitor that components/serving/runtimes.py makes",
    "the kserve add-on, and a model on its vLLM runtime",
)

_POD = frozenset({"namespace", "pod", "uid"})
_NODE = frozenset({"node"})
_RESOURCE = frozenset({"resource", "unit"})
_GPU = frozenset({"node", "gpu", "UUID", "device", "modelName", "GPU_I_ID", "GPU_I_PROFILE", "namespace", "pod", "container"})
_SCALE_SET = frozenset({"name", "namespace", "repository", "organization", "enterprise"})
_JOB = frozenset({"scale_set", "scale_set_namespace", "repository", "event_name", "job_workflow_name"})
_MODEL = frozenset({"namespace", "pod", "model_name", "engine"})
_QUOTA = frozenset({"cohort", "cluster_queue", "flavor", "resource"})


_TABLE: tuple[Metric, ...] = (
    *metrics(NODE_EXPORTER, {"node_cpu_seconds_total": {"job", "instance", "cpu", "mode"}}),
    *metrics(
        CADVISOR,
        {
            "container_cpu_usage_seconds_total": {"job", "metrics_path", "node", "namespace", "pod", "container"},
            "container_memory_working_set_bytes": {"job", "metrics_path", "node", "namespace", "pod", "container"},
        },
    ),
    *metrics(
        STATE,
        {
            "kube_node_labels": _NODE | {"label_oke_gpu_platform_pool", "label_node_kubernetes_io_instance_type"},
            "kube_node_status_allocatable": _NODE | _RESOURCE,
            "kube_node_status_capacity": _NODE | _RESOURCE,
            "kube_node_status_condition": _NODE | {"condition", "status"},
            "kube_pod_container_resource_requests": _POD | _NODE | _RESOURCE | {"container"},
            "kube_pod_status_phase": _POD | {"phase"},
            "kube_pod_status_unschedulable": _POD,
        },
    ),
    *metrics(DCGM, dict.fromkeys(sorted(counters.METRICS), _GPU)),
    *metrics(DCGM, {"DCGM_EXP_XID_ERRORS_COUNT": _GPU | {"xid", "window_size_in_ms"}}),
    *metrics(
        LISTENER,
        {
            **dict.fromkeys(
                (f"gha_{what}" for what in (
                    "assigned_jobs", "running_jobs", "registered_runners", "busy_runners", "idle_runners", "desired_runners", "max_runners",
                )),
                _SCALE_SET | {"scale_set", "scale_set_namespace"},
            ),
            "gha_completed_jobs_total": _JOB | {"job_result"},
            **histogram("gha_job_startup_duration_seconds", _JOB),
            **histogram("gha_job_execution_duration_seconds", _JOB | {"job_result"}),
        },
    ),
    *metrics(
        CONTROLLER,
        {
            f"gha_controller_{what}": _SCALE_SET
            for what in ("pending_ephemeral_runners", "running_ephemeral_runners", "failed_ephemeral_runners", "running_listeners")
        },
    ),
    *metrics(
        KUEUE,
        {
            "kueue_pending_workloads": {"cluster_queue", "status"},
            "kueue_admitted_active_workloads": {"cluster_queue"},
            "kueue_admitted_workloads_total": {"cluster_queue", "priority_class"},
            "kueue_evicted_workloads_total": {"cluster_queue", "reason", "underlying_cause", "priority_class"},
            "kueue_cluster_queue_status": {"cluster_queue", "status"},
            **histogram("kueue_admission_wait_time_seconds", frozenset({"cluster_queue", "priority_class"})),
        },
    ),
    *metrics(
        VLLM,
        {
            "vllm:num_requests_running": _MODEL,
            "vllm:num_requests_waiting": _MODEL,
            "vllm:kv_cache_usage_perc": _MODEL,
            "vllm:prompt_tokens_total": _MODEL,
            "vllm:generation_tokens_total": _MODEL,
            "vllm:request_success_total": _MODEL | {"finished_reason"},
            **histogram("vllm:time_to_first_token_seconds", _MODEL),
            **histogram("vllm:inter_token_latency_seconds", _MODEL),
        },
    ),
    *metrics(KUEUE_QUOTA, {"kueue_cluster_queue_nominal_quota": _QUOTA, "kueue_cluster_queue_resource_usage": _QUOTA}),
)  # fmt: skip

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _TABLE}
"""By name."""
