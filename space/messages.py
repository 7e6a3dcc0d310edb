"""What is said of failures that a user can do something about, by the message's code."""

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
    # Of waiting, and of a model that cannot be made ready.
    "model_waiting": "The model is still being prepared. Try again in a minute.",
    "users_waiting": "The data set is still being fetched. Try again in a minute.",
    "model_unforeseen": "An unexpected error; the server's log has it.",
    "users_unforeseen": "The data set could not be read; the server's log has the reason.",
    "users_failed": "{why} Recommendations for somebody new work without it.",
    "model_missing": "No model was given, and the demo cannot be trained here, since the training "
    "package is not installed. Start with --bundle DIR or --model owner/name, or set MODEL_REPO.",
    "demo_failed": "Training the demo model ended with exit code {status}.\n{last}",
    "demo_silent": "Training the demo model ended with exit code {status}.\nIt printed nothing.",
    # Of what has no message of its own.
    "preparation": "The model or its data is not available now. {detail}",
    "unreadable": "The model or its data cannot be read. {detail}",
    "other": "This cannot be answered. {detail}",
    # What is spoken of, within other messages.
    "bundle": "bundle",
    "model": "model",
    "dataset": "data set",
    "the": "The {noun} {repository}",
    # Of a Hub that cannot be asked: why, within other messages.
    "hub_offline": "HF_HUB_OFFLINE is set",
    "hub_local": "`local_files_only` is set",
    "hub_slow": "it did not answer in time",
    "hub_connection": "the connection failed",
    "hub_incomplete": "a file came incomplete",
    "hub_busy": "it asks for fewer requests",
    "hub_answered": "it answered {status}",
    # Of a Hub that cannot be asked: what follows.
    "hub_unreachable": "The Hub could not be reached ({why}).",
    "hub_cached": "The Hub could not be reached ({why}); this is {commit} from the cache.",
    "hub_cached_both": "{model} {users}",
    "hub_uncached": "{what} is not in the cache, and the Hub could not be reached ({why}). "
    "Try again later.",
    "hub_uncached_by_will": "{what} is not in the cache, and {why}. Let it be fetched once.",
    "hub_unusable": "The Hub could not be reached ({why}), and what is in the cache cannot be used: "
    "{error}",
    "hub_unusable_by_will": "{why}, and what is in the cache cannot be used: {error}",
    # Of a Hub that refuses, and of the cache's disk.
    "hub_token_missing": "{what}: a token is asked for and none is set ({login}).",
    "hub_token_malformed": "{what}: the request could not be sent. A token should be one line of plain "
    "letters; check it ({login}).",
    "hub_token_invalid": "{what} cannot be read: the Hub wants a valid token. Set one ({login}).",
    "hub_token_refused": "{what} may not be read with the token that is set. Set one that may "
    "({login}).",
    "hub_gated": "{what} is gated. Ask for access on its page on the Hub, and set a token of the "
    "account that has it ({login}).",
    "hub_revision": "{what}: the repository has no revision {revision}. Name a branch, a tag or a "
    "commit of it.",
    "hub_file": "{what}: a file went missing on the Hub meanwhile. Try again.",
    "hub_disabled": "{what} has been disabled on the Hub.",
    "hub_repository": "{what} does not exist, or it is private and no token that may read it is set "
    "({login}).",
    "hub_refused": "{what} could not be asked for: the Hub answered {status}.",
    "hub_none": "{what} could not be asked for: {endpoint} does not answer as a Hub does. Check "
    "HF_ENDPOINT and the network's proxy.",
    "hub_login": "HF_TOKEN, or hf auth login",
    "disk_full": "{what} could not be kept in the cache (the disk is full). Make room there, or name "
    "another folder by HF_HOME or `cache_dir`.",
    "disk_refused": "{what} could not be kept in the cache ({reason}). Its folder cannot be written; "
    "name another folder by HF_HOME or `cache_dir`.",
    # Of what lies in a repository.
    "hub_other": "{repository} is not a {noun} of this program: it should have {first} and {second} at "
    "its root. Name one that autoint-movies has pushed.",
    "hub_large": "{repository}: the files that serving needs have {size}, and at most {limit} is "
    "fetched. Check that it is the repository that you mean.",
    "hub_more": "{repository}: more came than the Hub had told, over {limit}; the rest was not fetched.",
    "hub_lacking": "{repository} ({commit}): {missing} should be in it and is not. Push the {noun} "
    "again.",
    # Of a folder's files.
    "folder_missing": "{folder}: there is no such folder. Give the folder that was exported.",
    "file_missing": "{path}: the file is missing. Export or fetch it again.",
    "file_size": "{path}: it should have {expected} bytes, it has {size}. The file is incomplete or "
    "altered; export or fetch it again.",
    "file_hash": "{path}: its SHA-256 is not the one in {manifest}. The file is damaged or altered; "
    "export or fetch it again.",
    "file_json": "{path}: it should be JSON ({error}). Export it again.",
    "manifest_lacking": "{path}: it should list {name}. Export it again.",
    "manifest_part": "{path}: a part is missing or of the wrong type ({error}). Export it again.",
    "manifest_outside": "{path}: {name} points outside the folder. Export it again.",
    "format": "{path}: the format version should be 1 to {newest}, it is {version}. Update "
    "autoint-movies to read this {noun}.",
    "fault": "{place}: {fault}. {remedy}",
    "export_bundle": "Export the bundle again.",
    "export_file": "Export it again.",
    "export_or_fetch": "Export or fetch it again.",
    "export_or_update": "Export the bundle again, or update autoint-movies to read it.",
    "update": "Update autoint-movies to read this bundle.",
    "dataset_other": "{folder}: this data set does not belong to the bundle {bundle}: its fingerprint "
    "is {found}, the bundle's is {expected}. Give the data set that was exported with the bundle.",
}
"""The messages in English; those of other languages are in `space/page/catalogue`."""
