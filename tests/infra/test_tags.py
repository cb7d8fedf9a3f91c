"""Tags reach every resource that takes them, and what those resources make; a tag that something reads is never lost."""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import tags
from infra.oci import oci
from infra.tags import MADE_BY, MAX_DEFINED, MAX_TAGS, TAGGABLE, defined_problems, problems, register, with_tags

COMMON = {"platform": "lab", "owner": "gpu-team"}
DEFINED = {"Operations.CostCenter": "42"}
POOL = "oci:ContainerEngine/nodePool:NodePool"
CLUSTER = "oci:ContainerEngine/cluster:Cluster"
SUBNET = "oci:Core/subnet:Subnet"


def sdk_class(type_: str) -> Any:
    """The SDK's arguments of a type token: `oci:Core/subnet:Subnet` is `oci.core.SubnetArgs`."""
    package, kind = re.fullmatch(r"oci:(\w+)/\w+:(\w+)", type_).groups()  # type: ignore[union-attr]
    return getattr(getattr(oci, package.lower()), f"{kind}Args")


@pytest.mark.parametrize("type_", sorted(TAGGABLE))
def test_every_type_in_the_table_takes_tags_in_the_sdk(type_: str) -> None:
    assert {"freeform_tags", "defined_tags"} <= set(inspect.signature(sdk_class(type_).__init__).parameters)


def classes_used() -> Iterator[Any]:
    """Every class of the SDK that `infra` names, found in its source: `oci.core.Subnet`."""
    for source in sorted(Path(tags.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text())):
            match node:
                case ast.Attribute(value=ast.Attribute(value=ast.Name(id="oci"), attr=package), attr=name) if name[0].isupper():
                    yield getattr(getattr(oci, package), name)


def test_no_type_that_the_platform_makes_is_forgotten() -> None:
    made = {found.pulumi_type: found for found in classes_used() if issubclass(found, pulumi.Resource)}
    assert "oci:Identity/policy:Policy" in made
    takes_tags = {type_ for type_, found in made.items() if "freeform_tags" in inspect.signature(found._internal_init).parameters}
    assert takes_tags <= TAGGABLE
    assert {type_ for type_ in made if type_ in TAGGABLE} == takes_tags


@pytest.mark.parametrize("type_", [
    "oci:Bastion/session:Session",
    "oci:ContainerEngine/addon:Addon",
    "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule",
    "oci:FileStorage/export:Export",
    "oci:Identity/userGroupMembership:UserGroupMembership",
    "oci:ObjectStorage/objectLifecyclePolicy:ObjectLifecyclePolicy",
])  # fmt: skip
def test_what_takes_no_tags_in_the_sdk_is_left_alone(type_: str) -> None:
    assert "freeform_tags" not in inspect.signature(sdk_class(type_).__init__).parameters
    assert with_tags(type_, {"name": "x"}, COMMON) == {"name": "x"}


def test_what_a_type_makes_takes_tags_in_the_sdk() -> None:
    for type_, paths in MADE_BY.items():
        for path in paths:
            inner = "".join(name[0].upper() + name[1:] for name in path)
            found = getattr(oci.containerengine, f"{type_.rsplit(':', 1)[1]}{inner}Args")
            assert {"freeform_tags", "defined_tags"} <= set(inspect.signature(found.__init__).parameters)


def test_a_subnet_gets_the_common_tags_beside_what_it_has() -> None:
    assert with_tags(SUBNET, {"cidrBlock": "10.0.0.0/24"}, COMMON) == {"cidrBlock": "10.0.0.0/24", "freeformTags": COMMON}


def test_a_tag_that_something_reads_wins_over_a_common_one() -> None:
    tagged = with_tags(POOL, {"freeformTags": {"autoscaler-max": "4", "owner": "pool"}}, COMMON)
    assert tagged["freeformTags"] == {"platform": "lab", "owner": "pool", "autoscaler-max": "4"}


def test_the_nodes_of_a_pool_are_tagged_since_they_are_what_costs() -> None:
    tagged = with_tags(POOL, {"nodeConfigDetails": {"size": 0, "freeformTags": {"team": "ml"}}}, COMMON)
    assert tagged["nodeConfigDetails"] == {"size": 0, "freeformTags": {**COMMON, "team": "ml"}}


