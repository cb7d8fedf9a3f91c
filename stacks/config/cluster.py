"""The `cluster` section: a new cluster on OKE, or one that exists already."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, create_model

from components.registry import ALL
from infra.existing import section as existing
from infra.existing.section import ExistingPool
from infra.oke.cluster.managed_addons import METRICS_SERVER, PROVIDES
from infra.oke.section import OkeCluster

__all__ = ["Cluster", "ExistingCluster", "ExistingPool", "OkeCluster"]

PROVIDED = (*(name for kind in ALL for name in kind.provided), PROVIDES[METRICS_SERVER])
"""What a cluster that exists may run already: what the add-ons say, and what none of them installs."""

if TYPE_CHECKING:
    from infra.existing.section import ExistingCluster
else:
    _described = existing.ExistingCluster.model_fields["provided"].description
    ExistingCluster = create_model(
        "ExistingCluster",
        __base__=existing.ExistingCluster,
        __module__=__name__,
        __doc__=existing.ExistingCluster.__doc__,
        provided=(tuple[Literal[PROVIDED], ...], Field(default=(), description=_described)),
    )

Cluster = Annotated[OkeCluster | ExistingCluster, Field(discriminator="backend")]
