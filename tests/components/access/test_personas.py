"""Personas: who is bound to what, and what cannot be asked for. What they may do is asked of the API server."""

import copy
from typing import Any

import pytest

from components.access.personas.escalations import ESCALATIONS
from components.access.personas.roles import PERSONAS, ROLES, may
from infra.oke.access import grants
from infra.project import PROJECT
from policies.rules.security.iam_statements import too_wide
from stacks.config import StackFileError, parse
from stacks.config.load import document
from stacks.plan import PlatformPlan, plan
from testkit.stack_files import ROOT

SHARED, SANDBOX = document(ROOT / "examples/Pulumi.teams.yaml"), document(ROOT / "examples/Pulumi.sandbox.yaml")
ADMINS, MAINTAINERS, ON_CALL = (f"ocid1.group.oc1..{name}" for name in ("admins", "maintainers", "oncall"))
GLASS = {"group": ON_CALL, "until": "2026-12-01T18:00:00Z", "reason": "a drill"}


def stack(base: dict[str, Any] = SHARED, **personas: Any) -> dict[str, Any]:
    changed = copy.deepcopy(base)
    changed["addons"] = {**changed.get("addons", {}), "personas": personas}
    return changed


def planned(given: dict[str, Any]) -> PlatformPlan:
    return plan(parse(given))


def refusals(given: dict[str, Any]) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        planned(given)
    return [str(problem) for problem in refusal.value.problems]


def bindings(decided: PlatformPlan) -> set[tuple[str, str, str]]:
    """Where (empty: everywhere), the role, and to whom."""
    found = (each.document for each in decided.addons.plans["personas"].objects if each.document["kind"].endswith("Binding"))
    return {(each["metadata"].get("namespace", ""), each["roleRef"]["name"], each["subjects"][0]["name"]) for each in found}


def test_each_group_is_bound_where_it_works_and_nowhere_else() -> None:
    assert bindings(planned(stack(admins=ADMINS, maintainers=MAINTAINERS))) == {
        ("", "cluster-admin", ADMINS),
        ("", "platform-maintainer-read", MAINTAINERS),
        *((space, "platform-maintainer-workloads", MAINTAINERS) for space in ("vision", "speech", "speech-ci")),
        ("vision", "team-member", "ocid1.group.oc1..examplevision"),
        ("speech", "team-member", "ocid1.group.oc1..examplespeech"),
        ("speech-ci", "team-member", "ocid1.group.oc1..examplespeech"),
        ("speech-ci", "ci-submitter", "ci-submitter"),
    }


def test_every_group_that_is_bound_has_its_iam_statement() -> None:
    """OKE authenticates by IAM first: a binding without a statement lets nobody in."""
    decided = planned(stack(admins=ADMINS, maintainers=MAINTAINERS, breakGlass=GLASS))
    assert decided.oke is not None
    let_in = {each.group for each in decided.oke.needs.people}
    assert {who for _, _, who in bindings(decided) if who.startswith("ocid1.")} == let_in


def test_the_policies_take_what_people_are_granted() -> None:
    decided = planned(stack(admins=ADMINS, maintainers=MAINTAINERS, breakGlass=GLASS))
    assert decided.oke is not None
    texts = [text for policy in grants.plan(decided.oke.needs, "ocid1.cluster.oc1..c") if policy.key == "people" for text in policy.texts]
    assert len(texts) == 5
    assert [too_wide(text) for text in texts] == [None] * 5


def test_the_glass_is_broken_for_a_while() -> None:
    decided = planned(stack(breakGlass=GLASS))
    assert decided.oke is not None
    assert {each.until for each in decided.oke.needs.people if each.group == ON_CALL} == {"2026-12-01T18:00:00Z"}
    binding = next(each.document for each in decided.addons.plans["personas"].objects if each.id == "break-glass")
    assert binding["metadata"]["annotations"] == {f"{PROJECT}/until": "2026-12-01T18:00:00Z", f"{PROJECT}/reason": "a drill"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"breakGlass": {**GLASS, "group": "ocid1.group.oc1..examplevision"}},
            "addons.personas.breakGlass.group: is the group of teams.vision.members too, so it would get in after `until`",
        ),
        ({"maintainers": ON_CALL, "breakGlass": GLASS}, "addons.personas.breakGlass.group: is the group of maintainers too"),
        ({"admins": ADMINS, "maintainers": ADMINS}, "addons.personas.admins: is the group of maintainers too, whose members would be"),
        ({"maintainers": "system:authenticated"}, "addons.personas.maintainers: 'system:authenticated' is Kubernetes' own"),
        ({"maintainers": "System:masters"}, "addons.personas.maintainers: 'System:masters' is Kubernetes' own"),
        ({"maintainers": " "}, "addons.personas.maintainers: ' ' is not a group of people: name one as your authenticator does"),
        ({"maintainers": "platform"}, "addons.personas.maintainers: 'platform' is not the OCID of an IAM group (ocid1.group.oc1..aaaa)"),
        ({"admins": "ocid1.user.oc1..me"}, "addons.personas.admins: 'ocid1.user.oc1..me' is not the OCID of an IAM group"),
        (
            {"breakGlass": {**GLASS, "until": "tomorrow"}},
            "addons.personas.breakGlass.until: 'tomorrow' is not a time in UTC, like 2026-12-01",
        ),
        ({"breakGlass": {"group": ON_CALL, "reason": "x"}}, "addons.personas.breakGlass.until: is required and missing"),
        ({"values": {"a": 1}}, "addons.personas.values: personas has no Helm release here, so nothing would read them"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
)
def test_what_cannot_be_is_refused_with_its_place(given: dict[str, Any], message: str) -> None:
    found = refusals(stack(**given))
    assert [problem for problem in found if problem.startswith(message)], found
    assert len(found) == 1


def test_where_nothing_ends_it_the_glass_is_not_broken() -> None:
    assert refusals(stack(SANDBOX, enabled=True, breakGlass=GLASS)) == [
        "addons.personas.breakGlass: would never end here: nothing but Oracle's IAM takes the access away by itself; take it out, "
        "or bind it by hand"
    ]


def test_rights_need_namespaces_to_be_in() -> None:
    given = stack()
    given["addons"]["teamNamespaces"] = {"enabled": False}
    assert refusals(given) == [
        "addons.personas: gives teams rights in their namespaces, but addons.teamNamespaces is off, so there are none; turn it on"
    ]


def test_no_role_has_a_star_or_a_verb_that_gives_rights() -> None:
    for role in ROLES:
        for rule in role.rules:
            assert "*" not in (rule.group, *rule.resources, *rule.verbs)
            assert not {"bind", "escalate", "impersonate", "deletecollection"} & {*rule.verbs}


@pytest.mark.parametrize("persona", [each for each in PERSONAS if each != "admin"])
def test_no_persona_has_a_way_to_more_rights(persona: Any) -> None:
    assert [each for each in ESCALATIONS if may(persona, each.verb, each.group, each.resource, in_own_namespace=True)] == []
