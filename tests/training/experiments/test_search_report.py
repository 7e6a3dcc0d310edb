"""The table, the text and the picture of a search, of trials made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from space.manifest import sha256
from tests.training.experiments.plans import TINY, write_plan
from tests.training.experiments.searches import searched
from training.experiments.options import preset_of
from training.experiments.plan import Plan
from training.experiments.plan_file import find_plan, read_plan
from training.experiments.ranges import Range
from training.experiments.search import Searched
from training.experiments.search_figures import draw_trials
from training.experiments.search_report import as_experiment, trials_table, write_search
from training.plots import STYLE

PLAN = find_plan("original")
OPTIONS = ("learning rate", "dnn dropout", "batch size", "embed dim", "heads")


def text_of(found: Searched, out: Path) -> str:
    write_search(out, found)
    return (out / "trials.md").read_text()


def panels(found: Searched) -> Iterator[Axes]:
    """The panels of the picture, drawn as they are written."""
    with plt.rc_context(STYLE):
        figure = draw_trials(found, trials_table(found))
        figure.canvas.draw()
        yield from (axes for axes in figure.axes if axes.axison)
        plt.close(figure)


def ranging(**ranges: Range) -> Plan:
    """The original's plan with other ranges."""
    assert PLAN.search is not None
    return replace(PLAN, search=replace(PLAN.search, ranges=ranges))


def test_the_report_says_that_it_is_a_search_and_of_what(tmp_path: Path) -> None:
    states = ("given up", "finished", "failed", "finished")
    text = text_of(searched(PLAN, 20, states=states, epochs=3), tmp_path)
    told = (
        "A search of the plan original: 20 trials of AutoInt+ (10 finished, 5 given up, 5 failed)."
    )
    assert told in text
    assert "ten experiments" not in text
    for line in (
        "| learning rate | 0.0001 to 0.003, on a logarithmic scale |",
        "| dnn dropout | 0.3 to 0.7 in steps of 0.1 |",
        "| batch size | 1024 or 2048 |",
        "| embed dim | 8, 16 or 32 |",
        "The same in all trials: epochs 3, layers 3, width embed_dim, width rule per_head, scaled "
        "False, output bias False, dnn units 32 32, unknown rate 0.01. All others have their defaults.",
    ):
        assert line in text.splitlines()
    assert "its validation auc is its value at the epoch it was given up at" in text


def test_the_report_tells_options_that_one_of_two_models_has(tmp_path: Path) -> None:
    text = text_of(searched(PLAN, 1, models=("autoint", "autoint+")), tmp_path)
    assert "1 trial of AutoInt and 1 trial of AutoInt+ (2 finished)" in text
    assert "| dnn dropout (AutoInt+) | 0.3 to 0.7" in text
    assert "dnn units (AutoInt+) 32 32" in text


def test_a_cap_on_drawn_epochs_is_told(tmp_path: Path) -> None:
    found = searched(ranging(epochs=Range(low=1, high=9)), 2, epochs=4)
    assert "| epochs | 1 to 9, but 4 at the most |" in text_of(found, tmp_path)
    assert "epochs_trained" in trials_table(found)


def test_columns_of_text_stand_first_and_to_the_left(tmp_path: Path) -> None:
    ranges = {"heads": Range(low=1, high=2), "dnn_units": Range(choices=((4,), (8, 4)))}
    lines = text_of(searched(ranging(**ranges), 3), tmp_path).splitlines()
    header = next(line for line in lines if line.startswith("| trial"))
    assert header.startswith("| trial | model | state | dnn units | heads | epochs trained |")
    rule = lines[lines.index(header) + 1].split(" | ")
    assert (rule[:4], set(rule[4:-1])) == (["| ---", "---", "---", "---"], {"---:"})


def test_the_value_of_a_trial_is_the_one_that_it_is_compared_by(tmp_path: Path) -> None:
    found = searched(PLAN, 2, states=("given up",))
    # The best epoch's weights were kept, and not the last's.
    best = replace(found.trials[1], value=0.9)
    found = replace(found, trials=(found.trials[0], best), best=replace(found.best, tried=best))
    table = trials_table(found)
    assert table["validation_auc"].tolist() == [found.trials[0].values[-1], 0.9]
    assert "is of its last epoch's weights" in text_of(found, tmp_path)
    other = replace(found, plan=replace(PLAN, weights="best"))
    assert "is of its best epoch's weights" in text_of(other, tmp_path)


