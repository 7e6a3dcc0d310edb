"""Whether an explanation says something: does the field named most important move the logit most?

`make bench-explain` explains 1,000 random validation ratings and as many test ratings, each at its own
month, by the demo model, or by the run that `--run` names: for the user who gave the rating, for
somebody new who tells nothing, and for somebody new who tells the user's age alone.
`Explanation.most_important` goes by attention alone, so that how far a logit moves when a field is set
to unknown is a check from outside. Beside it stand other summaries of the same attention. Which of them
is best is chosen on the validation pairs, and measured on the test pairs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
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
Floats = npt.NDArray[np.floating]
Columns = npt.NDArray[np.integer]
"""A field of each pair, as the place of its column."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--run", type=Path, help="what `train --out` wrote (default: the demo model)"
    )
    parser.add_argument(
        "--pairs", type=int, default=PAIRS, help="how many of each part (default: 1,000)"
    )
    parser.add_argument("--seed", type=int, default=0, help="draws pairs and fields (default: 0)")
    options = parser.parse_args(arguments)
    reporter = ConsoleReporter()
    recommender = _load(options.run, reporter)
    drawn = [
        pairs(recommender, part, options.pairs, options.seed) for part in ("validation", "test")
    ]
    audiences: dict[str, Sequence[str] | None] = {
        "The users themselves": None,
        "Somebody new, who tells nothing": (),
    }
    if recommender.bundle.encoder.vocabularies.get("age"):
        audiences["Somebody new, who tells their age"] = ("age",)
    for audience, facts in audiences.items():
        reporter.stage(f"Explaining: {audience}")
        validation, test = (_explained(recommender, some, facts, reporter) for some in drawn)
        reporter.close()
        print(f"\n{audience}, seed {options.seed}, {len(test[0].fields)} fields")
        print("\n".join(report(validation, test, options.seed)))
    print(f"\n{LEGEND}")


def _load(run: Path | None, reporter: Reporter) -> MovieRecommender:
    if run is not None:
        return MovieRecommender.load(run / "bundle", run / "dataset")
    reporter.stage("The demo model")
    return DemoSource(ROOT / "runs" / "demo", ROOT).prepare(reporter.update)


def pairs(recommender: MovieRecommender, part: str, count: int, seed: int) -> pd.DataFrame:
    """Random ratings of a part: `user_id`, `movie_id`, and `year` and `month` of the rating."""
    assert recommender.dataset is not None
    ratings = recommender.dataset.ratings
    ratings = ratings[ratings["part"] == part]
    drawn = ratings.sample(min(count, len(ratings)), random_state=seed).reset_index(drop=True)
    return pd.concat([drawn[["user_id", "movie_id"]], moments(drawn["timestamp"])], axis=1)


def _explained(
    recommender: MovieRecommender,
    drawn: pd.DataFrame,
    facts: Sequence[str] | None,
    reporter: Reporter,
) -> list[Explanation]:
    """Explain each pair for its user, or with `facts` for somebody new who tells these of the user's."""
    assert recommender.dataset is not None
    vocabularies = recommender.bundle.encoder.vocabularies
    users = recommender.dataset.users.set_index("user_id")
    explained = []
    for done, row in enumerate(drawn.itertuples(), start=1):
        values = {name: users.at[row.user_id, name] for name in facts or ()}
        told = {name: value for name, value in values.items() if value in vocabularies[name]}
        user = row.user_id if facts is None else None
        explained.append(
            recommender.explain(user, row.movie_id, year=row.year, month=row.month, **told)
        )
        if done % 50 == 0:
            reporter.update(done / len(drawn), f"{done:,} of {len(drawn):,} pairs")
    return explained


def received(attention: Floats) -> Floats:
    """What each column of one matrix `(fields, fields)` gets from the other rows."""
    return attention.sum(axis=0) - np.diag(attention)


def rollout(attention: Floats) -> Floats:
    """Attention through all layers, half of each layer passing by (Abnar and Zuidema, ACL 2020)."""
    passing = np.eye(attention.shape[-1])
    through = passing
    for layer in attention:
        through = (layer + passing) / 2 @ through
    return through


SUMMARIES: Mapping[str, Callable[[Explanation], Floats]] = {
    "departure": lambda entry: entry.departure(),
    "attention received": lambda entry: entry.received(),
    "the same, first layer": lambda entry: received(entry.attention[0]),
    "attention rollout": lambda entry: received(rollout(entry.attention)),
}
"""By what a field can be named; each names the known field of its largest value."""
OURS = "departure"
"""What `most_important` goes by."""


def named_by(summary: str, explained: Sequence[Explanation]) -> Columns:
    """The field that a summary of attention names, for each pair."""
    if summary == OURS:
        # The month of a rating is always known, so that a field is named.
        return np.array(
            [entry.fields.index(str(entry.most_important())) for entry in explained], dtype=np.intp
        )
    values = np.array([SUMMARIES[summary](entry) for entry in explained])
    return np.where(_known(explained), values, -np.inf).argmax(axis=1)


