"""How a user rates, how a film is rated, and how much of either is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.target_statistics.rows import Floats, Rows, shrunk

USER_STRENGTH, FILM_STRENGTH = 5.0, 10.0
"""Rows that the prior of a user's or film's mean counts for."""

SWEEPS = 8


@dataclass(frozen=True)
class Biases:
    """A rating without taste: `mean + user + film`.

    Source: Koren et al., "Matrix Factorization Techniques for Recommender Systems", Computer 2009,
    equation 3.
    """

    mean: float
    """The mean rating."""
    user: Floats
    """`(users,)`."""
    film: Floats
    """`(films,)`."""

    def residuals(self, rows: Rows) -> Floats:
        """What is left of the rows' stars, `(rows,)`."""
        return np.asarray(rows.stars - self.mean - self.user[rows.user] - self.film[rows.film])


def fit_biases(rows: Rows) -> Biases:
    """Fit users' and films' biases in turn, each the shrunk mean of what the other leaves."""
    mean = float(rows.stars.mean())
    user: Floats = np.zeros(rows.users)
    film: Floats = np.zeros(rows.films)
    for _ in range(SWEEPS):
        film = shrunk(rows.film, rows.stars - mean - user[rows.user], rows.films, 0, FILM_STRENGTH)
        user = shrunk(rows.user, rows.stars - mean - film[rows.film], rows.users, 0, USER_STRENGTH)
    return Biases(mean, user, film)


def means(known: Rows, asked: Rows, biases: Biases, likes: Floats) -> dict[str, Floats]:
    """Biases, shares of likes, counts and deviations of the asked rows' users and films.

    Args:
        known: Rows to make the statistics of.
        asked: Rows to make them for.
        biases: Those of the known rows.
        likes: 1 for each known row that is a like, else 0.
    """
    prior = float(likes.mean())
    left = biases.residuals(known) ** 2
    found = {}
    for name, ours, asks, size, strength, bias in (
        ("user", known.user, asked.user, known.users, USER_STRENGTH, biases.user),
        ("film", known.film, asked.film, known.films, FILM_STRENGTH, biases.film),
    ):
        found[f"{name}_bias"] = bias[asks]
        found[f"{name}_likes"] = shrunk(ours, likes, size, prior, strength)[asks]
        found[f"{name}_count"] = np.log1p(np.bincount(ours, minlength=size))[asks]
        deviation = np.sqrt(shrunk(ours, left, size, float(left.mean()), strength))
        found[f"{name}_deviation"] = deviation[asks]
    return found
