"""OCIDs of the stack file held to the stack's own realm and region: one of another place is refused here, not by Oracle at the end."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.catalogue.regions import REGIONS, Region
from infra.problems import Problem

# Oracle, "Resource Identifiers", 2026-11: ocid1.<type>.<realm>.[region][.future use].<unique part>.
_OCID = re.compile(r"ocid1\.(?P<kind>[a-z0-9]+)\.(?P<realm>oc[0-9]+)\.(?P<region>[a-z0-9-]*)\..+")
_FREE = frozenset({"labels", "tags", "values"})
"""Maps whose text is nobody's business."""
COMMERCIAL = "oc1"
"""The realm of the regions that are known here."""


def problems(section: Mapping[str, Any], region: str, tenancy_id: str, known: Mapping[str, Region] = REGIONS) -> Iterator[Problem]:
    """OCIDs in `section`, the cluster's, that are of another realm than the tenancy, or of another region than the cluster."""
    home = _OCID.fullmatch(tenancy_id)
    realm = home["realm"] if home else COMMERCIAL
    if region in REGIONS and realm != COMMERCIAL:
        yield Problem("tenancyId", f"is of the realm {realm}, but {region} is a region of {COMMERCIAL}; one of the two is another's")
        return
    for path, text in _texts(section, ""):
        found = _OCID.fullmatch(text)
        if found is None or text == tenancy_id:
            continue
        if found["realm"] != realm:
            yield Problem(path, f"is of the realm {found['realm']}, but the tenancy is of {realm}; use one of the tenancy's own")
        elif found["region"] and region in known and found["region"] not in _names(known[region]):
            yield Problem(path, f"is of the region {_full(found['region'])}, but the cluster is in {region}; use one of {region}")


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in _FREE:
                yield from _texts(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}.{index}")
    elif isinstance(value, str):
        yield path, value


def _names(region: Region) -> tuple[str, str]:
    """What a region is called in OCIDs: by its name, or by its key where it is an old one."""
    return region.name, region.key.lower()


def _full(name: str) -> str:
    return next((region.name for region in REGIONS.values() if name in _names(region)), name)
