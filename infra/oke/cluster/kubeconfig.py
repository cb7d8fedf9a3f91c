"""Kubeconfig text: how a client finds the API, trusts it, and asks the `oci` command for a token. No secret is in it."""

import shlex
from dataclasses import dataclass

import yaml

API_PORT = 6443

EXEC_API = "client.authentication.k8s.io/v1beta1"
"""Version of the exchange between a client and the command that makes its token. Kubernetes 1.34: v1beta1 and v1 are the same."""


class KubeconfigError(ValueError):
    """A kubeconfig lacks what is needed of it."""


def kubeconfig(
    *,
    cluster_id: str,
    cluster_name: str,
    server: str,
    ca_data: str,
    region: str,
    profile: str | None = None,
    auth: str | None = None,
    tls_server_name: str | None = None,
) -> str:
    """The kubeconfig of a cluster, always the same text for the same arguments.

    `server` is `https://HOST:PORT`, `ca_data` the certificate authority in base64. `profile` and `auth` go to the `oci` command,
    which otherwise decides for itself. `tls_server_name` is the name in the API's certificate, where `server` is another (a tunnel).
    """
    if not server.startswith("https://"):
        raise KubeconfigError(f"the server is {server!r}, but must be reached over https://")
    cluster = {"server": server, "certificate-authority-data": ca_data}
    if tls_server_name is not None:
        cluster["tls-server-name"] = tls_server_name
    chosen = [("--region", region), ("--profile", profile), ("--auth", auth)]
    token = {
        "apiVersion": EXEC_API,
        "command": "oci",
        "args": [
            *(word for flag, value in chosen if value is not None for word in (flag, value)),
            *("ce", "cluster", "generate-token", "--cluster-id", cluster_id),
        ],
        "interactiveMode": "Never",
        "provideClusterInfo": False,
    }
    return _text(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": cluster_name, "cluster": cluster}],
            "users": [{"name": cluster_name, "user": {"exec": token}}],
            "contexts": [{"name": cluster_name, "context": {"cluster": cluster_name, "user": cluster_name}}],
            "current-context": cluster_name,
        }
    )


def server_of(endpoint: str) -> str:
    """`server` for an endpoint as the cluster reports it: `10.0.0.5:6443`, with or without its port."""
    return f"https://{host_of(endpoint)}:{_port_of(endpoint)}"


def tunnel_server(port: int) -> str:
    """`server` for a port forwarded through the bastion; give the endpoint's address as `tls_server_name` beside it."""
    return f"https://127.0.0.1:{port}"


def host_of(endpoint: str) -> str:
    """The address in an endpoint as the cluster reports it."""
    return endpoint.removeprefix("https://").rpartition(":")[0] or endpoint.removeprefix("https://")


def certificate_authority(text: str) -> str:
    """The certificate authority of the first cluster in a kubeconfig, in base64. Raises KubeconfigError where there is none."""
    try:
        document = yaml.safe_load(text)
        data = document["clusters"][0]["cluster"]["certificate-authority-data"]
    except (yaml.YAMLError, KeyError, IndexError, TypeError) as error:
        raise KubeconfigError("the kubeconfig has no certificate-authority-data") from error
    if not isinstance(data, str) or not data:
        raise KubeconfigError("the kubeconfig has no certificate-authority-data")
    return data


@dataclass(frozen=True, kw_only=True)
class TunnelCommands:
    """Shell commands that forward a local port to the API, in the order to run them."""

    session: str
    """Opens a session at the bastion and keeps its OCID in `SESSION`. It takes a minute to become active."""
    forward: str
    """Forwards the port until interrupted."""

    def __str__(self) -> str:
        return f"{self.session}\n{self.forward}"


def tunnel_commands(
    *,
    bastion_id: str,
    endpoint: str,
    region: str,
    profile: str | None = None,
    local_port: int = API_PORT,
    session_seconds: int = 10800,
    key: str = "~/.ssh/id_ed25519",
) -> TunnelCommands:
    """How to reach a private endpoint (`10.0.0.5:6443`) from outside. `key` is an SSH key's file, its public half beside it as `.pub`.

    The session ends after `session_seconds`, and the connection with it: a longer `pulumi up` needs a new one.
    """
    host, port = host_of(endpoint), _port_of(endpoint)
    chosen = [("--region", region), ("--profile", profile)]
    oci = [
        "oci",
        *(word for flag, value in chosen if value is not None for word in (flag, value)),
        *("bastion", "session", "create-port-forwarding", "--bastion-id", bastion_id),
        *("--target-private-ip", host, "--target-port", str(port), "--session-ttl", str(session_seconds)),
    ]
    create = f"{shlex.join(oci)} --ssh-public-key-file {_path(f'{key}.pub')} --query data.id --raw-output"
    options = ("ExitOnForwardFailure=yes", "ServerAliveInterval=30")
    forward = shlex.join(["-N", "-L", f"{local_port}:{host}:{port}", *(word for option in options for word in ("-o", option)), "-p", "22"])
    bastion_host = shlex.quote(f"host.bastion.{region}.oci.oraclecloud.com")
    return TunnelCommands(session=f"SESSION=$({create})", forward=f'ssh -i {_path(key)} {forward} "$SESSION"@{bastion_host}')


def _port_of(endpoint: str) -> int:
    port = endpoint.removeprefix("https://").rpartition(":")[2]
    return int(port) if port.isdigit() else API_PORT


def _path(path: str) -> str:
    """Quoted for a shell, but for the tilde, which a quoted one would not expand."""
    return f"~/{shlex.quote(path[2:])}" if path.startswith("~/") else shlex.quote(path)


def _text(document: dict[str, object]) -> str:
    # The emitter quotes what needs it, and escapes all but ASCII: kept as they are, Unicode's line breaks would not come back.
    return yaml.safe_dump(document, sort_keys=False, width=2**31)
