"""The Job that runs a blueprint: what it asks for, and why a cluster would not let it in."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
import yaml

from platformctl.blueprints.job import Wanted, render, text
from platformctl.blueprints.load import Blueprint, load
from stacks.config import load as load_stack
from stacks.plan import PlatformPlan
from stacks.plan import plan as plan_stack
from testkit.stack_files import ROOT

IMAGE = f"ghcr.io/acme/runner@sha256:{'a' * 64}"
TEAMS = "examples/Pulumi.teams.yaml"


@cache
def stack(name: str) -> PlatformPlan:
    file = ROOT / name
    return plan_stack(load_stack(file), file)


@cache
def blueprint(name: str) -> Blueprint:
    return load(ROOT / "blueprints" / name)


def documents(name: str, stack_file: str = TEAMS, namespace: str = "vision", **wanted: Any) -> list[Mapping[str, Any]]:
    rendered, problems = render(blueprint(name), stack(stack_file), Wanted(namespace=namespace, image=IMAGE, **wanted))
    assert problems == ()
    assert rendered is not None
    return list(yaml.safe_load_all(text(rendered.documents)))


def refused(name: str, stack_file: str = TEAMS, namespace: str = "vision", **wanted: Any) -> str:
    rendered, problems = render(blueprint(name), stack(stack_file), Wanted(namespace=namespace, image=IMAGE, **wanted))
    assert rendered is None
    (problem,) = problems
    return problem


def test_the_job_is_bounded_queued_and_only_where_its_gpu_is() -> None:
    config, job = documents("lora")
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    assert job["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "default"
    assert (spec["activeDeadlineSeconds"], spec["backoffLimit"], spec["ttlSecondsAfterFinished"]) == (45 * 60, 0, 24 * 3600)
    assert pod["priorityClassName"] == "team-normal"
    assert pod["nodeSelector"] == {"oke-gpu-platform/pool": "a10"}
    assert pod["automountServiceAccountToken"] is False
    (container,) = pod["containers"]
    assert container["resources"]["requests"] == container["resources"]["limits"]
    assert container["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert container["image"] == IMAGE
    assert config["metadata"]["name"] == job["metadata"]["name"] == pod["volumes"][0]["configMap"]["name"]
    assert config["data"]["notebook.ipynb"] == (ROOT / "blueprints/lora/notebook.ipynb").read_text()


def test_another_notebook_or_image_is_another_job() -> None:
    first, again, other = (
        render(blueprint("lora"), stack(TEAMS), Wanted(namespace="vision", image=image))
        for image in (IMAGE, IMAGE, IMAGE.replace("a", "b"))
    )
    names = [each[0].documents[0]["metadata"]["name"] for each in (first, again, other) if each[0] is not None]
    assert names[0] == names[1] != names[2]


def test_a_stack_without_teams_takes_any_namespace_and_no_queue() -> None:
    _, job = documents("smoke", "Pulumi.dev.yaml", "anywhere")
    assert "kueue.x-k8s.io/queue-name" not in job["metadata"]["labels"]
    assert "priorityClassName" not in job["spec"]["template"]["spec"]


def test_a_namespace_of_no_team_is_refused() -> None:
    assert refused("lora", namespace="visio") == "--namespace visio: no team has it, so it has no quota of GPUs; did you mean vision?"


def test_more_gpus_than_a_node_has_are_refused() -> None:
    assert refused("ddp") == "ddp needs 2 GPUs of 8 GiB, 8 processors and 32 GiB: no pool has a node with that which vision may use"


def test_a_pool_that_does_not_fit_is_refused() -> None:
    assert refused("lora", pool="workers").endswith("or vision may not use; it fits a10")
    assert refused("lora", pool="a11") == "--pool a11: no such entry of nodePools; did you mean a10?"


def test_a_queue_where_there_are_none_is_refused() -> None:
    assert refused("smoke", "Pulumi.dev.yaml", "x", queue="fast").startswith("--queue fast: the stack has no queues; leave it out")


def test_a_run_beyond_the_longest_job_is_refused() -> None:
    long = blueprint("smoke")
    budget = long.manifest.budget.model_copy(update={"minutes": 2000, "usd": 100.0})
    changed = Blueprint(
        name="smoke", folder=long.folder, manifest=long.manifest.model_copy(update={"budget": budget}), notebook=long.notebook
    )
    _, problems = render(changed, stack(TEAMS), Wanted(namespace="vision", image=IMAGE))
    assert problems == (
        "smoke may take 2015 minutes with the start of its node, and addons.admission.maxJobHours is 24; lower budget.minutes, or raise it",
    )


def test_a_pool_that_costs_more_than_the_budget_is_refused() -> None:
    dear = blueprint("smoke")
    budget = dear.manifest.budget.model_copy(update={"usd": 0.5})
    changed = Blueprint(
        name="smoke", folder=dear.folder, manifest=dear.manifest.model_copy(update={"budget": budget}), notebook=dear.notebook
    )
    _, problems = render(changed, stack(TEAMS), Wanted(namespace="vision", image=IMAGE))
    assert problems == ("smoke costs $1.18 on a10, and its budget is $0.5; raise budget.usd, or take a cheaper pool",)


@pytest.mark.parametrize("name", ["smoke", "t5", "lora", "image-lora", "serve"])
def test_own_blueprints_fit_the_example_of_teams(name: str) -> None:
    assert documents(name)
