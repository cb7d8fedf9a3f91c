"""Teams share what there is: their mistakes are refused with the place and the numbers, and what is left becomes plain data."""

import copy
from pathlib import Path
from typing import Any

import pytest

from components.framework.addon import AddOnType
from components.framework.reserved_namespaces import is_reserved
from components.queues.quota.planner import Planner
from components.queues.sharing.plan import plan as sharing
from components.registry import ALL
from infra.facts import Team, TeamNamespace
from stacks.addons import NAMESPACES
from stacks.config import StackFileError, parse
from stacks.config.load import document
from stacks.plan import plan
from testkit.every_add_on import STACKS, everything
from testkit.stack_files import ROOT

DEV, WORKSTATION = document(ROOT / "Pulumi.dev.yaml"), document(ROOT / "examples/Pulumi.rtx4060.yaml")
APART = {**DEV["cluster"]["network"], "policyEngine": "calico"}
GROUP = "ocid1.group.oc1..examplegroup"


def with_teams(teams: dict[str, Any], stack: dict[str, Any] = DEV, **cluster: Any) -> dict[str, Any]:
    changed = copy.deepcopy(stack)
    network = {"network": APART} if stack is DEV else {}
    changed["cluster"] = {**changed["cluster"], **network, **cluster}
    return {**changed, "teams": teams}


def queued(teams: dict[str, Any]) -> dict[str, Any]:
    stack = with_teams(teams)
    return {**stack, "addons": {**stack.get("addons", {}), "kueue": {"enabled": True}, "queues": {"enabled": True}}}


def teams(stack: dict[str, Any]) -> dict[str, Team]:
    return {team.name: team for team in plan(parse(stack)).context.teams}


def refusals(stack: dict[str, Any]) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        plan(parse(stack))
    return [str(problem) for problem in refusal.value.problems]


ONE = {"quota": {"gpus": {"A10": 1}}}
SYSTEM = {"system": {"shape": "VM.Standard.E5.Flex", "ocpus": 2, "memoryGib": 16, "size": 2}}


@pytest.mark.parametrize(
    ("given", "messages"),
    [
        (
            {"a": {**ONE, "namespaces": {"shared": {}}}, "b": {**ONE, "namespaces": {"shared": {}}}},
            ["teams.b.namespaces.shared: the namespace shared is a's already; a namespace has one team, so name another"],
        ),
        ({"a": {**ONE, "namespaces": {"b": {}}}, "b": ONE}, ["teams.b: the namespace b is a's already"]),
        ({"monitoring": ONE}, ["teams.monitoring: the namespace monitoring is the platform's own; name another"]),
        (
            {"a": {**ONE, "namespaces": {"kube-a": {}}}},
            ["teams.a.namespaces.kube-a: the namespace kube-a is the platform's own; name another"],
        ),
        (
            {"a": {"quota": {"gpus": {"A10": 4}}}},
            ["teams.a.quota.gpus.A10: is 4, but the pools have at most 2; lower the quotas, or raise the limit"],
        ),
        (
            {"a": {"quota": {"gpus": {"A10": 2}}}, "b": ONE},
            ["teams.b.quota.gpus.A10: makes 3 with a, but the pools have at most 2; lower the quotas, or raise the limit"],
        ),
        ({"a": {"quota": {"gpus": {"a10": 1}}}}, ["teams.a.quota.gpus.a10: no pool has GPUs of that model; did you mean A10?"]),
        (
            {"a": {**ONE, "borrows": {"A10": 3}}, "b": {**ONE, "lends": False}},
            ["teams.a.borrows.A10: is 3, but others lend 0 A10 and 0 are nobody's: it could never have more than 0"],
        ),
        (
            {"a": {**ONE, "members": "ml-research"}},
            [
                "teams.a.members: 'ml-research' is not the OCID of an IAM group (ocid1.group.oc1..aaaa); OKE hands groups to Kubernetes by "
                "OCID, and the IAM statement that lets its members in names it too"
            ],
        ),
        ({"a": {**ONE, "members": "ocid1.user.oc1..someone"}}, ["teams.a.members: 'ocid1.user.oc1..someone' is not the OCID of"]),
        ({"a": {}}, ["teams.a.quota: has neither GPUs nor processors, so nothing of the team could ever run"]),
        ({"a": {"quota": {"cpus": 2}}}, ["teams.a.quota.memoryGib: is 0, but cpus is 2; a pod needs both"]),
        (
            {"a": {"quota": {"cpus": 20, "memoryGib": 8}}},
            ["teams.a.quota.cpus: the teams get 20 together, but pods can use 7 of the pools without GPUs, whose system has the rest"],
        ),
        (
            {"a": {**ONE, "namespaces": {"x": {}, "y": {}, "z": {}}}},
            [
                "teams.a.namespaces.y.quota: is missing, and so is that of x; one namespace gets what is left",
                "teams.a.namespaces.z.quota: is missing, and so is that of x; one namespace gets what is left",
            ],
        ),
        (
            {"a": {**ONE, "namespaces": {"x": {"quota": {"gpus": {"A10": 1}}}, "y": {"quota": {"gpus": {"A10": 1}}}}}},
            ["teams.a.namespaces.x.quota.gpus.A10: the namespaces of a get 2 A10 together, but the team may have 1; lower their shares"],
        ),
        ({"A": ONE}, ["teams.A: 'A' is not a name of lower-case letters"]),
        ({"a": {**ONE, "gpuHours": 0}}, ["teams.a.gpuHours: is 0, but must be at least 1"]),
        ({"a": {**ONE, "podSecurity": "privileged"}}, ["teams.a.podSecurity: 'privileged' is not allowed; choose one of"]),
        ({"a": {**ONE, "quotas": {}}}, ["teams.a.quotas: unknown key; did you mean quota?"]),
    ],
    ids=lambda value: "" if isinstance(value, list) else "+".join(value),
)  # fmt: skip
def test_a_mistake_is_refused_once_with_its_place_and_numbers(given: dict[str, Any], messages: list[str]) -> None:
    found = refusals(with_teams(given))
    assert len(found) == len(messages), found
    for message, problem in zip(messages, found, strict=True):
        assert problem.startswith(message)


