"""A plan is put into the cluster in the order that its rows say, and an add-on's own mistakes are named."""

import pytest

from components.framework.plan import AddOnPlan, Confidential, Namespace, Object, Row, Secret, ordered


def entry(id_: str, *after: str) -> Object:
    return Object(id=id_, document={"kind": "ConfigMap", "metadata": {"name": id_}}, after=after)


def ids(rows: tuple[Row, ...]) -> list[str]:
    return [row.id for row in rows]


def test_a_row_comes_after_what_it_says_whatever_its_kind() -> None:
    plan = AddOnPlan(
        namespaces=(Namespace(name="n"),),
        secrets=(Secret(name="s", namespace="n", content={}, after=("a",)),),
        objects=(entry("b", "s"), entry("a", "namespace"), entry("c")),
    )
    found = ids(ordered(plan))
    assert found.index("namespace") < found.index("a") < found.index("s") < found.index("b")
    assert set(found) == {"namespace", "a", "s", "b", "c"}


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (AddOnPlan(objects=(entry("a"), entry("a"))), "two rows of one plan are called a"),
        (AddOnPlan(objects=(entry("a", "b"), entry("b", "a"))), "rows come after what is not there, or after each other: a, b"),
        (AddOnPlan(objects=(entry("a", "nobody"),)), "rows come after what is not there, or after each other: a"),
        (AddOnPlan(objects=(entry("a"),), ready=("b",)), "the plan is ready when b is, which it does not have"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(plan: AddOnPlan, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ordered(plan)


def test_a_release_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="a; there are"):
        AddOnPlan().release("a")


def test_a_namespace_says_what_its_pods_may_do() -> None:
    labels = Namespace(name="a").document["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"
    assert labels["pod-security.kubernetes.io/warn"] == "restricted"
    privileged = Namespace(name="a", pod_security="privileged").document["metadata"]["labels"]
    assert set(privileged.values()) == {"privileged"}


def test_a_confidential_value_is_never_shown() -> None:
    assert "hush" not in repr(Secret(name="s", namespace="n", content={"key": Confidential(value="hush")}))
