"""A whole stack file."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr

from infra.catalogue import own
from infra.catalogue.own import Catalogue
from infra.catalogue.section import CatalogueSection
from infra.oke.spend.section import Guardrails, Spend
from infra.problems import Problem
from infra.section import BucketName, DnsLabel, Section, form
from stacks.config.acknowledge import Acknowledgement
from stacks.config.addons import PlatformAddOns
from stacks.config.charts import Charts
from stacks.config.cluster import Cluster
from stacks.config.deprecations import Deprecation, written
from stacks.config.policies import Policies
from stacks.config.teams import Team

Layer = Literal["cluster", "guardrails"]


Folder = Annotated[str, form(r"^[A-Za-z0-9._/-]+$", "a folder: letters, digits, dots, dashes, underscores and slashes")]


class State(Section):
    bucket: BucketName
    """Bucket that holds Pulumi's state. `platformctl state bootstrap` makes it."""
    namespace: Annotated[str, form(r"^[a-z0-9]+$", "a namespace of Object Storage: lower-case letters and digits")]
    """Object Storage namespace of the tenancy."""
    region: str
    """Region of the bucket."""
    prefix: Annotated[str, form(r"^[A-Za-z0-9._/-]*$", "a folder: letters, digits, dots, dashes, underscores and slashes")] = ""
    """Folder inside the bucket."""


class Stack(Section):
    name: DnsLabel
    """Name of the platform; every cloud resource's name starts with it."""
    environment: Literal["dev", "staging", "prod"] = "prod"
    """What the platform is for. In `prod` the cluster, its network and its data are protected from deletion."""
    layers: Annotated[tuple[Layer, ...], Field(min_length=1)] = ("cluster",)
    """What this stack deploys. `guardrails` alone lets other credentials own the budget and the quotas."""
    cluster: Cluster
    """The cluster that the platform is installed into."""
    addons: PlatformAddOns = PlatformAddOns()
    """What is installed into the cluster."""
    teams: dict[DnsLabel, Team] = {}
    """Who shares the cluster, by name. Left out: one team that trusts itself, and nothing divided."""
    charts: Charts = Charts()
    """Where the add-ons' Helm charts come from."""
    spend: Spend = Spend()
    """What the platform may cost."""
    guardrails: Guardrails | None = None
    """Budget and quotas; needed by the `guardrails` layer."""
    catalogue: CatalogueSection = CatalogueSection()
    """What Oracle offers that this version does not know yet."""
    policies: Policies = Policies()
    """What this stack allows beside what the policies know."""
    tags: dict[str, str] = {}
    """Free-form tags for every OCI resource that takes them."""
    defined_tags: dict[str, str] = {}
    """Defined tags for every OCI resource that takes them, as `Operations.CostCenter`. The tenancy has namespace and key already."""
    ignore_defined_tags: tuple[str, ...] = ()
    """Defined tags (`Namespace.Key`) that the tenancy puts on by itself, as its tag defaults do: left as they are, and no drift. Those that
    Oracle makes, `Oracle-Tags.CreatedBy` and `Oracle-Tags.CreatedOn`, need no word."""
    acknowledge: tuple[Acknowledgement, ...] = ()
    """What one update may replace or delete although nobody gets it back. `platformctl diff` asks for it, and then for its removal."""
    state: State | None = None
    """Where Pulumi's state is kept, for `platformctl state`."""
    blueprints: tuple[Folder, ...] = ()
    """Folders of the stack's own blueprints, as seen from this file, for `platformctl blueprint`. Nothing of them is deployed."""

    _old_keys: tuple[Deprecation, ...] = PrivateAttr(default=())

    @property
    def old_keys(self) -> tuple[Deprecation, ...]:
        """Keys of the file whose values were taken to their new places."""
        return self._old_keys

    @property
    def known(self) -> Catalogue:
        """What is known of Oracle's offer: by this version, and by the file."""
        return own.read(self.catalogue.model_dump(mode="json", by_alias=True))

    def with_old_keys(self, moved: Iterable[Deprecation]) -> Self:
        self._old_keys = tuple(moved)
        return self

    def written(self, problem: Problem) -> Problem:
        """The problem, at the path where the file has it."""
        return written(problem, self._old_keys)
