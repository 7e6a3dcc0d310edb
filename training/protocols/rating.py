"""Protocols that ask how probable a like is: `original`, `paper` and `ids`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.schema import FIELD_PRESETS
from training.ratings import MovieLens
from training.splits import Split, random_split

PARTS_SEED = 42
"""Seed of the random 8:1:1; seeds of a run are the model's, the split stays."""


@dataclass(frozen=True)
class RatingProtocol:
    """Rows, labels, split, fields and metrics."""

    name: str
    """What the command line calls it."""
    description: str
    """What it is, in one line."""
    fields: tuple[str, ...]
    """The model's inputs, by the names of `space.schema.FIELD_SOURCES`."""
    request_time: bool
    """Whether the moment of the rating is a numeric field."""
    threshold: float
    """The rating that divides likes from others."""
    reached: bool
    """Whether a rating of just the threshold is a like."""
    dropped: tuple[float, ...]
    """Ratings whose rows are left out of everything."""
    split: Callable[[pd.DataFrame], Split]
    """Divides the rows that are left."""
    vocabularies: str
    """Rows whose values get an index: "train", or "all" where the protocol is defined so."""
    metrics: tuple[str, ...]
    """What is reported, by the names of `training.metrics.evaluate`."""

    def rows(self, data: MovieLens) -> MovieLens:
        """The data set without the rows that the protocol drops."""
        kept = ~data.ratings["rating"].isin(self.dropped)
        return replace(data, ratings=data.ratings[kept].reset_index(drop=True))

    def labels(self, ratings: pd.DataFrame) -> npt.NDArray[np.float32]:
        """1 for a like, else 0, `(rows,)`."""
        return self.liked(ratings["rating"].to_numpy())

    def liked(self, stars: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
        """1 where that many stars are a like, else 0."""
        liked = stars >= self.threshold if self.reached else stars > self.threshold
        return liked.astype(np.float32)


def eight_one_one(ratings: pd.DataFrame) -> Split:
    """A random tenth for test and another for validation, both rounded down."""
    order = np.random.default_rng(PARTS_SEED).permutation(len(ratings))
    tenth = len(ratings) // 10
    return Split(train=order[2 * tenth :], validation=order[tenth : 2 * tenth], test=order[:tenth])


ORIGINAL = RatingProtocol(
    name="original",
    description="the course project's: all rows, a random fifth for test, vocabularies of all rows",
    fields=FIELD_PRESETS["original"],
    request_time=False,
    threshold=4.0,
    reached=True,
    dropped=(),
    split=random_split,
    vocabularies="all",
    metrics=("auc", "log_loss", "original_ndcg_at_10", "original_hit_rate_at_10"),
)
"""The protocol of the app that this project re-implements, its own two ranking metrics included."""

_PAPER_FIELDS = ("gender", "age", "occupation", "zip")
_FILM_FIELDS = ("movie_year", "genre1", "genre2", "genre3")

PAPER = RatingProtocol(
    name="paper",
    description="AutoInt's: without ratings of 3, a random 8:1:1, fields without user and movie id",
    fields=(*_PAPER_FIELDS, *_FILM_FIELDS),
    request_time=True,
    threshold=3.0,
    reached=False,
    dropped=(3.0,),
    split=eight_one_one,
    vocabularies="train",
    metrics=("auc", "log_loss"),
)
"""Song et al., CIKM 2019, arXiv 1810.11921, section 5.1.1: 739,012 rows of ML-1M.

The request time is the rating's timestamp as one number, scaled to 0..1: (t - least) / (greatest -
least) over the training rows, held between 0 and 1 elsewhere. It enters as the number times one vector
(equation 4). The paper has the mean of the genres' vectors (equation 3); here the first three genres are
a field each.
"""

IDS = RatingProtocol(
    name="ids",
    description="the rows of `paper`, with user and movie id",
    fields=("user_id", "movie_id", *_PAPER_FIELDS, "rating_year", "rating_month", *_FILM_FIELDS),
    request_time=False,
    threshold=3.0,
    reached=False,
    dropped=(3.0,),
    split=eight_one_one,
    vocabularies="train",
    metrics=("auc", "log_loss"),
)
"""The rows on which Wang et al., "DCN V2", WWW 2021, arXiv 2008.13535, report ML-1M."""
