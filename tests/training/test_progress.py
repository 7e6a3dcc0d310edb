from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from training.progress import ConsoleReporter, JsonReporter


@pytest.fixture
def console() -> Iterator[ConsoleReporter]:
    """A console reporter whose bars end with the test."""
    reporter = ConsoleReporter()
    yield reporter
    reporter.close()


def test_json_reporter_writes_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = JsonReporter()
    reporter.stage("fitting")
    reporter.update(0.25, "epoch 1")
    reporter.update(None)
    reporter.note("two\nlines, 한국어")
    reporter.close()
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"stage": "fitting", "fraction": 0.0, "text": ""},
        {"fraction": 0.25, "text": "epoch 1"},
        {"fraction": None, "text": ""},
        {"note": "two\nlines, 한국어"},
    ]


def test_json_reporter_sends_each_line_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    with os.fdopen(read) as reader, os.fdopen(write, "w") as writer:
        monkeypatch.setattr("sys.stdout", writer)
        JsonReporter().note("here")
        os.set_blocking(read, False)
        assert json.loads(reader.readline()) == {"note": "here"}


def test_json_reporter_fails_when_nobody_reads_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.close(read)
    writer = os.fdopen(write, "w")
    monkeypatch.setattr("sys.stdout", writer)
    with pytest.raises(BrokenPipeError):
        JsonReporter().note("anyone?")
    with pytest.raises(BrokenPipeError):
        writer.close()


def test_console_reporter_leaves_standard_output_alone(
    console: ConsoleReporter, capsys: pytest.CaptureFixture[str]
) -> None:
    console.stage("fitting")
    console.update(0.5, "half")
    console.note("a note")
    console.close()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "fitting" in captured.err
    assert "half" in captured.err


def test_console_reporter_prints_notes_as_they_are(
    console: ConsoleReporter, capsys: pytest.CaptureFixture[str]
) -> None:
    note = "epoch 1: [bold]loss[/bold] 0.5, " + "a long line " * 20
    console.note(note)
    assert note.rstrip() in capsys.readouterr().err


def test_console_reporter_finishes_a_stages_bar_when_the_next_begins(
    console: ConsoleReporter, capsys: pytest.CaptureFixture[str]
) -> None:
    console.stage("first")
    console.update(0.25)
    console.stage("second")
    console.update(0.5)
    console.close()
    lines = capsys.readouterr().err.splitlines()
    for stage in ("first", "second"):
        assert any(stage in line and "100%" in line for line in lines), stage


def test_console_reporter_keeps_the_bar_where_the_fraction_cannot_be_told(
    console: ConsoleReporter,
) -> None:
    console.stage("fetching")
    console.update(0.25, "a quarter")
    console.update(None, "no idea")
    (task,) = console._progress.tasks
    assert (task.completed, task.fields["text"]) == (0.25, "no idea")


def test_console_reporter_takes_updates_before_the_first_stage(console: ConsoleReporter) -> None:
    console.update(0.5, "early")
    console.stage("first")
    (task,) = console._progress.tasks
    assert task.completed == 0
