"""What a stack file or its lock names that stood before the stack: the simulated cloud has it from the start."""

import json
from pathlib import Path

from infra import stack_file
from platformctl.engine.stackfile import StackFile, section

VCN = "oci:Core/vcn:Vcn"
SUBNET = "oci:Core/subnet:Subnet"
IMAGE = "oci:Core/image:Image"
NSG = "oci:Core/networkSecurityGroup:NetworkSecurityGroup"
NAMED_BY = ("vcnId", "subnetId", "podSubnetId", "nsgIds", "podNsgIds")
OFFERS = "SIMULATOR_OFFERS"
"""The variable that the simulated cloud reads."""


def offers(file: StackFile, project: str) -> str:
    """The section `catalogue` as JSON, of which the simulated cloud offers what it describes. What is wrong with it the program tells."""
    return json.dumps(section(file, project, "catalogue"), default=str)


def adopt(simulated: Path, file: StackFile) -> None:
    """Put the network that `file` names, and Oracle's images that its lock does, into `simulated`.

    What is wrong with the files is left to the program to tell.
    """
    _network(simulated, file)
    if stack_file.image_lock(file.path).is_file():
        _images(simulated, file)


def _network(simulated: Path, file: StackFile) -> None:
    text = file.path.read_text(encoding="utf-8")
    if not any(key in text for key in NAMED_BY):
        return
    # Few stack files name a network, and the others are not to wait for these.
    from simulator.simulated_state import SimulatedState  # noqa: PLC0415
    from stacks.config import StackFileError, load  # noqa: PLC0415
    from stacks.config.cluster import OkeCluster  # noqa: PLC0415

    try:
        cluster = load(file.path).cluster
    except StackFileError:
        return
    if not isinstance(cluster, OkeCluster):
        return
    cloud, network = SimulatedState(simulated), cluster.network
    with cloud.locked():
        for pool in cluster.node_pools.values():
            # Whose network they are in is not known before it is made, and no block of theirs is said.
            for ident in filter(None, (pool.subnet_id, pool.pod_subnet_id)):
                cloud.adopt(SUBNET, ident)
            for ident in (*pool.nsg_ids, *pool.pod_nsg_ids):
                cloud.adopt(NSG, ident)
        if network.vcn_id is None:
            return
        cloud.adopt(VCN, network.vcn_id, cidrBlocks=[str(block) for block in network.vcn_cidrs])
        for _, subnet in network.subnets:
            if subnet.id is not None and subnet.cidr is not None:
                cloud.adopt(SUBNET, subnet.id, vcnId=network.vcn_id, cidrBlock=str(subnet.cidr))


def _images(simulated: Path, file: StackFile) -> None:
    """Images that the real cloud was asked for are taken to be there; those of the simulated one are, or they are gone."""
    from simulator.simulated_state import SimulatedState  # noqa: PLC0415
    from stacks.config import StackFileError, image_lock  # noqa: PLC0415

    try:
        found = image_lock.read(stack_file.image_lock(file.path), file.name)
    except StackFileError:
        return
    if found is None or found.lock.cloud == "simulated":
        return
    cloud = SimulatedState(simulated)
    with cloud.locked():
        for image in found.lock.pools.values():
            cloud.adopt(IMAGE, image.id, displayName=image.name)
