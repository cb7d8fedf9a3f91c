"""The simulated cloud offers what a stack file describes beside what its tables know."""

import json
import os
import subprocess
import sys

import pytest

from simulator.oci import offers

SECTION = {
    "shapes": {"BM.GPU.X900.8": {"gpus": 8, "gpuModel": "X900", "ocpus": 128, "memoryGib": 4096, "quota": "gpu-x900-count"}},
    "kubernetesVersions": ["v1.37.1"],
    "regions": {"us-newtown-1": {"key": "NWT", "availabilityDomains": 3}},
}
ASKED = """
from simulator.oci import region
shape = region.SHAPES["BM.GPU.X900.8"]
print(shape.gpus, shape.limit, "v1.37.1" in region.KUBERNETES, region.KEYS["us-newtown-1"], len(region.domains("us-newtown-1")))
"""


def test_a_process_is_told_as_it_starts() -> None:
    environment = {**os.environ, offers.VARIABLE: json.dumps(SECTION)}
    said = subprocess.run([sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["8", "gpu-x900-count", "True", "NWT", "3"]


@pytest.mark.parametrize("text", [None, "", "null", "{", "[]", '{"shapes": [1], "kubernetesVersions": "v1.37.1"}', '{"shapes": {"a": 1}}'])
def test_what_cannot_be_read_is_not_offered(text: str | None) -> None:
    assert (offers.read(text, "shapes"), offers.versions(text)) == ({}, ())