@given(
    model=st.sampled_from(["autoint", "autoint+"]),
    own=st.fixed_dictionaries(
        {},
        optional={
            "epochs": st.integers(1, 30),
            "batch_size": st.sampled_from([64, 128]),
            "width": st.sampled_from(["embed_dim", 8]),
            "residual": st.sampled_from(["identity", "projected"]),
            "scaled": st.booleans(),
            "dnn_units": st.sampled_from([(4,), (8, 4)]),
            "unknown_rate": st.floats(0, 0.5),
            "decay": st.floats(0.1, 1),
        },
    ),
    rate=st.floats(1e-12, 10),
    cap=st.none() | st.integers(1, 30),
)
@settings(max_examples=25, deadline=None)
def test_the_best_read_from_the_plan_is_the_trials_model_and_fit(
    tmp_path_factory: pytest.TempPathFactory,
    model: str,
    own: dict[str, Any],
    rate: float,
    cap: int | None,
) -> None:
    folder = tmp_path_factory.mktemp("plan")
    plan = read_plan(write_plan(folder))
    assert plan.search is not None
    search = replace(plan.search, options={**plan.options, **own})
    found = searched(replace(plan, search=search), 1, models=(model,), epochs=cap)
    found.trials[0].drawn["learning_rate"] = rate
    pasted = read_plan(write_plan(folder, "\n".join([TINY, *as_experiment(found)])))
    options = pasted.experiments[-1].options
    every = {**plan.options, **own, **found.trials[0].drawn}
    if cap is not None:
        every["epochs"] = min(every["epochs"], cap)
    assert preset_of(model, options) == preset_of(model, every)


def test_what_the_plan_says_for_all_is_not_said_again() -> None:
    assert as_experiment(searched(PLAN, 1))[:2] == ["[experiments.trial-0]", "epochs = 5"]
    assert not any(line.startswith("layers") for line in as_experiment(searched(PLAN, 1)))


@pytest.mark.parametrize("trials", [1, 3, 20])
def test_trials_and_epochs_are_numbered_in_whole_numbers(trials: int) -> None:
    by_number, by_epoch, *_ = panels(searched(PLAN, trials))
    for axes, numbers in ((by_number, range(trials)), (by_epoch, range(1, 6))):
        low, high = axes.get_xlim()
        assert low < numbers[0]
        assert numbers[-1] < high
        ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
        assert ticks
        assert all(tick == int(tick) for tick in ticks)
        assert {numbers[0], numbers[-1]} <= set(ticks) or trials > 7


@pytest.mark.parametrize("trials", [1, 3, 20])
def test_the_axis_of_an_option_reaches_over_its_range_and_beyond(trials: int) -> None:
    _, _, *found = panels(searched(PLAN, trials))
    axes = {panel.get_title(loc="left"): panel for panel in found}
    assert tuple(axes) == OPTIONS
    assert axes["learning rate"].get_xscale() == "log"
    for name, low, high in (("learning rate", 0.0001, 0.003), ("dnn dropout", 0.3, 0.7)):
        left, right = axes[name].get_xlim()
        assert 0.8 * low < left < low < high < right < 1.3 * high
    labels = [label.get_text() for label in axes["embed dim"].get_xticklabels()]
    assert labels == ["8", "16", "32"]
    assert axes["embed dim"].get_xlim() == (-0.5, 2.5)
    assert axes["dnn dropout"].get_xticks() == pytest.approx([0.3, 0.4, 0.5, 0.6, 0.7])


WIDE = ranging(
    epochs=Range(low=1, high=3),
    heads=Range(low=1, high=12, step=2),
    learning_rate=Range(low=1e-7, high=0.05, log=True),
    decay=Range(low=0.5, high=0.51, log=True),
    embedding_l2=Range(low=0.0, high=1e-5),
    embed_dim=Range(low=8, high=64, log=True),
    layers=Range(low=2, high=300),
    batch_size=Range(choices=(1, 2, 100000)),
    dnn_units=Range(choices=((4,), (8, 4))),
)


@pytest.mark.parametrize("plan", [PLAN, WIDE])
@pytest.mark.parametrize("trials", [1, 3, 20])
def test_no_labels_touch_and_no_point_lies_at_the_edge(plan: Plan, trials: int) -> None:
    count = 0
    for axes in panels(searched(plan, trials, extremes=True)):
        count += 1
        low, high = axes.get_xlim()
        shown = [
            label.get_window_extent()
            for tick, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
            if low <= tick <= high
        ]
        assert shown
        for one, other in pairwise(shown):
            assert one.x1 < other.x0, axes.get_title(loc="left")
        frame = axes.get_window_extent()
        for line in axes.get_lines():
            if line.get_linestyle() == "None":
                for x, y in axes.transData.transform(line.get_xydata()):
                    assert frame.x0 + 5 < x < frame.x1 - 5
                    assert frame.y0 + 5 < y < frame.y1 - 5
        # The panels at the left say what all of them show.
        assert axes.get_ylabel() == ("validation auc" if count % 3 == 1 else "")
    assert count == (7 if plan is PLAN else 10)


def test_equal_searches_give_equal_files(tmp_path: Path) -> None:
    hashes = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_search(tmp_path / name, searched(PLAN, 3))
        hashes.append({path.name: sha256(path) for path in (tmp_path / name).iterdir()})
    assert hashes[0] == hashes[1]
    assert hashes[0].keys() == {"trials.csv", "trials.json", "trials.md", "trials.png"}
    json.loads((tmp_path / "a" / "trials.json").read_text(), parse_constant=pytest.fail)
