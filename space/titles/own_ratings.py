"""Ratings that a visitor brings: read from a list or a file, matched with the films, made into picks.

Nothing is kept, written or fetched here, and a cell of a file is never more than text.

Example:
    >>> rows = read_csv(Path("ratings.csv").read_bytes())  # doctest: +SKIP
    >>> chosen = picks(match_ratings(search, rows), like_threshold=4)  # doctest: +SKIP
    >>> recommender.recommend_for(liked=chosen.liked, disliked=chosen.disliked)  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from space.arguments import MAX_PICKS, check_number, shown
from space.errors import Argument, ArgumentError
from space.titles.names import split_year
from space.titles.rating_lists import read_titles
from space.titles.rating_rows import FEWEST_STARS, MAX_BYTES, MAX_ROWS, MOST_STARS, OwnRating
from space.titles.rating_tables import read_csv
from space.titles.search import SAME, FilmSearch

__all__ = [
    "DISLIKED",
    "MAX_BYTES",
    "MAX_CANDIDATES",
    "MAX_ROWS",
    "Candidate",
    "Matches",
    "OwnRating",
    "Picks",
    "match_ratings",
    "picks",
    "read_csv",
    "read_titles",
]

MAX_CANDIDATES = 5
"""The most films to choose from for a doubtful row."""

DISLIKED = 2.5
"""The most stars of a film that somebody does not like."""

_SAME_FILM = 1
"""How many years apart two sources may date one film."""

_MAYBE_SAME_FILM = 5
"""How many years somebody may be wrong about a film; further apart, one name is of two films."""


_CHOICES = Argument("choices")


@dataclass(frozen=True)
class Candidate:
    """A film that a row may mean."""

    movie_id: int
    score: float
    """How alike the titles are, 0 to 100."""


@dataclass(frozen=True)
class Matches:
    """Rows with the films that they mean. Each row is in one of `certain`, `doubtful` and `unknown`."""

    rows: tuple[OwnRating, ...]
    """All rows, as they came."""
    certain: tuple[tuple[OwnRating, int], ...]
    """Rows with the id of their film."""
    doubtful: tuple[tuple[OwnRating, tuple[Candidate, ...]], ...]
    """Rows with 1 to `MAX_CANDIDATES` films that they may mean, the likeliest first."""
    unknown: tuple[OwnRating, ...]
    """Rows for which the catalogue has no film."""

    def chosen(self, choices: Sequence[int | None] = ()) -> list[tuple[OwnRating, int]]:
        """The rows with their films, in the order that they came.

        Args:
            choices: For each doubtful row the id of the film that it means, or `None` for none of them;
                left out, no doubtful row counts.

        Raises:
            ValueError: If there is not a choice for each, or one is not among the row's candidates.
        """
        if len(choices) not in (0, len(self.doubtful)):
            raise ArgumentError(
                "own_choices", name=_CHOICES, expected=len(self.doubtful), count=len(choices)
            )
        films = dict(self.certain)
        for (row, candidates), choice in zip(self.doubtful, choices, strict=False):
            if choice is None:
                continue
            if choice not in [candidate.movie_id for candidate in candidates]:
                raise ArgumentError(
                    "own_choice", name=_CHOICES, title=shown(row.title), received=shown(choice)
                )
            films[row] = choice
        return [(row, films[row]) for row in self.rows if row in films]


@dataclass(frozen=True)
class Picks:
    """What `MovieRecommender.recommend_for` takes of somebody's ratings."""

    liked: tuple[int, ...]
    """Ids of the films that they like, in the order of the rows."""
    disliked: tuple[int, ...]
    """Ids of the films that they do not like, in the order of the rows."""
    between: int
    """How many films are neither."""
    left_out: int
    """How many films are liked or disliked and left out, for `MAX_PICKS` are the most."""


