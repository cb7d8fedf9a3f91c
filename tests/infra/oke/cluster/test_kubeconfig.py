"""Kubeconfig text: exact, stable, and never anything but the values it was given."""

import shlex
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from infra.oke.cluster.kubeconfig import (
    KubeconfigError,
    certificate_authority,
    host_of,
    kubeconfig,
    server_of,
    tunnel_commands,
    tunnel_server,
)

CLUSTER = "ocid1.cluster.oc1.eu-frankfurt-1.aaaacluster"


def built(**changes: Any) -> str:
    arguments: dict[str, Any] = {
        "cluster_id": CLUSTER,
        "cluster_name": "gpu-lab",
        "server": "https://10.0.80.194:6443",
        "ca_data": "LS0tLS1CRUdJTg==",
        "region": "eu-frankfurt-1",
    }
    return kubeconfig(**{**arguments, **changes})


def exec_of(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)["users"][0]["user"]["exec"]
    return found


def test_the_text_is_exactly_this() -> None:
    assert (
        built()
        == f"""\
apiVersion: v1
kind: Config
clusters:
- name: gpu-lab
  cluster:
    server: https://10.0.80.194:6443
    certificate-authority-data: LS0tLS1CRUdJTg==
users:
- name: gpu-lab
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: oci
      args:
      - --region
      - eu-frankfurt-1
      - ce
      - cluster
      - generate-token
      - --cluster-id
      - {CLUSTER}
      interactiveMode: Never
      provideClusterInfo: false
contexts:
- name: gpu-lab
  context:
    cluster: gpu-lab
    user: gpu-lab
current-context: gpu-lab
"""
    )


def test_profile_and_auth_go_before_the_command_they_are_for() -> None:
    assert exec_of(built(profile="LAB", auth="security_token"))["args"] == [
        *("--region", "eu-frankfurt-1", "--profile", "LAB", "--auth", "security_token"),
        *("ce", "cluster", "generate-token", "--cluster-id", CLUSTER),
    ]


def test_a_tunnel_still_checks_the_endpoints_certificate() -> None:
    endpoint = "10.0.80.194:6443"
    cluster = yaml.safe_load(built(server=tunnel_server(7443), tls_server_name=host_of(endpoint)))["clusters"][0]["cluster"]
    assert cluster == {
        "server": "https://127.0.0.1:7443",
        "certificate-authority-data": "LS0tLS1CRUdJTg==",
        "tls-server-name": "10.0.80.194",
    }


def test_an_api_without_tls_is_refused() -> None:
    with pytest.raises(KubeconfigError, match=r"the server is 'http://10\.0\.0\.1', but must be reached over https://"):
        built(server="http://10.0.0.1")


anything = st.text(st.characters(codec="utf-8"), max_size=60)


@example(values=dict.fromkeys(("cluster_name", "ca_data", "region", "profile", "auth", "cluster_id"), "\x85a: b\u2028- c\n# d"))
@given(values=st.fixed_dictionaries(dict.fromkeys(("cluster_name", "ca_data", "region", "profile", "auth", "cluster_id"), anything)))
def test_values_arrive_as_they_are_and_add_nothing(values: dict[str, str]) -> None:
    name, ca, cluster_id = values["cluster_name"], values["ca_data"], values["cluster_id"]
    text = built(**values, tls_server_name=name)
    document = yaml.safe_load(text)
    assert document["current-context"] == name
    assert document["clusters"] == [
        {
            "name": name,
            "cluster": {"server": "https://10.0.80.194:6443", "certificate-authority-data": ca, "tls-server-name": name},
        }
    ]
    assert exec_of(text) == {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "oci",
        "args": [
            *("--region", values["region"], "--profile", values["profile"], "--auth", values["auth"]),
            *("ce", "cluster", "generate-token", "--cluster-id", cluster_id),
        ],
        "interactiveMode": "Never",
        "provideClusterInfo": False,
    }
    assert set(document) == {"apiVersion", "kind", "clusters", "users", "contexts", "current-context"}


@given(ca=st.text("ABCabc012+/=", min_size=1))
def test_the_certificate_authority_comes_back(ca: str) -> None:
    assert certificate_authority(built(ca_data=ca)) == ca


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "clusters: []", "clusters: [{cluster: {}}]", "clusters: [{cluster: {certificate-authority-data: ''}}]", "a: [1"],
)
def test_a_kubeconfig_without_authority_is_refused(text: str) -> None:
    with pytest.raises(KubeconfigError, match="has no certificate-authority-data"):
        certificate_authority(text)


@pytest.mark.parametrize(
    ("endpoint", "server", "host"),
    [
        ("10.0.80.194:6443", "https://10.0.80.194:6443", "10.0.80.194"),
        ("https://10.0.80.194:6443", "https://10.0.80.194:6443", "10.0.80.194"),
        ("10.0.80.194", "https://10.0.80.194:6443", "10.0.80.194"),
    ],
)
def test_an_endpoint_is_read_as_the_cluster_reports_it(endpoint: str, server: str, host: str) -> None:
    assert (server_of(endpoint), host_of(endpoint)) == (server, host)


def test_the_tunnel_is_two_commands() -> None:
    commands = tunnel_commands(
        bastion_id="ocid1.bastion.oc1.fra.b", endpoint="10.0.80.194:6443", region="eu-frankfurt-1", profile="LAB", local_port=7443
    )
    assert commands.session == (
        "SESSION=$(oci --region eu-frankfurt-1 --profile LAB bastion session create-port-forwarding --bastion-id ocid1.bastion.oc1.fra.b "
        "--target-private-ip 10.0.80.194 --target-port 6443 --session-ttl 10800 "
        "--ssh-public-key-file ~/.ssh/id_ed25519.pub --query data.id --raw-output)"
    )
    assert commands.forward == (
        "ssh -i ~/.ssh/id_ed25519 -N -L 7443:10.0.80.194:6443 -o ExitOnForwardFailure=yes -o ServerAliveInterval=30 "
        '-p 22 "$SESSION"@host.bastion.eu-frankfurt-1.oci.oraclecloud.com'
    )
    assert str(commands) == f"{commands.session}\n{commands.forward}"


printable = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)


@given(bastion=printable, region=printable, profile=printable, key=printable)
def test_no_value_escapes_its_word_in_a_shell(bastion: str, region: str, profile: str, key: str) -> None:
    commands = tunnel_commands(bastion_id=bastion, endpoint="10.0.0.2", region=region, profile=profile, key=f"/keys/{key}")
    words = shlex.split(commands.session.removeprefix("SESSION=$(").removesuffix(")"))
    assert words[:5] == ["oci", "--region", region, "--profile", profile]
    assert words[words.index("--bastion-id", 5) + 1] == bastion
    assert f"/keys/{key}.pub" in words
    assert shlex.split(commands.forward)[2] == f"/keys/{key}"
    assert shlex.split(commands.forward)[-1] == f"$SESSION@host.bastion.{region}.oci.oraclecloud.com"
