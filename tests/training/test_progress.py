from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from training.progress import LINE_SECONDS, ConsoleReporter, JsonReporter


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[ConsoleReporter]:
    """A console reporter on a terminal, whose bars end with the test."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "200")
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
    (task,) = console._progress.tasks
    assert task.fields["text"] == "half"


def test_console_reporter_prints_notes_as_they_are(
    console: ConsoleReporter, capsys: pytest.CaptureFixture[str]
) -> None:
    note = "epoch 1: [bold]loss[/bold] 0.5, " + "a long line " * 20
    console.note(note)
    assert note.rstrip() in capsys.readouterr().err


def test_console_reporter_finishes_a_stages_bar_when_the_next_begins(
    console: ConsoleReporter,
) -> None:
    console.stage("first")
    console.update(0.25)
    console.stage("second")
    console.update(0.5)
    first, second = console._progress.tasks
    assert [(each.description, each.completed) for each in (first, second)] == [
        ("first", 1.0),
        ("second", 0.5),
    ]
    console.close()
    assert second.completed == 1.0


def test_console_reporter_keeps_the_bar_where_the_fraction_cannot_be_told(
    console: ConsoleReporter,
) -> None:
    console.stage("fetching")
    console.update(0.25, "a quarter")
    console.update(None, "no idea")
    (task,) = console._progress.tasks
    assert (task.completed, task.fields["text"]) == (0.25, "no idea")


def test_without_a_terminal_a_stage_is_a_line_and_how_far_it_has_come_is_told_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "0")
    now = 0.0
    monkeypatch.setattr("training.progress.time.monotonic", lambda: now)
    reporter = ConsoleReporter()
    reporter.update(0.5, "before the first stage")
    reporter.stage("Reading ratings")
    reporter.update(0.25, "at once")
    now += LINE_SECONDS
    reporter.update(0.5, long := "a long line, " * 20 + "to its end")
    reporter.update(0.75, "right after")
    reporter.note("[b]a note[/b]")
    now += LINE_SECONDS
    reporter.update(None)
    reporter.stage("Training")
    reporter.close()
    assert capsys.readouterr().err.splitlines() == [
        "Reading ratings",
        f"Reading ratings: 50%, {long}",
        "[b]a note[/b]",
        "Reading ratings: 75%",
        "Training",
    ]


def test_console_reporter_takes_updates_before_the_first_stage(console: ConsoleReporter) -> None:
    console.update(0.5, "early")
    console.stage("first")
    (task,) = console._progress.tasks
    assert task.completed == 0
