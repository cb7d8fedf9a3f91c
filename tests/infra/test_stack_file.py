"""The form of a stack file, where a setting is written in it, and which of it is secret."""

from pathlib import Path

import pytest

from infra.problems import Problem
from infra.stack_file import CONCEALED, config, document, line_of, located, read, secrets, split
from infra.yaml_nodes import YamlError, compose

TEXT = """\
encryptionsalt: v1:abc
config:
  name: left
  p:cluster:
    region: r
    labels: {nvidia.com/gpu.product: x, nvidia.com: y}
    nodePools:
      a: {size: 1}
      b:
        taints:
        - key: k
          value: {secure: c}
  q:size: 3
  p:tags: {region: other}
  p:more:
    <<: {a: 1}
    b: 2
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("name", 3),
        ("cluster", 4),
        ("cluster.region", 5),
        ("tags.region", 14),
        ("cluster.labels.nvidia.com/gpu.product", 6),
        ("cluster.nodePools.a.size", 8),
        ("cluster.nodePools.b.taints.0.value", 12),
        ("cluster.nodePools.b.taints.7.value", 10),
        ("cluster.nodePools.c.shape", 7),
        ("q:size", 13),
        ("more.a", 16),
        ("more.b", 17),
        ("region", 2),
        ("size", 2),
        ("", None),
    ],
)
def test_a_path_leads_to_its_own_line_and_never_to_another_key_of_the_name(path: str, line: int | None) -> None:
    assert line_of(compose(TEXT), "p", path) == line


def test_secrets_are_found_and_concealed() -> None:
    root = read(TEXT, "p")
    assert list(secrets(root)) == [("config", "p:cluster", "nodePools", "b", "taints", 0, "value")]
    assert document(root, "p")["cluster"]["nodePools"]["b"]["taints"][0]["value"] == CONCEALED


def test_keys_of_the_project_lose_their_namespace_and_others_keep_it() -> None:
    assert list(document(read(TEXT, "p"), "p")) == ["name", "cluster", "q:size", "tags", "more"]
    assert [split(key, "p") for key in ("a", "p:a", "q:a", "p:config:a", ":a")] == [
        ("p", "a"),
        ("p", "a"),
        ("q", "a"),
        ("p", "a"),
        ("", "a"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("confg:\n  p:a: 1\n", "1: confg: unknown key of a stack file, which Pulumi would ignore; did you mean config? allowed: config,"),
        ("config: {}\nname: x\n", "2: name: unknown key of a stack file, which Pulumi would ignore; settings belong under `config:`."),
        ("config:\n  p:a: 1\n  a: 2\n", "3: a: is given twice, as p:a on line 2 and as a on line 3; keep one"),
        ("config:\n  p:a: {b: 1, b: 2}\n", "2: a.b: is given twice, on lines 2 and 2; keep one"),
        ("config:\n  p:a:\n    b: .inf\n", "3: a.b: is .inf, but must be a number"),
        ("config: 3\n", "1: has no `config:` mapping"),
        ("- a\n", "1: is a list, so it has no `config:` mapping"),
        ("x\n", "1: is text, so it has no `config:` mapping"),
    ],
)
def test_what_has_not_the_form_of_a_stack_file_is_refused(text: str, message: str) -> None:
    with pytest.raises(YamlError) as refusal:
        read(text, "p")
    (problem,) = refusal.value.problems
    assert f"{problem.line}: {problem}".startswith(message)


@pytest.mark.parametrize(
    "text", ["", "config:\n", "config: {}\nencryptionsalt: v1\nenvironment: [a]\nsecretsprovider: x\nencryptedkey: y\n"]
)
def test_what_has_the_form_of_one_is_taken(text: str) -> None:
    assert not (found := config(read(text, "p"))) or found.value == []


def test_problems_are_located_under_the_name_that_the_user_gave(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.x.yaml"
    file.write_text(TEXT)
    problems = [Problem("cluster.region", "is odd"), Problem("cluster.region", "is odd", 40), Problem("", "is odd")]
    assert located(file, "up/x.yaml", "p", problems) == [
        "up/x.yaml:5: cluster.region: is odd",
        "up/x.yaml:40: cluster.region: is odd",
        "up/x.yaml:1: is odd",
    ]
    assert located(tmp_path / "gone", "gone", "p", problems[:1]) == ["gone:1: cluster.region: is odd"]
