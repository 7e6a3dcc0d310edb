"""The films by which somebody is played who likes a genre."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from space.item_models import Matrix
from space.tastes import WELL_LIKED, films_of_taste

WAR, OTHER = ["War", "Drama"], ["Comedy"]


def models_of(weights: Any, likes: Any) -> Any:
    dense = np.asarray(weights, dtype=np.float32)
    rows, columns = np.nonzero(dense)
    matrix = Matrix.of(rows, columns, dense[rows, columns], len(dense))
    return SimpleNamespace(matrices={"next30": matrix}, likes=np.asarray(likes, dtype=np.float64))


def movies_of(*genres: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"genres": pd.Series(list(genres), dtype=object)})


def test_films_whose_nearest_films_are_of_the_genre_lead_on_best_and_come_last() -> None:
    movies = movies_of(WAR, WAR, WAR, OTHER)
    # Of film 0 three quarters of the weight are on the genre, of film 1 all, of film 2 none.
    models = models_of([[0, 2, 1, 1], [1, 0, 1, 0], [0, 0, 0, 5], [9, 9, 9, 0]], [9, 5, 7, 9])
    assert films_of_taste(movies, models, "War", 3).tolist() == [2, 0, 1]
    assert films_of_taste(movies, models, "War", 1).tolist() == [1]
    assert films_of_taste(movies, models, "Drama", 9).tolist() == [2, 0, 1]


def test_of_equals_the_best_liked_is_taken_and_what_nobody_liked_never() -> None:
    models = models_of(np.zeros((4, 4)), [2, 0, 8, 4])
    movies = movies_of(WAR, WAR, WAR, WAR)
    assert films_of_taste(movies, models, "War", 9).tolist() == [0, 3, 2]


def test_only_well_liked_films_are_looked_at() -> None:
    films = WELL_LIKED + 1
    weights = np.zeros((films, films))
    weights[films - 1, 0] = 1  # the least liked alone leads on
    models = models_of(weights, np.arange(films, 0, -1))
    assert films - 1 not in films_of_taste(movies_of(*[WAR] * films), models, "War", films)


def test_of_a_genre_that_no_film_has_there_is_none() -> None:
    models = models_of(np.zeros((1, 1)), [1])
    assert films_of_taste(movies_of(OTHER), models, "War", 3).tolist() == []
