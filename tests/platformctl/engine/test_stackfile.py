"""Which stack is meant, and what of its file a rehearsal may know."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from infra.project import PROJECT
from platformctl.engine import stackfile
from platformctl.errors import WrongInput
from platformctl.root import ROOT


def test_a_name_is_a_file_of_the_project(project: Path) -> None:
    found = stackfile.locate("sample", project)
    assert (found.name, found.path) == ("sample", project / "Pulumi.sample.yaml")


def test_a_path_is_taken_as_it_is_and_named_by_its_middle(tmp_path: Path, project: Path) -> None:
    path = tmp_path / "Pulumi.rtx4060.yaml"
    path.write_text("config: {}\n")
    assert stackfile.locate(str(path), project).name == "rtx4060"


def test_a_path_may_be_relative_to_the_project(project: Path) -> None:
    assert stackfile.locate("./Pulumi.sample.yaml", project).path == project / "Pulumi.sample.yaml"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("smaple", r"smaple: no such stack, .* Did you mean sample\? Stacks here: sample"),
        ("nowhere/Pulumi.x.yaml", r"nowhere/Pulumi\.x\.yaml: no such stack file\. Stacks here: sample"),
        ("x" * 300, r"x\.yaml: cannot be read \(File name too long\)\.$"),
        (f"/{'x' * 300}.yaml", r"x\.yaml: cannot be read \(File name too long\)\.$"),
        ("Pulumi.yaml", r"Pulumi\.yaml: a stack file is called Pulumi\.<stack>\.yaml, and this one is not"),
    ],
)
def test_a_stack_that_is_not_there_is_refused_with_those_that_are(given: str, words: str, project: Path) -> None:
    with pytest.raises(WrongInput, match=words) as refused:
        stackfile.locate(given, project)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [("config: [", "not YAML"), ("- a\n", "is list, but must be a mapping"), (b"\xff\xfe\x00", "not YAML")],
)
def test_a_file_that_is_no_stack_file_is_refused(text: str | bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.broken.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(WrongInput, match=words):
        stackfile.read(path)


def test_a_whole_number_with_a_point_is_refused_where_no_copy_of_the_file_has_lost_it(tmp_path: Path) -> None:
    """The engine writes the copy anew, 2.0 as 2."""
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text((ROOT / "Pulumi.dev.yaml").read_text().replace("maxSize: 2", "maxSize: 2.0"))
    with pytest.raises(WrongInput, match=r"dev:\d+: cluster\.nodePools\.a10\.maxSize: is 2\.0, but must be a whole number$"):
        stackfile.judged(stackfile.StackFile(name="dev", path=path, shown="dev"), PROJECT)


SECRETS = """
encryptionsalt: v1:abc=:v1:def
secretsprovider: oci://key
config:
  p:token: {secure: AAABAabcdef}
  p:nested: {list: [1, {secure: AAABAabcdef}], plain: text}
  p:secure: a key of that name is no secret
"""


def test_secrets_and_their_keys_stay_behind() -> None:
    text = stackfile.rehearsable(SECRETS)
    assert "AAABA" not in text
    assert yaml.safe_load(text) == {
        "config": {
            "p:token": stackfile.CONCEALED,
            "p:nested": {"list": [1, stackfile.CONCEALED], "plain": "text"},
            "p:secure": "a key of that name is no secret",
        }
    }


@pytest.mark.parametrize("scalar", ["yes", "1.30", "0777", "'007'", "1e3", "~", "2026-01-01", "off", "v1.34.2"])
def test_scalars_stay_as_they_are_written(scalar: str) -> None:
    assert stackfile.rehearsable(f"config:\n  p:a: {scalar}\n") == f"config:\n  p:a: {scalar}\n"


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert yaml.safe_load(stackfile.rehearsable("")) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(config=st.dictionaries(st.text(min_size=1), JSON.filter(lambda value: "secure" not in str(value))))
def test_what_is_not_secret_means_the_same_in_the_copy(config: dict[str, object]) -> None:
    text = yaml.safe_dump({"config": config})
    assert yaml.safe_load(stackfile.rehearsable(text)) == yaml.safe_load(text)
