"""The report of `python -m training describe`, opened from disk."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.builders import tiny_movielens, write_csv_edition, write_ml_1m
from tests.server import ROOT
from training.ratings import MovieLens

BAD = "<img src=http://127.0.0.1:9/x onerror=document.title='run'>" + "w" * 200
GAP = 16
"""Pixels between cards."""


def with_bad_titles(data: MovieLens) -> MovieLens:
    genres = [[*names, BAD] for names in data.movies["genres"]]
    return replace(data, movies=data.movies.assign(title=BAD, genres=genres))


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A report of a data set that knows its users, and of one that does not and has bad titles."""
    folder = tmp_path_factory.mktemp("reports")
    made = {}
    for name, write, data in (
        ("known", write_ml_1m, tiny_movielens()),
        ("bad", write_csv_edition, with_bad_titles(tiny_movielens())),
    ):
        (folder / name).mkdir()
        write(data, folder / name)
        made[name] = folder / f"{name}.html"
        command = [sys.executable, "-m", "training", "describe", "--data", str(folder / name)]
        subprocess.run([*command, "--out", str(made[name])], cwd=ROOT, check=True)
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("name", ["known", "bad"])
def test_the_report_fits_shows_its_pictures_and_asks_for_nothing(
    tab: Page,
    reports: dict[str, Path],
    name: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    requests: list[str] = []
    complaints: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text))
    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(reports[name].as_uri())
    for details in tab.locator("details > summary").all():
        details.click()

    pictures = tab.locator("main svg")
    assert pictures.count() == (12 if name == "known" else 9)
    for picture in pictures.all():
        expect(picture).to_be_visible()
        box = picture.bounding_box()
        assert box is not None
        assert box["width"] > 280
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert tab.evaluate(overflow) == 0
    assert tab.title() != "run"
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert len(requests) <= 2  # the page, and its empty icon
    assert complaints == []
    # Colours are the scheme's, in the pictures too.
    ink = tab.locator("main svg text").first.evaluate("text => getComputedStyle(text).fill")
    assert ink == {"light": "rgb(63, 63, 70)", "dark": "rgb(212, 212, 216)"}[scheme]


@pytest.mark.parametrize("width", [390, 800, 1440])
@pytest.mark.parametrize("name", ["known", "bad"])
def test_cards_fill_their_rows_and_each_fact_is_one_line(
    tab: Page, reports: dict[str, Path], name: str, width: int
) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(reports[name].as_uri())
    for section in tab.locator(".cards").all():
        whole = section.bounding_box()
        assert whole is not None
        area = 0.0
        for cell in section.locator(".cell").all():
            box = cell.bounding_box()
            assert box is not None
            last = cell.locator(".card").last.bounding_box()
            assert last is not None
            assert last["y"] + last["height"] == pytest.approx(box["y"] + box["height"], abs=1)
            area += (box["width"] + GAP) * (box["height"] + GAP)
        assert area == pytest.approx((whole["width"] + GAP) * (whole["height"] + GAP), rel=0.001)
    lines = "facts => facts.map(fact => fact.getBoundingClientRect().height)"
    assert len(set(tab.locator(".summary dd").evaluate_all(lines))) == 1
    assert "2000-01 – 2003-12" in tab.locator(".summary").inner_text()
