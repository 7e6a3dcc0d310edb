"""Having a method answer a round of a ranking protocol."""

from __future__ import annotations

from collections.abc import Callable

from training.lists import RankingMetrics, best
from training.protocols.guard import LeakError
from training.protocols.ranker import RankingMethod
from training.protocols.task import Round

CHUNK = 512
"""Users scored at a time: memory for their scores of all films."""


def measure(
    ranker: RankingMethod, asked: Round, progress: Callable[[float], None], *, chunk: int = CHUNK
) -> dict[str, float]:
    """Have a fitted ranker answer a round.

    Args:
        ranker: The ranker.
        asked: The round.
        progress: Told the share of users that are done.
        chunk: Users scored at a time; has no effect on the result.

    Returns:
        `ndcg_at_10`, `recall_at_20`, `coverage_at_10` and `users`.

    Raises:
        LeakError: If a film to be found is told as history.
        ValueError: If the scores are not as `RankingMethod.scores` should give them.
    """
    if asked.people.history.multiply(asked.relevant).nnz:
        raise LeakError(
            "A film to be found should not be in the history that is told. Take history from "
            "training rows, and what is relevant from test rows."
        )
    users, films = asked.relevant.shape
    metrics = RankingMetrics(films)
    for start in range(0, users, chunk):
        people = asked.people.part(start, start + chunk)
        lists = best(ranker.scores(people), people.history)
        metrics.add(lists, asked.relevant[start : start + chunk])
        progress(min(start + chunk, users) / users)
    return metrics.result()
