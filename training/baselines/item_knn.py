"""Films that were liked by the same people as the films that a user likes."""

from __future__ import annotations

import warnings

import numpy as np
from implicit.nearest_neighbours import CosineRecommender
from scipy import sparse

from training.baselines.baseline import Scores, Stars, likes


class ItemKNN:
    """Nearest films by cosine, as `implicit` computes them.

    With x the matrix of likes, the similarity of the films i and j is
    `w_ij = <x_i, x_j> / (|x_i| |x_j|)`, kept for the K films j that are nearest to i (i among them).
    The score is `s_uj = sum over i of x_ui w_ij`. Sarwar et al., "Item-based collaborative filtering
    recommendation algorithms", WWW 2001, sections 3.1.1 and 3.2.1, without the normalising sum, as
    Deshpande and Karypis, "Item-based top-N recommendation algorithms", TOIS 2004, have it.

    Args:
        like: The stars from which a rating is a like.
        neighbours: K, how many films are kept for each.
    """

    def __init__(self, like: float, neighbours: int) -> None:
        self.like = like
        self.neighbours = neighbours
        self._similarity = sparse.csr_matrix((0, 0), dtype=np.float32)

    def fit(self, stars: Stars) -> None:
        """Find the nearest films of each film in `(users, films)`."""
        model = CosineRecommender(K=self.neighbours, num_threads=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a matrix that the library makes itself
            model.fit(likes(stars, self.like), show_progress=False)
        self._similarity = sparse.csr_matrix(model.similarity, dtype=np.float32)

    def scores(self, users: Stars) -> Scores:
        """The summed similarities to each user's likes, `(users, films)`."""
        summed = likes(users, self.like) @ self._similarity
        return np.asarray(summed.toarray(), dtype=np.float32)

    @property
    def parameters(self) -> int:
        """The similarities that are kept."""
        return int(self._similarity.nnz)
