"""Why P(like) of a film is what it is: what it changes by with each field, and where the model looks."""

from __future__ import annotations

import math
from html import escape

import numpy as np
import numpy.typing as npt

from space.explanation import Explanation, FieldPair
from space.features import NO_GENRE, UNKNOWN
from space.page.answers import Answers
from space.page.ask import Ask, user_of
from space.page.cards import year_text
from space.page.charts import Bar, Cell, diverging_bars_html, heat_map_html, legend_html, meter_html
from space.page.language import text, value_text
from space.recommender import MovieRecommender
from space.scoring import probability

PAIRS = 5
"""How many of the strongest pairs are told."""

ALL_BUT_EVEN = 0.05
"""Attention of which no weight is farther from even weights than this part of them is called all but
even: what a layer takes of the fields is then nearly their plain mean."""

_KINDS = {"genre1": "genre", "genre2": "genre", "genre3": "genre", "rating_month": "month"}
"""What values are called in the catalogue where that is not the field's name."""


def why_html(answers: Answers, recommender: MovieRecommender, ask: Ask, movie: int) -> str:
    """What P(like) of one film hangs on, for whoever the list is for.

    Raises:
        ValueError: If there is no such film or person.
    """
    user = None if ask.newcomer else user_of(ask.user)
    explained = answers.of(
        recommender,
        "explain",
        recommender.explain,
        user_id=user,
        movie_id=movie,
        **ask.facts,
        **ask.moment,
    )
    movies = recommender.bundle.movies
    title, year = movies.loc[movies["movie_id"] == movie, ["title", "year"]].iloc[0]
    language = ask.language
    whom = "user" if not ask.newcomer else "you" if ask.facts else "stranger"
    order = "history" if recommender.bundle.ranking is not None else "likes"
    score = text(language, "card.score", score=f"{explained.probability:.0%}")
    picks = [text(language, "why.picks")] if ask.newcomer and (ask.likes or ask.dislikes) else []
    return (
        f'<article class="detail" data-does="why" data-film="{int(movie)}">'
        f"<h2>{escape(text(language, 'card.why.of', title=title))} "
        f'<span class="year">{year_text(year)}</span></h2>'
        f'<p class="who">{escape(text(language, f"why.{whom}", user=user))}</p>'
        f"{meter_html(explained.probability, score)}"
        f"{_notes([text(language, f'why.order.{order}'), *picks])}"
        f"{change_html(explained, language, title)}"
        f"{attention_html(explained, language, title)}</article>"
    )


def change_html(explained: Explanation, language: str, title: str) -> str:
    """What P(like) loses with each known field, in percentage points, the largest change first.

    Args:
        explained: The explanation.
        language: The visitor's.
        title: The film's, which is more to read than its id.
    """
    points = _points(explained)
    known = np.flatnonzero(explained.known())
    bars = [
        Bar(_field(explained, place, language, title), points[place], _signed(points[place], 1))
        for place in known[np.argsort(-np.abs(points[known]), kind="stable")]
    ]
    chart = diverging_bars_html(
        bars,
        name=text(language, "why.change.name"),
        negative=text(language, "why.change.against"),
        positive=text(language, "why.change.for"),
    )
    said = text(language, "why.change.note" if bars else "why.change.none")
    return f"<h3>{escape(text(language, 'why.change'))}</h3>{chart}{_notes([said])}"


def attention_html(explained: Explanation, language: str, title: str) -> str:
    """Where the interacting layers look: the strongest pairs of known fields, and every weight.

    It is folded away while attention is all but even, since it says little then.

    Args:
        explained: The explanation.
        language: The visitor's.
        title: The film's.
    """
    even = 1 / len(explained.fields)
    mean = explained.attention.mean(axis=0)
    farthest = float(np.abs(mean / even - 1).max())
    notes = [text(language, "why.attention.note")]
    even_enough = farthest <= ALL_BUT_EVEN
    if even_enough:
        notes.append(text(language, "why.even", most=f"{farthest:.2%}"))
    shown = {
        "layers": len(explained.attention),
        "even": f"{even:.2%}",
        "most": f"{farthest:.2%}",
    }
    colours = {name: text(language, f"why.heat.{name}") for name in ("above", "below")}
    return (
        f'<details class="attention"{"" if even_enough else " open"}>'
        f"<summary><h3>{escape(text(language, 'why.attention'))}</h3></summary>{_notes(notes)}"
        f"{_pairs(explained, language, title)}"
        f"{_heat_map(explained, mean, language, title)}"
        f"{legend_html(colours)}"
        f"{_notes([text(language, 'why.heat.note', **shown)])}</details>"
    )


