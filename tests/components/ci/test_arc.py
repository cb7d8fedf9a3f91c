"""Runner scale sets: what is installed for them, and what they cannot be asked for."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from components.ci.runners import gate, network, runner_pod, scale_set
from components.ci.runners.addon import RunnersAddOn
from components.ci.runners.chart import CONTROLLER, SCALE_SET
from components.ci.runners.controller import values as controller_values
from components.ci.runners.section import Gate, ScaleSet, WarmHours
from components.framework.plan import AddOnPlan
from components.framework.schema import unknown_keys
from infra.facts import POOL_LABEL, ClusterContext, Pool, Taint
from stacks.config import StackFileError, parse
from stacks.config.load import document
from stacks.plan import plan

DEV = document(Path(__file__).resolve().parents[3] / "Pulumi.dev.yaml")
GATE = {"repositories": ["acme/models"], "workflows": [".github/workflows/gpu.yml"]}
GPU = {"github": "https://github.com/acme", "pool": "a10", "gate": GATE}
POOLS = (
    Pool(name="a10-ad1", entry="a10", min_nodes=0, max_nodes=2, gpus_per_node=1, labels={POOL_LABEL: "a10", "zone": "1"},
         taints=(Taint(key="nvidia.com/gpu"),)),
    Pool(name="a10-ad2", entry="a10", min_nodes=0, max_nodes=3, gpus_per_node=1, labels={POOL_LABEL: "a10", "zone": "2"},
         taints=(Taint(key="nvidia.com/gpu"),)),
)  # fmt: skip
SIMPLE = ScaleSet(
    github="https://github.com/acme", pool="a10", gate=Gate(repositories=("acme/models",), workflows=(".github/workflows/gpu.yml",))
)
FULL = ScaleSet(
    github="https://github.com/acme/models", secret="other-app", runner_group="gpu", labels=("gpu", "a10"), namespace="gpu-runners",
    pool="a10", gpus=1, cpu=12, memory_gib=180, storage_gib=150, shared_memory_gib=8, min_runners=1, max_runners=4, queue="gpu",
    priority="nightly", deadline_minutes=60, image=f"registry.example.org/runner@sha256:{'0' * 64}", gate=SIMPLE.gate,
)  # fmt: skip


def planned(sections: Mapping[str, Any]) -> AddOnPlan:
    return plan(parse({**DEV, "addons": {"arc": {"enabled": True, **sections}}})).addons.plans["arc"]


def refusals(scale_sets: Mapping[str, Any], **others: Any) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        planned({"scaleSets": scale_sets, **others})
    return [str(problem) for problem in refusal.value.problems]


# What is installed


@pytest.mark.parametrize(("case", "each"), [("simple", SIMPLE), ("full", FULL)])
def test_values_are_as_they_were_reviewed(case: str, each: ScaleSet, golden: Callable[[str, str], None]) -> None:
    golden(f"values/runner-scale-set-{case}.json", json.dumps(scale_set.values("gpu-a10", each, POOLS), indent=1) + "\n")


@pytest.mark.parametrize("each", [SIMPLE, FULL])
def test_the_chart_knows_every_value(each: ScaleSet) -> None:
    assert unknown_keys(SCALE_SET, scale_set.values("gpu-a10", each, POOLS)) == ()
    assert unknown_keys(CONTROLLER, controller_values()) == ()


def test_the_chart_takes_the_name_of_a_secret_and_any_field_of_a_pod() -> None:
    assert unknown_keys(SCALE_SET, {"githubConfigSecret": "arc-github-app", "template": {"spec": {"hostUsers": False}}}) == ()
    assert unknown_keys(SCALE_SET, {"githubConfigSecret": {"app_id": "1"}, "template": {"sepc": {}}}) != ()


def test_both_charts_are_of_one_version() -> None:
    """A controller deletes scale sets of another one."""
    assert CONTROLLER.set == SCALE_SET.set
    assert CONTROLLER.version == SCALE_SET.version


def test_the_largest_number_of_runners_is_a_number_and_what_the_pool_holds() -> None:
    """The chart takes text for no limit at all."""
    given = scale_set.values("gpu-a10", SIMPLE, POOLS)
    assert (given["minRunners"], given["maxRunners"]) == (0, 5)
    assert type(given["maxRunners"]) is int


def test_runners_without_gpus_are_counted_one_to_a_node() -> None:
    assert scale_set.room(SIMPLE, (Pool(name="system", min_nodes=1, max_nodes=3),)) == 3


def test_a_runner_is_told_from_the_nodes_of_other_pools_by_what_its_pools_share() -> None:
    assert runner_pod.node_selector(POOLS) == {POOL_LABEL: "a10"}
    plain = Pool(name="box", min_nodes=1, max_nodes=1, labels={"disk": "fast", "rack": "1"})
    assert runner_pod.node_selector((plain, Pool(name="box", min_nodes=1, max_nodes=1, labels={"disk": "fast"}))) == {"disk": "fast"}


def test_a_runner_has_no_token_no_privilege_and_an_end() -> None:
    spec = runner_pod.template("gpu-a10", FULL, POOLS)["spec"]
    (runner,) = spec["containers"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["activeDeadlineSeconds"] == 3600
    assert runner["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert runner["resources"]["requests"] == runner["resources"]["limits"]
    assert not any("hostPath" in volume for volume in spec["volumes"])


def test_amds_gpus_have_a_name_of_their_own() -> None:
    pool = Pool(name="mi300x", min_nodes=0, max_nodes=1, gpus_per_node=8, gpu_vendor="amd", labels={POOL_LABEL: "mi300x"})
    (runner,) = runner_pod.template("amd", SIMPLE, (pool,))["spec"]["containers"]
    assert runner["resources"]["limits"]["amd.com/gpu"] == "1"


def test_a_runner_queues_where_it_is_told_to() -> None:
    assert runner_pod.template("gpu-a10", FULL, POOLS)["metadata"]["labels"] == {
        "kueue.x-k8s.io/queue-name": "gpu", "kueue.x-k8s.io/priority-class": "nightly"
    }  # fmt: skip
    assert "labels" not in runner_pod.template("gpu-a10", SIMPLE, POOLS)["metadata"]


def test_a_scale_set_goes_before_the_controller_that_takes_its_finalizer_off() -> None:
    found = planned({"scaleSets": {"gpu-a10": GPU}})
    assert "arc" in found.release("gpu-a10").after


def test_each_scale_set_is_a_release_of_its_own_in_the_namespace_that_it_names() -> None:
    found = planned({"scaleSets": {"gpu-a10": GPU, "builds": {**GPU, "pool": "system", "namespace": "builds"}}})
    assert {release.name: release.namespace for release in found.releases} == {
        "arc": "arc-systems", "gpu-a10": "arc-runners", "builds": "builds"
    }  # fmt: skip
    assert {namespace.name: namespace.pod_security for namespace in found.namespaces} == dict.fromkeys(
        ("arc-systems", "arc-runners", "builds"), "restricted"
    )


def test_nothing_listens_for_jobs_unless_somebody_says_whose() -> None:
    assert not RunnersAddOn.wanted(ClusterContext(pools=POOLS))


def test_runners_reach_names_and_the_internet_and_nothing_of_the_cluster() -> None:
    spec = network.document("arc-runners")["spec"]
    assert spec["policyTypes"] == ["Ingress", "Egress"] and "ingress" not in spec
    (block,) = (to["ipBlock"] for rule in spec["egress"] for to in rule["to"] if "ipBlock" in to)
    assert "169.254.0.0/16" in block["except"] and "10.0.0.0/8" in block["except"]


def test_the_gate_lists_every_workflow_of_every_repository_and_branch() -> None:
    given = Gate(repositories=("acme/a", "acme/b"), workflows=(".github/workflows/gpu.yml",), branches=("main", "release/1"))
    assert gate.workflow_refs(given) == (
        "acme/a/.github/workflows/gpu.yml@refs/heads/main",
        "acme/a/.github/workflows/gpu.yml@refs/heads/release/1",
        "acme/b/.github/workflows/gpu.yml@refs/heads/main",
        "acme/b/.github/workflows/gpu.yml@refs/heads/release/1",
    )


def test_warm_hours_are_two_jobs_and_end_with_what_waits_at_all_hours() -> None:
    warm = {"runners": 2, "start": "07:30", "end": "19:00", "days": ["mon", "fri"], "timeZone": "Europe/Berlin"}
    jobs = {each.document["metadata"]["name"]: each.document["spec"] for each in planned(
        {"scaleSets": {"gpu-a10": {**GPU, "minRunners": 1, "warm": [warm]}}}
    ).objects if each.document["kind"] == "CronJob"}  # fmt: skip
    assert {name: (spec["schedule"], spec["timeZone"]) for name, spec in jobs.items()} == {
        "reap-arc-runners": ("*/10 * * * *", "Etc/UTC"),
        "gpu-a10-on0": ("30 7 * * mon,fri", "Europe/Berlin"),
        "gpu-a10-off0": ("0 19 * * mon,fri", "Europe/Berlin"),
    }
    said = {name: spec["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["command"][3:] for name, spec in jobs.items()}
    assert said["gpu-a10-on0"] == ["idle", "arc-runners", "gpu-a10", "2"]
    assert said["gpu-a10-off0"] == ["idle", "arc-runners", "gpu-a10", "1"]


def test_upkeep_may_touch_runners_and_the_sets_that_it_wakes_and_nothing_else() -> None:
    warm = [{"runners": 1, "start": "08:00", "end": "18:00"}]
    found = planned({"scaleSets": {"gpu-a10": {**GPU, "warm": warm}, "other": {**GPU, "maxRunners": 0}}})
    (role,) = (each.document for each in found.objects if each.document["kind"] == "Role")
    assert role["rules"] == [
        {"apiGroups": ["actions.github.com"], "resources": ["ephemeralrunners"], "verbs": ["list", "delete"]},
        {"apiGroups": ["actions.github.com"], "resources": ["autoscalingrunnersets"], "resourceNames": ["gpu-a10"], "verbs": ["patch"]},
    ]


# What they cannot be asked for

WARM = {"runners": 1, "start": "08:00", "end": "18:00"}
REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "a pool that is not there": ({"pool": "h100"}, "pool: is h100, but there is no such pool; those of the stack file are a10, system"),
    "more runners than nodes": (
        {"maxRunners": 3}, "maxRunners: is 3, but a10 has room for 2 at its largest; lower it, or raise the pool's size"
    ),
    "a maximum that is text": ({"maxRunners": "2"}, "maxRunners: is '2', but must be a whole number"),
    "no end": ({"maxRunners": None, "deadlineMinutes": 2000}, "deadlineMinutes: is 2000, but must be at most 1440"),
    "more that wait than run": ({"minRunners": 3}, "minRunners: is 3, but there are at most 2 runners; lower it"),
    "more GPUs than a node has": ({"gpus": 2}, "gpus: is 2, but a node of a10 has 1; a runner is on one node"),
    "GPU nodes for what needs none": (
        {"gpus": 0}, "gpus: is 0, but the nodes of a10 have GPUs, which such a runner would hold idle; name a pool without"
    ),
    "an image of no version": (
        {"image": "ghcr.io/actions/actions-runner:latest"},
        "image: is ghcr.io/actions/actions-runner:latest, which is another image tomorrow; name a version or a digest",
    ),
    "an image of no version at all": (
        {"image": "registry:5000/runner"},
        "image: is registry:5000/runner, which is another image tomorrow; name a version or a digest",
    ),
    "the controller's namespace": (
        {"namespace": "arc-systems"},
        "namespace: is arc-systems, where the controller and its rights are; runners run what others wrote: name another",
    ),
    "somebody else's repository": (
        {"gate": {**GATE, "repositories": ["other/models"]}},
        "gate.repositories: has other/models, but the runners are for repositories of acme; take it out",
    ),
    "another repository than the runners'": (
        {"github": "https://github.com/acme/models", "gate": {**GATE, "repositories": ["acme/models", "acme/other"]}},
        "gate.repositories: has acme/other, but the runners are for acme/models alone; take it out",
    ),
    "a queue where nothing queues": (
        {"queue": "gpu"}, "queue: is gpu, but nothing queues here; set addons.kueue.enabled to true, or take it out"
    ),
    "shared memory as large as all of it": (
        {"memoryGib": 4, "sharedMemoryGib": 4},
        "sharedMemoryGib: is 4, which is not less than the runner's memory, 4 GiB, that it is part of; lower it, or raise memoryGib",
    ),
    "hours that end before they start": (
        {"warm": [{**WARM, "end": "07:00"}]},
        "warm.0.end: is 07:00, but must be later than the start, 08:00, on the same day; hours past midnight are an entry of their own",
    ),
    "a time zone that is none": (
        {"warm": [{**WARM, "timeZone": "Berlin"}]}, "warm.0.timeZone: is Berlin, which is no time zone; write one like Europe/Berlin"
    ),
    "hours that overlap": (
        {"warm": [WARM, {**WARM, "start": "17:00", "end": "20:00"}]},
        "warm.1: overlaps with warm.0, and whichever ends first would end both; join them",
    ),
    "hours of two zones": (
        {"warm": [WARM, {**WARM, "days": ["sat"], "timeZone": "Europe/Berlin"}]},
        "warm.1.timeZone: is Europe/Berlin, but warm.0 is in Etc/UTC; write the hours of a scale set in one zone",
    ),
    "more that wait at some hours than run": (
        {"warm": [{**WARM, "runners": 3}]}, "warm.0.runners: is 3, but there are at most 2 runners; lower it"
    ),
    "hours that change nothing": (
        {"minRunners": 1, "warm": [WARM]},
        "warm.0.runners: is 1, but 1 wait at all hours already (minRunners); raise it, or take the entry out",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_once_with_the_place_and_the_fix(case: str) -> None:
    change, message = REFUSED[case]
    assert refusals({"gpu": {**GPU, **change}}) == [f"addons.arc.scaleSets.gpu.{message}"]


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "issue_comment", "workflow_run"])
def test_a_gate_takes_no_event_whose_workflow_others_write(event: str) -> None:
    message = refusals({"gpu": {**GPU, "gate": {**GATE, "events": ["schedule", event]}}})[0]
    assert message.startswith("addons.arc.scaleSets.gpu.gate.events.1:") and "workflow_dispatch" in message


def test_a_name_is_as_long_as_the_chart_takes() -> None:
    planned({"scaleSets": {"a" * 45: GPU}})
    (message,) = refusals({"a" * 46: GPU})
    assert "at most 45 characters" in message


def test_the_controllers_name_is_taken() -> None:
    assert refusals({"arc": GPU})[0].startswith("addons.arc.scaleSets.arc: cannot be called arc")


def test_sets_that_do_not_queue_must_fit_their_pool_together() -> None:
    assert refusals({"pr": GPU, "nightly": {**GPU, "maxRunners": 1}}) == [
        "addons.arc.scaleSets: ask for 3 GPUs of a10 at once (pr 2 and nightly 1), but it has 2; "
        "lower their maxRunners, or let them queue: set addons.kueue.enabled and give each its queue"
    ]


def test_an_add_on_without_scale_sets_does_nothing() -> None:
    assert refusals({}) == ["addons.arc.scaleSets: has no scale set, so no job would ever run; add one, or take arc out"]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("maxRunners", 100, "is 100, but the setting scaleSets.gpu.maxRunners decides it; set that instead"),
        (
            "githubConfigSecret",
            {"github_token": "x"},
            "is {github_token: ...}, but the setting scaleSets.gpu.secret decides it; set that instead",
        ),
        (
            "runnerScaleSetName",
            "x",
            "is 'x', but it is the name of the scale set, which `runs-on` asks for; take it out",
        ),
        (
            "controllerServiceAccount",
            {"name": "x"},
            "is {name: 'x'}, but there is one controller, and its account is the platform's; take it out",
        ),
    ],
)
def test_overrides_do_not_go_around_a_setting(key: str, value: object, message: str) -> None:
    assert refusals({"gpu": GPU}, values={"gpu": {key: value}}) == [f"addons.arc.values.gpu.{key}: {message}"]


def test_privileged_ways_of_running_jobs_are_not_to_be_had() -> None:
    (message,) = refusals({"gpu": GPU}, values={"gpu": {"containerMode": {"type": "dind"}}})
    assert message.startswith("addons.arc.values.gpu.containerMode: is {type: 'dind'}, but jobs run in the runner's own container")


def test_an_override_does_not_take_the_gate_or_the_bounds_of_a_runner_away() -> None:
    def reported(**spec: Any) -> list[str]:
        found = refusals({"gpu": GPU}, values={"gpu": {"template": {"spec": spec}}})
        return [each.removeprefix("addons.arc.values.gpu.template.spec.").partition(":")[0] for each in found]

    whole = planned({"scaleSets": {"gpu": GPU}}).release("gpu").values["template"]["spec"]
    (runner,) = whole["containers"]
    hook = {**runner["env"][0], "value": "/bin/true"}
    assert reported(containers=[{"name": "runner", "image": "ghcr.io/acme/runner:1.0"}]) == ["containers"]
    assert reported(containers=[{**runner, "env": [*runner["env"], hook]}]) == ["containers"]
    assert reported(containers=[{**runner, "resources": {}}]) == ["containers"]
    assert reported(volumes=[]) == ["volumes"]
    assert reported(nodeSelector=None) == ["nodeSelector"]
    assert reported(activeDeadlineSeconds=None, automountServiceAccountToken=True) == [
        "activeDeadlineSeconds",
        "automountServiceAccountToken",
    ]
    more = {**runner, "env": [*runner["env"], {"name": "HF_HOME", "value": "/cache"}]}
    assert planned({"scaleSets": {"gpu": GPU}, "values": {"gpu": {"template": {"spec": {"containers": [more], "hostUsers": False}}}}})


def test_warm_hours_of_different_days_do_not_overlap() -> None:
    planned({"scaleSets": {"gpu": {**GPU, "warm": [WARM, {**WARM, "days": ["sat", "sun"]}]}}})


def test_hours_are_kept_as_they_are_written() -> None:
    assert WarmHours(runners=1, start="00:00", end="23:59").start == "00:00"
