"""From what the recommender gives to what the page shows. Every value is escaped here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from space.artifacts import Status, Users
from space.bundle import Bundle
from space.hub.repository import Snapshot
from space.ranking_files import ranked_by

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

NEWCOMER = "Somebody new"
"""The choice in place of a user."""

NOT_TOLD = "Not told"
"""The choice in place of a fact of somebody new."""

RECOMMENDED = ("#", "Title", "Year", "Genres", "P(like)")
LIKED = ("Title", "Year", "Genres", "Stars", "Rated")


def status_html(status: Status) -> str:
    """The panel that says where the model stands; empty once it is loaded and nothing is to be noted."""
    if status.state == "loaded":
        note = f'<div class="status" role="status">{escape(status.note)}</div>'
        return note if status.note else ""
    if status.state == "failed":
        return (
            '<div class="status failed" role="alert"><strong>The model could not be prepared.'
            f"</strong><pre>{escape(status.text)}</pre></div>"
        )
    value = "" if status.fraction is None else f' value="{status.fraction:.3f}"'
    percent = "" if status.fraction is None else f"{status.fraction:.0%} · "
    return (
        '<div class="status" role="status"><strong>Preparing the model.</strong> The controls turn '
        "on by themselves when it is ready; the first time takes longest."
        f'<progress aria-label="Preparing the model"{value}></progress>'
        f"<div>{percent}{escape(status.text)}</div></div>"
    )


def profile_html(profile: Mapping[str, Any], has_ratings: bool) -> str:
    """A user's profile as a list of facts."""
    facts = {
        "User": profile["user_id"],
        "Gender": profile["gender"],
        "Age": profile["age"],
        "Occupation": profile["occupation"],
        "Zip": profile["zip"],
    }
    if has_ratings:
        facts |= {"Ratings": f"{profile['ratings']:,}", "Likes": f"{profile['likes']:,}"}
        if profile["mean_rating"] is not None:
            facts["Mean rating"] = f"{profile['mean_rating']:.2f}"
        if profile["last_month"] is not None:
            year, month = profile["last_month"]
            facts["Last rating"] = f"{MONTHS[month - 1]} {year}"
    return _facts_html(facts)


def newcomer_html(liked: int = 0, disliked: int = 0, told: Mapping[str, str] | None = None) -> str:
    """What stands in place of a profile for somebody new.

    Args:
        liked: How many films they picked as liked.
        disliked: How many they picked as not liked.
        told: What they told of themselves, by the field's name.
    """
    facts = {"User": NEWCOMER, **{name.capitalize(): fact for name, fact in (told or {}).items()}}
    picked = liked or disliked
    if picked:
        facts |= {"Films liked": str(liked), "Films not liked": str(disliked)}
    if told or picked:
        said = ["This is all that is known of this person."]
        if told:
            said.append("What they told of themselves counts for the order and for P(like).")
        said.append(
            "The films picked count for the order and are left out of the list; P(like) does not read "
            "them."
            if picked
            else "No film is left out as seen."
        )
        said.append("Nothing is stored, and the model stays as it is.")
    else:
        said = [
            "Nothing is known of this person: to the model every feature of the user is “unknown”.",
            "The list is the one that it would give to any stranger in that month, and no film is left "
            "out as seen.",
        ]
    return f'{_facts_html(facts)}<p class="note">{" ".join(said)}</p>'


def fact_choices(values: Sequence[str]) -> list[str]:
    """What somebody new can tell in one of the dropdowns: nothing, or a value that the model knows.

    Args:
        values: The field's vocabulary; "Under 18" goes before the ages that begin with a digit.
    """
    return [NOT_TOLD, *sorted(values, key=lambda value: (not value.startswith("Under "), value))]


def film_choices(movies: pd.DataFrame) -> list[tuple[str, int]]:
    """The films of a catalogue to choose from, by title: what is shown of each, and its id."""
    shown = [
        str(title) if pd.isna(year) else f"{title} ({year:.0f})"
        for title, year in zip(movies["title"], movies["year"], strict=True)
    ]
    return sorted(zip(shown, (int(movie) for movie in movies["movie_id"]), strict=True))


def film_of(choices: Sequence[tuple[str, int]], pick: Any) -> int:
    """The film that a visitor means, by its id or by what they typed of its title.

    Args:
        choices: As `film_choices` gives them.
        pick: An id, or a text that one film alone has in its title, or as its title.

    Raises:
        ValueError: If it is neither.
    """
    text = str(pick).casefold().strip()
    if isinstance(pick, str) and not text.isdecimal():
        same = [film for title, film in choices if title.casefold() == text]
        near = same or [film for title, film in choices if text and text in title.casefold()]
        if not same and len(near) != 1:
            raise ValueError(f"A film should be chosen from the list. Received: {pick[:200]}")
        return near[0]
    return int(pick)


