"""The place as a URL and an environment."""

import subprocess
import sys
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.state import StateLocation, environment, url

PLACE = StateLocation(bucket="state", region="eu-frankfurt-1", namespace="acme", prefix="platform")


def test_the_url_is_written_for_oracles_interface() -> None:
    assert url(PLACE) == (
        "s3://state/platform?endpoint=https://acme.compat.objectstorage.eu-frankfurt-1.oci.customer-oci.com&region=eu-frankfurt-1"
        "&request_checksum_calculation=when_required&response_checksum_validation=when_required&use_path_style=true"
    )


@pytest.mark.parametrize(("prefix", "path"), [("", ""), ("/", ""), ("a/b/", "/a/b"), ("/a", "/a")])
def test_a_prefix_is_a_folder_however_it_is_written(prefix: str, path: str) -> None:
    place = replace(PLACE, prefix=prefix)
    assert urlsplit(url(place)).path == path
    assert place.key("x") == f"{path.lstrip('/')}/x".lstrip("/")


@given(endpoint=st.text(alphabet=st.characters(codec="ascii", exclude_categories=["C"]), min_size=1), region=st.text(min_size=1))
def test_whatever_the_parts_are_they_come_out_of_the_url_again(endpoint: str, region: str) -> None:
    query = parse_qs(urlsplit(url(replace(PLACE, endpoint=endpoint, region=region))).query, keep_blank_values=True)
    assert query["endpoint"] == [endpoint]
    assert query["region"] == [region]


def test_another_store_has_no_native_interface_to_ask() -> None:
    elsewhere = replace(PLACE, endpoint="https://s3.example.org")
    assert "endpoint=https://s3.example.org&" in url(elsewhere)
    assert elsewhere.native_endpoint is None
    assert PLACE.native_endpoint == "https://acme.objectstorage.eu-frankfurt-1.oci.customer-oci.com"


def test_the_environment_has_everything_but_the_keys() -> None:
    variables = environment(PLACE)
    assert variables["PULUMI_BACKEND_URL"] == url(PLACE)
    assert variables["AWS_REQUEST_CHECKSUM_CALCULATION"] == variables["AWS_RESPONSE_CHECKSUM_VALIDATION"] == "when_required"
    assert {name for name, value in variables.items() if value.startswith("<")} == {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


def test_the_commands_load_without_boto3() -> None:
    code = "import sys, platformctl.commands.state; print('boto3' in sys.modules, 'pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False False\n"
