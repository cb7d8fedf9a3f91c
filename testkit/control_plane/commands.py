"""The command line of each of the control plane's programs. Paths are relative: the programs run in the state folder."""

import sys
from collections.abc import Mapping
from pathlib import Path

Programs = Mapping[str, Path]
"""Where each program lies, by its name."""

STAGES = Path(__file__).resolve().parent / "stages.yaml"
"""How kwok plays nodes and pods."""

# A socket in the state folder instead of a port: nobody else can reach it. etcd takes a host name here and makes it the file's name.
ETCD_CLIENT, ETCD_PEER = "unix://client:0", "unix://peer:0"

SERVICES = "10.96.0.0/16"
"""Addresses of services, in CIDR notation. Nothing answers there."""


def etcd(programs: Programs) -> list[str]:
    return [
        str(programs["etcd"]),
        "--name=control-plane",
        "--data-dir=etcd",
        "--log-level=warn",
        "--unsafe-no-fsync",  # the data does not outlive the process
        f"--listen-client-urls={ETCD_CLIENT}",
        f"--advertise-client-urls={ETCD_CLIENT}",
        f"--listen-peer-urls={ETCD_PEER}",
        f"--initial-advertise-peer-urls={ETCD_PEER}",
        f"--initial-cluster=control-plane={ETCD_PEER}",
    ]


def kube_apiserver(programs: Programs, port: int) -> list[str]:
    """All default admission plugins are on, Pod Security among them. The server makes its own certificate."""
    return [
        str(programs["kube-apiserver"]),
        f"--etcd-servers={ETCD_CLIENT}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        "--cert-dir=certificates",
        "--token-auth-file=tokens.csv",
        "--authorization-mode=Node,RBAC",
        "--allow-privileged=true",  # as OKE does; Pod Security decides where it may be used
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=service-accounts.key",
        "--service-account-signing-key-file=service-accounts.key",
        f"--service-cluster-ip-range={SERVICES}",
        "--endpoint-reconciler-type=none",  # a loopback address is no endpoint
        "--profiling=false",
    ]


def kube_controller_manager(programs: Programs) -> list[str]:
    return [
        str(programs["kube-controller-manager"]),
        "--kubeconfig=kube-controller-manager.kubeconfig",
        "--secure-port=0",
        "--leader-elect=false",
        "--use-service-account-credentials=true",  # as real clusters do: admission policies see each controller's own name
        "--service-account-private-key-file=service-accounts.key",
        "--root-ca-file=certificates/apiserver.crt",
        "--kube-api-qps=200",  # the defaults keep a test waiting
        "--kube-api-burst=400",
        "--profiling=false",
    ]


def kube_scheduler(programs: Programs) -> list[str]:
    return [
        str(programs["kube-scheduler"]),
        "--kubeconfig=kube-scheduler.kubeconfig",
        "--secure-port=0",
        "--leader-elect=false",
        "--profiling=false",
    ]


def kwok(programs: Programs) -> list[str]:
    return [
        str(programs["kwok"]),
        "--kubeconfig=kwok.kubeconfig",
        "--config=" + str(STAGES),
        "--manage-all-nodes=true",
        "--node-lease-duration-seconds=40",
        "--cidr=10.244.0.0/16",  # pods get addresses of this range,
        "--node-ip=192.0.2.1",  # and every node this one: nobody answers at either
    ]


def charts(folder: str) -> list[str]:
    """A web server with the folder's files, on a port of its own choice; unbuffered, for it logs which."""
    return [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder]
