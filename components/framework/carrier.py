"""Carries a plan out with Pulumi: releases pinned, bounded in time, cleaned up on failure, and gone with the cluster."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random

from components.framework.addon import AddOnType, awaited
from components.framework.compose import AddOnsPlan
from components.framework.manifest import Manifest
from components.framework.plan import AddOnPlan, Confidential, Generated, Granted, Namespace, Object, Release, Row, Secret, ordered
from infra.facts import ClusterFacts


class Installed(pulumi.ComponentResource):
    """An add-on that is declared: its resources by their ids in the plan."""

    resources: Mapping[str, pulumi.Resource]
    dependencies: tuple[pulumi.Resource, ...]
    """What an add-on that requires this one waits for, and what outlives it on destroy."""

    def __init__(
        self,
        kind: AddOnType,
        plan: AddOnPlan,
        facts: ClusterFacts,
        waits_for: Sequence[pulumi.Resource] = (),
        chart_mirror: str | None = None,
    ) -> None:
        """`chart_mirror` is where charts are pulled from; None for where each is published."""
        name = kind.__name__.removesuffix("AddOn")
        super().__init__(f"platform:addon:{name}", kind.key, {}, pulumi.ResourceOptions(provider=facts.provider))
        self.key, self.charts, self.plan = kind.key, kind.charts, plan
        self.waits_for = (*facts.ready, *waits_for)
        self._facts, self._mirror = facts, chart_mirror
        self._random: random.Provider | None = None
        resources: dict[str, pulumi.Resource] = {}
        for row in ordered(plan):
            resources[row.id] = self._declared(row, [resources[id_] for id_ in row.after])
        self.resources = resources
        self.dependencies = tuple(resources[id_] for id_ in plan.ready_rows)
        self.register_outputs({})

    def _declared(self, row: Row, after: Sequence[pulumi.Resource]) -> pulumi.Resource:
        match row:
            case Namespace():
                return self._manifest(row.id, row.document, after)
            case Object():
                return self._manifest(row.id, self._known(row.document), after, row.fixed)
            case Secret():
                return self._manifest(row.id, self._secret(row, after), after)
            case Release():
                return self._release(row, after)
        raise TypeError(f"{row.id} of {self.key} is of no kind that can be declared: {type(row).__name__}")

    def _options(self, after: Iterable[pulumi.Resource], fixed: Sequence[str] = ()) -> pulumi.ResourceOptions:
        """A child waits for what the add-on waits for and for `after`, and goes with the cluster."""
        return pulumi.ResourceOptions(
            parent=self,
            provider=self._facts.provider,
            depends_on=list(dict.fromkeys((*self.waits_for, *after))),
            deleted_with=self._facts.cluster,
            replace_on_changes=list(fixed) or None,
            delete_before_replace=True if fixed else None,
        )

    def _manifest(self, id_: str, document: Mapping[str, Any], after: Sequence[pulumi.Resource], fixed: Sequence[str] = ()) -> Manifest:
        return Manifest(f"{self.key}-{id_}", document, self._options(after, fixed))

    def _release(self, row: Release, after: Sequence[pulumi.Resource]) -> k8s.helm.v3.Release:
        source = row.chart.copied_to(self._mirror)
        return k8s.helm.v3.Release(
            row.name,
            name=row.name,
            namespace=row.namespace,
            create_namespace=False,
            chart=source.reference,
            repository_opts=k8s.helm.v3.RepositoryOptsArgs(repo=source.repository_url) if source.repository_url else None,
            version=row.chart.version,
            values=self._known(row.values),
            skip_crds=row.skip_crds,
            atomic=True,
            cleanup_on_fail=True,
            max_history=5,
            timeout=row.timeout,
            opts=self._options(after),
        )

    def _secret(self, row: Secret, after: Sequence[pulumi.Resource]) -> dict[str, Any]:
        content = {key: self._value(value, after) for key, value in row.content.items()}
        metadata = {"name": row.name, "namespace": row.namespace}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": content}

    def _value(self, value: str | Generated | Confidential, after: Sequence[pulumi.Resource]) -> pulumi.Input[str]:
        match value:
            case Generated():
                return pulumi.Output.secret(self._password(value, after).result)
            case Confidential():
                return pulumi.Output.secret(value.value)
        return value

    def _password(self, value: Generated, after: Sequence[pulumi.Resource]) -> random.RandomPassword:
        if self._random is None:
            # Without the wait the add-on would begin when the stack does.
            waits = pulumi.ResourceOptions(parent=self, depends_on=list(after))
            self._random = random.Provider(f"{self.key}-random", opts=waits)
        options = pulumi.ResourceOptions(parent=self, provider=self._random)
        return random.RandomPassword(f"{self.key}-{value.id}", length=value.length, special=False, opts=options)

    def _known(self, value: Any) -> Any:
        """`value` with what the cluster's owner granted in place of its references, and plain dicts and lists, as the engine takes it."""
        if isinstance(value, Granted):
            return self._facts.granted[value.need][value.field]
        if isinstance(value, Mapping):
            return {key: self._known(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._known(item) for item in value]
        return value


def install(decided: AddOnsPlan, facts: ClusterFacts, chart_mirror: str | None = None) -> dict[str, Installed]:
    """Declare every add-on, each waiting for what it requires or comes after, and for nothing else."""
    installed: dict[str, Installed] = {}
    for key, plan in decided.plans.items():
        kind = decided.chosen[key]
        needs = sorted(awaited(key, decided.chosen))
        waits: list[pulumi.Resource] = [facts.provided_by[need] for need in needs if need in facts.provided_by]
        waits += [each for need in needs if need in installed for each in installed[need].dependencies]
        installed[key] = Installed(kind, plan, facts, waits, chart_mirror)
    return installed