def test_volumes_and_load_balancers_that_the_cluster_makes_are_tagged() -> None:
    options = with_tags(CLUSTER, {"options": {"serviceLbConfig": {"backendNsgIds": ["nsg"]}}}, COMMON)["options"]
    assert options == {
        "serviceLbConfig": {"backendNsgIds": ["nsg"], "freeformTags": COMMON},
        "persistentVolumeConfig": {"freeformTags": COMMON},
    }


def test_kubernetes_resources_are_none_of_its_business() -> None:
    assert with_tags("kubernetes:core/v1:Namespace", {"metadata": {}}, COMMON) == {"metadata": {}}


@given(own=st.dictionaries(st.sampled_from(["platform", "a", "b"]), st.text(max_size=3)), type_=st.sampled_from(sorted(TAGGABLE)))
def test_nothing_is_lost_and_the_given_properties_stay_as_they_were(own: dict[str, str], type_: str) -> None:
    props = {"name": "x", "freeformTags": dict(own), "nodeConfigDetails": {"size": 1}, "options": {}}
    before = {key: dict(value) if isinstance(value, Mapping) else value for key, value in props.items()}
    tagged = with_tags(type_, props, COMMON)
    assert props == before
    assert tagged["freeformTags"] == {**COMMON, **own}
    assert tagged["name"] == "x"
    assert with_tags(type_, tagged, COMMON) == tagged


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_tags_that_are_known_later_are_kept_too() -> pulumi.Output[None]:
    known_later: pulumi.Output[Any] = pulumi.Output.from_input({"autoscaler-max": "4"})
    nodes: pulumi.Output[Any] = pulumi.Output.from_input({"size": 1})
    tagged = with_tags(POOL, {"freeformTags": known_later, "nodeConfigDetails": nodes}, COMMON)

    def verify(values: list[Any]) -> None:
        assert values == [{**COMMON, "autoscaler-max": "4"}, {"size": 1, "freeformTags": COMMON}]

    return pulumi.Output.all(tagged["freeformTags"], tagged["nodeConfigDetails"]).apply(verify)


def test_the_registered_transform_tags_what_it_should_and_leaves_the_options_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[Any] = []
    monkeypatch.setattr(pulumi.runtime, "register_resource_transform", registered.append)
    register({"b": "2", "a": "1"})
    opts = pulumi.ResourceOptions(protect=True)

    def transformed(type_: str) -> Any:
        args = pulumi.ResourceTransformArgs(custom=True, type_=type_, name="x", props={}, opts=opts)
        return registered[0](args)

    subnet = transformed(SUBNET)
    assert list(subnet.props["freeformTags"].items()) == [("a", "1"), ("b", "2")]
    assert subnet.opts is None, "options that are handed back lose those that are false; the engine keeps its own where there are none"
    assert transformed("kubernetes:core/v1:Namespace") is None


def test_ordinary_tags_are_fine() -> None:
    assert problems({"platform": "lab", "cost-center/team": "GPU pool, räume"}) == ()


@pytest.mark.parametrize(("given", "message"), [
    ({"": "x"}, "tags.: the key has 0 characters; allowed: 1 to 100"),
    ({"k" * 101: "x"}, f"tags.{'k' * 101}: the key has 101 characters; allowed: 1 to 100"),
    ({"a b": "x"}, "tags.a b: 'a b' is not allowed as a key; allowed: printable ASCII without spaces and periods"),
    ({"a.b": "x"}, "tags.a.b: 'a.b' names a defined tag, and these are free-form; write it in definedTags, or without its period"),
    ({".b": "x"}, "tags..b: '.b' is not allowed as a key; allowed: printable ASCII without spaces and periods"),
    ({"ä": "x"}, "tags.ä: 'ä' is not allowed as a key; allowed: printable ASCII without spaces and periods"),
    ({"k": "v" * 257}, "tags.k: the value has 257 characters; allowed: at most 256"),
    (dict.fromkeys("abcdefg", "x"), "tags: has 7 tags, but at most 6 fit: a resource takes 10, and 4 are the platform's own"),
])  # fmt: skip
def test_a_tag_that_oracle_would_refuse_is_refused_first(given: dict[str, str], message: str) -> None:
    assert [str(problem) for problem in problems(given)] == [message]


