from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib import image
from matplotlib import pyplot as plt

from space.manifest import sha256
from training.plots import _calibration, _learning_curves, plot_run

NAMES = ["calibration.png", "learning_curves.png", "roc.png", "scores.png"]
LABELS = np.random.default_rng(0).integers(0, 2, 200)
SCORES = np.clip(0.3 * LABELS + np.random.default_rng(1).uniform(0, 0.7, 200), 0, 1)
HISTORY = [
    {"epoch": epoch, "loss": 1 / epoch, "validation_log_loss": abs(epoch - 3) + 0.5}
    for epoch in range(1, 6)
]


def drawn(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_four_pictures_appear_and_none_is_blank(tmp_path: Path) -> None:
    plot_run(tmp_path / "made" / "plots", HISTORY, LABELS, SCORES)
    assert drawn(tmp_path / "made" / "plots") == NAMES
    for name in NAMES:
        pixels = image.imread(tmp_path / "made" / "plots" / name)
        height, width = pixels.shape[:2]
        assert (width, height) > (400, 300)
        assert len(np.unique(pixels.reshape(-1, pixels.shape[-1]), axis=0)) > 20, name


def test_equal_runs_give_equal_files_and_other_runs_others(tmp_path: Path) -> None:
    plot_run(tmp_path / "a", HISTORY, LABELS, SCORES)
    plot_run(tmp_path / "b", HISTORY, LABELS, SCORES)
    plot_run(tmp_path / "c", HISTORY[:4], LABELS, SCORES**2)
    for name in NAMES:
        assert sha256(tmp_path / "a" / name) == sha256(tmp_path / "b" / name)
        # An ROC curve knows the order of the scores only, which a square keeps.
        same = sha256(tmp_path / "a" / name) == sha256(tmp_path / "c" / name)
        assert same == (name == "roc.png")


@pytest.mark.parametrize("label", [0, 1])
def test_rows_of_one_class_have_no_roc_and_no_calibration(tmp_path: Path, label: int) -> None:
    plot_run(tmp_path, HISTORY, np.full(20, label), SCORES[:20])
    assert drawn(tmp_path) == ["learning_curves.png", "scores.png"]


def test_a_history_without_validation_is_drawn(tmp_path: Path) -> None:
    plot_run(tmp_path, [{"epoch": 1, "loss": 0.5}], LABELS, SCORES)
    assert drawn(tmp_path) == NAMES


@pytest.mark.parametrize("history", [HISTORY, [{"epoch": 1, "loss": 0.5}]])
@pytest.mark.parametrize("kept", [None, 1, 5])
def test_the_epoch_whose_weights_are_kept_is_marked_if_it_is_known(
    history: list[dict[str, float]], kept: int | None
) -> None:
    figure, axes = plt.subplots()
    _learning_curves(axes, history, kept)
    lines = {str(line.get_label()): line.get_xdata() for line in axes.get_lines()}
    plt.close(figure)
    marked = lines.get("weights kept")
    assert (None if marked is None else list(marked)) == (None if kept is None else [kept, kept])


def test_the_mark_is_in_the_picture(tmp_path: Path) -> None:
    # HISTORY has its lowest loss in epoch 3.
    for name, kept in (("none", None), ("lowest", 3), ("last", 5)):
        plot_run(tmp_path / name, HISTORY, LABELS, SCORES, kept=kept)
    pictures = {sha256(tmp_path / name / NAMES[1]) for name in ("none", "lowest", "last")}
    assert len(pictures) == 3


def test_drawing_leaves_no_figure_open_and_no_setting_changed(tmp_path: Path) -> None:
    before = plt.get_fignums(), plt.rcParams["figure.dpi"]
    plot_run(tmp_path, HISTORY, LABELS, SCORES)
    assert (plt.get_fignums(), plt.rcParams["figure.dpi"]) == before


def test_the_calibration_plot_tells_the_error_of_its_points() -> None:
    # 30 rows of 0.25 with 9 likes and 10 of 0.75 with 6: an error of 0.075, see test_metrics.
    probabilities = np.repeat([0.25, 0.75], [30, 10])
    labels = np.repeat([1, 0, 1, 0], [9, 21, 6, 4])
    figure, axes = plt.subplots()
    _calibration(axes, labels, probabilities)
    told = [entry.get_text() for entry in axes.get_legend().get_texts()]
    drawn_points = axes.get_lines()[1].get_xydata()
    plt.close(figure)
    assert told == ["perfect", "20 bins of equal size, ECE 0.075"]
    assert np.allclose(drawn_points, [[0.25, 0.3], [0.75, 0.6]])


def test_the_calibration_plot_has_a_second_line_for_rows_of_an_unknown_user(
    tmp_path: Path,
) -> None:
    # The likes of the rows above, all predicted at 0.5: 15 of 40 are likes, an error of 0.125.
    labels = np.repeat([1, 0, 1, 0], [9, 21, 6, 4])
    figure, axes = plt.subplots()
    _calibration(axes, labels, np.repeat([0.25, 0.75], [30, 10]), np.full(40, 0.5))
    told = [entry.get_text() for entry in axes.get_legend().get_texts()]
    points = [line.get_xydata() for line in axes.get_lines()[1:]]
    plt.close(figure)
    assert told == [
        "perfect",
        "20 bins of equal size, ECE 0.075",
        "user unknown, ECE 0.125",
    ]
    assert np.allclose(points[0], [[0.25, 0.3], [0.75, 0.6]])
    assert np.allclose(points[1], [[0.5, 0.375]])
    for name, unknown_user in (("without", None), ("with", SCORES**2)):
        plot_run(tmp_path / name, HISTORY, LABELS, SCORES, unknown_user=unknown_user)
    differ = [
        name
        for name in NAMES
        if sha256(tmp_path / "without" / name) != sha256(tmp_path / "with" / name)
    ]
    assert differ == ["calibration.png"]
