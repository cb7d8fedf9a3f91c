"""The simulated Oracle and the platform's catalogue are two accounts of one cloud; where both speak they agree."""

from infra.catalogue.kubernetes import SUPPORTED
from infra.catalogue.regions import REGIONS
from infra.catalogue.shapes import SHAPES
from simulator.oci import region


def test_regions_agree() -> None:
    assert {name: found.key for name, found in REGIONS.items()} == dict(region.KEYS)
    assert {name for name, found in REGIONS.items() if found.availability_domains == 3} == set(region.THREE_DOMAINS)


def test_versions_agree() -> None:
    assert set(SUPPORTED) == set(region.KUBERNETES)


def test_the_simulated_region_has_every_shape_of_the_catalogue() -> None:
    assert set(SHAPES) <= set(region.SHAPES), "a shape is a row of infra/catalogue/shapes.py and one of simulator/oci/region.py"
    for name, found in SHAPES.items():
        simulated = region.SHAPES[name]
        assert (simulated.gpus, simulated.arm, simulated.flexible) == (found.gpus, found.architecture == "arm64", found.flexible), name
        if not found.flexible:
            assert (simulated.ocpus, simulated.memory_gib) == (found.ocpus, found.memory_gib), name
