#!/bin/bash
set -uo pipefail

# RDMA pins memory, far more than the 8 MB that a container may lock otherwise.
mkdir -p /etc/crio/crio.conf.d
cat >/etc/crio/crio.conf.d/20-locked-memory.conf <<'END'
[crio.runtime]
default_ulimits = ["memlock=-1:-1"]
END

# The pods' routes are the CNI's: networkd would take them away.
mkdir -p /etc/systemd/networkd.conf.d
cat >/etc/systemd/networkd.conf.d/20-pod-routes.conf <<'END'
[Network]
ManageForeignRoutes=no
ManageForeignRoutingPolicyRules=no
END

systemctl restart systemd-networkd

# The node's packages: in the image, beside it on disk, or from Oracle.
if ! command -v oke >/dev/null; then
  . /etc/os-release
  packages="/opt/oke-node-client-packages/ubuntu-${VERSION_CODENAME}/kubernetes-1.34"
  if [ -d "${packages}/dists" ]; then
    address="file://${packages}"
  else
    address="https://odx-oke.objectstorage.us-sanjose-1.oci.customer-oci.com/n/odx-oke/b/okn-repositories/o/prod/ubuntu-${VERSION_CODENAME}/kubernetes-1.34"
  fi
  echo "deb [trusted=yes] ${address} stable main" >/etc/apt/sources.list.d/oke-node.list
  apt-get -o DPkg::Lock::Timeout=300 update
  apt-get -o DPkg::Lock::Timeout=300 install --yes oci-oke-node-all-1.34.2 || exit 1
fi

# Join the cluster. The node's certificate may take a while to appear.
for _ in $(seq 20); do
  oke bootstrap && exit 0
  sleep 15
done
echo "the node could not join the cluster" >&2
exit 1
