"""Runtimes are pinned, run without being root, tolerate GPU nodes, and say when they are ready."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.framework.schema import check_custom_resource
from components.gpu.operator.device_plugin import GPU
from components.serving.kserve.chart import KSERVE_RESOURCES
from components.serving.kserve.runtimes import MODEL_FOLDER, RUNTIME_LABEL, RUNTIMES, Runtime, document, image_problems, pod_monitor
from components.serving.kserve.section import RuntimeName
from infra.facts import ClusterContext, Taint

MakeCluster = Callable[..., ClusterContext]
EACH = pytest.mark.parametrize("runtime", RUNTIMES.values(), ids=lambda runtime: runtime.name)


def container(runtime: Runtime, cluster: ClusterContext = ClusterContext()) -> dict[str, Any]:  # noqa: B008 - frozen
    (only,) = document(runtime, cluster)["spec"]["containers"]
    return dict(only)


@EACH
def test_runtimes_are_as_they_were_reviewed(runtime: Runtime, cluster: MakeCluster, golden: Callable[[str, str], None]) -> None:
    golden(f"values/kserve-runtime-{runtime.name}.json", json.dumps(document(runtime, cluster("A10")), indent=1) + "\n")


@EACH
def test_the_definitions_know_every_field(runtime: Runtime, cluster: MakeCluster) -> None:
    assert check_custom_resource(document(runtime, cluster("A10"))) == ()
    assert check_custom_resource(pod_monitor(runtime, "models")) == ()


@EACH
def test_kserve_finds_its_container_and_the_model(runtime: Runtime) -> None:
    assert container(runtime)["name"] == "kserve-container"
    assert any(argument.endswith(f"={MODEL_FOLDER}") for argument in runtime.args)
    assert container(runtime)["ports"][0] == {"name": "http", "containerPort": 8080, "protocol": "TCP"}


@EACH
def test_it_asks_for_no_right_that_a_restricted_namespace_refuses(runtime: Runtime) -> None:
    security = container(runtime)["securityContext"]
    assert security["runAsNonRoot"]
    assert security["runAsUser"] > 0
    assert not security["allowPrivilegeEscalation"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}


@EACH
def test_it_tolerates_what_gpu_nodes_carry(runtime: Runtime, pool: Callable[..., Any]) -> None:
    spot = Taint(key="oci.oraclecloud.com/oke-is-preemptible")
    spec = document(runtime, ClusterContext(pools=(pool("A10", taints=(Taint(key=GPU), spot)),)))["spec"]
    assert spec["tolerations"] == [{"key": GPU, "operator": "Exists", "effect": "NoSchedule"}, spot.toleration]


@EACH
def test_a_slow_start_is_not_taken_for_a_failure(runtime: Runtime) -> None:
    startup = container(runtime)["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] == 30 * 60
    assert startup["httpGet"]["path"] == container(runtime)["readinessProbe"]["httpGet"]["path"]


@EACH
def test_processes_of_a_server_have_shared_memory(runtime: Runtime) -> None:
    (volume,) = document(runtime, ClusterContext())["spec"]["volumes"]
    assert volume["emptyDir"] == {"medium": "Memory", "sizeLimit": "2Gi"}
    assert container(runtime)["volumeMounts"] == [{"name": volume["name"], "mountPath": "/dev/shm"}]  # noqa: S108 - where it is


@EACH
def test_prometheus_reads_a_port_that_its_pods_have(runtime: Runtime) -> None:
    spec = pod_monitor(runtime, "models")["spec"]
    assert spec["podMetricsEndpoints"][0]["port"] in {port["name"] for port in container(runtime)["ports"]}
    assert spec["selector"]["matchLabels"].items() <= document(runtime, ClusterContext())["spec"]["labels"].items()


@EACH
def test_kserve_does_not_rename_its_image(runtime: Runtime) -> None:
    """It does by this annotation, and by the names of its own runtimes: to a tag or a repository that is not there."""
    metadata = document(runtime, ClusterContext())["metadata"]
    assert "serving.kserve.io/server-type" not in metadata.get("annotations", {})
    assert not metadata["name"].startswith("kserve-")


def test_every_model_format_is_served_by_one_runtime_without_a_choice() -> None:
    formats = [name for runtime in RUNTIMES.values() for name, _ in runtime.formats]
    assert len(formats) == len(set(formats))


def test_kserves_own_server_is_of_kserves_release() -> None:
    assert RUNTIMES["huggingface"].image.endswith(f":{KSERVE_RESOURCES.app_version}-gpu")


def test_no_pinned_image_moves() -> None:
    assert list(image_problems({name: runtime.image for name, runtime in RUNTIMES.items()})) == []


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ("vllm/vllm-openai:latest", "has the tag latest, which moves; give an exact tag, like docker.io/vllm/vllm-openai:v0.30.0-cu129"),
        ("vllm/vllm-openai", "has no tag; give an exact tag, like "),
        ("registry:5000/vllm", "has no tag; give an exact tag, like "),
        ("my image", "'my image' is not an image; write it like docker.io/vllm/vllm-openai:v0.30.0-cu129"),
        ("vllm/vllm-openai:v0.30.0", "names no registry, and OKE's nodes complete no short names from Kubernetes 1.34 on; write it like "),
        ("vllm:v0.30.0", "vllm:v0.30.0 names no registry"),
    ],
)
def test_an_image_that_may_change_or_not_be_found_is_refused(image: str, message: str) -> None:
    (problem,) = image_problems({"vllm": image})
    assert problem.path == "vllm"
    assert message in problem.message


@pytest.mark.parametrize("image", ["registry:5000/vllm:v1", "r.io/vllm@sha256:" + "0" * 64, "localhost/vllm:latest@sha256:" + "0" * 64])
def test_an_image_that_cannot_change_is_taken(image: str) -> None:
    assert list(image_problems({"vllm": image})) == []


@pytest.mark.parametrize("name", RUNTIMES)
def test_another_image_takes_the_place_of_the_pinned_one(name: RuntimeName) -> None:
    spec = document(RUNTIMES[name], ClusterContext(), "mirror.example.org/server:1")["spec"]
    assert spec["containers"][0]["image"] == "mirror.example.org/server:1"
    assert spec["labels"] == {RUNTIME_LABEL: name}
