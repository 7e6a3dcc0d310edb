"""A data set in which what comes next can be told from what came before."""

from __future__ import annotations

import numpy as np

from tests.builders import movie_table, rating_table, user_table
from training.ratings import MovieLens

FILMS, USERS, LENGTH = 60, 160, 20


def planted(seed: int = 0) -> MovieLens:
    """Each user goes round a circle of films, one after the other, from a film of their own.

    Every film is about as popular as another, so that popularity tells nothing.
    """
    random = np.random.default_rng(seed)
    ratings = []
    for user in range(USERS):
        start = int(random.integers(FILMS))
        for step in range(LENGTH):
            time = 975_000_000 + 100_000 * user + step
            ratings.append((user + 1, (start + step) % FILMS + 1, 5.0, time))
    users = user_table(
        {"user_id": user + 1, "gender": "FM"[user % 2], "age": "18-24", "occupation": "writer"}
        for user in range(USERS)
    )
    movies = movie_table(
        {"movie_id": film + 1, "title": f"Film {film}", "year": 1990, "genres": ["Drama"]}
        for film in range(FILMS)
    )
    return MovieLens(users, movies, rating_table(ratings), {"name": "planted"})