def test_a_promise_above_the_cap_is_refused() -> None:
    stack = with_teams({"a": {"quota": {"gpus": {"A10": 2}}}})
    stack["spend"] = {"monthlyUsd": 3500, "gpus": {"A10": 1}}
    assert refusals(stack) == ["teams.a.quota.gpus.A10: is 2, but spend.gpus.A10 is 1; lower the quotas, or raise the limit"]


def test_teams_need_a_network_that_keeps_them_apart() -> None:
    assert refusals({**DEV, "teams": {"a": ONE}}) == [
        "teams: the pod network enforces no NetworkPolicies, so teams could reach each other's pods and the nodes' metadata service; "
        "install Calico or Cilium in the cluster, then set cluster.network.policyEngine to calico"
    ]
    said = refusals({**WORKSTATION, "teams": {"a": {"quota": {"gpus": {"RTX 4060": 1}}}}})
    assert said[0].endswith("then set cluster.networkPolicies to true")


def test_a_cluster_without_gpus_has_none_to_give() -> None:
    stack = with_teams({"a": ONE}, nodePools=SYSTEM)
    stack["spend"] = {}
    stack["addons"] = {}
    assert refusals(stack) == ["teams.a.quota.gpus.A10: no pool has GPUs; add one that has, or take it out"]


def test_guardrails_alone_have_no_teams() -> None:
    assert "teams: are given, but `layers` has no cluster for them to share; take them out" in refusals(
        {**DEV, "layers": ["guardrails"], "teams": {"a": ONE}}
    )


def test_a_share_of_the_nodes_goes_with_the_gpus() -> None:
    """VM.GPU.A10.1 has 15 OCPUs, which are 30 processors, and 240 GiB."""
    found = teams(queued({"a": {**ONE, "borrows": {"A10": 1}, "quota": {"gpus": {"A10": 1}, "cpus": 4, "memoryGib": 8}}}))
    assert found["a"].namespaces == (TeamNamespace(name="a", gpus={"A10": 2}, cpus=64, memory_gib=488),)
    assert (found["a"].cpus, found["a"].memory_gib, found["a"].most("A10")) == (4, 8, 2)