def match_ratings(search: FilmSearch, rows: Sequence[OwnRating]) -> Matches:
    """Find the film that each row means.

    A row is certain where one film alone has its title (as `space.titles.normalised`, and then without
    an article in front) and the row's year or, if there is none such, one beside it; without a year,
    where one film alone has its title. It is doubtful where several do, where the film of the title is
    up to five years off or its year is not known, or where titles are nearly alike or one is the
    beginning or end of the other at a colon or dash, and their years not more than one apart.

    Args:
        search: The films.
        rows: At most `MAX_ROWS`.

    Raises:
        ValueError: If there are more, or a title is too long.
    """
    if len(rows) > MAX_ROWS:
        raise ArgumentError("own_rows", name=Argument("rows"), most=MAX_ROWS, count=len(rows))
    certain: dict[OwnRating, int] = {}
    candidates: dict[OwnRating, dict[int, float]] = {}
    rest: dict[OwnRating, tuple[str, int | None]] = {}
    for row in dict.fromkeys(rows):
        title, year = row.title, row.year
        films, sure = _by_name(search, title, year)
        if not films and year is None:
            # A bare year at the end, as in "Heat 1995": with it the title is no film's.
            title, year = split_year(title)
            films, sure = _by_name(search, title, year)
        if sure:
            certain[row] = films[0]
        elif films:
            candidates[row] = dict.fromkeys(films, SAME)
        else:
            rest[row] = (title, year)
    near = search.close([title for title, _ in rest.values()])
    for (row, (_, year)), scored in zip(rest.items(), near, strict=True):
        candidates[row] = {
            at: score
            for at, score in scored.items()
            if (_apart(year, search.years[at]) or 0) <= _SAME_FILM
        }
    ids = search.movie_ids
    return Matches(
        rows=tuple(rows),
        certain=tuple((row, ids[certain[row]]) for row in rows if row in certain),
        doubtful=tuple(
            (row, tuple(Candidate(ids[at], score) for at, score in _few(candidates[row])))
            for row in rows
            if candidates.get(row)
        ),
        unknown=tuple(row for row in rows if row not in certain and not candidates[row]),
    )


def picks(chosen: Matches | Iterable[tuple[OwnRating, int]], like_threshold: float) -> Picks:
    """Make picks of rated films: what is liked and what is not.

    A film is liked if it has at least `like_threshold` stars, or is not rated; it is not liked if it
    has at most `DISLIKED`. A film that is there twice counts once, by the first row that rates it. Of
    more than `MAX_PICKS` films, liked and disliked ones keep their shares; the liked with most stars
    stay and the disliked with fewest, and of equals those that came first.

    Args:
        chosen: Rows with their films' ids, the ones watched last first as `recommend_for` wants them;
            or matches, of which the certain ones count.
        like_threshold: The fewest stars of a like, 0.5 to 5: the `like_threshold` of a bundle's schema.

    Raises:
        ValueError: If `like_threshold` is none.
    """
    check_number("like_threshold", like_threshold, FEWEST_STARS, MOST_STARS)
    stars: dict[int, float | None] = {}
    for row, movie_id in chosen.chosen() if isinstance(chosen, Matches) else chosen:
        if stars.get(movie_id) is None:
            stars[movie_id] = row.stars
    rated = {film: like_threshold if given is None else given for film, given in stars.items()}
    liked = {film: -given for film, given in rated.items() if given >= like_threshold}
    disliked = {
        film: given for film, given in rated.items() if given <= DISLIKED and film not in liked
    }
    picked = len(liked) + len(disliked)
    share = round(MAX_PICKS * len(disliked) / picked) if picked > MAX_PICKS else len(disliked)
    # However few they are, one of each says more than the last of the others.
    share = min(max(share, min(1, len(disliked))), MAX_PICKS - min(1, len(liked)))
    kept_disliked = _least(disliked, share)
    kept_liked = _least(liked, MAX_PICKS - share)
    return Picks(
        liked=kept_liked,
        disliked=kept_disliked,
        between=len(rated) - picked,
        left_out=picked - len(kept_liked) - len(kept_disliked),
    )


def _by_name(search: FilmSearch, title: str, year: int | None) -> tuple[Sequence[int], bool]:
    """The films of a title, best first, and whether the one that is there is meant for certain."""
    same = search.same(title)
    for films in same:
        if films and year is None:
            return films, len(films) == 1
        for apart in range(_SAME_FILM + 1):
            if dated := [at for at in films if _apart(year, search.years[at]) == apart]:
                return dated, len(dated) == 1
    maybe = [at for at in same[1] if (_apart(year, search.years[at]) or 0) <= _MAYBE_SAME_FILM]
    return maybe, False


def _apart(year: int | None, other: int | None) -> int | None:
    """Years between two; `None` if one is not known."""
    return None if year is None or other is None else abs(year - other)


def _few(scored: dict[int, float]) -> Iterable[tuple[int, float]]:
    return islice(scored.items(), MAX_CANDIDATES)


def _least(films: dict[int, float], count: int) -> tuple[int, ...]:
    """The films of the least values, in the order that they are in."""
    kept = set(sorted(films, key=films.__getitem__)[:count])
    return tuple(film for film in films if film in kept)
