"""What people bring to the platform, in dev: each input reaches the resources that it is for, and nothing drifts because of it."""

from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from platformctl.engine import stackfile
from platformctl.engine.plan import Plan, PlannedResource
from platformctl.engine.session import Session
from tests.rehearsal.conftest import ROOT

After = Callable[[str, dict[str, Any]], Plan]
Changed = Callable[..., Path]


def previewed(file: Path) -> Plan:
    with Session(ROOT, stackfile.locate(str(file), ROOT)) as session:
        return session.preview()


def named(plan: Plan, name: str) -> PlannedResource:
    return next(resource for resource in plan.resources if resource.name == name and resource.custom)


def after_a_refresh(file: Path) -> Plan:
    """What is planned for a stack that is up and was looked at anew: nothing, unless something drifts."""
    with Session(ROOT, stackfile.locate(str(file), ROOT)) as session:
        session.run("up")
        session.run("refresh")
        return session.preview()


def test_defined_tags_are_on_all_that_takes_them_and_those_of_the_tenancy_are_no_drift(changed: Changed) -> None:
    asked = {"Operations.CostCenter": "42"}
    plan = after_a_refresh(changed("dev", {"definedTags": asked}))
    assert [resource.name for resource in plan.changes if resource.custom] == []
    untagged = {resource.name for resource in plan.resources if "freeformTags" in resource.inputs and not _carries(resource.inputs, asked)}
    assert untagged == set()
    pool = named(plan, "pool-a10-ad1")
    assert pool.inputs["nodeConfigDetails"]["definedTags"] == asked
    assert pool.old_inputs is not None
    assert "Oracle-Tags.CreatedBy" in pool.old_inputs["definedTags"], "the simulated tenancy puts tags of its own on what is made"


def _carries(inputs: Any, asked: dict[str, str]) -> bool:
    return asked.items() <= (inputs.get("definedTags") or {}).items()


def test_a_first_boot_and_kubelet_arguments_of_ones_own_reach_their_pool_alone(changed: Changed) -> None:
    pool = "cluster.nodePools.a10"
    parts = ["#cloud-config\nbootcmd: [[modprobe, nvme]]\n", "#!/bin/bash\nmdadm --version\n"]
    plan = previewed(changed("dev", {f"{pool}.userData": parts, f"{pool}.kubeletArgs": {"v": "4"}, f"{pool}.taints": [{"key": "team"}]}))
    metadata = named(plan, "pool-a10-ad1").inputs["nodeMetadata"]
    text = b64decode(metadata["user_data"]).decode()
    assert text.startswith("Content-Type: multipart/mixed; ")
    assert text.index(parts[0]) < text.index(parts[1]) < text.index("# Join the cluster")
    assert metadata["kubelet-extra-args"] == "--register-with-taints=team=present:NoSchedule --v=4"
    assert "mdadm" not in b64decode(named(plan, "pool-system").inputs["nodeMetadata"]["user_data"]).decode()


def test_a_token_in_a_first_boot_is_refused(changed: Changed) -> None:
    script = "#!/bin/bash\nexport HF_TOKEN=hf_0123456789abcdefghijKLMN\n"
    file = stackfile.locate(str(changed("dev", {"cluster.nodePools.a10.userData": script})), ROOT)
    with Session(ROOT, file, policies=True) as session:
        plan = session.preview(with_policies=True)
    assert [(found.policy, found.urn.rpartition("::")[2]) for found in plan.violations if found.policy == "plain-secrets"] == [
        ("plain-secrets", "pool-a10-ad1")
    ]


def test_discovery_comes_in_place_and_nodes_may_pull_private_images(after: After) -> None:
    registry = "ocid1.compartment.oc1..exampleregistry"
    plan = after("dev", {"cluster.oidcDiscovery": True, "cluster.registryCompartmentId": registry})
    changed = {resource.name: resource.op for resource in plan.changes if resource.custom}
    assert changed == {"cluster": "update", "identity-nodes": "create", "identity-image-pull-elsewhere-1": "create"}
    assert named(plan, "cluster").inputs["options"]["openIdConnectDiscovery"]["isOpenIdConnectDiscoveryEnabled"] is True
    policy = named(plan, "identity-image-pull-elsewhere-1").inputs
    assert policy["statements"] == [f"Allow dynamic-group 'gpu-dev-nodes' to read repos in compartment id {registry}"]