def test_one_namespace_gets_what_the_others_leave() -> None:
    given = {**ONE, "members": GROUP, "borrows": {"A10": 1}, "namespaces": {"x": {}, "y": {"ci": True, "quota": {"gpus": {"A10": 1}}}}}
    first, second = teams(queued({"a": given}))["a"].namespaces
    assert (first.gpus, first.cpus, first.ci) == ({"A10": 1}, 30, False)
    assert (second.gpus, second.cpus, second.ci) == ({"A10": 1}, 30, True)


def test_without_the_size_of_nodes_nothing_is_said_of_processors() -> None:
    stack = with_teams({"a": {"quota": {"gpus": {"RTX 4060": 1}}}}, WORKSTATION, networkPolicies=True)
    assert teams(stack)["a"].namespaces == (TeamNamespace(name="a", gpus={"RTX 4060": 1}),)
    stack["cluster"]["nodePools"]["workstation"] |= {"cpus": 16, "memoryGib": 64}
    assert teams(stack)["a"].namespaces == (TeamNamespace(name="a", gpus={"RTX 4060": 1}, cpus=16, memory_gib=64),)


@pytest.mark.parametrize("file", STACKS, ids=lambda file: file.name)
def test_every_namespace_of_the_platform_is_kept_from_teams(file: Path) -> None:
    """Whether it is installed or not: an add-on that is turned on later must find its place free."""
    plans = everything(file).plan.addons.plans
    own = {namespace.name for key, each in plans.items() if key != "team-namespaces" for namespace in each.namespaces}
    unsaid = {name for name in own if not is_reserved(name) and name not in NAMESPACES}
    assert unsaid == set(), "the class of the add-on says them in `namespaces`"


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.key)
def test_an_add_on_keeps_no_namespace_from_teams_that_it_does_not_make(kind: AddOnType) -> None:
    plans = [everything(file).plan.addons.plans.get(kind.key) for file in STACKS]
    made = {namespace.name for each in plans if each is not None for namespace in each.namespaces}
    assert kind.namespaces <= made


def test_a_namespace_of_an_add_on_that_is_not_installed_is_kept_from_teams() -> None:
    assert "keda" not in plan(parse(with_teams({"a": ONE}))).addons.plans
    assert refusals(with_teams({"keda": ONE})) == ["teams.keda: the namespace keda is the platform's own; name another"]


PEOPLE = {**ONE, "members": GROUP}


@pytest.mark.parametrize(
    ("given", "messages"),
    [
        ({"a": {**PEOPLE, "quota": {"gpus": {"A10": 9}}}}, ["teams.a.quota.gpus.A10: is 9, but the pools have at most 2"]),
        ({"a": {**PEOPLE, "members": "vision"}}, ["teams.a.members: 'vision' is not the OCID of an IAM group"]),
        ({"a": {**PEOPLE, "namespaces": {"kube-a": {}}}}, ["teams.a.namespaces.kube-a: the namespace kube-a is the platform's own"]),
        (
            {"a": {**PEOPLE, "quota": {"gpus": {"A10": 9}}, "borrows": {"A10": 1}}},
            ["teams.a.quota.gpus.A10: is 9, but the pools have at most 2"],
        ),
    ],
)
def test_a_team_that_is_refused_is_no_reason_to_refuse_an_add_on(given: dict[str, Any], messages: list[str]) -> None:
    """Who has no team only because it was refused is not told to turn add-ons on or off."""
    stack = queued(given)
    stack["addons"] |= {
        "personas": {"admins": "ocid1.group.oc1..exampleadmins", "maintainers": "ocid1.group.oc1..examplehelpers"},
        "admission": {"maxJobHours": 2},
        "teamNamespaces": {"storageGib": 10},
        "queues": {"enabled": True, "queues": {"a": {"order": "strict"}}},
    }
    found = refusals(stack)
    assert len(found) == len(messages)
    assert all(each.startswith(message) for each, message in zip(found, messages, strict=True)), found


