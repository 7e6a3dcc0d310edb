from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from huggingface_hub import DatasetCard
from hypothesis import given, settings
from hypothesis import strategies as st

from hub_upload.cards import dataset_card
from hub_upload.cards.dataset import size_category
from space.errors import BundleError
from tests.exports import Run
from tests.hub_upload.cards.reading import (
    DATASET,
    blocks,
    body,
    changed,
    front_matter,
    headings,
    quoted,
    tables,
)

REPO, MODEL_REPO = "ada/ratings", "ada/films"
COLUMNS = ("column", "type", "what it is")
TERMS = "Terms of the data.\n\n1. For research.\n2. Not for sale."
FACTS = {
    "name": "ml-1m",
    "licence": TERMS,
    "licence_url": "https://example.org/licence.txt",
    "citation": "Harper and Konstan. 2015.",
}
WARNING = "Keep this repository private."


def test_the_front_matter_has_a_configuration_for_each_table(run: Run) -> None:
    for folder in (DATASET, run.dataset):
        data = front_matter(dataset_card(folder, REPO))
        configurations = data["configs"]
        assert [entry["config_name"] for entry in configurations] == ["ratings", "users", "movies"]
        assert [entry.get("default", False) for entry in configurations] == [True, False, False]
        for entry in configurations:
            (files,) = entry["data_files"]
            assert files["split"] == "train"
            assert (folder / files["path"]).is_file()
        assert data["license"] == "other"
        assert data["pretty_name"] == "tiny"
        assert data["size_categories"] == ["n<1K"]
        assert {"recommendation", "movielens"} <= set(data["tags"])


def test_counts_and_columns_are_those_of_the_files(run: Run) -> None:
    card = dataset_card(run.dataset, REPO)
    rows = {
        n: pq.read_metadata(run.dataset / f"{n}.parquet").num_rows
        for n in ("ratings", "users", "movies")
    }
    counts = f"{rows['ratings']:,} ratings by {rows['users']:,} users of {rows['movies']:,} films"
    assert counts in body(card)
    for name in rows:
        section = body(card).split(f"### {name}\n")[1].split("\n#")[0]
        told = tables(f"---\nx: 1\n---\n{section}")[COLUMNS]
        schema = pq.read_schema(run.dataset / f"{name}.parquet")
        assert [column for column, _, _ in told] == schema.names
        assert all(what for _, _, what in told)
        assert {kind for _, kind, _ in told} <= {
            "int32",
            "int64",
            "float32",
            "float64",
            "string",
            "list of string",
        }


@given(
    facts=st.fixed_dictionaries(
        {},
        optional={
            **{key: st.just(value) for key, value in FACTS.items()},
            "redistribution": st.sampled_from(["forbidden", "same licence", "never heard of"]),
        },
    ),
    model_repo=st.sampled_from([None, MODEL_REPO]),
)
@settings(max_examples=40, deadline=None)
def test_what_is_not_recorded_leaves_a_whole_card(
    facts: dict[str, Any], model_repo: str | None
) -> None:
    with changed(DATASET, dataset={"format_version": 1, **facts}) as folder:
        card = dataset_card(folder, REPO, model_repo=model_repo)
    DatasetCard(card)
    data = front_matter(card)
    assert data["license"] == "other"
    assert ("license_name" in data) == ("licence" in facts)
    assert data.get("license_link") == facts.get("licence_url")
    assert "None" not in body(card)
    assert "{{" not in card
    assert "\n\n\n" not in body(card)
    assert [len(blocks(card, language)) for language in ("python", "console")] == [2, 1]
    assert ("Citation" in headings(card)) == ("citation" in facts)
    assert (WARNING in card) == (facts.get("redistribution") != "same licence")
    if "licence" in facts:
        assert quoted(card).endswith(TERMS)
    else:
        assert "The licence of the data is not recorded." in card


def test_the_code_names_the_repositories() -> None:
    card = dataset_card(DATASET, REPO, model_repo=MODEL_REPO)
    for code in blocks(card, "python"):
        compile(code, "card", "exec")
        assert f'load_dataset("{REPO}", "ratings", split="train")' in code
    train, go_on, page = blocks(card, "console")[0].splitlines()
    assert train == f"python -m training train --dataset {REPO} --out runs/first"
    assert f"--init-from {MODEL_REPO} --dataset {REPO}" in go_on
    assert page == f"python app.py --model {MODEL_REPO} --dataset {REPO}"
    assert blocks(dataset_card(DATASET, REPO), "console") == [f"{train}\n"]


@pytest.mark.parametrize(
    ("rows", "category"),
    [
        (0, "n<1K"),
        (999, "n<1K"),
        (1000, "1K<n<10K"),
        (102_625, "100K<n<1M"),
        (1_010_000, "1M<n<10M"),
        (33_000_000, "10M<n<100M"),
        (2_000_000_000, "1B<n<10B"),
    ],
)
def test_sizes_are_called_as_the_hub_calls_them(rows: int, category: str) -> None:
    assert size_category(rows) == category


def test_a_damaged_folder_gets_no_card(dataset_copy: Path) -> None:
    (dataset_copy / "users.parquet").write_bytes(b"PAR1")
    with pytest.raises(BundleError, match=r"users\.parquet"):
        dataset_card(dataset_copy, REPO)


def test_what_is_no_parquet_gets_no_card() -> None:
    with changed(DATASET) as folder:
        (folder / "users.parquet").write_bytes(b"not a table")
        with (
            changed(folder) as listed,
            pytest.raises(BundleError, match="should be a parquet file"),
        ):
            dataset_card(listed, REPO)


def test_names_that_cannot_stand_in_code_are_refused() -> None:
    with pytest.raises(ValueError, match="should be"):
        dataset_card(DATASET, 'ada/x", y')
    with pytest.raises(ValueError, match="should be"):
        dataset_card(DATASET, REPO, model_repo="films")
