"""What may be secret ends in Secrets; a secret that stands anywhere else is refused, whoever reads the stack."""

import copy
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi.runtime import config as engine
from pulumi.runtime.settings import SETTINGS

from infra.project import PROJECT
from infra.stack_file import CONCEALED
from stacks.config import StackFileError, from_pulumi, load
from stacks.config.load import document
from stacks.config.secrets import may_be_secret
from testkit.sections import scalar_keys

ROOT = Path(__file__).resolve().parents[2]
DEV = document(ROOT / "Pulumi.dev.yaml")
CANARY = "canary-7f3a"
SECURE = {"secure": "v1:cipher"}
SLACK = ("addons", "monitoring", "receivers", "slack", "url")
TAKE_SECRETS = [
    SLACK,
    ("addons", "monitoring", "receivers", "webhook"),
    ("addons", "monitoring", "receivers", "heartbeat"),
    ("addons", "monitoring", "grafana", "github", "clientSecret"),
    ("cluster", "importedImages", "x", "sourceUrl"),
    ("cluster", "kubeconfig"),
]
TAKE_NONE = [
    ("name",),
    ("cluster",),
    ("cluster", "region"),
    ("cluster", "nodePools", "a10", "taints", 0, "key"),
    ("tags", "team"),
    ("addons", "gpuOperator", "values", "driver", "version"),
    ("addons", "kserve", "models", "m", "predictor", "x"),
    ("addons", "kserve", "models", "m", "args", 0),
    ("addons", "monitoring", "receivers"),
    ("addons", "monitoring", "receivers", "slack", "channel"),
]


@pytest.mark.parametrize("place", TAKE_SECRETS, ids=lambda place: ".".join(map(str, place)))
def test_what_ends_in_a_secret_may_be_one(place: tuple[str | int, ...]) -> None:
    assert may_be_secret(place)


@pytest.mark.parametrize("place", TAKE_NONE, ids=lambda place: ".".join(map(str, place)))
def test_nothing_else_may(place: tuple[str | int, ...]) -> None:
    assert not may_be_secret(place)


