"""Reading a repository on a Hub that runs here, through the unmodified client."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import pytest

from tests.builders import tiny_movielens, with_half_stars
from tests.hub import HubServer, session
from training.errors import DataError, SourceError
from training.ratings import MovieLens
from training.readers import hub

DATA = tiny_movielens(users=8, movies=30)
NEWER = with_half_stars(DATA)


@dataclass(frozen=True)
class Reads:
    """What became of reading each repository."""

    results: Mapping[str, MovieLens | Exception]
    server: HubServer

    def data(self, name: str) -> MovieLens:
        result = self.results[name]
        if isinstance(result, Exception):
            raise result
        return result

    def error(self, name: str) -> Exception:
        result = self.results[name]
        assert isinstance(result, Exception)
        return result


def files_of(users: pd.DataFrame, movies: pd.DataFrame, ratings: pd.DataFrame) -> dict[str, bytes]:
    """A repository with the three configurations; the ratings lie in two files."""
    half = len(ratings) // 2
    return {
        "README.md": (
            b"---\n"
            b"configs:\n"
            b"- config_name: ratings\n  data_files: ratings/*.parquet\n  default: true\n"
            b"- config_name: movies\n  data_files: movies.parquet\n"
            b"- config_name: users\n  data_files: users.parquet\n"
            b"---\n"
            b"# Tiny\n"
        ),
        "ratings/part-0.parquet": parquet(ratings[:half]),
        "ratings/part-1.parquet": parquet(ratings[half:]),
        "movies.parquet": parquet(movies),
        "users.parquet": parquet(users),
    }


def parquet(table: pd.DataFrame) -> bytes:
    written = io.BytesIO()
    table.to_parquet(written, index=False)
    return written.getvalue()


@pytest.fixture(scope="module")
def reads() -> Reads:
    """The results of all reads."""
    results: dict[str, MovieLens | Exception] = {}
    with session.fresh_hub() as server:
        for name in fill(server):
            try:
                results[name] = hub.read(name)
            except Exception as error:  # noqa: BLE001
                results[name] = error
    return Reads(results, server)


def fill(server: HubServer) -> list[str]:
    """Put everything on the Hub that the tests ask for.

    Returns:
        The names to read.
    """
    tables = (DATA.users, DATA.movies, DATA.ratings)
    plain = server.add("datasets", "owner/plain", files_of(*tables))
    plain.tags["v1.0"] = first = plain.branches["main"]
    plain.commit(files_of(NEWER.users, NEWER.movies, NEWER.ratings))
    plain.commit(files_of(*tables), "wip/whole-stars")

    typed = DATA.ratings.astype({"user_id": "int32", "movie_id": "int16", "rating": "int8"})
    parts = typed.assign(part="train")[[*reversed(typed.columns), "part"]]
    server.add("datasets", "owner/typed", files_of(DATA.users, DATA.movies, parts))

    without = files_of(DATA.users, DATA.movies, DATA.ratings.drop(columns=["timestamp"]))
    server.add("datasets", "owner/no-timestamp", without)
    off_scale = DATA.ratings.replace({"rating": {5.0: 5.5}})
    server.add("datasets", "owner/off-scale", files_of(DATA.users, DATA.movies, off_scale))
    joined = DATA.movies.assign(genres=DATA.movies["genres"].str.join("|"))
    server.add("datasets", "owner/joined-genres", files_of(DATA.users, joined, DATA.ratings))
    gaps = DATA.ratings.astype({"movie_id": "Int64"})
    gaps.loc[3, "movie_id"] = pd.NA
    server.add("datasets", "owner/gaps", files_of(DATA.users, DATA.movies, gaps))
    no_users = files_of(*tables)
    no_users["README.md"] = no_users["README.md"].replace(b"config_name: users", b"config_name: us")
    server.add("datasets", "owner/no-users", no_users)
    server.add("models", "owner/model", files_of(*tables))
    return [
        "owner/plain",
        "owner/plain@v1.0",
        "owner/plain@wip/whole-stars",
        f"owner/plain@{first}",
        "owner/plain@v9",
        "owner/typed",
        "owner/no-timestamp",
        "owner/off-scale",
        "owner/joined-genres",
        "owner/gaps",
        "owner/no-users",
        "owner/model",
        "owner/absent",
    ]


def assert_same(found: MovieLens, expected: MovieLens) -> None:
    """Compare values, order and types."""
    pd.testing.assert_frame_equal(found.users, expected.users)
    pd.testing.assert_frame_equal(found.movies, expected.movies)
    pd.testing.assert_frame_equal(found.ratings, expected.ratings)


def test_a_repository_gives_the_data_that_was_put_in(reads: Reads) -> None:
    assert_same(reads.data("owner/plain"), NEWER)


def test_the_fingerprint_is_that_of_the_data_on_disk(reads: Reads) -> None:
    assert reads.data("owner/plain").fingerprint() == NEWER.fingerprint()


@pytest.mark.parametrize("revision", ["v1.0", "wip/whole-stars", "a commit"])
def test_a_revision_gives_the_data_of_that_revision(reads: Reads, revision: str) -> None:
    if revision == "a commit":
        revision = reads.server.repositories["datasets", "owner/plain"].tags["v1.0"]
    assert_same(reads.data(f"owner/plain@{revision}"), DATA)


def test_the_facts_hold_the_name_as_given_and_the_commit(reads: Reads) -> None:
    plain = reads.server.repositories["datasets", "owner/plain"]
    for name, commit in (
        ("owner/plain", plain.branches["main"]),
        ("owner/plain@v1.0", plain.tags["v1.0"]),
        ("owner/plain@wip/whole-stars", plain.branches["wip/whole-stars"]),
    ):
        assert reads.data(name).facts == {"name": name, "revision": commit}


def test_other_number_types_orders_and_columns_give_the_same_data(reads: Reads) -> None:
    data = reads.data("owner/typed")
    assert_same(data, DATA)
    assert data.fingerprint() == DATA.fingerprint()


@pytest.mark.parametrize("name", ["owner/absent", "owner/model", "owner/plain@v9"])
def test_what_is_not_there_is_named(reads: Reads, name: str) -> None:
    error = reads.error(name)
    assert isinstance(error, SourceError)
    assert name in str(error)


def test_a_configuration_that_is_not_there_is_named(reads: Reads) -> None:
    error = reads.error("owner/no-users")
    assert isinstance(error, SourceError)
    assert "owner/no-users: its configuration 'users' could not be read" in str(error)


def test_a_missing_column_is_named(reads: Reads) -> None:
    error = reads.error("owner/no-timestamp")
    assert isinstance(error, DataError)
    assert str(error) == (
        "owner/no-timestamp, ratings: expected the columns user_id, movie_id, rating, timestamp; "
        "missing: timestamp"
    )


def test_a_column_of_another_kind_is_named(reads: Reads) -> None:
    error = reads.error("owner/joined-genres")
    assert isinstance(error, DataError)
    assert "owner/joined-genres, movies: expected the columns" in str(error)
    assert "genres (list<" in str(error)


def test_a_column_with_gaps_is_named(reads: Reads) -> None:
    error = reads.error("owner/gaps")
    assert isinstance(error, DataError)
    assert str(error) == "owner/gaps, ratings: expected a value in every row of movie_id"


def test_rows_are_checked_like_those_of_a_file(reads: Reads) -> None:
    error = reads.error("owner/off-scale")
    assert isinstance(error, DataError)
    assert "owner/off-scale, ratings: " in str(error)
    assert "expected a rating of 0.5 to 5 in steps of 0.5, found 5.5" in str(error)


def test_the_server_understands_all_that_the_client_asks(reads: Reads) -> None:
    assert reads.server.not_understood == []
    asked = {request.path for request in reads.server.requests}
    assert any(path.startswith("/api/datasets/owner/plain/") for path in asked)
    assert any(path.startswith("/datasets/owner/plain/resolve/") for path in asked)
