"""The bastion: standard, in its own subnet, for the clients named and nobody else."""

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs

from infra.oke.access.bastion import Bastion, BastionArgs
from infra.oke.network.cidr import NetworkPlanError

OFFICE = "203.0.113.0/24"


def bastion(cidrs: tuple[str, ...] = (OFFICE,), seconds: int = 10800) -> Bastion:
    args = BastionArgs(
        prefix="gpu-lab",
        compartment_id="ocid1.compartment.oc1..lab",
        subnet_id="ocid1.subnet.oc1.fra.bastion",
        allowed_cidrs=cidrs,
        max_session_seconds=seconds,
    )
    return Bastion("bastion", args)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_a_bastion_serves_its_subnet(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    def check(urn: str) -> None:
        assert "platform:oke:Bastion$oci:Bastion/bastion:Bastion::bastion" in urn
        assert made["bastion"].inputs == {
            "name": "gpu-lab-bastion",
            "bastionType": "STANDARD",
            "compartmentId": "ocid1.compartment.oc1..lab",
            "targetSubnetId": "ocid1.subnet.oc1.fra.bastion",
            "clientCidrBlockAllowLists": [OFFICE],
            "maxSessionTtlInSeconds": 10800,
            "dnsProxyStatus": "DISABLED",
        }

    return bastion().resources.bastion.urn.apply(check)


@pytest.mark.parametrize(
    ("cidrs", "seconds", "messages"),
    [
        ((), 10800, ["bastion.allowedCidrs: is empty, so nobody could open a session; list your own blocks"]),
        (
            ("0.0.0.0/0",),
            10800,
            ["bastion.allowedCidrs: 0.0.0.0/0 would open the bastion (SSH, port 22) to the internet; list your own blocks, /8 or narrower"],
        ),
        (
            ("::/0",),
            10801,
            [
                "bastion.allowedCidrs: '::/0' is not an IPv4 block; the network has no IPv6",
                "bastion.maxSessionHours: 10801 seconds is not possible; Oracle allows 1800 to 10800",
            ],
        ),
    ],
)
def test_a_bastion_for_everybody_or_nobody_is_refused(
    made: dict[str, MockResourceArgs], cidrs: tuple[str, ...], seconds: int, messages: list[str]
) -> None:
    with pytest.raises(NetworkPlanError) as refusal:
        bastion(cidrs, seconds)
    assert list(map(str, refusal.value.problems)) == messages
    assert made == {}
