"""The `cluster` section: a new cluster on OKE, or one that exists already."""

from typing import Annotated

from pydantic import Field

from infra.existing.section import ExistingCluster, ExistingPool
from infra.oke.section import OkeCluster

__all__ = ["Cluster", "ExistingCluster", "ExistingPool", "OkeCluster"]

Cluster = Annotated[OkeCluster | ExistingCluster, Field(discriminator="backend")]
