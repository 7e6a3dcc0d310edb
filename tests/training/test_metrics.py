"""Metrics against numbers worked out by hand and against scikit-learn's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import ndcg_score, roc_auc_score

from training.metrics import evaluate, expected_calibration_error

User = list[tuple[int, float]]


def evaluate_users(*users: User) -> dict[str, float]:
    """Metrics of users that are each a list of label and probability."""
    labels = np.array([label for user in users for label, _ in user])
    probabilities = np.array([probability for user in users for _, probability in user])
    ids = np.repeat(np.arange(len(users)) * 7 + 3, [len(user) for user in users])
    return evaluate(labels, probabilities, ids)


def ranked(*labels: int) -> User:
    """A user whose rows are already in the order of falling probability."""
    return [(label, 0.9 - 0.01 * place) for place, label in enumerate(labels)]


def test_one_users_ranking_worked_out_by_hand() -> None:
    found = evaluate_users([(0, 0.8), (1, 0.9), (0, 0.1), (1, 0.7)])
    # By probability the labels are 1 0 1 0.
    # NDCG: (1/log2(2) + 1/log2(4)) / (1/log2(2) + 1/log2(3)) = 1.5 / 1.63093 = 0.919721
    assert found["ndcg_at_10"] == pytest.approx(0.919721, abs=1e-6)
    # With ln for log2 the fraction is the same; it is rounded to five places.
    assert found["original_ndcg_at_10"] == pytest.approx(0.91972, abs=1e-12)
    # Both likes are in the first ten.
    assert found["original_hit_rate_at_10"] == 1
    # Of the four pairs of a like and another, three have the like on top.
    assert found["auc"] == found["user_auc"] == 0.75
    # -(ln 0.2 + ln 0.9 + ln 0.9 + ln 0.7) / 4 = (1.609438 + 2 * 0.105361 + 0.356675) / 4
    assert found["log_loss"] == pytest.approx(0.544208, abs=1e-6)
    # At 0.5 three of four are told right.
    assert found["accuracy"] == 0.75
    # Four rows are four bins: (|0 - 0.8| + |1 - 0.9| + |0 - 0.1| + |1 - 0.7|) / 4
    assert found["expected_calibration_error"] == pytest.approx(1.3 / 4)
    assert found["rows"] == 4


def test_a_like_below_the_first_ten_counts_for_neither_ranking() -> None:
    found = evaluate_users(ranked(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1))
    # (1/log2(3)) / (1/log2(2) + 1/log2(3)) = 0.63093 / 1.63093 = 0.386853
    assert found["ndcg_at_10"] == pytest.approx(0.386853, abs=1e-6)
    assert found["original_ndcg_at_10"] == pytest.approx(0.38685, abs=1e-12)
    assert found["original_hit_rate_at_10"] == 0.5


def test_the_originals_ideal_is_not_cut_at_ten() -> None:
    found = evaluate_users(ranked(*[1] * 12))
    assert found["ndcg_at_10"] == 1
    # The sum of 1/ln(i + 2) over i < 10 is 6.554970; over i < 12 it is
    # 6.554970 + 1/ln(12) + 1/ln(13) = 6.554970 + 0.402430 + 0.389871 = 7.347271.
    # 6.554970 / 7.347271 = 0.892164
    assert found["original_ndcg_at_10"] == pytest.approx(0.89216, abs=1e-12)
    # 10 / 12 = 0.833333, rounded to five places.
    assert found["original_hit_rate_at_10"] == pytest.approx(0.83333, abs=1e-12)


def test_ranking_metrics_are_means_over_users_with_a_like() -> None:
    found = evaluate_users(ranked(0, 1), ranked(0, 0, 0), ranked(1, 1), ranked(*[1] * 12))
    # 1/log2(3) = 0.630930, then two perfect rankings; the user without a like is left out.
    assert found["ndcg_at_10"] == pytest.approx((0.630930 + 1 + 1) / 3, abs=1e-6)
    assert found["original_ndcg_at_10"] == pytest.approx((0.63093 + 1 + 0.89216) / 3, abs=1e-12)
    assert found["original_hit_rate_at_10"] == pytest.approx((1 + 1 + 0.83333) / 3, abs=1e-12)


def test_user_auc_is_the_mean_over_users_with_likes_and_others() -> None:
    # 0 of 1 pair; no pairs; no pairs; 2 of 3 pairs.
    found = evaluate_users(ranked(0, 1), ranked(1, 1), ranked(0), ranked(0, 1, 0, 0))
    assert found["user_auc"] == pytest.approx((0 + 2 / 3) / 2)


def test_equal_probabilities_count_half_in_user_auc_and_keep_the_order_of_rows_in_ndcg() -> None:
    found = evaluate_users([(0, 0.5), (1, 0.5), (0, 0.1)])
    assert found["user_auc"] == 0.75
    assert found["ndcg_at_10"] == pytest.approx(1 / math.log2(3))


def test_a_probability_of_one_half_predicts_a_like() -> None:
    assert evaluate_users([(1, 0.5), (0, 0.4999)])["accuracy"] == 1


def test_the_order_in_which_users_rows_are_mixed_does_not_matter() -> None:
    random = np.random.default_rng(0)
    labels, users = random.integers(0, 2, 400), random.integers(0, 20, 400)
    probabilities = random.permutation(400) / 400
    shuffled = random.permutation(400)
    assert evaluate(labels, probabilities, users) == pytest.approx(
        evaluate(labels[shuffled], probabilities[shuffled], users[shuffled])
    )


@pytest.mark.parametrize("label", [0, 1])
def test_a_metric_that_one_class_does_not_define_is_nan(label: int) -> None:
    found = evaluate_users(ranked(label, label), ranked(label))
    assert math.isnan(found["auc"])
    assert math.isnan(found["user_auc"])
    rankings = [found[name] for name in found if name.endswith("at_10")]
    assert len(rankings) == 3
    assert all(math.isnan(value) if label == 0 else value == 1 for value in rankings)


def test_the_calibration_error_is_the_mean_gap_over_rows_of_bins() -> None:
    # 30 rows of 0.25 with 9 likes and 10 rows of 0.75 with 6: shares 0.3 and 0.6.
    probabilities = np.repeat([0.25, 0.75], [30, 10])
    labels = np.repeat([1, 0, 1, 0], [9, 21, 6, 4])
    # (30 * |0.3 - 0.25| + 10 * |0.6 - 0.75|) / 40 = (1.5 + 1.5) / 40
    assert expected_calibration_error(labels, probabilities) == pytest.approx(0.075)
    assert expected_calibration_error(labels, np.repeat([0.3, 0.6], [30, 10])) == pytest.approx(0)


def test_gaps_of_rows_in_one_bin_cancel_and_those_of_two_bins_do_not() -> None:
    # 40 different probabilities are 20 bins of two; in each, one like and one other.
    low, high = np.linspace(0.1, 0.44, 20), np.linspace(0.54, 0.9, 20)
    probabilities = np.concatenate([low, high])
    labels = np.tile([0, 1], 20)
    pairs = probabilities.reshape(20, 2).mean(axis=1)
    expected = np.abs(0.5 - pairs).mean()
    assert expected > 0.2
    assert abs(labels.mean() - probabilities.mean()) < 0.01
    assert expected_calibration_error(labels, probabilities) == pytest.approx(expected)


@given(
    rows=st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=100),
)
def test_the_calibration_error_lies_between_the_gap_of_the_means_and_the_mean_of_the_gaps(
    rows: list[tuple[int, float]],
) -> None:
    labels, probabilities = (np.array(column) for column in zip(*rows, strict=True))
    found = expected_calibration_error(labels, probabilities)
    assert found >= abs(labels.mean() - probabilities.mean()) - 1e-9
    assert found <= np.abs(labels - probabilities).mean() + 1e-9


@given(seed=st.integers(0, 1000), size=st.integers(1, 9))
def test_it_is_the_mean_distance_of_the_calibration_plots_points_from_the_diagonal(
    seed: int, size: int
) -> None:
    random = np.random.default_rng(seed)
    probabilities = random.permutation(20 * size) / (20 * size)
    labels = random.integers(0, 2, 20 * size)
    observed, predicted = calibration_curve(
        labels, probabilities, n_bins=20, strategy="quantile", pos_label=1
    )
    found = expected_calibration_error(labels, probabilities)
    assert found == pytest.approx(np.abs(observed - predicted).mean())


@st.composite
def users_with_distinct_scores(draw: st.DrawFn) -> list[User]:
    """Users whose probabilities have no ties, which scikit-learn's NDCG would average over."""
    users = []
    for _ in range(draw(st.integers(1, 5))):
        labels = draw(st.lists(st.integers(0, 1), min_size=2, max_size=25))
        places = draw(st.permutations(range(len(labels))))
        users.append(
            [(label, (place + 1) / 30) for label, place in zip(labels, places, strict=True)]
        )
    return users


@settings(deadline=None)
@given(users=users_with_distinct_scores())
def test_ndcg_is_scikit_learns(users: list[User]) -> None:
    expected = [
        ndcg_score([[label for label, _ in user]], [[score for _, score in user]], k=10)
        for user in users
        if any(label for label, _ in user)
    ]
    found = evaluate_users(*users)["ndcg_at_10"]
    assert found == pytest.approx(np.mean(expected) if expected else math.nan, nan_ok=True)


@settings(deadline=None)
@given(
    users=st.lists(
        st.lists(
            st.tuples(st.integers(0, 1), st.sampled_from([0.1, 0.2, 0.2000001, 0.5, 0.9])),
            min_size=1,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_user_auc_is_scikit_learns_with_ties(users: list[User]) -> None:
    expected = [
        roc_auc_score([label for label, _ in user], [score for _, score in user])
        for user in users
        if len({label for label, _ in user}) == 2
    ]
    found = evaluate_users(*users)["user_auc"]
    assert found == pytest.approx(np.mean(expected) if expected else math.nan, nan_ok=True)
