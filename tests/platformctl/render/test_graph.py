"""Components and what they wait for, in text and in pictures."""

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.engine.plan import Plan, PlannedResource
from platformctl.render.graph import Graph, Part, graph
from platformctl.render.layers import Size, layout
from platformctl.render.mermaid import mermaid
from platformctl.render.svg import svg

Make = Callable[..., PlannedResource]


def parsed(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)  # noqa: S314 - our own picture


@pytest.fixture
def drawn(resource: Make, plan: Callable[..., Plan]) -> Graph:
    cloud = resource("cloud", "pulumi:providers:oci")
    network = resource("network", "platform:oke:Network", custom=False)
    vcn = resource("vcn", "oci:Core/vcn:Vcn", parent=network.urn, dependencies=(cloud.urn,))
    cluster = resource("cluster", "platform:oke:Cluster", custom=False)
    oke = resource("oke", "oci:ContainerEngine/cluster:Cluster", parent=cluster.urn, dependencies=(vcn.urn,))
    pool = resource("pool", "oci:ContainerEngine/nodePool:NodePool", dependencies=(oke.urn, vcn.urn))
    return graph(plan(cloud, network, vcn, cluster, oke, pool))


def test_resources_are_drawn_as_their_components(drawn: Graph) -> None:
    assert [(part.name, part.component, part.contents) for part in drawn.parts] == [
        ("network", True, {"Core.Vcn": 1}),
        ("cluster", True, {"ContainerEngine.Cluster": 1}),
        ("pool", False, {"ContainerEngine.NodePool": 1}),
    ]


def test_an_edge_that_a_longer_way_implies_is_left_out(drawn: Graph) -> None:
    names = {part.urn: part.name for part in drawn.parts}
    assert [(names[a], names[b]) for a, b in drawn.edges] == [("network", "cluster"), ("cluster", "pool")]


def test_mermaid_names_every_part_and_edge(drawn: Graph) -> None:
    assert mermaid(drawn).splitlines() == [
        "flowchart LR",
        '  p0["<b>network</b><br/>Network<br/>1 resource"]',
        '  p1["<b>cluster</b><br/>Cluster<br/>1 resource"]',
        '  p2(["<b>pool</b><br/>ContainerEngine.NodePool"])',
        "  p0 --> p1",
        "  p1 --> p2",
    ]


def test_the_picture_is_well_formed_and_shows_every_name(drawn: Graph) -> None:
    picture = parsed(svg(drawn))
    texts = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"network", "cluster", "pool"} <= set(texts)
    assert "prefers-color-scheme: dark" in svg(drawn)


def test_an_empty_stack_can_be_drawn(plan: Callable[..., Plan]) -> None:
    parsed(svg(graph(plan())))
    assert mermaid(graph(plan())) == "flowchart LR\n"


def test_a_name_cannot_break_the_picture() -> None:
    part = Part(urn="u", name='<&">', kind="<&>", component=True, contents={"a": 1})
    parsed(svg(Graph(stack="<&>", parts=(part,), edges=())))
    assert "&lt;&amp;&quot;&gt;" in mermaid(Graph(stack="s", parts=(part,), edges=()))


NODES = [f"n{number}" for number in range(9)]
EDGES = st.lists(
    st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda edge: edge[0] != edge[1]), unique=True, max_size=20
)


@given(edges=EDGES, heights=st.lists(st.floats(20, 90), min_size=9, max_size=9))
def test_boxes_never_overlap_whatever_waits_for_whatever(edges: list[tuple[str, str]], heights: list[float]) -> None:
    sizes = {node: Size(width=100, height=height) for node, height in zip(NODES, heights, strict=True)}
    placed = layout(sizes, edges, gap=10, between=50)
    boxes = [(placed.places[node], sizes[node]) for node in NODES]
    for index, (place, size) in enumerate(boxes):
        assert 0 <= place.x <= placed.width - size.width + 0.01
        assert -0.01 <= place.y <= placed.height - size.height + 0.01
        for other, its in boxes[:index]:
            apart = (
                place.x + size.width <= other.x
                or other.x + its.width <= place.x
                or place.y + size.height <= other.y
                or other.y + its.height <= place.y
            )
            assert apart
    assert set(placed.ways) == set(edges)
    assert all(len(points) >= 2 for points in placed.ways.values())


@given(edges=EDGES.map(lambda edges: [edge for edge in edges if edge[0] < edge[1]]))
def test_what_is_waited_for_is_on_the_left(edges: list[tuple[str, str]]) -> None:
    placed = layout({node: Size(width=100, height=40) for node in NODES}, edges, gap=10, between=50)
    assert all(placed.places[before].x < placed.places[after].x for before, after in edges)