def with_value(place: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    stack: dict[str, Any] = copy.deepcopy(DEV)
    here: Any = stack
    for part, following in zip(place, [*place[1:], None], strict=True):
        if following is None:
            here[part] = value
        elif isinstance(here, list):
            here = here[int(part)]
        else:
            here = here.setdefault(part, [{}] if isinstance(following, int) else {})
    return stack


def written(folder: Path, stack: dict[str, Any]) -> Path:
    file = folder / "Pulumi.dev.yaml"
    file.write_text(yaml.safe_dump({"config": {f"{PROJECT}:{key}": value for key, value in stack.items()}}))
    return file


def refusals(error: StackFileError, place: tuple[str | int, ...]) -> list[str]:
    return [problem.message for problem in error.problems if problem.path == ".".join(map(str, place))]


@pytest.mark.parametrize("place", TAKE_NONE, ids=lambda place: ".".join(map(str, place)))
def test_a_secret_where_plain_text_is_needed_is_said_to_be_one(place: tuple[str | int, ...], tmp_path: Path) -> None:
    with pytest.raises(StackFileError) as refusal:
        load(written(tmp_path, with_value(place, SECURE)))
    (message,) = refusals(refusal.value, place)
    assert message.startswith("is a secret, but ")
    assert CONCEALED not in str(refusal.value)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What the engine tells the program: text by key, and which keys hold secrets. The stack file lies where the project is."""
    before = engine.CONFIG.get(), list(engine._SECRET_KEYS.get())
    monkeypatch.setattr(SETTINGS, "stack", "dev")
    monkeypatch.setattr(SETTINGS, "root_directory", str(tmp_path))

    def tell(stack: dict[str, Any], *secret: str) -> None:
        text = {f"{PROJECT}:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in stack.items()}
        engine.set_all_config(text, [f"{PROJECT}:{key}" for key in secret])

    yield tell
    engine.set_all_config(*before)


VALUE = ("addons", "gpuOperator", "values", "driver", "version")


@pytest.mark.parametrize("place", [VALUE, ("cluster", "region"), ("name",)], ids=lambda place: place[-1])
def test_the_engines_program_refuses_it_too_and_never_says_it(place: tuple[str | int, ...], told: Any, tmp_path: Path) -> None:
    written(tmp_path, with_value(place, SECURE))
    told(with_value(place, CANARY), str(place[0]))
    with pytest.raises(StackFileError) as refusal:
        from_pulumi()
    (message,) = refusals(refusal.value, place)
    assert message.startswith("is a secret, but ")
    assert CANARY not in str(refusal.value)


def test_a_value_beside_a_secret_receiver_is_none(told: Any, tmp_path: Path) -> None:
    url = "https://hooks.slack.com/services/T0/B0/canary"
    both = with_value(SLACK, SECURE)
    both["addons"]["monitoring"]["receivers"]["slack"]["channel"] = "#gpu"
    both["addons"]["gpuOperator"] = {"values": {"driver": {"version": "580.95.05"}}}
    written(tmp_path, both)
    both["addons"]["monitoring"]["receivers"]["slack"]["url"] = url
    told(both, "addons")
    stack, _ = from_pulumi()
    assert stack.addons.monitoring.receivers.slack.url == url  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", [2.0, 1e0, -3.0])
def test_a_whole_number_with_a_point_is_refused_as_everywhere_else(number: float, told: Any, tmp_path: Path) -> None:
    """The engine hands 2.0 on as 2."""
    keda = with_value(("addons", "keda", "replicas"), number)
    file = written(tmp_path, keda)
    told(with_value(("addons", "keda", "replicas"), int(number)))
    for read in (from_pulumi, lambda: load(file)):
        with pytest.raises(StackFileError) as refusal:
            read()
        assert [str(problem) for problem in refusal.value.problems] == [f"addons.keda.replicas: is {number}, but must be a whole number"]


def test_a_number_of_any_kind_may_be_written_with_a_point(told: Any, tmp_path: Path) -> None:
    spend = with_value(("spend", "hourlyUsd"), 9.0)
    written(tmp_path, spend)
    told(with_value(("spend", "hourlyUsd"), 9))
    assert from_pulumi()[0].spend.hourly_usd == 9


def test_where_no_file_says_which_text_is_secret_all_that_goes_in_as_it_is_is_refused(told: Any) -> None:
    told(with_value(VALUE, CANARY), "addons")
    with pytest.raises(StackFileError) as refusal:
        from_pulumi()
    assert len(refusals(refusal.value, VALUE)) == 1
    assert CANARY not in str(refusal.value)


def test_where_no_file_says_so_a_receiver_may_still_be_secret(told: Any) -> None:
    stack = with_value(SLACK, "https://hooks.slack.com/services/T0/B0/canary")
    stack["addons"]["monitoring"]["receivers"]["slack"]["channel"] = "#gpu"
    told(stack, "addons")
    assert from_pulumi()[0].name == DEV["name"]


def test_the_table_of_what_may_be_secret_is_whole() -> None:
    assert {place for place in scalar_keys() if may_be_secret(place)} == set(TAKE_SECRETS)


def together(places: Iterable[tuple[str | int, ...]], value: Any) -> Iterator[tuple[dict[str, Any], list[tuple[str | int, ...]]]]:
    """Documents that have `value` at every one of the places, as few as it takes, and which of them each has."""
    left = sorted(places, key=str)
    while left:
        document: dict[str, Any] = {}
        taken = [place for place in left if _put(document, place, value)]
        left = [place for place in left if place not in taken]
        yield document, taken


def _put(document: dict[str, Any], place: tuple[str | int, ...], value: Any) -> bool:
    """Put it there, but where something else stands in the way."""
    here: Any = document
    for part, following in zip(place, [*place[1:], None], strict=True):
        if isinstance(here, list) != isinstance(part, int) or not isinstance(here, dict | list) or here in (SECURE, CANARY):
            return False
        if following is None:
            if isinstance(here, dict) and part in here:
                return False
            here.append(value) if isinstance(here, list) else here.__setitem__(part, value)
            return True
        if isinstance(here, list):
            if not here:
                here.append([] if isinstance(following, int) else {})
            here = here[0]
        else:
            here = here.setdefault(part, [] if isinstance(following, int) else {})
    return False


OTHERS = sorted((place for place in scalar_keys() if not may_be_secret(place)), key=str)


def test_every_other_key_that_is_a_secret_is_refused_with_the_reason_and_never_shown(tmp_path: Path) -> None:
    seen: list[tuple[str | int, ...]] = []
    for stack, places in together(OTHERS, SECURE):
        with pytest.raises(StackFileError) as refusal:
            load(written(tmp_path, stack))
        for place in places:
            assert [message[:17] for message in refusals(refusal.value, place)] == ["is a secret, but "], place
        assert CONCEALED not in str(refusal.value)
        seen += places
    assert sorted(seen, key=str) == OTHERS


def test_the_engines_program_refuses_every_one_of_them_too(told: Any, tmp_path: Path) -> None:
    for (stack, places), (plain, same) in zip(together(OTHERS, SECURE), together(OTHERS, CANARY), strict=True):
        assert places == same
        written(tmp_path, stack)
        told(plain, *stack)
        with pytest.raises(StackFileError) as refusal:
            from_pulumi()
        for place in places:
            assert [message[:17] for message in refusals(refusal.value, place)] == ["is a secret, but "], place
        assert CANARY not in str(refusal.value)