def test_other_mistakes_of_add_ons_are_reported_beside_those_of_a_team() -> None:
    stack = with_teams({"a": {"quota": {"gpus": {"A10": 9}}}})
    stack["addons"] = {**stack.get("addons", {}), "queues": {"enabled": True}, "gpuOperator": {"values": {"drivr": {}}}}
    first, second = sorted(refusals(stack), reverse=True)
    assert first.startswith("teams.a.quota.gpus.A10: is 9")
    assert second.startswith("addons.gpuOperator.values.drivr: unknown key")


@pytest.mark.parametrize("namespace", ["calico-system", "tigera-operator", "cilium", "ingress-nginx", "gatekeeper-system", "flux-system"])
def test_namespaces_of_what_runs_beside_the_platform_are_no_teams(namespace: str) -> None:
    assert refusals(with_teams({namespace: ONE})) == [f"teams.{namespace}: the namespace {namespace} is the platform's own; name another"]


@pytest.mark.parametrize(
    ("given", "addons", "messages"),
    [
        (
            {"a": {**ONE, "members": GROUP, "namespaces": {"a": {"ci": True}}}},
            {"personas": {"enabled": False}},
            [
                f"teams.a.members: is '{GROUP}', but addons.personas is off: the group gets no rights, and no IAM statement lets it in; "
                "set addons.personas.enabled to true, or take it out",
                "teams.a.namespaces.a.ci: is true, but addons.personas is off, so that there is no service account for CI; "
                "set addons.personas.enabled to true, or take it out",
            ],
        ),
        (
            {"a": ONE},
            {"teamNamespaces": {"enabled": False}},
            [
                "teams: have namespaces, quotas and closed networks by addons.teamNamespaces, which is off; set its enabled to true, "
                "or take them out"
            ],
        ),
        (
            {"a": {**ONE, "borrows": {"A10": 1}}},
            {},
            [
                "teams.a.borrows: is 1 A10, but without queues nobody gets them back; "
                "set addons.kueue.enabled and addons.queues.enabled to true, or take it out"
            ],
        ),
        (
            {"a": {**ONE, "lends": False}},
            {},
            [
                "teams.a.lends: is false, but without queues nobody lends and nothing is kept free; "
                "set addons.kueue.enabled and addons.queues.enabled to true, or take it out"
            ],
        ),
    ],
)
def test_what_an_add_on_that_is_off_would_give_a_team_is_refused(given: Any, addons: dict[str, Any], messages: list[str]) -> None:
    stack = with_teams(given)
    assert refusals({**stack, "addons": {**stack.get("addons", {}), **addons}}) == messages


@pytest.mark.parametrize(
    ("team", "messages"),
    [
        (
            {**ONE, "gpuHours": 745},
            [
                "teams.a.gpuHours: is 745, but the 1 GPUs that it may have run for 744 hours in the longest month, so it would stop "
                "nothing; say less, or take it out"
            ],
        ),
        (
            {"quota": {"cpus": 2, "memoryGib": 4}, "gpuHours": 10, "monthlyUsd": 5},
            [
                f"teams.a.{key}: is {value}, but the team has no GPUs that could use it up; give it some, or take it out"
                for key, value in (("gpuHours", 10), ("monthlyUsd", 5))
            ],
        ),
        (
            {**ONE, "namespaces": {"x": {}, "y": {"quota": {"gpus": {"A10": 1}}}}},
            [
                "teams.a.namespaces.x.quota: is missing, and the others get all that the team may have, so nothing could ever run here; "
                "lower theirs, or take the namespace out"
            ],
        ),
        (
            {**ONE, "namespaces": {"x": {}, "y": {"quota": {}}}},
            [
                "teams.a.namespaces.y.quota: has neither GPUs nor processors, so nothing could ever run there; give it some, or take the "
                "namespace out"
            ],
        ),
        (
            {"quota": {"gpus": {"A10": 2}}, "namespaces": {"y": {"quota": {"gpus": {"A10": 1}}}}},
            ["teams.a.namespaces: leave 1 of gpus.A10 that the team may have to nobody; raise one of their shares, or lower the team's"],
        ),
    ],
)
def test_what_would_never_be_used_is_refused(team: dict[str, Any], messages: list[str]) -> None:
    assert refusals(queued({"a": team})) == messages


