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

_NOTE = 0.95
"""Inches of a note of three lines below a picture, which makes up for a lower one."""


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
    cells: Sequence[Sequence[Plot]]
    """What stands beside each other, in rows of three; the pictures of a cell stand below each other."""


def sections(numbers: Statistics) -> list[Section]:
    """All of the report below its summary."""
    return [
        _films(numbers),
        _ratings(numbers),
        _users(numbers),
    ]


def _films(numbers: Statistics) -> Section:
    genres, years = numbers.genres, numbers.release_years
    plots = []
    height = max(figures.HEIGHT, figures.height_of(min(len(genres), SHOWN)))
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
        plots.append(Plot("By year of release", table, figures.years(years, alt, height)))
    if numbers.ratings:
        plots.append(_tail("Popularity of films", "film", "got", numbers.popularity, height))
    text = _sentences(
        "A film counts in each of its genres." if len(genres) else "No film has a genre.",
        _lacking(numbers.without_genre, "genre") if len(genres) else "",
        _lacking(numbers.without_year, "year") if len(years) else "No film has a year.",
    )
    return Section("films", "Films", text, [[plot] for plot in plots])


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
        "Months are in UTC.",
    )
    plots = [by_value, by_month, _sparsity(numbers)]
    genres = numbers.genres[numbers.genres["ratings"] > 0]
    if len(genres):
        plots += [_number_by_genre(genres), _mean_by_genre(genres, numbers.mean)]
    formats = {"title": plain, "year": plain, "ratings": count, "mean": stars}
    plots.append(Plot("Most rated films", _table(numbers.most_rated, formats)))
    text = (
        f"Of {count(numbers.users * numbers.films)} pairs of a user and a film, "
        f"{percent(1 - numbers.sparsity)} have a rating; {percent(numbers.sparsity)} have none."
    )
    return Section("ratings", "Ratings", text, [[plot] for plot in plots])


def _number_by_genre(genres: pd.DataFrame) -> Plot:
    ordered = genres.sort_values(["ratings", "genre"], ascending=[False, True])
    most = _most(ordered, "ratings")
    alt = f"Ratings by genre: most, {count(most['ratings'])}, are of {plain(most['genre'])}."
    shown = ordered.head(SHOWN)
    svg = figures.bars(shown["genre"].tolist(), shown["ratings"], "ratings", alt)
    table = _table(ordered, {"genre": plain, "ratings": count, "mean": stars})
    note = "A rating counts in each genre of its film."
    return Plot("Number by genre", table, svg, _sentences(note, _cut(genres)))


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
    note = f"The line is at {stars(overall)}, the mean of all ratings."
    return Plot("Mean by genre", table, svg, _sentences(note, _cut(genres)))


def _users(numbers: Statistics) -> Section:
    groups = numbers.demographics
    cells = [[_by(name, groups[name])] for name in groups]
    if {"gender", "age"} <= set(groups):  # two low ones
        cells[:2] = [[*cells[0], *cells[1]]]
    unknown = [name for name in DEMOGRAPHICS if name not in groups]
    if unknown:
        listed = " or ".join([", ".join(unknown[:-1]), unknown[-1]] if unknown[1:] else unknown)
        text = f"This data set does not tell its users' {listed}."
    else:
        text = "The tables also say how many ratings each group gave, and their mean."
    if numbers.ratings:
        rows = max((min(len(table), SHOWN) for table in groups.values()), default=0)
        height = max(figures.HEIGHT, figures.height_of(rows))
        cells.append([_tail("Activity of users", "user", "gave", numbers.activity, height)])
    return Section("users", "Users", text, cells)


def _by(name: str, groups: pd.DataFrame) -> Plot:
    most = _most(groups, "users")
    alt = f"Users by {name}: the largest group is {plain(most['group'])}, {percent(most['share'])}."
    shown = groups.head(SHOWN)
    formats = {name: plain, "users": count, "share": percent, "ratings": count, "mean": stars}
    table = _table(groups.rename(columns={"group": name}), formats)
    svg = figures.bars(shown["group"].tolist(), shown["users"], "users", alt)
    return Plot(f"By {name}", table, svg, _cut(groups))


def _tail(title: str, noun: str, verb: str, tail: Tail, height: float) -> Plot:
    most = tail.curve.iloc[-1]
    alt = (
        f"{title}: {count(tail.curve['number'].iloc[0])} {noun}s have a rating, one has "
        f"{count(most['at_least'])}."
    )
    curve = tail.curve.rename(columns={"at_least": "ratings, at least", "number": f"{noun}s"})
    table = _table(curve, {"ratings, at least": count, f"{noun}s": count})
    adjective = "active" if noun == "user" else "rated"
    median = f"{tail.median:,.1f}".removesuffix(".0")
    note = _sentences(
        f"The median {noun} {verb} {median} ratings; the most {adjective} tenth of {noun}s {verb} "
        f"{percent(tail.top_tenth)} of all.",
        _unrated(tail, noun),
        "Both scales are logarithmic.",
    )
    svg = figures.tail(tail.curve, f"{noun}s", alt, height - _NOTE)
    return Plot(title, table, svg, note)


def _sparsity(numbers: Statistics) -> Plot:
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
    note = (
        f"The share of pairs with a rating, of users and films in groups of equal size ({users} and "
        f"{films})."
    )
    return Plot("Sparsity", Table(head, rows), figures.heat(numbers.density, alt), note)


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


def _unrated(tail: Tail, noun: str) -> str:
    if not tail.none:
        return ""
    nouns = f"{noun} without a rating is" if tail.none == 1 else f"{noun}s without a rating are"
    return f"{count(tail.none)} {nouns} left out."


def _sentences(*texts: str) -> str:
    return " ".join(text for text in texts if text)
