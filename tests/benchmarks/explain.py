"""Whether an explanation says something: does the field named most important move the logit most?

`make bench-explain` explains 1,000 random test ratings, each at its own month, by the demo model, or by
the run that `--run` names. `Explanation.most_important` goes by attention alone, so that how far a logit
moves when a field is set to unknown is a check from outside. Beside it stand other summaries of the same
attention, and a field drawn at random, which says what chance gives.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.demo import DemoSource
from space.explanation import Explanation
from space.features import moments
from space.recommender import MovieRecommender
from tests.server import ROOT
from training.progress import ConsoleReporter, Reporter

PAIRS = 1000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--run", type=Path, help="what `train --out` wrote (default: the demo model)"
    )
    parser.add_argument("--pairs", type=int, default=PAIRS, help="how many (default: 1,000)")
    parser.add_argument("--seed", type=int, default=0, help="draws pairs and fields (default: 0)")
    options = parser.parse_args(arguments)
    reporter = ConsoleReporter()
    recommender = _load(options.run, reporter)
    drawn = pairs(recommender, options.pairs, options.seed)
    reporter.stage("Explaining")
    explained = []
    for done, row in enumerate(drawn.itertuples(), start=1):
        explained.append(
            recommender.explain(row.user_id, row.movie_id, year=row.year, month=row.month)
        )
        if done % 50 == 0:
            reporter.update(done / len(drawn), f"{done:,} of {len(drawn):,} pairs")
    reporter.close()
    print(
        f"{len(drawn):,} random test ratings, seed {options.seed}, {len(explained[0].fields)} fields"
    )
    print("\n".join(report(explained, options.seed)))


def _load(run: Path | None, reporter: Reporter) -> MovieRecommender:
    if run is not None:
        return MovieRecommender.load(run / "bundle", run / "dataset")
    reporter.stage("The demo model")
    return DemoSource(ROOT / "runs" / "demo", ROOT).prepare(reporter.update)


def pairs(recommender: MovieRecommender, count: int, seed: int) -> pd.DataFrame:
    """Random test ratings: `user_id`, `movie_id`, and `year` and `month` of the rating."""
    assert recommender.dataset is not None
    ratings = recommender.dataset.ratings
    test = ratings[ratings["part"] == "test"]
    drawn = test.sample(min(count, len(test)), random_state=seed).reset_index(drop=True)
    return pd.concat([drawn[["user_id", "movie_id"]], moments(drawn["timestamp"])], axis=1)


def report(explained: Sequence[Explanation], seed: int) -> list[str]:
    """How far the named field and others move the logit, in lines to print."""
    fields = explained[0].fields
    moved = np.abs([entry.change for entry in explained])
    named = np.array([fields.index(entry.most_important()) for entry in explained])
    always = int(moved.mean(axis=0).argmax())
    chosen = {
        "most_important": named,
        "most attention received": _largest([entry.received() for entry in explained]),
        "the same, first layer": _largest([received(entry.attention[0]) for entry in explained]),
        "attention rollout": _largest([received(rollout(entry.attention)) for entry in explained]),
        "drawn at random": np.random.default_rng(seed).integers(0, len(fields), len(explained)),
        f"always {fields[always]}": np.full(len(explained), always),
        "moves it most": _largest(list(moved)),
    }
    shares = np.bincount(named, minlength=len(fields)) / len(named)
    apart = np.mean([np.abs(entry.attention * len(fields) - 1).mean() for entry in explained])
    return [
        f"  {'field':24s} |change|  of others  ratio  above others  beats one",
        *(_line(name, moved, columns) for name, columns in chosen.items()),
        "|change|: mean move of the logit when the field is set to unknown; of others: the mean over",
        "all other fields; above others: share of pairs in which it moves more than their mean;",
        "beats one: how often it moves more than another field drawn at random, ties counted half.",
        f"Attention differs from even weights, 1/{len(fields)}, by {apart:.2%} of a weight in the mean.",
        "most_important: "
        + ", ".join(f"{fields[i]} {shares[i]:.1%}" for i in np.argsort(-shares) if shares[i]),
    ]


def received(attention: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """What each column of one matrix `(fields, fields)` gets from the other rows."""
    return attention.sum(axis=0) - np.diag(attention)


def rollout(attention: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Attention through all layers, half of each layer passing by (Abnar and Zuidema, ACL 2020)."""
    passing = np.eye(attention.shape[-1])
    through = passing
    for layer in attention:
        through = (layer + passing) / 2 @ through
    return through


def _largest(values: Sequence[npt.NDArray[np.floating]]) -> npt.NDArray[np.integer]:
    return np.argmax(values, axis=1)


def _line(name: str, moved: npt.NDArray[np.floating], chosen: npt.NDArray[np.integer]) -> str:
    own = moved[np.arange(len(moved)), chosen]
    count = moved.shape[1] - 1
    others = (moved.sum(axis=1) - own) / count
    more = (own[:, np.newaxis] > moved).sum(axis=1)
    same = (own[:, np.newaxis] == moved).sum(axis=1) - 1
    return (
        f"  {name:24s} {own.mean():8.4f} {others.mean():10.4f} {own.mean() / others.mean():6.2f} "
        f"{(own > others).mean():13.1%} {np.mean((more + same / 2) / count):10.1%}"
    )


if __name__ == "__main__":
    main()
