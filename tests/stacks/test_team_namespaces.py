"""A team's namespace is made once, whoever puts something into it: runners and queues find it there."""

from pathlib import Path
from typing import Any

import pytest

from components.framework.plan import AddOnPlan
from stacks.config import StackFileError, parse
from stacks.config.load import document
from stacks.plan import plan

TEAMS = document(Path(__file__).resolve().parents[2] / "examples" / "Pulumi.teams.yaml")
RUNNERS: dict[str, Any] = {
    "github": "https://github.com/acme",
    "pool": "a10",
    "namespace": "speech-ci",
    "queue": "default",
    "maxRunners": 1,
    "gate": {"repositories": ["acme/models"], "workflows": [".github/workflows/gpu.yml"]},
}


def planned(**runners: Any) -> dict[str, AddOnPlan]:
    arc = {"enabled": True, "scaleSets": {"speech-a10": {**RUNNERS, **runners}}}
    addons = {**TEAMS["addons"], "kueue": {"enabled": True}, "queues": {"enabled": True}, "arc": arc}
    return dict(plan(parse({**TEAMS, "addons": addons})).addons.plans)


def test_runners_and_queues_share_a_teams_namespace_and_make_none() -> None:
    plans = planned()
    assert [namespace.name for namespace in plans["arc"].namespaces] == ["arc-systems"]
    assert not [each.id for key in ("arc", "queues") for each in plans[key].objects if each.document["kind"] == "Namespace"]
    assert plans["arc"].release("speech-a10").namespace == "speech-ci"
    assert not [each.id for each in plans["arc"].objects if each.document["kind"] == "NetworkPolicy"], "the team's own hold there"


def test_kueue_looks_at_the_namespaces_that_have_a_queue_and_at_no_others() -> None:
    def opted_in(plans: dict[str, AddOnPlan]) -> set[str]:
        return {each.name for each in plans["team-namespaces"].namespaces if each.labels.get("managed-by-kueue") == "true"}

    assert opted_in(planned()) == {"vision", "speech", "speech-ci"}
    without = {**TEAMS["addons"], "queues": {"enabled": False}}
    queued = ("borrows", "gpuHours", "monthlyUsd", "namespaces")
    endless = {name: {key: value for key, value in team.items() if key not in queued} for name, team in TEAMS["teams"].items()}
    assert opted_in(dict(plan(parse({**TEAMS, "addons": without, "teams": endless})).addons.plans)) == set()


def test_runners_queue_in_a_teams_namespace_alone() -> None:
    with pytest.raises(StackFileError) as refusal:
        planned(namespace="elsewhere")
    (problem,) = refusal.value.problems
    assert problem.path == "addons.arc.scaleSets.speech-a10.queue"
    assert problem.message == "is default, but elsewhere is no team's namespace and has no queue; name a team's in namespace"


def test_a_namespace_that_is_no_teams_is_made_with_a_network_of_its_own() -> None:
    runners = {key: value for key, value in RUNNERS.items() if key not in ("queue", "namespace")}
    arc = {"enabled": True, "scaleSets": {"a10": runners}}
    made = plan(parse({**TEAMS, "addons": {**TEAMS["addons"], "arc": arc}})).addons.plans["arc"]
    assert [namespace.name for namespace in made.namespaces] == ["arc-systems", "arc-runners"]
    assert "network.arc-runners" in made.release("a10").after
