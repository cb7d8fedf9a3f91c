"""What no namespace of a team takes, whoever asks: the API server refuses it, with the rule and the limit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from components.access.admission.policies import documents
from components.access.admission.section import Admission
from components.framework.addon import AddOn
from components.framework.plan import AddOnPlan, Object
from infra.facts import ClusterContext
from infra.problems import Problem


class AdmissionAddOn(AddOn[Admission]):
    key = "admission"
    about = "What is refused in the teams' namespaces: GPUs past the caps, and every way around quotas ([admission.md](admission.md))."
    Section = Admission
    made_of_teams = True
    after = frozenset({"team-namespaces", "personas"})

    @classmethod
    def unwanted(cls, cluster: ClusterContext) -> str | None:
        return super().unwanted(cluster) or (None if cluster.teams else "the stack has no teams")

    @classmethod
    def problems(cls, cluster: ClusterContext, section: Admission) -> Iterable[Problem]:
        if not cluster.teams:
            yield Problem("", "is on, but the stack has no teams; add `teams`, or take it out")
        for place, name in enumerate(section.resources):
            if "/" not in name:
                yield Problem(f"resources.{place}", f"{name!r} is no extended resource, as in rdma/hca; others need not be named")

    @classmethod
    def plan(cls, cluster: ClusterContext, section: Admission) -> AddOnPlan:
        return AddOnPlan(objects=tuple(_objects(documents(cluster, section))))

    @classmethod
    def completed(cls, plan: AddOnPlan, cluster: ClusterContext, section: Admission, others: Mapping[str, AddOnPlan]) -> AddOnPlan:
        """With the namespaces of the other add-ons, whose pods may go onto GPU nodes."""
        own = {space.name for key, each in others.items() if key != "team-namespaces" for space in each.namespaces}
        return replace(plan, objects=tuple(_objects(documents(cluster, section, own))))


def _objects(given: Iterable[dict[str, Any]]) -> Iterator[Object]:
    """Each binding after its policy."""
    for document in given:
        name = document["metadata"]["name"]
        if document["kind"].endswith("Binding"):
            yield Object(id=f"{name}-binding", document=document, after=(name,))
        else:
            yield Object(id=name, document=document)
