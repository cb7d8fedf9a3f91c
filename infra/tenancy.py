"""The tenancy, which is its own root compartment: what is granted or watched there reaches every other one."""


def is_tenancy(ocid: str) -> bool:
    """Oracle, "Resource Identifiers", 2026-11: `ocid1.<type>.<realm>...`, letters in either case."""
    return ocid.lower().startswith("ocid1.tenancy.")