def test_the_bounds_are_the_last_that_fit() -> None:
    assert problems({"k" * 100: "v" * 256} | dict.fromkeys("abcde", "")) == ()
    assert MAX_TAGS - tags.FUNCTIONAL_TAGS == 6


def test_defined_tags_go_where_free_form_ones_do() -> None:
    pool = with_tags(POOL, {"nodeConfigDetails": {"size": 0}}, COMMON, DEFINED)
    assert pool["definedTags"] == pool["nodeConfigDetails"]["definedTags"] == DEFINED
    assert pool["nodeConfigDetails"]["freeformTags"] == COMMON
    options = with_tags(CLUSTER, {}, COMMON, DEFINED)["options"]
    assert [options[each]["definedTags"] for each in ("persistentVolumeConfig", "serviceLbConfig")] == [DEFINED, DEFINED]


def test_without_defined_tags_none_are_written() -> None:
    assert "definedTags" not in with_tags(POOL, {}, COMMON)


@pytest.mark.parametrize(("given", "ignored", "messages"), [
    (DEFINED, ["Finance.Owner"], []),
    ({"a.b": "v" * 256, **{f"Ops.k{number}": "" for number in range(MAX_DEFINED - 1)}}, [], []),
    ({f"Ops.k{number}": "" for number in range(MAX_DEFINED + 2)}, [],
     ["definedTags: has 66 tags, but a resource takes at most 64; take 2 out"]),
    ({"CostCenter": "42"}, [], ["definedTags.CostCenter: 'CostCenter' is no defined tag; write Namespace.Key, as in "]),
    ({"A.B.C": "x"}, [], ["definedTags.A.B.C: 'A.B.C' is no defined tag; "]),
    ({".Key": "x"}, [], ["definedTags..Key: '.Key' is no defined tag; "]),
    ({"Ops.": "x"}, [], ["definedTags.Ops.: 'Ops.' is no defined tag; "]),
    ({"Ops.Cost Center": "x"}, [], ["definedTags.Ops.Cost Center: 'Ops.Cost Center' is no defined tag; "]),
    ({f"{'n' * 101}.Key": "x"}, [], [f"definedTags.{'n' * 101}.Key: '{'n' * 101}.Key' is no defined tag; "]),
    ({"Ops.Key": "v" * 257}, [], ["definedTags.Ops.Key: the value has 257 characters; allowed: at most 256"]),
    ({"Ops.Key": "a", "ops.KEY": "b"}, [], ["definedTags.ops.KEY: is Ops.Key in other letters, which Oracle holds for the same tag; "]),
    ({"Oracle-Tags.createdby": "me"}, [], ["definedTags.Oracle-Tags.createdby: is ignored by the platform, and what is ignored is never "]),
    ({"Ops.Key": "a"}, ["ops.key"], ["definedTags.Ops.Key: is ignored by ignoreDefinedTags, and what is ignored is never written; "]),
    ({}, ["Finance"], ["ignoreDefinedTags.0: 'Finance' is no defined tag; "]),
    ({}, ["Finance.*", "Finance.a b"], ["ignoreDefinedTags.0: 'Finance.*' is no", "ignoreDefinedTags.1: 'Finance.a b' is no"]),
])  # fmt: skip
def test_a_defined_tag_that_oracle_would_refuse_or_lose_is_refused_first(
    given: dict[str, str], ignored: list[str], messages: list[str]
) -> None:
    found = [str(problem) for problem in defined_problems(given, ignored, oke=True)]
    assert len(found) == len(messages), found
    assert all(text.startswith(message) for text, message in zip(found, messages, strict=True)), found


def test_where_nothing_of_oracles_is_made_defined_tags_do_nothing_and_are_refused() -> None:
    found = [problem.path for problem in defined_problems(DEFINED, ["Finance.Owner"], oke=False)]
    assert found == ["definedTags", "ignoreDefinedTags"]
    assert not list(defined_problems({}, [], oke=False))
