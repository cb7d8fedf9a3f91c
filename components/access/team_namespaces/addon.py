"""Namespaces of the teams, each with what it may use and whom it may reach. Nobody else makes a team's namespace."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from components.access.team_namespaces.limits import limit_range, resource_quota
from components.access.team_namespaces.network import TEAM_LABEL, policies
from components.access.team_namespaces.priorities import classes
from components.access.team_namespaces.section import TeamNamespaces
from components.framework.addon import AddOn
from components.framework.plan import AddOnPlan, Namespace, Object
from components.queues.kueue.configuration import OPT_IN
from infra.facts import ClusterContext, Team, TeamNamespace
from infra.problems import Problem


class TeamNamespacesAddOn(AddOn[TeamNamespaces]):
    key = "team-namespaces"
    about = "Namespaces of the teams (`teams`): quotas, defaults, Pod Security, and networks that are closed but for what is said."
    Section = TeamNamespaces
    made_of_teams = True

    @classmethod
    def unwanted(cls, cluster: ClusterContext) -> str | None:
        return super().unwanted(cluster) or (None if cluster.teams else "the stack has no teams")

    @classmethod
    def problems(cls, cluster: ClusterContext, section: TeamNamespaces) -> Iterable[Problem]:
        if not cluster.teams:
            yield Problem("", "is on, but the stack has no teams; add `teams`, or take it out")

    @classmethod
    def problems_elsewhere(cls, cluster: ClusterContext, *, installed: bool) -> Iterable[Problem]:
        if cluster.teams and not installed:
            message = "have namespaces, quotas and closed networks by addons.teamNamespaces, which is off; set its enabled to true"
            yield Problem("teams", f"{message}, or take them out")

    @classmethod
    def plan(cls, cluster: ClusterContext, section: TeamNamespaces) -> AddOnPlan:
        spaces = [(team, namespace) for team in cluster.teams for namespace in team.namespaces]
        return AddOnPlan(
            namespaces=tuple(_namespace(team, namespace) for team, namespace in spaces),
            objects=(
                *(Object(id=f"priority-{each['metadata']['name']}", document=each) for each in classes()),
                *(each for team, namespace in spaces for each in _objects(cluster, team, namespace, section)),
            ),
            ready=tuple(namespace.name for _, namespace in spaces),
        )

    @classmethod
    def completed(cls, plan: AddOnPlan, cluster: ClusterContext, section: TeamNamespaces, others: Mapping[str, AddOnPlan]) -> AddOnPlan:
        """Kueue looks at the namespaces that have a queue, and at no others."""
        documents = [each.document for other in others.values() for each in other.objects]
        queued = {each["metadata"]["namespace"] for each in documents if each["kind"] == "LocalQueue"}
        return replace(
            plan,
            namespaces=tuple(replace(each, labels={**each.labels, **OPT_IN}) if each.name in queued else each for each in plan.namespaces),
        )


def _namespace(team: Team, namespace: TeamNamespace) -> Namespace:
    return Namespace(id=namespace.name, name=namespace.name, pod_security=team.pod_security, labels={TEAM_LABEL: team.name})


def _objects(cluster: ClusterContext, team: Team, namespace: TeamNamespace, section: TeamNamespaces) -> Iterable[Object]:
    documents = (
        resource_quota(cluster, namespace, section.storage_gib),
        limit_range(namespace),
        *policies(cluster, team.name, namespace.name),
    )
    for document in documents:
        kind = document["kind"].lower()
        yield Object(id=f"{namespace.name}-{kind}-{document['metadata']['name']}", document=document, after=(namespace.name,))