def _pairs(explained: Explanation, language: str, title: str) -> str:
    pairs = explained.strongest_pairs(PAIRS, known=True)
    if not pairs:
        return ""
    apart = [100 * (pair.attention * len(explained.fields) - 1) for pair in pairs]
    digits = _digits(max(map(abs, apart)))
    items = "".join(
        f"<li>{_pair(pair, _signed(far, digits), explained, language, title)}</li>"
        for pair, far in zip(pairs, apart, strict=True)
    )
    return f'<h4>{escape(text(language, "why.pairs"))}</h4><ol class="attended">{items}</ol>'


def _pair(pair: FieldPair, apart: str, explained: Explanation, language: str, title: str) -> str:
    first, second = (
        _field(explained, explained.fields.index(name), language, title)
        for name in (pair.first, pair.second)
    )
    said = text(language, "why.pair", first=first, second=second)
    weight = text(language, "why.pair.weight", weight=f"{pair.attention:.2%}", apart=apart)
    return f'{escape(said)} <span class="number">{escape(weight)}</span>'


def _heat_map(
    explained: Explanation, mean: npt.NDArray[np.floating], language: str, title: str
) -> str:
    """Weights as what they are above or below even ones; of more digits the nearer they are to even."""
    apart = 100 * (mean * len(explained.fields) - 1)
    digits = _digits(float(np.abs(apart).max()))
    said = [_field(explained, place, language, title) for place in range(len(explained.fields))]
    names = [text(language, f"field.{name}") for name in explained.fields]
    cells = [
        [
            Cell(
                float(apart[asks, place]),
                _signed(float(apart[asks, place]), digits),
                text(
                    language,
                    "why.heat.cell",
                    first=said[asks],
                    second=said[place],
                    weight=f"{mean[asks, place]:.2%}",
                ),
            )
            for place in range(len(names))
        ]
        for asks in range(len(names))
    ]
    return heat_map_html(
        names,
        names,
        cells,
        name=text(language, "why.heat"),
        middle=0.0,
        corner=text(language, "why.heat.corner"),
    )


def _field(explained: Explanation, place: int, language: str, title: str) -> str:
    """A field and its value in words, such as "Genre 1 = Comedy"."""
    name, value = explained.fields[place], explained.values[place]
    if value == UNKNOWN:
        value = text(language, "value.unknown")
    elif name == "movie_id":
        value = title
    elif value == NO_GENRE and _KINDS.get(name) == "genre":
        value = text(language, "value.no")
    elif name.endswith("_decade"):
        value = text(language, "value.decade", year=value.removesuffix("s"))
    else:
        value = value_text(language, _KINDS.get(name, name), value)
    return text(language, "why.field", field=text(language, f"field.{name}"), value=value)


def _points(explained: Explanation) -> npt.NDArray[np.floating]:
    """The probability minus that with one field set to unknown, in percentage points, `(fields,)`."""
    without = probability(np.float32(explained.logit) - explained.change)
    return 100 * (np.float32(explained.probability) - without)


def _signed(value: float, digits: int) -> str:
    """A number with its sign, by the signs of type-setters; 0 has none."""
    said = f"{value:+.{digits}f}"
    if not said.strip("+-0."):
        return said[1:]
    return said.replace("-", "\N{MINUS SIGN}")


def _digits(largest: float) -> int:
    """Digits after the point, at most three, by which the largest of some numbers has two."""
    if not largest > 0:
        return 0
    return min(max(1 - math.floor(math.log10(largest)), 0), 3)


def _notes(said: list[str]) -> str:
    return "".join(f'<p class="note">{escape(each)}</p>' for each in said)