def recommended_rows(recommended: pd.DataFrame) -> list[list[Any]]:
    """Rows of the table of recommendations, in rank order."""
    return [
        [row.rank, row.title, year_text(row.year), genres_text(row.genres), f"{row.score:.3f}"]
        for row in recommended.itertuples()
    ]


def liked_rows(liked: pd.DataFrame) -> list[list[Any]]:
    """Rows of the table of liked films, newest first."""
    dates = pd.to_datetime(liked["timestamp"], unit="s").dt.strftime("%Y-%m-%d")
    return [
        [row.title, year_text(row.year), genres_text(row.genres), f"{row.rating:g}", date]
        for row, date in zip(liked.itertuples(), dates, strict=True)
    ]


def heading(
    recommended: pd.DataFrame,
    wanted: int,
    genres: Sequence[str],
    match: str,
    newcomer: bool = False,
) -> str:
    """The line above the table, which says why it is short or empty."""
    left = "in the catalogue" if newcomer else "left that this user has not rated"
    filters = ""
    if genres:
        joined = (" and " if match == "all" else " or ").join(plain(genre) for genre in genres)
        filters = f" with the genre {joined}" if len(genres) == 1 else f" with the genres {joined}"
    if recommended.empty:
        return f"**No film{filters} is {left}.** " + (
            "Choose *any* of the genres, or fewer of them." if genres else ""
        )
    if len(recommended) < wanted:
        return f"Only **{len(recommended)}** films{filters} are {left}."
    return f"The best **{len(recommended)}** films{filters}."


_SEEN = {
    "loaded": "Films that the user has rated are left out.",
    "apart": "The users' ratings are fetched when one of the users is first asked for; films that the "
    "user has rated are then left out.",
    "none": "**No data set was given with this model, so films that the user has seen cannot be "
    "hidden, and the profile is not known.**",
}


def explanation(threshold: float, users: Users, *, ranking_model: bool, name: str) -> str:
    """What the order and the score mean, and what is not known.

    Args:
        threshold: The stars that make a like.
        users: Whether there is a data set.
        ranking_model: Whether the bundle has a ranking model.
        name: What the model of P(like) is called.
    """
    order, apart = (
        (
            " The greater part of it comes of a weighted sum over those item-item models and counts; "
            "attention between the features adds to it, the more the more films are known.",
            "A film with a low *P(like)* can stand at the top: the order is of watching a film and "
            "liking it, *P(like)* only of liking it if it is watched.",
        )
        if ranking_model
        else (
            "",
            "It does not decide the order alone, since it says nothing of what people choose to watch: "
            "a film with a low *P(like)* can stand at the top if many people liked it.",
        )
    )
    same = " Every user then gets the same list." if ranking_model and users == "none" else ""
    return "\n\n".join(
        [
            f"The order is by {ranked_by(ranking_model=ranking_model)}.{order}",
            f"*P(like)* is another figure: the probability that {name} gives for that the user, having "
            f"chosen to watch the film, rates it {threshold:g} stars or more. {apart}",
            f"{_SEEN[users]}{same}",
        ]
    )


def footer(
    bundle: Bundle, name: str, model: Snapshot | None = None, users: Snapshot | None = None
) -> str:
    """Data set, licence and citation; and of what is from the Hub, repository and commit.

    Args:
        bundle: The model.
        name: What the model of P(like) is called.
        model: Where the model is from, if it is from the Hub.
        users: Where users and ratings are from, if they are from the Hub.
    """
    dataset = bundle.schema.dataset
    lines = [f"{name} trained on **{plain(dataset.get('name', 'an unnamed data set'))}**."]
    lines += [
        f"{what}: [{plain(origin.repository.id)} at {origin.short_sha}]({origin.url})"
        for what, origin in (("Model", model), ("Users and ratings", users))
        if origin is not None
    ]
    lines += [
        f"{what.capitalize()}: {plain(dataset[what])}"
        for what in ("licence", "citation")
        if dataset.get(what)
    ]
    return "\n\n".join(lines)


def plain(value: Any) -> str:
    """Text for Markdown that cannot become markup."""
    text = escape(str(value), quote=False)
    return "".join("\\" + letter if letter in "\\`*_{}[]<>#|!~" else letter for letter in text)


def year_text(year: Any) -> str:
    """A year, or a dash where it is not known."""
    return "–" if pd.isna(year) else str(int(year))


def genres_text(genres: Any) -> str:
    """A sequence of genres with a dot between them."""
    return " · ".join(genres) or "–"


def _facts_html(facts: Mapping[str, Any]) -> str:
    items = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(str(value))}</dd></div>"
        for name, value in facts.items()
    )
    return f'<dl class="profile">{items}</dl>'
