"""What is handed to checkov is what the stacks say, so that its silence is its own."""

from infra.pricing.resources import UNKNOWN
from policies.subject import Resource
from tools.checkov.__main__ import Row, page
from tools.checkov.render import manifests, terraform, values


def resource(type_: str, name: str = "it", **inputs: object) -> Resource:
    return Resource(type=type_, name=name, urn=f"urn:{name}", inputs=inputs)


def test_a_resource_becomes_the_terraform_it_would_be() -> None:
    pool = resource(
        "oci:ContainerEngine/nodePool:NodePool",
        nodeShape="VM.GPU.A10.1",
        nodeConfigDetails={"size": 0, "isPvEncryptionInTransitEnabled": False, "placementConfigs": [{"subnetId": UNKNOWN}]},
        freeformTags={"team": "x"},
    )
    assert terraform([pool]) == (
        'resource "oci_containerengine_node_pool" "it" {\n'
        '  node_shape = "VM.GPU.A10.1"\n'
        "  node_config_details {\n"
        "    size = 0\n"
        "    is_pv_encryption_in_transit_enabled = false\n"
        "    placement_configs {\n"
        "      subnet_id = var.unknown\n"
        "    }\n"
        "  }\n"
        '  freeform_tags = {"team": "x"}\n'
        "}\n"
    )


def test_types_are_called_as_terraform_calls_them() -> None:
    tokens = ("oci:FileStorage/fileSystem:FileSystem", "oci:Budget/rule:Rule", "oci:ObjectStorage/bucket:Bucket", "oci:Core/vcn:Vcn")
    text = terraform([resource(token) for token in tokens])
    for name in ("oci_file_storage_file_system", "oci_budget_alert_rule", "oci_objectstorage_bucket", "oci_core_vcn"):
        assert f'resource "{name}"' in text


def test_objects_and_values_are_handed_over_as_they_are() -> None:
    objects = [resource("kubernetes:core/v1:Namespace", kind="Namespace", apiVersion="v1"), resource("kubernetes:core/v1:Pod", kind="Pod")]
    assert manifests(objects) == "kind: Namespace\napiVersion: v1\n---\nkind: Pod\n"
    chart = resource("kubernetes:helm.sh/v3:Release", "grafana", chart="grafana", values={"adminPassword": "x"})
    assert manifests([chart]) == ""
    assert values([chart]) == {"grafana/values.yaml": "adminPassword: x\n"}


def test_the_page_counts_what_each_sees() -> None:
    rows = [Row("a", "First", ("one", "two"), ("CKV_1",), 3), Row("b", "Second", ("one",), (), 0)]
    text = page(rows, "9.9")
    assert "checkov sees something of 1 of 2 bad stacks" in text
    assert "| First | 2: `one`, `two` | 1: CKV_1 | 3 |" in text
    assert "| **together** | **3** | **1** | |" in text
