"""What a stack file names that stood before the stack, a network of its owner's: the simulated cloud has it from the start."""

from pathlib import Path

from platformctl.engine.stackfile import StackFile

VCN = "oci:Core/vcn:Vcn"
SUBNET = "oci:Core/subnet:Subnet"
NAMED_BY = "vcnId"


def adopt(simulated: Path, file: StackFile) -> None:
    """Put the network that `file` names into `simulated`. What is wrong with the file is left to the program to tell."""
    if NAMED_BY not in file.path.read_text(encoding="utf-8"):
        return
    # Few stack files name a network, and the others are not to wait for these.
    from simulator.simulated_state import SimulatedState  # noqa: PLC0415
    from stacks.config import StackFileError, load  # noqa: PLC0415
    from stacks.config.cluster import OkeCluster  # noqa: PLC0415

    try:
        cluster = load(file.path).cluster
    except StackFileError:
        return
    if not isinstance(cluster, OkeCluster) or cluster.network.vcn_id is None:
        return
    cloud, network = SimulatedState(simulated), cluster.network
    with cloud.locked():
        cloud.adopt(VCN, cluster.network.vcn_id, cidrBlocks=[str(network.vcn_cidr)])
        for _, subnet in network.subnets:
            if subnet.id is not None and subnet.cidr is not None:
                cloud.adopt(SUBNET, subnet.id, vcnId=network.vcn_id, cidrBlock=str(subnet.cidr))
