"""`datasets` and Keras, unmodified."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from huggingface_hub import HfApi

from tests.hub import HubServer

CONFIGS = b"""---
configs:
- config_name: ratings
  data_files: ratings/*.parquet
  default: true
- config_name: movies
  data_files: movies.parquet
---
"""


@pytest.fixture
def data(hub: HubServer, writer: str, tmp_path: Path) -> HubServer:
    """A private data set with two configurations, and a tag on its first state."""
    api = HfApi(token=writer)
    api.create_repo("ada/data", repo_type="dataset", private=True)
    (tmp_path / "README.md").write_bytes(CONFIGS)
    (tmp_path / "ratings").mkdir()
    for part in (0, 1):
        ratings = pd.DataFrame({"user": [part, part], "rating": [part + 0.5, 5.0]})
        ratings.to_parquet(tmp_path / "ratings" / f"part-{part}.parquet")
    pd.DataFrame({"movie": [1], "title": ["A"]}).to_parquet(tmp_path / "movies.parquet")
    api.upload_folder(repo_id="ada/data", repo_type="dataset", folder_path=tmp_path)
    api.create_tag("ada/data", tag="v1", repo_type="dataset")
    pd.DataFrame({"movie": [2], "title": ["B"]}).to_parquet(tmp_path / "movies.parquet")
    api.upload_folder(repo_id="ada/data", repo_type="dataset", folder_path=tmp_path)
    return hub


def test_configurations_are_loaded_by_name(data: HubServer, writer: str) -> None:
    import datasets

    def load(name: str | None, **options: object) -> pd.DataFrame:
        return pd.DataFrame(
            list(datasets.load_dataset("ada/data", name, split="train", token=writer, **options))
        )

    # First, since what was loaded once is found in the cache.
    with pytest.raises(datasets.exceptions.DatasetNotFoundError):
        datasets.load_dataset("ada/data", "ratings", token=data.token("bob"))
    assert load("ratings")["rating"].tolist() == [0.5, 5.0, 1.5, 5.0]
    assert load(None)["user"].tolist() == [0, 0, 1, 1]
    assert load("movies")["title"].tolist() == ["B"]
    assert load("movies", revision="v1")["title"].tolist() == ["A"]
    assert load("ratings", streaming=True)["user"].tolist() == [0, 0, 1, 1]
    with pytest.raises(ValueError, match="absent"):
        load("absent")


def test_a_data_set_is_pushed(hub: HubServer, writer: str) -> None:
    import datasets

    table = datasets.Dataset.from_dict({"x": [1, 2, 3]})
    table.push_to_hub("ada/pushed", "numbers", token=writer, private=True)
    loaded = datasets.load_dataset("ada/pushed", "numbers", split="train", token=writer)
    assert loaded["x"][:] == [1, 2, 3]
    assert hub.repositories["datasets", "ada/pushed"].private


def test_pandas_reads_a_file(hub: HubServer, writer: str, tmp_path: Path) -> None:
    table = pd.DataFrame({"x": [1, 2, 3]})
    table.to_parquet(tmp_path / "x.parquet")
    hub.add("datasets", "ada/x", {"x.parquet": (tmp_path / "x.parquet").read_bytes()})
    read = pd.read_parquet("hf://datasets/ada/x/x.parquet", storage_options={"token": writer})
    pd.testing.assert_frame_equal(read, table)


SAVE_AND_LOAD = """
import sys, tempfile, keras
from huggingface_hub import HfApi

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
folder = tempfile.mkdtemp()
model.save(f"{folder}/model.keras")
import zipfile
zipfile.ZipFile(f"{folder}/model.keras").extractall(f"{folder}/bundle")
HfApi().create_repo("ada/model", private=True)
HfApi().upload_folder(repo_id="ada/model", folder_path=f"{folder}/bundle")
loaded = keras.saving.load_model("hf://ada/model")
assert (loaded.get_weights()[0] == model.get_weights()[0]).all()
print("the same")
"""


def test_keras_loads_a_model(hub: HubServer, writer: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SAVE_AND_LOAD],
        env={**os.environ, "HF_TOKEN": writer, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.strip() == "the same", done.stderr
    assert "model.weights.h5" in hub.repositories["models", "ada/model"].download()
