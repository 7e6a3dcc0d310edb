"""What is said to a caller who asks for something that makes no sense, by the message's code."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    # Of any argument.
    "whole": "{name} should be a whole number. Received: {received}",
    "whole_within": "{name} should be a whole number from {low} to {high}. Received: {received}",
    "number_within": "{name} should be a number from {low} to {high}. Received: {received}",
    "flag": "{name} should be True or False. Received: {received}",
    "choice": "{name} should be {choices}. Received: {received}",
    "text": "{name} should be text. Received: {received}",
    "text_length": "{name} should have at most {most} characters. "
    "Received {count:,} characters: {received}...",
    # Of people.
    "user": "{name} should be one of the data set's {count:,} users, {first} to {last}. "
    "Received: {received}",
    "users_unknown": "This model was trained without users' ids; give it its data set.",
    "user_missing": "Choose a user first.",
    "ratings_missing": "Everybody's ratings should be known for this, and the model was loaded without "
    "its data set. Load it with the one that was exported with it.",
    "fact": "{name} should be one of {known}. Received: {received}",
    "fact_unknown": "{name} should be left out: this model does not know it of anybody.",
    "left_out": "{names} and {last} are of somebody new: they should be left out, or {user} be None. "
    "Received: {told}",
    # Of films.
    "film": "{name} should be the id of a film in the catalogue. Received: {received}",
    "films": "{name} should be ids of films in the catalogue. Received: {received}",
    "film_choice": "A film should be chosen from the list. Received: {received}",
    "picks": "{name} should be a list, tuple or array of movie ids, since their order counts. "
    "Received: {received}",
    "picks_unreadable": "{name} should be empty: this model was exported before picked films could be "
    "read. Train or fetch a newer one to use them.",
    "picks_count": "{liked} and {disliked} should have at most {most} films together. "
    "Received: more, in lists of {likes} and {dislikes}",
    "picks_both": "A film should be in {liked} or in {disliked}. Received in both: {both}",
    "hidden": "{name} should be a list of movie ids. Received: {received}",
    "hidden_count": "{name} should have at most {most:,} films. Received: {count:,}",
    "similar_unknown": "This model was exported without vectors of its films. Train or fetch a newer "
    "one, or export it anew, to see which films are similar.",
    # Of filters.
    "genres": "{name} should be a list of genres. Received: {received}",
    "genres_unknown": "{name} should be among {known}. Received: {received}",
    "years_order": "{first} should not be after {last}. Received: {from_year} and {to_year}",
    "month": "{name} should be a year and a month, such as (2000, 7). Received: {received}",
    "month_part": "{name} should name both year and month. Received: {received}",
    # Of ratings of one's own.
    "own_content": "{name} should be text or bytes. Received: {received}",
    "own_bytes": "{name} should have at most {most:,} bytes. Received more. Leave out some films.",
    "own_count": "There should be at most {most:,} films. Received more. Leave out some of them.",
    "own_rows": "{name} should be at most {most:,}. Received: {count:,}",
    "own_header": "A CSV should begin with a header that names a column of titles, such as "
    '"Name,Year,Rating". Received: {received}',
    "own_csv": "Line {line} should be a row of a CSV. Received one that cannot be read: {error}",
    "own_scale": "Line {line} should have a rating from 0 to {most}. Received: {received}",
    "own_rating": "Line {line} should have a number or nothing as its rating. Received: {received}",
    "own_line": "Line {line} should be one film, at most {most} characters. "
    "Received {count:,} characters: {received}...",
    "own_title": "Line {line} should have a title of at most {most} characters. "
    "Received {count} characters: {received}...",
    "own_choices": "{name} should have {expected} films, one for each doubtful row. Received: {count}",
    "own_choice": "{name} should be ids among the row's candidates, or None. "
    "Received for {title}: {received}",
    # Of waiting.
    "model_waiting": "The model is still being prepared. Try again in a minute.",
    "users_waiting": "The data set is still being fetched. Try again in a minute.",
}
"""The messages in English; those of other languages are in `space/page/catalogue`."""
