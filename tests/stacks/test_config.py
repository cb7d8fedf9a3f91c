"""A stack file says what it means, and every mistake in it is named with its place."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.section import FORMS
from infra.stack_file import CONCEALED
from stacks.config import Stack, StackFileError, load, parse
from stacks.config.load import document
from testkit.stack_files import STACK_FILES

ROOT = Path(__file__).resolve().parents[2]

COMPARTMENT = "ocid1.compartment.oc1..example"
STACK: dict[str, Any] = {
    "name": "demo",
    "cluster": {
        "backend": "oke",
        "tenancyId": "ocid1.tenancy.oc1..example",
        "compartmentId": COMPARTMENT,
        "region": "eu-frankfurt-1",
        "kubernetesVersion": "v1.34.2",
        "nodePools": {"system": {"shape": "VM.Standard.E5.Flex", "ocpus": 2, "memoryGib": 16, "size": 1}},
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The valid stack with one value set, or removed where it is `...`."""
    stack = copy.deepcopy(STACK)
    section = stack
    *above, key = path.split(".")
    for part in above:
        section = section.setdefault(part, {})
    if value is ...:
        del section[key]
    else:
        section[key] = value
    return stack


def problems(stack: dict[str, Any]) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        parse(stack)
    return [str(problem) for problem in refusal.value.problems]


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.name)
def test_every_stack_file_of_the_project_parses(file: Path) -> None:
    assert load(file).name


