"""One operation of the engine, told as it goes, and ended when it comes to a halt."""

import json
import stat
import time
from pathlib import Path

import pytest

from platformctl.engine import operation
from platformctl.engine.events import EventLog
from platformctl.engine.operation import Command

ERROR = json.dumps({"diagnosticEvent": {"severity": "error", "message": "a provider fell over"}})
SUMMARY = json.dumps({"summaryEvent": {"resourceChanges": {}}})


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """An engine that is a shell script: `$log` is where it writes its events."""
    return Command(
        engine=tmp_path / "engine", directory=tmp_path, environment={"PATH": "/usr/bin:/bin"}, stack="s", client=1, logs=tmp_path
    )


def scripted(command: Command, script: str) -> Command:
    head = '#!/bin/sh\nfor word; do case "$word" in --event-log=*) log="${word#--event-log=}";; esac; done\n'
    command.engine.write_text(head + script)
    command.engine.chmod(command.engine.stat().st_mode | stat.S_IXUSR)
    return command


def test_events_are_told_while_the_engine_runs(command: Command, tmp_path: Path) -> None:
    told = tmp_path / "told"

    def report(log: EventLog) -> None:
        if log.errors:
            told.touch()

    # The engine goes on once the test has heard of the first event, and fails where that never comes.
    waits = f"n=0; while [ ! -e {told} ]; do sleep 0.1; n=$((n+1)); [ $n -lt 300 ] || exit 9; done"
    outcome = operation.run(scripted(command, f"echo '{ERROR}' > $log; {waits}; echo '{SUMMARY}' >> $log"), "preview", report=report)
    assert (outcome.failed, outcome.stuck) == (False, False)
    assert outcome.log.counts == {}


def test_what_the_engine_says_before_its_first_step_is_kept(command: Command) -> None:
    outcome = operation.run(scripted(command, "echo 'error: no such stack' >&2; exit 255"), "preview")
    assert (outcome.exit_code, outcome.printed) == (255, "error: no such stack")


@pytest.mark.parametrize("trap", ["", "trap '' INT;"])
def test_an_engine_that_waits_for_ever_after_an_error_is_ended(command: Command, monkeypatch: pytest.MonkeyPatch, trap: str) -> None:
    monkeypatch.setattr(operation, "SILENCE_SECONDS", 0.3)
    monkeypatch.setattr(operation, "PATIENCE_SECONDS", 0.2)
    began = time.monotonic()
    outcome = operation.run(scripted(command, f"{trap} echo '{ERROR}' > $log; while :; do sleep 0.1; done"), "up")
    assert outcome.stuck
    assert outcome.failed
    assert [error.message for error in outcome.log.errors] == ["a provider fell over"]
    assert time.monotonic() - began < 10


def test_an_engine_that_works_in_silence_is_left_to_it(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation, "SILENCE_SECONDS", 0.1)
    outcome = operation.run(scripted(command, f"sleep 0.6; echo '{SUMMARY}' > $log"), "up")
    assert not outcome.stuck


@pytest.mark.parametrize(("name", "ended"), [("preview", True), ("up", False)])
def test_a_preview_is_waited_for_less_long(command: Command, name: str, ended: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it waits for is a program, a provider or a policy that hangs; an update may wait for a cloud."""
    assert operation.PREVIEW_STUCK_SECONDS < operation.STUCK_SECONDS
    monkeypatch.setattr(operation, "PREVIEW_STUCK_SECONDS", 0.3)
    monkeypatch.setattr(operation, "PATIENCE_SECONDS", 0.2)
    assert operation.run(scripted(command, f"sleep 1; echo '{SUMMARY}' > $log"), name).stuck is ended


def test_only_operations_that_act_are_told_to_go_on_unasked(command: Command) -> None:
    script = 'echo "$@" > args; exit 0'
    operation.run(scripted(command, script), "preview")
    assert "--yes" not in (command.directory / "args").read_text()
    operation.run(scripted(command, script), "destroy", "--ignore-protect")
    said = (command.directory / "args").read_text()
    assert said.startswith("destroy --non-interactive")
    assert "--yes --skip-preview --ignore-protect" in said


def test_an_engine_that_ends_well_and_says_nothing_has_failed(command: Command) -> None:
    outcome = operation.run(scripted(command, "exit 0"), "preview")
    assert (outcome.exit_code, outcome.failed, outcome.lacks) == (0, True, ("its summary is not in it",))
    torn = operation.run(scripted(command, f"printf '%s' '{SUMMARY}' > $log"), "preview")
    assert torn.lacks == ("its last line is torn",)
