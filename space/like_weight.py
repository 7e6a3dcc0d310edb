"""How much P(like) counts in the order of a list, beside a ranking model."""

from __future__ import annotations

MANY = 100
"""Films rated, up to which a ranking model alone decides the order; in a larger catalogue more are."""

MANY_SHARE = 0.1
"""The same as a share of the catalogue."""


def like_weight(rated: int, films: int) -> float:
    """How much the logit of P(like) counts beside the score of a ranking model, 0 to 1.

    That score finds the next film of somebody's evenings. Of people who have seen nearly all that is
    well known this is less and less a film that they like, while P(like) has learned their taste from
    hundreds of ratings. So it takes part beyond `MANY` ratings and `MANY_SHARE` of the catalogue, the
    more the more there are.

    Args:
        rated: How many films a user of the data set has rated.
        films: How many films the catalogue has.
    """
    return max(0.0, 1 - max(MANY, MANY_SHARE * films) / rated) if rated else 0.0
