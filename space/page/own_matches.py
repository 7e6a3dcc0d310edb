"""What was found of a visitor's own ratings, as it is shown. Every title is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from space.arguments import MAX_PICKS
from space.page.language import text
from space.titles.own_ratings import DISLIKED, Candidate, Matches, OwnRating, Picks

MOST_DOUBTFUL = 100
"""The most doubtful rows of which the film can be chosen."""

MOST_LISTED = 200
"""The most films of a list that is shown in full."""


def matches_html(
    matches: Matches, titles: Mapping[int, str], like_threshold: float, language: str
) -> str:
    """How many films were found, the doubtful ones to choose from, and those that are not known.

    Args:
        matches: What was found.
        titles: The films' titles, with their years, by their ids.
        like_threshold: The fewest stars of a like.
        language: The visitor's.
    """
    if not matches.rows:
        return f'<p class="note" role="status">{escape(text(language, "own.empty"))}</p>'
    count = len(matches.certain) + len(matches.doubtful) + len(matches.unknown)
    said = text(language, "own.found", found=f"{len(matches.certain):,}", count=f"{count:,}")
    found = [f"{_rated(row)} → {titles.get(film, film)}" for row, film in matches.certain]
    unknown = [_rated(row) for row in matches.unknown]
    parts = [
        f'<p role="status"><strong>{escape(said)}</strong></p>',
        _doubtful(matches.doubtful, titles, language),
        _listed("own.certain", found, language),
        _listed("own.unknown", unknown, language),
    ]
    if matches.certain or matches.doubtful:
        rule = text(language, "own.rule", liked=f"{like_threshold:g}", disliked=f"{DISLIKED:g}")
        parts.append(
            f'<p class="note">{escape(rule)}</p>'
            f'<button type="button" data-does="use">{escape(text(language, "own.use"))}</button>'
        )
    return f'<div class="own">{"".join(parts)}</div>'


def used_html(chosen: Picks, language: str) -> str:
    """How many films came into the two lists, and how many were left out.

    Args:
        chosen: The films.
        language: The visitor's.
    """
    key = "own.used" if chosen.liked or chosen.disliked else "own.used.none"
    said = [
        text(language, key, liked=len(chosen.liked), disliked=len(chosen.disliked)),
    ]
    if chosen.between:
        said.append(text(language, "own.between", count=f"{chosen.between:,}"))
    if chosen.left_out:
        left_out = f"{chosen.left_out:,}"
        said.append(text(language, "own.left_out", count=left_out, most=MAX_PICKS))
    return f'<p class="note" role="status">{escape(" ".join(said))}</p>'


def _doubtful(
    doubtful: Iterable[tuple[OwnRating, tuple[Candidate, ...]]],
    titles: Mapping[int, str],
    language: str,
) -> str:
    """For each doubtful row the films to choose from; none is chosen at first."""
    rows = [*doubtful]
    if not rows:
        return ""
    none = f'<option value="">{escape(text(language, "own.none"))}</option>'
    choices = "".join(
        f'<li><label for="own-{place}">{escape(_rated(row))}</label>'
        f'<select id="own-{place}">{none}{_options(candidates, titles)}</select></li>'
        for place, (row, candidates) in enumerate(rows[:MOST_DOUBTFUL])
    )
    said = text(language, "own.doubtful", count=f"{len(rows):,}")
    return f"<p>{escape(said)}</p><ul>{choices}</ul>{_more(len(rows) - MOST_DOUBTFUL, language)}"


def _options(candidates: Iterable[Candidate], titles: Mapping[int, str]) -> str:
    named = ((film, titles.get(film, str(film))) for film in (each.movie_id for each in candidates))
    return "".join(f'<option value="{film}">{escape(title)}</option>' for film, title in named)


def _listed(key: str, films: list[str], language: str) -> str:
    """A list of films that can be unfolded."""
    if not films:
        return ""
    said = text(language, key, count=f"{len(films):,}")
    items = "".join(f"<li>{escape(film)}</li>" for film in films[:MOST_LISTED])
    more = _more(len(films) - MOST_LISTED, language)
    return f"<details><summary>{escape(said)}</summary><ul>{items}</ul>{more}</details>"


def _more(count: int, language: str) -> str:
    if count <= 0:
        return ""
    return f'<p class="note">{escape(text(language, "own.more", count=f"{count:,}"))}</p>'


def _rated(row: OwnRating) -> str:
    """A film as it was brought: its title, and its year and stars where they are given."""
    year = "" if row.year is None else f" ({row.year})"
    stars = "" if row.stars is None else f" ★ {row.stars:g}"
    return f"{row.title}{year}{stars}"