def test_the_smallest_stack_takes_the_safe_defaults() -> None:
    cluster = parse(STACK).cluster
    assert cluster.backend == "oke"
    assert not cluster.endpoint.public
    assert not cluster.network.load_balancers.public
    assert cluster.encryption.in_transit


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("name", ..., "name: is required and missing"),
        ("name", "Demo", "name: 'Demo' is not a name of lower-case letters, digits and dashes, a letter first, at most 32 characters"),
        ("nmae", "demo", "nmae: unknown key; did you mean name? allowed: name, environment, layers"),
        ("environment", "test", "environment: 'test' is not allowed; choose one of 'dev', 'staging', 'prod'"),
        ("layers", [], "layers: needs at least 1 entry"),
        ("tags", ["a"], "tags: is ['a'], but must be a mapping"),
        ("tags", {"team": 3}, "tags.team: is 3, but must be text"),
        ("spend.monthlyUsd", 0, "spend.monthlyUsd: is 0, but must be at least 1"),
        ("spend.monthlyUsd", "9", "spend.monthlyUsd: is '9', but must be a whole number"),
        ("guardrails", {"recipients": ["nobody"]}, "guardrails.recipients.0: 'nobody' is not a mail address"),
        ("cluster.backend", "eks", "cluster: backend 'eks' is not known; choose one of 'oke', 'existing'"),
        ("cluster.backend", ..., "cluster: needs `backend`: 'oke' or 'existing'"),
        ("cluster.tenancyId", "root", "cluster.tenancyId: 'root' is not the OCID of a tenancy, like ocid1.tenancy.oc1..aaaa"),
        ("cluster.region", 1, "cluster.region: is 1, but must be text"),
        ("cluster.nodepools", {}, "cluster.nodepools: unknown key; did you mean nodePools? allowed: backend, tenancyId"),
        ("cluster.nodePools", {}, "cluster.nodePools: needs at least 1 entry"),
        ("cluster.nodePools.GPU", {"shape": "x"}, "cluster.nodePools.GPU: 'GPU' is not a name of lower-case letters"),
        ("cluster.nodePools.system.maxsize", 2, "cluster.nodePools.system.maxsize: unknown key; did you mean maxSize?"),
        ("cluster.nodePools.system.size", True, "cluster.nodePools.system.size: is true, but must be a whole number"),
        ("cluster.nodePools.system.image", None, "cluster.nodePools.system.image: is null, but must be a mapping"),
        ("cluster.kubernetesVersion", 1.34, "cluster.kubernetesVersion: is 1.34, but must be text; write it as OKE names it, like v1.34.2"),
        ("nmae", None, "nmae: unknown key; did you mean name?"),
        ("tags", {"a": True}, "tags.a: is true, but must be text; put it in quotes, or YAML makes something else of it"),
        ("tags", {"a": {"b": None}}, "tags.a: is {b: null}, but must be text"),
        ("cluster.nodePools.system.preemptible", "yes", "cluster.nodePools.system.preemptible: is 'yes', but must be true or false"),
        ("cluster.nodePools.system.taints", [{"value": "a"}], "cluster.nodePools.system.taints.0.key: is required and missing"),
        ("cluster.network.vcnCidr", ["10.20.0.0/16", "10.21.0.1/16"], "cluster.network.vcnCidr.1: '10.21.0.1/16' is not allowed: "),
        (
            "cluster.nodePools.a10.subnetId",
            "ocid1.vcn.oc1.fra.a",
            "cluster.nodePools.a10.subnetId: 'ocid1.vcn.oc1.fra.a' is not the OCID of a subnet",
        ),
        (
            "cluster.nodePools.a10.nsgIds",
            "ocid1.networksecuritygroup.oc1.fra.a",
            "cluster.nodePools.a10.nsgIds: is 'ocid1.networksecuritygroup.",
        ),
        (
            "cluster.nodePools.a10.faultDomains",
            ["FD-1"],
            "cluster.nodePools.a10.faultDomains.0: 'FD-1' is not allowed; choose one of 'FAULT-",
        ),
        ("cluster.nodePools.a10.faultDomains", [], "cluster.nodePools.a10.faultDomains: needs at least 1 entry"),
        (
            "cluster.network.loadBalancers",
            {"ports": ["443"]},
            "cluster.network.loadBalancers.ports.0: is '443', but must be a whole number",
        ),
        ("cluster.network.loadBalancers", {"ports": [0]}, "cluster.network.loadBalancers.ports.0: is 0, but must be at least 1"),
        ("cluster.network.loadBalancers", {"ports": []}, "cluster.network.loadBalancers.ports: needs at least 1 entry"),
        ("cluster.oidcDiscovery", "yes", "cluster.oidcDiscovery: is 'yes', but must be true or false"),
        ("cluster.registryCompartmentId", "registry", "cluster.registryCompartmentId: 'registry' is not the OCID of a compartment, "),
        (
            "cluster.registryCompartmentId",
            "ocid1.tenancy.oc1..a",
            "cluster.registryCompartmentId: 'ocid1.tenancy.oc1..a' is not the OCID of a",
        ),
        ("cluster.distribution", "k3s", "cluster.distribution: unknown key; "),
        ("cluster.nodePools.a10.userData", 7, "cluster.nodePools.a10.userData: is 7, but must be text"),
        ("cluster.nodePools.a10.userData", [7], "cluster.nodePools.a10.userData.0: is 7, but must be text"),
        (
            "cluster.nodePools.a10.kubeletArgs",
            "--max-pods=50",
            "cluster.nodePools.a10.kubeletArgs: is '--max-pods=50', but must be a mapping",
        ),
        ("cluster.nodePools.a10.kubeletArgs", {"v": 4}, "cluster.nodePools.a10.kubeletArgs.v: is 4, but must be text; put it in quotes"),
        ("cluster.network.vcnCidr", [], "cluster.network.vcnCidr: needs at least 1 entry"),
        ("cluster.network.vcnCidrs", ["10.0.0.0/16"], "cluster.network.vcnCidrs: unknown key; did you mean vcnCidr?"),
        ("cluster.network.vcnCidr", "10.0.0.1/16", "cluster.network.vcnCidr: '10.0.0.1/16' is not allowed: 10.0.0.1/16 has host bits set"),
        ("cluster.network.podNetwork", "cni", "cluster.network.podNetwork: 'cni' is not allowed; choose one of 'native', 'flannel'"),
        ("cluster.network", {"subnets": {"pod": {}}}, "cluster.network.subnets.pod: unknown key; did you mean pods?"),
        ("cluster.bastion", {"maxSessionHours": 12}, "cluster.bastion.maxSessionHours: is 12, but must be at most 3"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_its_fix(path: str, value: Any, message: str) -> None:
    assert any(problem.startswith(message) for problem in problems(changed(path, value)))


def test_all_mistakes_are_said_at_once() -> None:
    stack = changed("cluster.region", 1)
    stack["name"] = "No"
    stack["cluster"]["nodePools"]["system"]["size"] = "3"
    assert {problem.split(":")[0] for problem in problems(stack)} == {"name", "cluster.region", "cluster.nodePools.system.size"}


def stack_file(folder: Path, stack: dict[str, Any]) -> Path:
    file = folder / "Pulumi.demo.yaml"
    file.write_text(yaml.safe_dump({"config": {f"oke-gpu-platform:{key}": value for key, value in stack.items()}}, sort_keys=False))
    return file


def test_a_mistake_in_a_file_is_named_with_its_line(tmp_path: Path) -> None:
    file = stack_file(tmp_path, changed("cluster.nodePools.system.sise", 3))
    line = next(number for number, text in enumerate(file.read_text().splitlines(), 1) if "sise" in text)
    with pytest.raises(StackFileError) as refusal:
        load(file)
    assert str(refusal.value).startswith(f"Pulumi.demo.yaml:{line}: cluster.nodePools.system.sise: unknown key; did you mean size?")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("config: [", "is not YAML"),
        ("config: 3", "has no `config:` mapping"),
        ("", "has no `config:` mapping"),
        ("- config", "has no `config:` mapping"),
    ],
)
def test_a_file_that_is_no_stack_file_is_refused(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "Pulumi.demo.yaml"
    file.write_text(content)
    with pytest.raises(StackFileError, match=message):
        load(file)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(StackFileError, match=r"Pulumi\.nowhere\.yaml: no such stack file"):
        load(tmp_path / "Pulumi.nowhere.yaml")


def test_secrets_are_never_read_only_replaced(tmp_path: Path) -> None:
    file = stack_file(tmp_path, {**STACK, "secret": {"secure": "v1:cipher"}, "list": [{"secure": "v1:cipher"}]})
    read = document(file)
    assert read["secret"] == CONCEALED
    assert read["list"] == [CONCEALED]


def test_other_namespaces_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.demo.yaml"
    config = {f"oke-gpu-platform:{key}": value for key, value in STACK.items()}
    file.write_text(yaml.safe_dump({"config": {**config, "pulumi:disable-default-providers": ["oci"]}}))
    assert load(file).name == "demo"


def test_pulumis_own_schema_and_the_models_agree() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    schema = parse(STACK).model_json_schema(by_alias=True)
    assert list(declared) == list(schema["properties"])
    for key, field in schema["properties"].items():
        assert declared[key]["description"] == " ".join(field["description"].split())
        assert ("default" not in declared[key]) == (key in schema["required"]), f"{key} is required in one and not in the other"


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.name)
def test_no_stack_lets_a_resource_fall_to_ambient_credentials(file: Path) -> None:
    assert yaml.safe_load(file.read_text())["config"]["pulumi:disable-default-providers"] == ["*"]


