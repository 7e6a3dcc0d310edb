"""The parts of the report: what is shown, in which order and in which words."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from training.describe import figures
from training.describe.statistics import DEMOGRAPHICS, Statistics, Tail
from training.describe.words import count, percent, plain, stars

SHOWN = 25
"""Names that a picture shows at the most; its table has them all."""


@dataclass(frozen=True)
class Table:
    """The numbers behind a picture; the first column names the row."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Plot:
    """A picture with its numbers; without a picture, the numbers stand open."""

    title: str
    table: Table
    svg: Markup | None = None
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A heading, a paragraph and some pictures."""

    id: str
    title: str
    text: str
    plots: Sequence[Plot]
    left: int = 1
    """Pictures in the first of two columns."""


def sections(numbers: Statistics) -> list[Section]:
    """All of the report below its summary."""
    return [
        _films(numbers),
        _ratings(numbers),
        _users(numbers),
        _tails(numbers),
        _sparsity(numbers),
    ]


def _films(numbers: Statistics) -> Section:
    genres, years = numbers.genres, numbers.release_years
    plots = []
    if len(genres):
        most = _most(genres, "films")
        alt = f"Films by genre: most, {count(most['films'])}, are {plain(most['genre'])}."
        shown = genres.head(SHOWN)
        table = _table(
            genres.assign(**{"share of films": genres["films"] / numbers.films}),
            {"genre": plain, "films": count, "share of films": percent},
        )
        svg = figures.bars(shown["genre"].tolist(), shown["films"], "films", alt)
        plots.append(Plot("By genre", table, svg, _cut(genres)))
    if len(years):
        most = _most(years, "films")
        alt = (
            f"Films by year of release, {years['year'].iloc[0]} to {years['year'].iloc[-1]}: most, "
            f"{count(most['films'])}, are of {most['year']}."
        )
        table = _table(years, {"year": str, "films": count})
        plots.append(Plot("By year of release", table, figures.years(years, alt)))
    if len(numbers.most_rated):
        formats = {"title": plain, "year": plain, "ratings": count, "mean": stars}
        plots.append(Plot("Most rated", _table(numbers.most_rated, formats)))
    text = _sentences(
        "A film counts in each of its genres." if len(genres) else "No film has a genre.",
        _lacking(numbers.without_genre, "genre") if len(genres) else "",
        _lacking(numbers.without_year, "year") if len(years) else "No film has a year.",
    )
    return Section("films", "Films", text, plots)


def _ratings(numbers: Statistics) -> Section:
    if not numbers.ratings:
        return Section("ratings", "Ratings", "There is no rating.", [])
    values = numbers.values.assign(stars=[f"{rating:g}" for rating in numbers.values["rating"]])
    most = _most(values, "ratings")
    alt = f"Ratings by value: most, {count(most['ratings'])}, are of {most['stars']} stars."
    by_value = Plot(
        "By value",
        _table(values, {"stars": str, "ratings": count, "share": percent}),
        figures.columns(values["stars"].tolist(), values["ratings"], "ratings", "stars", alt),
    )
    months = numbers.months
    most = _most(months, "ratings")
    alt = (
        f"Ratings by month, {months['month'].iloc[0]} to {months['month'].iloc[-1]}: most, "
        f"{count(most['ratings'])}, are of {most['month']}."
    )
    by_month = Plot(
        "By month",
        _table(months, {"month": str, "ratings": count, "mean": stars}),
        figures.months(months, alt),
    )
    genres = numbers.genres[numbers.genres["ratings"] > 0]
    if not len(genres):
        return Section("ratings", "Ratings", "Months are in UTC.", [by_value, by_month])
    text = "Months are in UTC. A rating counts in each genre of its film."
    by_genre = [_number_by_genre(genres), _mean_by_genre(genres, numbers.mean)]
    plots = [by_value, by_genre[0], by_month, by_genre[1]]
    return Section("ratings", "Ratings", text, plots, left=2)


def _number_by_genre(genres: pd.DataFrame) -> Plot:
    ordered = genres.sort_values(["ratings", "genre"], ascending=[False, True])
    most = _most(ordered, "ratings")
    alt = f"Ratings by genre: most, {count(most['ratings'])}, are of {plain(most['genre'])}."
    shown = ordered.head(SHOWN)
    svg = figures.bars(shown["genre"].tolist(), shown["ratings"], "ratings", alt)
    table = _table(ordered, {"genre": plain, "ratings": count, "mean": stars})
    return Plot("Number by genre", table, svg, _cut(genres))


def _mean_by_genre(genres: pd.DataFrame, overall: float) -> Plot:
    ordered = genres.sort_values(["mean", "genre"], ascending=[False, True])
    # Those with the most ratings: a mean of few is the highest or lowest by chance.
    frequent = genres.sort_values(["ratings", "genre"], ascending=[False, True]).head(SHOWN)
    shown = ordered[ordered["genre"].isin(frequent["genre"])]
    first, last = shown.iloc[0].to_dict(), shown.iloc[-1].to_dict()
    alt = (
        f"Mean rating by genre: from {stars(last['mean'])} for {plain(last['genre'])} to "
        f"{stars(first['mean'])} for {plain(first['genre'])}."
    )
    svg = figures.means(shown["genre"].tolist(), shown["mean"], overall, alt)
    table = _table(ordered, {"genre": plain, "mean": stars, "ratings": count})
    return Plot("Mean by genre", table, svg, _cut(genres))


def _users(numbers: Statistics) -> Section:
    plots = []
    for name, groups in numbers.demographics.items():
        most = _most(groups, "users")
        alt = (
            f"Users by {name}: the largest group is {plain(most['group'])}, "
            f"{percent(most['share'])}."
        )
        shown = groups.head(SHOWN)
        formats = {name: plain, "users": count, "share": percent, "ratings": count, "mean": stars}
        table = _table(groups.rename(columns={"group": name}), formats)
        svg = figures.bars(shown["group"].tolist(), shown["users"], "users", alt)
        plots.append(Plot(f"By {name}", table, svg, _cut(groups)))
    unknown = [name for name in DEMOGRAPHICS if name not in numbers.demographics]
    if unknown:
        listed = " or ".join([", ".join(unknown[:-1]), unknown[-1]] if unknown[1:] else unknown)
        text = f"This data set does not tell its users' {listed}."
    else:
        text = "The tables also say how many ratings each group gave, and their mean."
    return Section("users", "Users", text, plots, left=2)


def _tails(numbers: Statistics) -> Section:
    if not numbers.ratings:
        return Section("tails", "Activity and popularity", "There is no rating.", [])
    plots = []
    for title, tail, noun in (
        ("Activity of users", numbers.activity, "users"),
        ("Popularity of films", numbers.popularity, "films"),
    ):
        alt = (
            f"{title}: {count(tail.curve['number'].iloc[0])} {noun} have a rating, one has "
            f"{count(tail.curve['at_least'].iloc[-1])}."
        )
        curve = tail.curve.rename(columns={"at_least": "ratings, at least", "number": noun})
        table = _table(curve, {"ratings, at least": count, noun: count})
        svg = figures.tail(tail.curve, noun, alt)
        plots.append(Plot(title, table, svg))
    text = _sentences(
        "Both scales are logarithmic.",
        _spread(numbers.activity, "user gave", "most active tenth of users gave"),
        _spread(numbers.popularity, "film got", "most rated tenth of films got"),
        _unrated(numbers.activity, "user"),
        _unrated(numbers.popularity, "film"),
    )
    return Section("tails", "Activity and popularity", text, plots)


def _sparsity(numbers: Statistics) -> Section:
    if not numbers.density.size:
        return Section("sparsity", "Sparsity", "There is no pair of user and film.", [])
    users, films = numbers.density.shape
    alt = (
        f"Share of pairs with a rating: {percent(numbers.density[0, 0])} among the most active users "
        f"and the most rated films, {percent(numbers.density[-1, -1])} at the other end."
    )
    head = ["users", *(f"films {film}" for film in range(1, films + 1))]
    rows = [
        [f"group {user}", *(percent(share) for share in row)]
        for user, row in enumerate(numbers.density, 1)
    ]
    svg = figures.heat(numbers.density, alt)
    text = (
        f"Of {count(numbers.users * numbers.films)} pairs of a user and a film, "
        f"{percent(1 - numbers.sparsity)} have a rating; {percent(numbers.sparsity)} have none. Here, "
        f"users and films stand in groups of equal size ({users} and {films}), those with the most "
        "ratings first; each cell says which share of its pairs has a rating."
    )
    return Section(
        "sparsity", "Sparsity", text, [Plot("Pairs with a rating", Table(head, rows), svg)]
    )


def _table(rows: pd.DataFrame, formats: Mapping[str, Callable[[Any], str]]) -> Table:
    """Some columns of a table, each as it is written."""
    columns = [[write(value) for value in rows[name].tolist()] for name, write in formats.items()]
    return Table(list(formats), list(zip(*columns, strict=True)))


def _most(rows: pd.DataFrame, column: str) -> dict[Hashable, Any]:
    """The row with the largest number in a column, of equals the first."""
    return rows.iloc[int(rows[column].to_numpy().argmax())].to_dict()


def _cut(table: pd.DataFrame) -> str:
    hidden = len(table) - SHOWN
    return f"The picture shows {SHOWN} of {count(len(table))}." if hidden > 0 else ""


def _lacking(films: int, what: str) -> str:
    if not films:
        return f"Every film has a {what}."
    return f"{count(films)} {'film has' if films == 1 else 'films have'} no {what}."


def _spread(tail: Tail, one: str, tenth: str) -> str:
    """What most have, and what the first tenth have together."""
    median = f"{tail.median:,.1f}".removesuffix(".0")
    return f"The median {one} {median} ratings; the {tenth} {percent(tail.top_tenth)} of all."


def _unrated(tail: Tail, noun: str) -> str:
    if not tail.none:
        return ""
    nouns = f"{noun} without a rating is" if tail.none == 1 else f"{noun}s without a rating are"
    return f"{count(tail.none)} {nouns} left out."


def _sentences(*texts: str) -> str:
    return " ".join(text for text in texts if text)
