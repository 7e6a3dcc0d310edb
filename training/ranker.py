"""AutoInt+ as a ranker: which films a person will like next, given what they have rated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from space.affinities import AFFINITIES
from space.history import LISTS
from training.layers import (
    FeatureEmbedding,
    FeedForward,
    FieldDropout,
    InteractingLayer,
    NumericEmbedding,
    PooledEmbedding,
)
from training.ranking.options import PARTS

HISTORY = AFFINITIES.index("history")
"""The column of log(1 + rated films)."""

KNOTS = (0, 1, 5, 10, 20, 60, 250)
"""Numbers of rated films for which the linear term has weights of its own."""

LOG_KNOTS = np.log1p(KNOTS)
"""The same as the affinity `history` has them; between two of them weights are interpolated."""

CLIPPED = (-6.0, 12.0)
"""Range of a standardised affinity."""

INTERACTING = (
    "window_ease_3",
    "rated_ease",
    "next30_3",
    "next30_15",
    "next30_50",
    "popularity",
    "audience",
    "genre_fit",
    "history",
)
"""The affinities that are fields of the interacting layers; all of them are in the linear term."""


def knot_shares(history: Any) -> Any:
    """How much the weights of each knot count: hat functions, which sum to 1.

    Args:
        history: log(1 + rated films), `(...)`.

    Returns:
        Shares, `(..., knots)`: at a knot 1 for it, between two knots some for both.
    """
    place = ops.clip(history, LOG_KNOTS[0], LOG_KNOTS[-1])[..., np.newaxis]
    widths = np.diff(LOG_KNOTS).astype("float32")
    passed = ops.clip((place - LOG_KNOTS[:-1].astype("float32")) / widths, 0, 1)
    ones = ops.ones_like(place)
    # How far each knot is reached, less how far the next one is.
    return ops.concatenate([ones, passed], axis=-1) - ops.concatenate([passed, 0 * ones], axis=-1)


@keras.saving.register_keras_serializable(package="autoint_movies")
class RankingModel(keras.Model):
    """AutoInt+ over a person, their lists and a film, with a linear term and a product beside it.

    The fields are those of the person, the pooled liked, recent and disliked films, the film, the
    bucket of its year, its genres (their mean), and some affinities as value times vector. With `e`
    their embeddings, `z` the standardised affinities, `n` the number of rated films, and `u` the pooled
    films of a second table::

        score = l(n)'z + t(n) (w'AutoInt(e) + DNN(e) + b_film + <u, p_film>)
        t(n) = (n + 1)^2 / ((n + 1)^2 + k^2)

    AutoInt and DNN are AutoInt+ (Song et al., CIKM 2019); `<u, p>` is a factored item-item model
    (Kabbur et al., "FISM", KDD 2013). `l(n)` is piecewise linear in log(1 + n), with weights of its own
    at `KNOTS`: what tells much of a person with a long history may tell little of a newcomer. They are
    those of a fitted linear ranker and stay, so that the rest learns what is left. The rest has many
    weights, and of a person with few films little to go by: so it counts by how many are known, and next
    to nothing for newcomers. What a film is (year, genres) is a constant of the graph.

    Args:
        person_sizes: Indices of each field of the person, 0 ("unknown") included.
        films: Number of films.
        years: Number of year buckets, bucket 0 ("unknown") included.
        genres: Number of genres.
        embed_dim: Size of a field's embedding.
        layers: Interacting layers.
        heads: Attention heads.
        width: Size of an interacting layer's output.
        dnn_units: Sizes of the feed-forward network.
        dnn_dropout: Its dropout.
        embedding_dropout: Dropout on the embeddings.
        product_dim: Size of the product's vectors.
        unknown_rate: Probability with which training replaces a field of the person by "unknown".
        recent_decay: Films after which a recent film counts 1/e.
        half_trust: `k`; of somebody with `k - 1` films half of the rest counts.
        without: What is left out, to measure what it is worth: `attention` is `AutoInt(e)`, `dnn` is
            `DNN(e)`, `product` is `<u, p_film>`, and `lists` are the pooled films among the fields `e`.

    Inputs: a dict of `person (batch, fields)`, `liked`, `recent`, `disliked (batch, length)`, see
    `space.history`, `film (batch, candidates)`, row + 1, and `affinities (batch, candidates,
    affinities)`, raw.
    Output: scores `(batch, candidates)`.

    Example:
        >>> ranker = RankingModel(person_sizes=[3], films=5, years=2, genres=4)
        >>> ranker.build()
        >>> ranker.count_params() > 0
        True
    """

    def __init__(
        self,
        person_sizes: Sequence[int],
        films: int,
        years: int,
        genres: int,
        embed_dim: int = 16,
        layers: int = 2,
        heads: int = 2,
        width: int = 32,
        dnn_units: Sequence[int] = (64, 32),
        dnn_dropout: float = 0.1,
        embedding_dropout: float = 0.1,
        product_dim: int = 64,
        unknown_rate: float = 0.1,
        recent_decay: float = 5.0,
        half_trust: float = 20.0,
        without: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not person_sizes or min(person_sizes) < 1:
            raise ValueError(
                "`person_sizes` should hold a positive size for each field of the person. "
                f"Received: person_sizes={person_sizes}"
            )
        counts = {"films": films, "years": years, "genres": genres, "embed_dim": embed_dim}
        counts |= {"layers": layers, "heads": heads, "product_dim": product_dim}
        for name, count in counts.items():
            if count < 1:
                raise ValueError(f"`{name}` should be at least 1. Received: {name}={count}")
        if width < heads or width % heads:
            raise ValueError(
                f"`width` should be a multiple of `heads`. Received: width={width}, heads={heads}"
            )
        for name, number in (("recent_decay", recent_decay), ("half_trust", half_trust)):
            if not number > 0:
                raise ValueError(f"`{name}` should be above 0. Received: {name}={number}")
        if not set(without) <= set(PARTS):
            raise ValueError(
                f"`without` should hold names of {', '.join(PARTS)}. Received: without={without}"
            )
        self._options: dict[str, Any] = {
            "person_sizes": list(person_sizes),
            "films": films,
            "years": years,
            "genres": genres,
            "embed_dim": embed_dim,
            "layers": layers,
            "heads": heads,
            "width": width,
            "dnn_units": list(dnn_units),
            "dnn_dropout": dnn_dropout,
            "embedding_dropout": embedding_dropout,
            "product_dim": product_dim,
            "unknown_rate": unknown_rate,
            "recent_decay": recent_decay,
            "half_trust": half_trust,
            "without": list(without),
        }
        self._places = [AFFINITIES.index(name) for name in INTERACTING]
        self._log_trust = math.log(half_trust)
        self._has = {part: part not in without for part in PARTS}
        self._unknown = FieldDropout(unknown_rate, name="unknown")
        self._person = FeatureEmbedding(person_sizes, embed_dim, name="person")
        self._numeric = NumericEmbedding(embed_dim, name="numeric")
        decays = {"recent": recent_decay}
        self._pools = {
            name: PooledEmbedding(length, decays.get(name), name=f"pool_{name}")
            for name, length in LISTS.items()
        }
        self._dropout = keras.layers.Dropout(embedding_dropout, name="embedding_dropout")
        self._interacting = [
            InteractingLayer(heads, width // heads, scaled=True, name=f"interacting_{index}")
            for index in range(1, layers + 1)
        ]
        self._attention = keras.layers.Dense(
            1, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01), name="attention"
        )
        self._network = FeedForward(dnn_units, dropout=dnn_dropout, name="network")

    def build(self, input_shape: Any = None) -> None:
        options = self._options
        films, dim, product = options["films"], options["embed_dim"], options["product_dim"]
        small = keras.initializers.RandomNormal(stddev=0.05)

        def table(name: str, rows: int, size: int) -> Any:
            return self.add_weight(name=name, shape=(rows, size), initializer=small)

        def constant(name: str, shape: tuple[int, ...], dtype: str = "float32") -> Any:
            start = "ones" if name == "deviation" else "zeros"
            return self.add_weight(
                name=name, shape=shape, initializer=start, trainable=False, dtype=dtype
            )

        self.film_table = table("film", films + 1, dim)
        self.year_table = table("year", options["years"], dim)
        self.genre_table = table("genre", options["genres"], dim)
        if self._has["product"]:
            self.liked_product = table("liked_product", films + 1, product)
            self.recent_product = table("recent_product", films + 1, product)
            self.film_product = table("film_product", films + 1, product)
        self.bias = self.add_weight(name="bias", shape=(films + 1,), initializer="zeros")
        self.linear = constant("linear", (len(KNOTS), len(AFFINITIES)))
        self.mean = constant("mean", (len(AFFINITIES),))
        self.deviation = constant("deviation", (len(AFFINITIES),))
        self.year_of_film = constant("year_of_film", (films + 1,), "int32")
        self.genres_of_film = constant("genres_of_film", (films + 1, options["genres"]))
        persons = len(options["person_sizes"])
        self._person.build((None, persons))
        self._numeric.build((None, len(INTERACTING)))
        lists = len(LISTS) if self._has["lists"] else 0
        fields, width = persons + lists + 3 + len(INTERACTING), dim
        if self._has["dnn"]:
            self._network.build((None, fields, dim))
        if self._has["attention"]:
            for layer in self._interacting:
                layer.build((None, fields, width))
                width = layer.width
            self._attention.build((None, fields * width))
        self.built = True

    def call(self, inputs: Mapping[str, Any], training: bool | None = None) -> Any:
        film = ops.cast(inputs["film"], "int32")
        values = self.standardised(inputs["affinities"])
        # A person's history is as long for every film.
        history = inputs["affinities"][:, :1, HISTORY]
        weights = ops.matmul(knot_shares(history), self.linear)
        rest = self._rest(inputs, film, values, training)
        trust = ops.sigmoid(2 * (history - self._log_trust))
        return ops.sum(values * weights, axis=-1) + trust * rest

    def _rest(self, inputs: Mapping[str, Any], film: Any, values: Any, training: Any) -> Any:
        """All but the linear term: `(batch, candidates)`."""
        score = ops.take(self.bias, film, axis=0)
        if self._has["product"]:
            score = score + self._product(inputs, film)
        rows = self._dropout(self._fields(inputs, film, values, training), training=training)
        logits = []
        if self._has["attention"]:
            crossed = rows
            for layer in self._interacting:
                crossed = layer(crossed, training=training)
            flat = ops.reshape(crossed, (-1, crossed.shape[-2] * crossed.shape[-1]))
            logits.append(self._attention(flat)[:, 0])
        if self._has["dnn"]:
            logits.append(self._network(rows, training=training))
        return score + ops.reshape(sum(logits), ops.shape(film)) if logits else score

    def _product(self, inputs: Mapping[str, Any], film: Any) -> Any:
        """`<u, p_film>`: `(batch, candidates)`."""
        taste = self._pools["liked"](self.liked_product, inputs["liked"])
        taste = taste + self._pools["recent"](self.recent_product, inputs["recent"])
        return ops.sum(taste[:, None] * ops.take(self.film_product, film, axis=0), axis=-1)

    def _fields(self, inputs: Mapping[str, Any], film: Any, values: Any, training: Any) -> Any:
        """The embeddings `e` of each candidate: `(batch * candidates, fields, embed_dim)`."""
        known = self._unknown(ops.cast(inputs["person"], "int32"), training=training)
        user = self._person(known)
        if self._has["lists"]:
            lists = [pool(self.film_table, inputs[name]) for name, pool in self._pools.items()]
            user = ops.concatenate([user, ops.stack(lists, axis=1)], axis=1)
        user = user[:, None]
        of_film = ops.stack(
            [
                ops.take(self.film_table, film, axis=0),
                ops.take(self.year_table, ops.take(self.year_of_film, film, axis=0), axis=0),
                ops.matmul(ops.take(self.genres_of_film, film, axis=0), self.genre_table),
            ],
            axis=2,
        )
        numeric = self._numeric(ops.take(values, np.array(self._places), axis=-1))
        shape = (*ops.shape(film), *user.shape[2:])
        fields = ops.concatenate([ops.broadcast_to(user, shape), of_film, numeric], axis=2)
        return ops.reshape(fields, (-1, *fields.shape[2:]))

    def standardised(self, affinities: Any) -> Any:
        """Affinities with the mean 0 and the deviation 1 that training rows have, clipped."""
        return ops.clip((affinities - self.mean) / self.deviation, *CLIPPED)

    def set_films(self, years: npt.NDArray[np.int32], genres: npt.NDArray[np.float32]) -> None:
        """Set what the films are.

        Args:
            years: The bucket of each film's year, 0 for unknown, `(films,)`.
            genres: 1 for each genre of a film, `(films, genres)`.
        """
        self.year_of_film.assign(np.concatenate([[0], years]))
        means = genres / np.maximum(genres.sum(axis=1, keepdims=True), 1)
        self.genres_of_film.assign(np.concatenate([np.zeros_like(means[:1]), means]))

    def set_linear(
        self,
        mean: npt.NDArray[np.float32],
        deviation: npt.NDArray[np.float32],
        weights: npt.NDArray[np.float32],
    ) -> None:
        """Set how affinities are standardised, and the linear term.

        Args:
            mean: `(affinities,)`.
            deviation: `(affinities,)`.
            weights: `l` at each knot, `(knots, affinities)`.
        """
        self.mean.assign(mean)
        self.deviation.assign(deviation)
        self.linear.assign(weights)

    def get_config(self) -> dict[str, Any]:
        return dict(self._options)