@pytest.mark.parametrize(
    "mirror",
    [
        "oci://fra.ocir.io/namespace/charts",
        "oci://registry.example.com:5000",
        "https://charts.example.com/GPU/stable",
        "http://127.0.0.1:8879",
        "http://[::1]:8879/charts",
    ],
)
def test_charts_may_come_from_a_mirror(mirror: str) -> None:
    assert parse(changed("charts.mirror", mirror)).charts.mirror == mirror


@pytest.mark.parametrize(
    "mirror",
    [
        "registry.example.com/charts",
        "oci://registry.example.com/Charts",
        "oci://registry.example.com/charts/",
        "https://user:password@charts.example.com",
        "https://charts.example.com/index.yaml?ref=1",
        "http://charts.example.com",
        "http://127.0.0.1.example.com",
        "ftp://charts.example.com",
    ],
)
def test_a_mirror_that_helm_would_not_find_or_anyone_could_alter_is_refused(mirror: str) -> None:
    assert problems(changed("charts.mirror", mirror)) == [
        f"charts.mirror: {mirror!r} is not an address like oci://host/path or https://host/path, with no slash at its end; "
        "http:// is for this machine's loopback alone"
    ]


@pytest.mark.parametrize(
    ("entry", "path", "message"),
    [
        ({"resource": "cluster"}, "acknowledge.0.resource", "'cluster' is not a resource's type and name, like oci:ContainerEngine/"),
        ({"resource": "oci:Core/vcn:Vcn/*"}, "acknowledge.0.resource", "'oci:Core/vcn:Vcn/*' is not a resource's type and name"),
        ({"expires": "soon"}, "acknowledge.0.expires", "'soon' is not allowed: write the day in quotes, like '2026-12-31'"),
        ({"expires": "2026-13-01"}, "acknowledge.0.expires", "'2026-13-01' is not allowed: write the day in quotes"),
        ({"expires": 20261231}, "acknowledge.0.expires", "20261231 is not allowed: write the day in quotes"),
        ({"reason": ""}, "acknowledge.0.reason", ""),
        ({"why": "x"}, "acknowledge.0.why", "unknown key; allowed: resource, reason, expires"),
    ],
)
def test_an_acknowledgement_has_its_form(entry: dict[str, Any], path: str, message: str) -> None:
    good = {"resource": "oci:ContainerEngine/cluster:Cluster/cluster", "reason": "a new network", "expires": "2026-12-31"}
    assert str(parse({**STACK, "acknowledge": [good]}).acknowledge[0].expires) == "2026-12-31"
    with pytest.raises(StackFileError) as refused:
        parse({**STACK, "acknowledge": [{**good, **entry}]})
    (problem,) = refused.value.problems
    assert problem.path == path
    assert problem.message.startswith(message)


