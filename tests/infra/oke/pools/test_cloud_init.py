"""What nodes run on their first boot, read whole, and checked by the shell that runs it."""

import subprocess
from base64 import b64decode
from itertools import product
from pathlib import Path
from shutil import which
from typing import get_args

import pytest

from infra.oke.images.choice import Os
from infra.oke.network.cidr import PodNetwork
from infra.oke.pools import cloud_init
from infra.oke.pools.cloud_init import FirstBoot

GOLDEN = Path(__file__).parent / "golden"

BOOTS = {
    "oracle-linux": FirstBoot(os="oracle-linux", kubernetes_version="v1.34.2"),
    "oracle-linux-rdma": FirstBoot(os="oracle-linux", kubernetes_version="v1.34.2", rdma=True),
    "ubuntu-rdma": FirstBoot(os="ubuntu", kubernetes_version="v1.34.2", rdma=True),
}
ALL = [
    FirstBoot(os=os, kubernetes_version="v1.33.10", pod_network=network, rdma=rdma)
    for os, network, rdma in product(get_args(Os), get_args(PodNetwork), (True, False))
]


@pytest.mark.parametrize("name", BOOTS)
def test_the_script_is_the_one_reviewed(name: str) -> None:
    assert cloud_init.script(BOOTS[name]) == (GOLDEN / f"{name}.sh").read_text()


@pytest.mark.parametrize("boot", ALL, ids=str)
def test_bash_can_read_every_script(boot: FirstBoot) -> None:
    bash = which("bash")
    assert bash is not None
    read = subprocess.run([bash, "-n"], input=cloud_init.script(boot), text=True, capture_output=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


@pytest.mark.parametrize("boot", ALL, ids=str)
def test_every_node_joins_the_cluster_at_the_end(boot: FirstBoot) -> None:
    last = cloud_init.script(boot).split("# Join the cluster")[-1]
    assert ("exec bash /var/run/oke-init.sh" if boot.os == "oracle-linux" else "oke bootstrap && exit 0") in last


def test_only_oracle_linux_needs_its_root_grown() -> None:
    assert "oci-growfs" in cloud_init.script(BOOTS["oracle-linux"])
    assert "oci-growfs" not in cloud_init.script(BOOTS["ubuntu-rdma"])


def test_only_rdma_nodes_lock_memory_without_end() -> None:
    assert [boot.rdma for boot in ALL] == ["memlock=-1:-1" in cloud_init.script(boot) for boot in ALL]


def test_networkd_keeps_off_the_routes_of_native_pods() -> None:
    ubuntu = [boot for boot in ALL if boot.os == "ubuntu"]
    assert [boot.pod_network == "native" for boot in ubuntu] == ["ManageForeignRoutes=no" in cloud_init.script(boot) for boot in ubuntu]


def test_user_data_is_the_script_in_base64() -> None:
    assert b64decode(cloud_init.user_data(BOOTS["oracle-linux"])).decode() == cloud_init.script(BOOTS["oracle-linux"])