def report(validation: Sequence[Explanation], test: Sequence[Explanation], seed: int) -> list[str]:
    """How far the named field and others move the logit, in lines to print.

    Args:
        validation: Explanations of validation pairs; they choose a summary, and a field for all.
        test: Explanations of test pairs.
        seed: Draws the random fields.
    """
    by_validation = {
        summary: _moved_by(validation, named_by(summary, validation)).mean()
        for summary in SUMMARIES
    }
    best = max(by_validation, key=lambda summary: by_validation[summary])
    always = int(_moved(validation).mean(axis=0).argmax())
    named = named_by(OURS, test)
    shares = np.bincount(named, minlength=len(test[0].fields)) / len(test)
    return [
        *_table("validation", validation, always, seed),
        *_table("test", test, always, seed),
        f"Best of attention's summaries on the validation pairs: {best}. "
        f"`most_important` goes by {OURS}.",
        "It names, on the test pairs: "
        + ", ".join(
            f"{test[0].fields[i]} {shares[i]:.1%}"
            for i in np.argsort(-shares, kind="stable")
            if shares[i]
        ),
        *_evenness(test, named),
    ]


LEGEND = """\
|change|      mean move of the logit when the named field is set to unknown
all others    the mean of the same over all other fields; an unknown one moves nothing
random other  the same for one other field whose value is known, drawn anew for each pair
ratio         |change| by what stands before it
moves more    share of pairs in which the named field moves the logit more than the random other one;
              ties counted half"""


def _table(part: str, explained: Sequence[Explanation], always: int, seed: int) -> list[str]:
    known, everywhere = _known(explained), np.full(len(explained), always)
    rows = {summary: named_by(summary, explained) for summary in SUMMARIES} | {
        "a known field at random": draw(known.astype(int), seed + 1),
        f"always {explained[0].fields[always]}": everywhere,
        "the one that moves it most": _moved(explained).argmax(axis=1),
    }
    return [
        f"{f'{len(explained):,} {part} pairs':28s}|change|  all others  ratio  random other  ratio  "
        "moves more",
        *(f"  {name:26s}{_line(explained, columns, seed)}" for name, columns in rows.items()),
    ]


def _line(explained: Sequence[Explanation], columns: Columns, seed: int) -> str:
    moved, own = _moved(explained), _moved_by(explained, columns)
    other = _moved_by(explained, others(_known(explained), columns, seed))
    mean = (moved.sum(axis=1) - own) / (moved.shape[1] - 1)
    more = np.mean((own > other) + (own == other) / 2)
    return (
        f"{own.mean():8.4f} {mean.mean():11.4f} {_ratio(own, mean):6.2f} "
        f"{other.mean():13.4f} {_ratio(own, other):6.2f} {more:11.1%}"
    )


def _ratio(own: Floats, other: Floats) -> float:
    return float(own.mean() / other.mean()) if other.mean() else float("inf")


def draw(preference: npt.NDArray[np.integer], seed: int) -> Columns:
    """A column for each row, drawn evenly among those of the highest preference."""
    return (preference + np.random.default_rng(seed).random(preference.shape)).argmax(axis=1)


def others(known: npt.NDArray[np.bool_], columns: Columns, seed: int) -> Columns:
    """For each pair a field that is not the named one, drawn evenly; a known one if there is any."""
    preference = known.astype(int)
    preference[np.arange(len(known)), columns] = -1
    return draw(preference, seed)


def _evenness(explained: Sequence[Explanation], named: Columns) -> list[str]:
    even = 1 / len(explained[0].fields)
    weights = np.array([entry.attention for entry in explained])
    departures = np.array([entry.departure() for entry in explained])
    rows = np.arange(len(departures))
    return [
        f"Even weights are 1/{len(explained[0].fields)} = {even:.5f}. Attention differs from that by "
        f"{np.abs(weights - even).mean():.5f} in the mean ({np.abs(weights / even - 1).mean():.2%}); "
        f"it is {weights.min():.5f} to {weights.max():.5f}.",
        f"The mean departure of the named field is {departures[rows, named].mean():.5f}, "
        f"of any field {departures.mean():.5f}.",
    ]


def _known(explained: Sequence[Explanation]) -> npt.NDArray[np.bool_]:
    return np.array([entry.known() for entry in explained])


def _moved(explained: Sequence[Explanation]) -> Floats:
    return np.abs([entry.change for entry in explained])


def _moved_by(explained: Sequence[Explanation], columns: Columns) -> Floats:
    return _moved(explained)[np.arange(len(explained)), columns]


if __name__ == "__main__":
    main()
