"""All that the engine says of failures and of preparing can be put into other languages.

That the catalogues have every code is tested with the page, in `page/test_words.py` and
`page/test_language.py`; here, that nothing is said without one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from space.errors import Detail, Said
from space.messages import MESSAGES
from space.stages import STAGES, TRAINING, Stage, stage_of
from tests.server import ROOT
from training.sources import _DownloadBar

SPACE = ROOT / "space"

CODED = {"Said": MESSAGES, "ArgumentError": MESSAGES, "NotYetError": MESSAGES, "Stage": STAGES}
"""What is made of a code, and the codes that there are."""

FAILURES = {"PreparationError", "BundleError", "DamagedError", "HubUnreachableError"}
"""What is made of something said."""

NOT_OF_THE_DEMO = {"Reading the model to go on from"}
"""Stages that only other runs have."""


def calls(folder: Path) -> Iterator[tuple[str, str, ast.Call]]:
    """Every call of a folder's modules by where it is and what is called."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else None
                name = node.func.id if isinstance(node.func, ast.Name) else name
                place = f"{path.relative_to(folder).with_suffix('')}"
                yield place, name or "", node


@cache
def space_calls() -> tuple[tuple[str, str, ast.Call], ...]:
    return tuple(calls(SPACE))


def choices(node: ast.expr) -> list[ast.expr]:
    """What an expression may be, where that stands in it."""
    return [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]


def is_text(node: ast.expr) -> bool:
    """Whether an expression writes a text of its own."""
    if isinstance(node, ast.BinOp):
        return is_text(node.left) or is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def codes_asked() -> set[tuple[str, str]]:
    """Every code that stands where something is made of one, and every other that may get there."""
    return {
        (kind, str(choice.value))
        for _, kind, call in space_calls()
        if kind in CODED and call.args
        for choice in choices(call.args[0])
        if isinstance(choice, ast.Constant)
    }


def test_every_code_that_is_asked_for_is_there() -> None:
    asked = codes_asked()
    assert len(asked) > 80
    assert {(kind, code) for kind, code in asked if code not in CODED[kind]} == set()


@pytest.mark.parametrize("codes", [MESSAGES, STAGES], ids=["messages", "stages"])
def test_every_code_is_asked_for(codes: dict[str, str]) -> None:
    written = {
        node.value
        for path in SPACE.rglob("*.py")
        if path.name not in ("messages.py", "stages.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
    }
    assert codes.keys() - written - set(TRAINING) == set()


def uncoded(calls: list[tuple[str, ast.Call]], argument: int) -> list[str]:
    """Where one of the values that an argument may have is a plain text."""
    return [
        f"{place}:{call.lineno}"
        for place, call in calls
        if any(is_text(each) for each in choices(call.args[argument]))
    ]


def test_no_failure_is_told_without_a_code() -> None:
    made = [(place, call) for place, kind, call in space_calls() if kind in FAILURES]
    assert len(made) > 40
    assert uncoded(made, 0) == []


def test_no_stage_is_told_without_a_code() -> None:
    told = [
        (place, call)
        for place, kind, call in space_calls()
        if kind in ("report", "_report") and len(call.args) == 2
    ]
    assert len(told) > 5
    assert uncoded(told, 1) == []


def told_by_training() -> dict[str, str]:
    """Where the training of the demo tells how far it has come, and what, with numbers in it."""
    found = {}
    for place, name, call in calls(ROOT / "training"):
        if place.split("/")[0] in ("describe", "experiments", "protocols") or place == "publish":
            continue
        at = {"stage": 0, "update": 1}.get(name)
        if at is None or len(call.args) <= at:
            continue
        for choice in choices(call.args[at]):
            said = _filled(choice)
            if said and said not in NOT_OF_THE_DEMO:
                found[f"{place}:{choice.lineno}"] = said
    return found


def _filled(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        names = {"name": "ml-100k", "doing": "trains", "text": "4.9 MB"}
        return "".join(
            str(part.value)
            if isinstance(part, ast.Constant)
            else names.get(ast.unparse(part).strip("f'{}"), "7")
            for part in node.values
        )
    return None


def test_every_stage_of_training_is_known() -> None:
    told = told_by_training()
    assert len(told) >= 12
    assert {
        place: said for place, said in told.items() if not isinstance(stage_of(said), Stage)
    } == {}


def test_every_stage_of_training_that_is_known_is_told() -> None:
    """The others have a place in the catalogues for nothing."""
    told = {stage_of(said) for said in told_by_training().values()}
    known = {said.code for said in told if isinstance(said, Stage)}
    assert set(TRAINING) - known == {"megabytes"}  # which is written in a variable first


class Kept:
    """Keeps what a download tells."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def update(self, fraction: float | None, text: str = "") -> None:
        self.said.append(text)


@pytest.mark.parametrize(
    ("total", "code", "values"),
    [
        (4_900_000, "megabytes_of", {"done": "1.2", "whole": "4.9"}),
        (0, "megabytes", {"done": "1.2"}),
    ],
)
def test_what_a_download_tells_is_known(total: int, code: str, values: dict[str, str]) -> None:
    kept = Kept()
    bar = _DownloadBar(kept)  # type: ignore[arg-type]
    bar.total = total
    bar.update(1_200_000)
    stage = stage_of(kept.said[-1])
    assert isinstance(stage, Stage)
    assert (stage.code, stage.values) == (code, values)


def test_a_stage_of_training_keeps_its_numbers() -> None:
    said = "epoch 3 of at most 30, loss 0.5312, 12,345 rows/s, at most 67 s left"
    stage = stage_of(said)
    assert isinstance(stage, Stage)
    assert stage == said
    assert stage.values == {
        "epoch": "3",
        "epochs": "30",
        "loss": "0.5312",
        "rate": "12,345",
        "left": "67",
    }


@pytest.mark.parametrize("said", ["", "another try", "Reading ratings, twice", "Starting"])
def test_what_training_has_never_told_is_left_as_it_is(said: str) -> None:
    stage = stage_of(said)
    assert isinstance(stage, Detail)
    assert not isinstance(stage, Said)
    assert stage == said
