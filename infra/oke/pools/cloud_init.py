"""What a node does on its first boot, as a shell script: cloud-init's user data.

The user data replaces OKE's own script, so each of these ends by joining the cluster.
Sources: Oracle, "Using Custom Cloud-init Initialization Scripts to Set Up Managed Nodes", 2026-09; oracle-quickstart/oci-hpc-oke, 2026-08
(Ubuntu, locked memory); terraform-oci-oke, 2026-04 (root file system).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.oke.images.choice import Os
from infra.oke.network.cidr import PodNetwork
from infra.oke.pools import user_data as parts

_METADATA = "http://169.254.169.254/opc/v2/instance/metadata"
_NODE_PACKAGES = "https://odx-oke.objectstorage.us-sanjose-1.oci.customer-oci.com/n/odx-oke/b/okn-repositories/o/prod"
"""Where Oracle keeps the node's packages for Ubuntu, for images that do not carry them."""


@dataclass(frozen=True, kw_only=True)
class FirstBoot:
    os: Os
    kubernetes_version: str
    """As OKE names it: `v1.34.2`. Ubuntu nodes install the packages of this version."""
    pod_network: PodNetwork = "native"
    rdma: bool = False
    user_data: tuple[str, ...] = ()
    """Parts that the stack file brings."""


def script(boot: FirstBoot) -> str:
    """The script, the same for equal `boot`: any change of it is a change of the node pool."""
    return "\n".join(("#!/bin/bash", "set -uo pipefail", "", *_steps(boot))) + "\n"


def user_data(boot: FirstBoot) -> str:
    """The script as node metadata carries it, and what cloud-config there is beside it: base64."""
    return parts.encoded(script(boot), boot.user_data)


def _steps(boot: FirstBoot) -> Iterator[str]:
    if boot.os == "oracle-linux":
        yield "# The image leaves its root file system at its own size, whatever the boot volume's."
        yield '/usr/libexec/oci-growfs -y || echo "the root file system did not grow" >&2'
        yield ""
    if boot.rdma:
        yield "# RDMA pins memory, far more than the 8 MB that a container may lock otherwise."
        yield from _file("/etc/crio/crio.conf.d/20-locked-memory.conf", "[crio.runtime]", 'default_ulimits = ["memlock=-1:-1"]')
    yield from parts.steps(boot.user_data)
    if boot.os == "ubuntu":
        yield from _join_ubuntu(boot)
    else:
        yield from _join_oracle_linux()


def _file(path: str, *lines: str) -> Iterator[str]:
    yield f"mkdir -p {path.rpartition('/')[0]}"
    yield f"cat >{path} <<'END'"
    yield from lines
    yield "END"
    yield ""


def _join_oracle_linux() -> Iterator[str]:
    yield "# Join the cluster."
    yield "curl --fail --silent --show-error --retry 10 --retry-delay 5 --retry-connrefused \\"
    yield f"  --header 'Authorization: Bearer Oracle' {_METADATA}/oke_init_script |"
    yield "  base64 --decode >/var/run/oke-init.sh || exit 1"
    yield "exec bash /var/run/oke-init.sh"


def _join_ubuntu(boot: FirstBoot) -> Iterator[str]:
    version = boot.kubernetes_version.removeprefix("v")
    repository = f"kubernetes-{version.rpartition('.')[0]}"
    if boot.pod_network == "native":
        yield "# The pods' routes are the CNI's: networkd would take them away."
        yield from _file(
            "/etc/systemd/networkd.conf.d/20-pod-routes.conf", "[Network]", "ManageForeignRoutes=no", "ManageForeignRoutingPolicyRules=no"
        )
        yield "systemctl restart systemd-networkd"
        yield ""
    yield "# The node's packages: in the image, beside it on disk, or from Oracle."
    yield "if ! command -v oke >/dev/null; then"
    yield "  . /etc/os-release"
    yield f'  packages="/opt/oke-node-client-packages/ubuntu-${{VERSION_CODENAME}}/{repository}"'
    yield '  if [ -d "${packages}/dists" ]; then'
    yield '    address="file://${packages}"'
    yield "  else"
    yield f'    address="{_NODE_PACKAGES}/ubuntu-${{VERSION_CODENAME}}/{repository}"'
    yield "  fi"
    yield '  echo "deb [trusted=yes] ${address} stable main" >/etc/apt/sources.list.d/oke-node.list'
    yield "  apt-get -o DPkg::Lock::Timeout=300 update"
    yield f"  apt-get -o DPkg::Lock::Timeout=300 install --yes oci-oke-node-all-{version} || exit 1"
    yield "fi"
    yield ""
    yield "# Join the cluster. The node's certificate may take a while to appear."
    yield "for _ in $(seq 20); do"
    yield "  oke bootstrap && exit 0"
    yield "  sleep 15"
    yield "done"
    yield 'echo "the node could not join the cluster" >&2'
    yield "exit 1"
