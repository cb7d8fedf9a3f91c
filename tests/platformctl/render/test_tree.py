"""Long runs of equal siblings are told as their number; what has something to say of itself is always shown."""

from collections.abc import Callable

from rich.console import Console

from platformctl.engine.plan import Plan, PlannedResource
from platformctl.render.tree import tree

Make = Callable[..., PlannedResource]
RULE = "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule"


def shown(plan: Plan, *, whole: bool = False) -> list[str]:
    console = Console(width=200, record=True, force_terminal=False)
    with console.capture() as captured:
        console.print(tree(plan, whole=whole))
    return captured.get().splitlines()


def test_many_equal_siblings_are_told_as_their_number(resource: Make, plan: Callable[..., Plan]) -> None:
    rules = [resource(f"rule-{number}", RULE) for number in range(9)]
    lines = shown(plan(*rules, resource("vcn", "oci:Core/vcn:Vcn")))
    assert [line[4:] for line in lines[1:]] == ["+ vcn  Core.Vcn", "+ 9 x Core.NetworkSecurityGroupSecurityRule"]
    assert len(shown(plan(*rules), whole=True)) == 10


def test_few_are_all_shown(resource: Make, plan: Callable[..., Plan]) -> None:
    rules = [resource(f"rule-{number}", RULE) for number in range(7)]
    assert len(shown(plan(*rules))) == 8


def test_one_that_is_protected_or_changed_stands_out(resource: Make, plan: Callable[..., Plan]) -> None:
    kind = "oci:ObjectStorage/bucket:Bucket"
    buckets = [resource(f"bucket-{number}", kind) for number in range(9)]
    own = [resource("kept", kind, protect=True), resource("changed", kind, op="update", diffs={"versioning": "update"})]
    lines = "\n".join(shown(plan(*buckets, *own)))
    assert "kept  ObjectStorage.Bucket  protected" in lines
    assert "~ changed  ObjectStorage.Bucket  versioning" in lines
    assert "+ 9 x ObjectStorage.Bucket" in lines
