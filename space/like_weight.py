"""How much P(like) counts in the order of a list, beside a ranking model."""

from __future__ import annotations

MANY = 100
"""Films rated, up to which a ranking model alone decides the order."""


def like_weight(rated: int) -> float:
    """How much the logit of P(like) counts beside the score of a ranking model, 0 to 1.

    That score finds the next film of somebody's evenings. Of people who have seen nearly all that is
    well known this is less and less a film that they like, while P(like) has learned their taste from
    hundreds of ratings. So it takes part beyond `MANY` ratings, the more the more there are.

    Args:
        rated: How many films a user of the data set has rated.
    """
    return max(0.0, 1 - MANY / rated) if rated else 0.0
