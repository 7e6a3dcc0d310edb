"""What a user rated about the same time: how much, and how well."""

from __future__ import annotations

import numpy as np

from training.target_statistics.rows import Floats, Rows

SPANS = {"minute": 60.0, "half_hour": 1800.0, "day": 86400.0}
"""Seconds after which a rating counts 1/e."""

STRENGTH = 2.0


def nearby(known: Rows, asked: Rows, residuals: Floats) -> dict[str, Floats]:
    """Statistics of each asked row's user around its moment, and the time since their first rating.

    For each span `near_SPAN` is the mean residual of the user's known rows, weighted by
    `exp(-|time between| / span)` and shrunk to 0, and `busy_SPAN` is `log(1 + sum of the weights)`: a
    session drifts, and who rates much at once rates otherwise. `since` is `log(1 + hours)`.

    Args:
        known: Rows to make the statistics of.
        asked: Rows to make them for; none of them is known.
        residuals: What biases leave of the known rows, `(rows,)`.
    """
    names = [f"{name}_{span}" for span in SPANS for name in ("near", "busy")]
    found: dict[str, Floats] = {name: np.zeros(len(asked.stars)) for name in [*names, "since"]}
    ours, theirs = (_by_user(rows) for rows in (known, asked))
    for user in range(known.users):
        mine, wanted = ours[user], theirs[user]
        if not len(mine) or not len(wanted):
            continue
        times = known.seconds[mine]
        between = np.abs(asked.seconds[wanted][:, None] - times)
        for span, seconds in SPANS.items():
            weights = np.exp(-between / seconds)
            total = weights.sum(axis=1)
            found[f"near_{span}"][wanted] = weights @ residuals[mine] / (total + STRENGTH)
            found[f"busy_{span}"][wanted] = np.log1p(total)
        hours = np.maximum(asked.seconds[wanted] - times.min(), 0) / 3600
        found["since"][wanted] = np.log1p(hours)
    return found


def _by_user(rows: Rows) -> list[np.ndarray]:
    """Each user's places."""
    order = np.argsort(rows.user, kind="stable")
    ends = np.cumsum(np.bincount(rows.user, minlength=rows.users))
    return np.split(order, ends[:-1])