def test_the_workstations_toolkit_sets_up_the_containerd_of_its_distribution() -> None:
    plan = previewed(ROOT / "examples/Pulumi.rtx4060.yaml")
    operator = next(each for each in plan.resources if each.name == "gpu-operator" and each.type.endswith(":Release"))
    told = {each["name"]: each["value"] for each in operator.inputs["values"]["toolkit"]["env"]}
    assert told["CONTAINERD_SOCKET"] == "/run/k3s/containerd/containerd.sock"


def test_a_second_block_of_the_network_comes_in_place_and_moves_nothing(after: After) -> None:
    plan = after("dev", {"cluster.network.vcnCidr": ["10.20.0.0/16", "100.64.0.0/16"]})
    assert named(plan, "network-vcn").inputs["cidrBlocks"] == ["10.20.0.0/16", "100.64.0.0/16"]
    changed = {resource.name: resource.op for resource in plan.changes if resource.custom}
    new = {f"network-internal-lb-ingress-100-64-0-0-16-tcp-{port}": "create" for port in (80, 443)}
    assert changed == {"network-vcn": "update", **new}


def test_a_network_that_exists_may_have_its_pods_in_a_second_block(tmp_path: Path) -> None:
    example = yaml.safe_load((ROOT / "examples/Pulumi.own-network.yaml").read_text())
    network = example["config"]["oke-gpu-platform:cluster"]["network"]
    network["vcnCidr"] = [network["vcnCidr"], "172.20.0.0/16"]
    network["subnets"]["pods"]["cidr"] = "172.20.0.0/18"
    file = tmp_path / "Pulumi.own-network.yaml"
    file.write_text(yaml.safe_dump(example, sort_keys=False))
    pool = next(resource for resource in previewed(file).resources if resource.name.startswith("pool-") and resource.custom)
    pods = pool.inputs["nodeConfigDetails"]["nodePoolPodNetworkOptionDetails"]["podSubnetIds"]
    assert pods == [network["subnets"]["pods"]["id"]]


def test_a_pool_gets_its_own_subnet_groups_and_fault_domains(changed: Changed) -> None:
    subnet, group = "ocid1.subnet.oc1.eu-frankfurt-1.own", "ocid1.networksecuritygroup.oc1.eu-frankfurt-1.own"
    pool = "cluster.nodePools.a10"
    asked = {
        "subnetId": subnet,
        "nsgIds": [group],
        "podSubnetId": f"{subnet}pods",
        "podNsgIds": [group],
        "faultDomains": ["FAULT-DOMAIN-2"],
    }
    plan = after_a_refresh(changed("dev", {f"{pool}.{key}": value for key, value in asked.items()}))
    assert [resource.name for resource in plan.changes if resource.custom] == []
    details = named(plan, "pool-a10-ad1").inputs["nodeConfigDetails"]
    assert [(place["subnetId"], place["faultDomains"]) for place in details["placementConfigs"]] == [(subnet, ["FAULT-DOMAIN-2"])]
    assert details["nsgIds"][1:] == [group]
    assert details["nodePoolPodNetworkOptionDetails"]["podSubnetIds"] == [f"{subnet}pods"]
    assert details["nodePoolPodNetworkOptionDetails"]["podNsgIds"][1:] == [group]
    others = named(plan, "pool-system").inputs["nodeConfigDetails"]
    assert subnet not in str(others)


def test_rules_and_ports_of_ones_own_come_beside_the_clusters(after: After) -> None:
    rule = {"name": "lsf", "group": "workers", "direction": "ingress", "protocol": "tcp", "port": 6878, "endPort": 6882}
    plan = after(
        "dev",
        {
            "cluster.network.loadBalancers": {"public": True, "ports": [443, 15021]},
            "cluster.network.extraRules": [{**rule, "peerCidr": "172.20.0.0/16", "reason": "The licence server in the office"}],
        },
    )
    made = named(plan, "network-extra-lsf-workers").inputs
    assert (made["direction"], made["protocol"], made["source"], made["description"]) == (
        "INGRESS", "6", "172.20.0.0/16", "The licence server in the office"
    )  # fmt: skip
    assert made["tcpOptions"]["destinationPortRange"] == {"min": 6878, "max": 6882}
    changed = {resource.name: resource.op for resource in plan.changes if resource.custom and "-ingress-" in resource.name}
    assert changed["network-public-lb-ingress-anywhere-tcp-15021"] == "create"
    assert changed["network-internal-lb-ingress-10-20-0-0-16-tcp-80"] == "delete"
    assert changed["network-internal-lb-ingress-10-20-0-0-16-tcp-15021"] == "create"