@pytest.mark.parametrize("members", ["", " ", " people", "people\n", "a\tb", "*", "system:masters", "System:masters"])
def test_a_name_that_is_nobodys_is_no_group(members: str) -> None:
    """On a cluster that exists, where no OCID says what it is."""
    stack = with_teams({"a": {"quota": {"gpus": {"RTX 4060": 1}}, "members": members}}, WORKSTATION, networkPolicies=True)
    assert refusals(stack) == [f"teams.a.members: {members!r} is not a group of people: name one as your authenticator does"]


NOBODYS = "is for nobody: no queue has a quota of that flavor; give one to a queue (gpus: 0 and borrow), or take it out"
REFINED: dict[str, tuple[dict[str, Any], str]] = {
    "no unit": ({"flavors": {"a10": {"node": {"memory": "200"}}}}, "flavors.a10.node.memory: is 200, which is 200 bytes; give it a unit"),
    "below nothing": ({"flavors": {"a10": {"node": {"cpu": "-1"}}}}, "flavors.a10.node.cpu: is -1, but must be at least 0"),
    "GPUs that no node has": (
        {"flavors": {"a10": {"node": {"nvidia.com/gpu": "4"}}}},
        "flavors.a10.node.nvidia.com/gpu: is 4, but a node has 1 GPUs: quotas would give away what is not there; say no more",
    ),
    "GPUs said twice": (
        {"queues": {"a": {"quota": {"a10": {"gpus": 1, "resources": {"nvidia.com/gpu": {"nominal": "2"}}}}}}},
        "queues.a.quota.a10.resources.nvidia.com/gpu: is 2, but GPUs are counted by gpus and nodes; say it there, and take this out",
    ),
    "GPUs without processors": (
        {"queues": {"a": {"quota": {"a10": {"gpus": 1, "resources": {"cpu": {"nominal": "0"}}}}}}},
        "queues.a.quota.a10.resources.cpu.nominal: is 0, but 1 GPUs come with it, and no pod starts without; give it some",
    ),
    "memory in bytes": (
        {"queues": {"a": {"quota": {"a10": {"gpus": 1, "resources": {"memory": {"nominal": "64"}}}}}}},
        "queues.a.quota.a10.resources.memory.nominal: is 64, which is 64 bytes; give it a unit, as in 64Gi",
    ),
    "a typing mistake": ({"queues": {"a": {"quota": {"a1o": {"gpus": 1}}}}}, "queues.a.quota.a1o: is no node pool; did you mean a10?"),
    "nodes for nobody": ({"cohorts": {"teams": {"quota": {"system": {"nodes": 1}}}}}, f"cohorts.teams.quota.system: {NOBODYS}"),
}


@pytest.mark.parametrize(("given", "message"), REFINED.values(), ids=REFINED)
def test_what_refines_a_teams_queue_is_refused_in_one_message(given: dict[str, Any], message: str) -> None:
    stack = queued({"a": ONE})
    stack["addons"]["queues"] |= given
    (found,) = refusals(stack)
    assert found.startswith(f"addons.queues.{message}")


def test_a_cap_that_is_less_than_a_node_is_refused_where_it_is_written() -> None:
    stack = document(ROOT / "examples/Pulumi.teams.yaml")
    stack["spend"]["gpus"]["H100"] = 3
    assert refusals(stack) == ["spend.gpus.H100: is 3, less than one node of 8 GPUs; raise it, or remove the pools"]


def test_a_model_that_no_team_has_can_be_explained() -> None:
    """The cohort alone has it: nobody takes it, and `platformctl queues` says nothing of it."""
    stack = document(ROOT / "examples/Pulumi.teams.yaml")
    stack["cluster"]["nodePools"]["h100"] = {"shape": "BM.GPU.H100.8", "availabilityDomains": [1], "minSize": 0, "maxSize": 1}
    stack["spend"] = {"monthlyUsd": 80_000, "gpus": {"A10": 3, "H100": 8}}
    found = plan(parse(stack))
    decided = sharing(found.addons.sections["queues"], found.context)  # type: ignore[arg-type]
    assert "h100" in decided.kinds
    assert list(Planner(decided.objects).cases("h100", "nvidia.com/gpu")) == []
