"""One compute cluster for every RDMA pool, in the pool's availability domain."""

import pulumi
from pulumi.runtime import MockResourceArgs

from infra.oke.pools.plan import plan
from infra.oke.pools.rdma import Rdma, RdmaArgs
from tests.infra.oke.pools.entries import entry, sections

SYSTEM = entry("system", shape="VM.Standard.E5.Flex", ocpus=4, memory_gib=32, size=3)
H100 = entry("h100", shape="BM.GPU.H100.8", max_size=2, rdma=True, imported_image="gpu")
PLANS = plan(
    sections([SYSTEM, H100]), region="r", region_ads=2, cluster_version="v1.34.2", imported_images={"gpu": "ubuntu-22.04-cuda-12.8"}
)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_each_rdma_pool_has_a_compute_cluster_where_its_nodes_are(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    rdma = Rdma("rdma", RdmaArgs(prefix="lab", compartment_id="c", availability_domains=["x:AD-1", "x:AD-2"], plans=PLANS))

    def check(_: object) -> None:
        assert list(rdma.resources.clusters) == ["h100-ad1", "h100-ad2"]
        assert made["rdma-h100-ad1"].inputs == {"compartmentId": "c", "displayName": "lab-h100-ad1", "availabilityDomain": "x:AD-1"}
        assert made["rdma-h100-ad2"].inputs == {"compartmentId": "c", "displayName": "lab-h100-ad2", "availabilityDomain": "x:AD-2"}
        assert "rdma-system" not in made

    return pulumi.Output.all(*[cluster.urn for cluster in rdma.resources.clusters.values()]).apply(check)
