from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import datasets
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from space.bundle import MOVIES, RATINGS, USERS, read_table
from space.manifest import sha256
from tests.builders import movie_table, rating_table, tiny_movielens
from tests.server import ROOT
from training.parquet import write_parquet

IDS = st.integers(0, 2**31 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
MOVIE = st.fixed_dictionaries(
    {
        "movie_id": IDS,
        "title": TEXTS,
        "year": st.none() | st.integers(1, 9999),
        "genres": st.lists(TEXTS, max_size=3),
    }
)
RATING = st.tuples(
    IDS,
    IDS,
    st.integers(1, 10).map(lambda half: half / 2),
    st.integers(0, 4_102_444_799),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all examples of a property."""
    return tmp_path_factory.mktemp("parquet")


def through_datasets(path: Path, cache: Path) -> datasets.Dataset:
    """A parquet file as a user of `datasets` reads it."""
    return datasets.load_dataset(
        "parquet", data_files=str(path), split="train", cache_dir=str(cache), keep_in_memory=True
    )


@settings(deadline=None, max_examples=30)
@given(rows=st.lists(MOVIE, min_size=1, max_size=5, unique_by=lambda row: row["movie_id"]))
def test_movies_are_read_as_they_were_written(rows: list[dict[str, Any]], folder: Path) -> None:
    write_parquet(movie_table(rows), folder / "movies.parquet", MOVIES)
    assert pq.read_table(folder / "movies.parquet").to_pylist() == rows
    assert len(read_table(folder / "movies.parquet", MOVIES, key="movie_id")) == len(rows)


@settings(deadline=None, max_examples=30)
@given(rows=st.lists(st.tuples(RATING, st.sampled_from(["train", "test"])), min_size=1))
def test_ratings_are_read_as_they_were_written(
    rows: list[tuple[tuple[int, int, float, int], str]], folder: Path
) -> None:
    table = rating_table(rating for rating, _ in rows).assign(part=[part for _, part in rows])
    path = folder / "ratings.parquet"
    write_parquet(table, path, RATINGS)
    found = read_table(path, RATINGS)
    assert found["part"].dtype == "category"
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        (*rating, part) for rating, part in rows
    ]


def test_datasets_reads_plain_types(tmp_path: Path) -> None:
    data = tiny_movielens(users=5, movies=6)
    ratings = data.ratings.assign(part="train")
    tables = {"ratings": (ratings, RATINGS), "users": (data.users, USERS)}
    tables["movies"] = (data.movies, MOVIES)
    types = {}
    for name, (table, schema) in tables.items():
        write_parquet(table, tmp_path / f"{name}.parquet", schema)
        read = through_datasets(tmp_path / f"{name}.parquet", tmp_path / "cache")
        assert read.column_names == schema.names
        assert len(read) == len(table)
        types |= {column: str(read.features[column]) for column in read.column_names}
    assert types == {
        "user_id": "Value('int64')",
        "movie_id": "Value('int64')",
        "rating": "Value('float32')",
        "timestamp": "Value('int64')",
        "part": "Value('string')",
        **dict.fromkeys(("gender", "age", "occupation", "zip", "title"), "Value('string')"),
        "year": "Value('int64')",
        "genres": "List(Value('string'))",
    }


def test_many_rows_lie_in_one_group_with_the_parts_as_a_dictionary(tmp_path: Path) -> None:
    rows = rating_table((user, user % 7, 3.5, 10**9 + user) for user in range(200_000))
    write_parquet(rows.assign(part="train"), tmp_path / "ratings.parquet", RATINGS)
    facts = pq.read_metadata(tmp_path / "ratings.parquet")
    assert facts.num_row_groups == 1
    part = facts.row_group(0).column(RATINGS.names.index("part"))
    assert "RLE_DICTIONARY" in part.encodings
    assert part.total_compressed_size < 5_000


def test_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from space.bundle import MOVIES\n"
        "from tests.builders import tiny_movielens\n"
        "from training.parquet import write_parquet\n"
        "write_parquet(tiny_movielens().movies, Path(sys.argv[1]), MOVIES)"
    )
    # The other process names its file otherwise and has another seed for the hashes of texts.
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "other")], cwd=ROOT, check=True)
    write_parquet(tiny_movielens().movies, tmp_path / "movies.parquet", MOVIES)
    assert sha256(tmp_path / "other") == sha256(tmp_path / "movies.parquet")


def test_nothing_is_shown_while_writing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_parquet(tiny_movielens(4, 5).movies, tmp_path / "movies.parquet", MOVIES)
    assert capfd.readouterr() == ("", "")


def test_a_value_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": [2**31]})
    with pytest.raises(pa.ArrowInvalid, match="2147483648"):
        write_parquet(table, tmp_path / "t.parquet", pa.schema([("id", pa.int32())]))
