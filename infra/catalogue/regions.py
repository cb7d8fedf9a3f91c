"""Regions of Oracle's commercial realm, and how many availability domains each has."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Region:
    name: str
    key: str
    """Three letters that availability domains and service labels are called by."""
    availability_domains: int = 1


# Oracle, "Regions and Availability Domains", 2026-10.
_KEYS = {
    "af-casablanca-1": "LEJ", "af-johannesburg-1": "JNB", "ap-batam-1": "HSG", "ap-chuncheon-1": "YNY", "ap-delhi-1": "ONM",
    "ap-hyderabad-1": "HYD", "ap-kulai-2": "JBP", "ap-melbourne-1": "MEL", "ap-mumbai-1": "BOM", "ap-osaka-1": "KIX",
    "ap-seoul-1": "ICN", "ap-singapore-1": "SIN", "ap-singapore-2": "XSP", "ap-sydney-1": "SYD", "ap-tokyo-1": "NRT",
    "ca-montreal-1": "YUL", "ca-toronto-1": "YYZ", "eu-amsterdam-1": "AMS", "eu-frankfurt-1": "FRA", "eu-madrid-1": "MAD",
    "eu-madrid-3": "ORF", "eu-marseille-1": "MRS", "eu-milan-1": "LIN", "eu-paris-1": "CDG", "eu-stockholm-1": "ARN",
    "eu-turin-1": "NRQ", "eu-zurich-1": "ZRH", "il-jerusalem-1": "MTZ", "me-abudhabi-1": "AUH", "me-dubai-1": "DXB",
    "me-jeddah-1": "JED", "me-riyadh-1": "RUH", "mx-monterrey-1": "MTY", "mx-queretaro-1": "QRO", "sa-bogota-1": "BOG",
    "sa-santiago-1": "SCL", "sa-saopaulo-1": "GRU", "sa-valparaiso-1": "VAP", "sa-vinhedo-1": "VCP", "uk-cardiff-1": "CWL",
    "uk-london-1": "LHR", "us-ashburn-1": "IAD", "us-chicago-1": "ORD", "us-phoenix-1": "PHX", "us-saltlake-2": "AGA",
    "us-sanjose-1": "SJC",
}  # fmt: skip
_OF_THREE = frozenset({"eu-frankfurt-1", "uk-london-1", "us-ashburn-1", "us-chicago-1", "us-phoenix-1"})

REGIONS: Mapping[str, Region] = MappingProxyType(
    {name: Region(name=name, key=key, availability_domains=3 if name in _OF_THREE else 1) for name, key in _KEYS.items()}
)
