"""Each baseline against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from training.baselines import BASELINES, SEEDED
from training.baselines.baseline import likes
from training.baselines.ease import MOST_FILMS, Ease
from training.baselines.ials import ImplicitALS
from training.baselines.item_knn import ItemKNN
from training.baselines.popularity import Popularity
from training.errors import RunError

STARS = sparse.csr_matrix(
    np.array([[5, 4, 0, 1], [4, 5, 0, 0], [0, 4, 4, 0], [5, 0, 2, 3]], dtype="float32")
)
"""Likes from four stars: films 0 and 1 have three, film 2 has one, film 3 none."""

LIKED = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 0, 0]], dtype=float)

NOBODY = sparse.csr_matrix((1, 4), dtype="float32")


def test_a_like_is_a_rating_of_at_least_so_many_stars() -> None:
    before = STARS.toarray()
    assert likes(STARS, 4.0).toarray().tolist() == LIKED.tolist()
    assert likes(STARS, 0.0).toarray().tolist() == (before > 0).astype(float).tolist()
    assert likes(STARS, 4.0).nnz == 7
    assert STARS.toarray().tolist() == before.tolist()


def test_popularity_counts_likes() -> None:
    popularity = Popularity(4.0)
    popularity.fit(STARS)
    assert popularity.scores(STARS[:2]).tolist() == [[3, 3, 1, 0]] * 2
    assert popularity.parameters == 4


def test_item_knn_sums_cosines() -> None:
    knn = ItemKNN(4.0, neighbours=4)
    knn.fit(STARS)
    # |x_0| = |x_1| = sqrt(3), |x_2| = 1. Films 0 and 1 share two users: 2/3; 1 and 2 share one:
    # 1/sqrt(3); 0 and 2 none. Film 3 is like none.
    w01, w12 = 2 / 3, 3**-0.5
    # The first user likes films 0 and 1, the third 1 and 2.
    assert knn.scores(STARS[[0, 2]]) == pytest.approx(
        np.array([[1 + w01, w01 + 1, w12, 0], [w01, 1 + w12, w12 + 1, 0]]), abs=1e-6
    )


def test_item_knn_keeps_the_nearest_films_only() -> None:
    knn = ItemKNN(4.0, neighbours=2)
    knn.fit(STARS)
    # Of film 1, itself and film 0 are kept, not film 2; of film 2, itself and film 1.
    assert knn.scores(STARS[[2]]) == pytest.approx(np.array([[2 / 3, 1 + 3**-0.5, 1, 0]]), abs=1e-6)
    assert knn.parameters == 6


def test_ease_is_the_closed_form() -> None:
    ease = Ease(4.0, regularization=1.0)
    ease.fit(sparse.csr_matrix(np.array([[5, 4], [4, 0], [1, 5]], dtype="float32")))
    # Likes: x = [[1,1],[1,0],[0,1]]. x'x + I = [[3,1],[1,3]], its inverse is [[3,-1],[-1,3]] / 8, so
    # off the diagonal B = -(-1/8) / (3/8) = 1/3.
    assert ease.weights == pytest.approx(np.array([[0, 1 / 3], [1 / 3, 0]]), abs=1e-6)
    user = sparse.csr_matrix(np.array([[4, 0]], dtype="float32"))
    assert ease.scores(user) == pytest.approx(np.array([[0, 1 / 3]]), abs=1e-6)
    assert ease.parameters == 2


def test_ease_is_a_ridge_regression_of_each_film_on_the_others() -> None:
    ease = Ease(4.0, regularization=2.5)
    ease.fit(STARS)
    for film in range(4):
        others = [other for other in range(4) if other != film]
        x = LIKED[:, others]
        expected = np.linalg.solve(x.T @ x + 2.5 * np.eye(3), x.T @ LIKED[:, film])
        assert ease.weights[others, film] == pytest.approx(expected, abs=1e-6)


def test_ease_of_all_ratings_reads_dislikes_as_well() -> None:
    ease = BASELINES["ease-all"](4.0, 0)
    ease.fit(STARS)
    disliked = sparse.csr_matrix(np.array([[0, 0, 0, 1]], dtype="float32"))
    assert ease.scores(disliked)[0, 0] > 0


def test_ease_refuses_films_whose_matrix_would_not_fit() -> None:
    with pytest.raises(RunError, match=r"at most 20,000 films are expected, there are 20,001"):
        Ease(4.0, 1.0).fit(sparse.csr_matrix((1, MOST_FILMS + 1), dtype="float32"))


def test_ials_folds_users_in_by_its_normal_equation() -> None:
    ials = ImplicitALS(4.0, factors=3, regularization=0.5, seed=1)
    ials.fit(STARS)
    films = ials._model.item_factors.astype(float)
    # Confidence is 1 everywhere, so that p_u = (Q'Q + lambda I)^-1 Q' x_u.
    folded = np.linalg.solve(films.T @ films + 0.5 * np.eye(3), films.T @ LIKED.T).T
    assert ials.scores(STARS) == pytest.approx(folded @ films.T, abs=1e-4)
    assert ials.parameters == 3 * (4 + 4)


def test_ials_depends_on_its_seed_alone() -> None:
    def scores(seed: int) -> list[list[float]]:
        ials = BASELINES["ials"](4.0, seed)
        ials.fit(STARS)
        return ials.scores(STARS).tolist()

    assert scores(1) == scores(1)
    assert scores(1) != scores(2)
    assert {"ials"} == SEEDED


@pytest.mark.parametrize("name", BASELINES)
def test_whoever_is_unknown_is_scored_too(name: str) -> None:
    baseline = BASELINES[name](4.0, 0)
    baseline.fit(STARS)
    assert baseline.parameters > 0
    scores = baseline.scores(NOBODY)
    assert scores.dtype == np.float32
    assert scores.shape == (1, 4)
    assert np.isfinite(scores).all()
    if name != "popularity":
        assert not scores.any()


MATRICES = st.lists(
    st.lists(st.sampled_from([0, 0, 2, 4, 5]), min_size=6, max_size=6), min_size=2, max_size=8
)


@settings(deadline=None, max_examples=25)
@given(rows=MATRICES, name=st.sampled_from(sorted(BASELINES)))
def test_a_users_scores_do_not_depend_on_who_else_is_asked(
    rows: list[list[int]], name: str
) -> None:
    stars = sparse.csr_matrix(np.array(rows, dtype="float32"))
    baseline = BASELINES[name](4.0, 0)
    baseline.fit(stars)
    together = baseline.scores(stars)
    alone = np.concatenate([baseline.scores(stars[[user]]) for user in range(len(rows))])
    assert together == pytest.approx(alone, abs=1e-5)


@settings(deadline=None, max_examples=25)
@given(rows=MATRICES, name=st.sampled_from(["popularity", "knn", "ease", "ease-all"]))
def test_the_order_of_users_does_not_matter(rows: list[list[int]], name: str) -> None:
    found = []
    for order in (rows, rows[::-1]):
        stars = sparse.csr_matrix(np.array(order, dtype="float32"))
        baseline = BASELINES[name](4.0, 0)
        baseline.fit(stars)
        found.append(baseline.scores(sparse.csr_matrix(np.array(rows, dtype="float32"))))
    assert found[0] == pytest.approx(found[1], abs=1e-5)