PRIVATE = "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary-7f3a\n-----END OPENSSH PRIVATE KEY-----"
RECEIVERS = "addons.monitoring.receivers"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("cluster.compartmentId", "ocid1.vcn.oc1..a", "is not the OCID of a compartment or a tenancy, like ocid1.compartment.oc1..aaaa"),
        ("cluster.tenancyId", COMPARTMENT, "is not the OCID of a tenancy"),
        ("cluster.network.vcnId", "ocid1.subnet.oc1.fra.a", "is not the OCID of a vcn"),
        ("cluster.network.subnets.workers", {"id": "ocid1.vcn.oc1.fra.a"}, "is not the OCID of a subnet"),
        ("cluster.encryption.clusterKeyId", "ocid1.vault.oc1.fra.a", "is not the OCID of a key"),
        ("cluster.storage.volumeKeyId", "ocid1.key.xy1.fra.a", "is not the OCID of a key"),
        ("cluster.nodePools.system.capacityReservationId", "ocid1.instance.oc1.fra.a", "is not the OCID of a capacityreservation"),
        ("cluster.nodePools.system.image", {"id": "ocid1.instance.oc1.fra.a"}, "is not the OCID of a image"),
        ("cluster.nodePools.system.sshPublicKey", "ssh-dss AAAA", "is not a public key of SSH on one line"),
        ("cluster.nodePools.system.sshPublicKey", "~/.ssh/id_ed25519.pub", "is not a public key of SSH on one line"),
        ("guardrails", {"recipients": ["a@b"]}, "is not a mail address"),
        ("guardrails", {"recipients": ["a b@c.de"]}, "is not a mail address"),
        ("guardrails", {"recipients": ["a@b..de"]}, "is not a mail address"),
        (f"{RECEIVERS}.slack", {"url": "https://a.b/c", "channel": "gpu alerts"}, "is not a channel of Slack"),
        (f"{RECEIVERS}.slack", {"url": "https://a.b/c", "channel": "#GPU"}, "is not a channel of Slack"),
        (f"{RECEIVERS}.slack", {"url": "https://a.b/c", "channel": "#a.b"}, "is not a channel of Slack"),
        (f"{RECEIVERS}.slack", {"url": "https://a.b/c", "channel": "#" + "a" * 81}, "is not a channel of Slack"),
        (f"{RECEIVERS}.slack", {"url": "https://a.b/c", "channel": None}, "is null, but must be text"),
        ("addons.monitoring.runbooks", "ftp://a.b", "is not an address that begins with https:// or http://"),
    ],
)
def test_text_that_oracle_or_a_receiver_would_refuse_is_refused_here(path: str, value: Any, message: str) -> None:
    (told,) = problems(changed(path, value))
    assert message in told
    assert told.startswith(path)


@pytest.mark.parametrize("channel", ["#gpu-alerts", "#gpu_2", "#\u30a2\u30e9\u30fc\u30c8", "@ops.team", "C0123456789"])
def test_channels_that_slack_has_are_taken(channel: str) -> None:
    assert parse(changed(f"{RECEIVERS}.slack", {"url": "https://a.b/c", "channel": channel}))


@pytest.mark.parametrize("key", ["slack", "webhook", "heartbeat"])
def test_an_address_that_is_none_and_may_be_secret_is_not_shown(key: str) -> None:
    value = {"url": "not a url canary-7f3a", "channel": "#a"} if key == "slack" else "canary-7f3a"
    (told,) = problems(changed(f"{RECEIVERS}.{key}", value))
    assert "is not an address that begins with https://" in told
    assert told.endswith("its value is not shown, for it may be secret")
    assert "canary" not in told


@pytest.mark.parametrize("path", ["cluster.nodePools.system.sshPublicKey", "tags.key", "addons.gpuOperator.values.driver", "name"])
@pytest.mark.parametrize("key", [PRIVATE, "-----BEGIN RSA PRIVATE KEY-----", "PuTTY-User-Key-File-3: ssh-ed25519"])
def test_a_private_key_is_refused_wherever_it_stands_and_never_printed(path: str, key: str) -> None:
    (told,) = problems(changed(path, key))
    assert told.startswith(f"{path}: is a private key, which no stack file may hold")
    assert "canary" not in told
    assert "BEGIN" not in told


def test_every_form_of_text_has_words() -> None:
    """No message shows a reader a regular expression."""
    assert set(patterns(Stack.model_json_schema())) <= FORMS.keys()


def patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for item in node.values():
            yield from patterns(item)
    elif isinstance(node, list):
        for item in node:
            yield from patterns(item)
