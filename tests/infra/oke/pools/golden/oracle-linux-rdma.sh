#!/bin/bash
set -uo pipefail

# The image leaves its root file system at its own size, whatever the boot volume's.
/usr/libexec/oci-growfs -y || echo "the root file system did not grow" >&2

# RDMA pins memory, far more than the 8 MB that a container may lock otherwise.
mkdir -p /etc/crio/crio.conf.d
cat >/etc/crio/crio.conf.d/20-locked-memory.conf <<'END'
[crio.runtime]
default_ulimits = ["memlock=-1:-1"]
END

# Join the cluster.
curl --fail --silent --show-error --retry 10 --retry-delay 5 --retry-connrefused \
  --header 'Authorization: Bearer Oracle' http://169.254.169.254/opc/v2/instance/metadata/oke_init_script |
  base64 --decode >/var/run/oke-init.sh || exit 1
exec bash /var/run/oke-init.sh
