"""Failures of the Hub keep what another language needs to tell them, on their way to a visitor."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import pytest
from huggingface_hub.errors import LocalTokenNotFoundError, OfflineModeIsEnabled
from huggingface_hub.utils import httpx  # type: ignore[attr-defined]

from space.artifacts import SharedModel
from space.errors import BundleError, DamagedError, Detail, PreparationError, Said, said_by
from space.hub.cache import Access, named
from space.hub.errors import HubUnreachableError, told
from space.hub.repository import DATASET, MODEL, Repository
from space.sources import FolderSource

ADA = Repository("ada/model")
SHA = "3f2a9c4" + 33 * "0"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OfflineModeIsEnabled(), "hub_offline"),
        (httpx.ConnectTimeout("slow"), "hub_slow"),
        (httpx.ConnectError("away"), "hub_connection"),
        (OSError("Consistency check failed"), "hub_incomplete"),
    ],
)
def test_why_the_hub_is_away_can_be_told_in_other_languages(error: Exception, code: str) -> None:
    with pytest.raises(HubUnreachableError) as caught, told(ADA, MODEL):
        raise error
    assert caught.value.reason.code == code
    assert str(caught.value) == caught.value.reason


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LocalTokenNotFoundError(), "hub_token_missing"),
        (httpx.LocalProtocolError("no header"), "hub_token_malformed"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
        (OSError(errno.EACCES, "Permission denied"), "disk_refused"),
        (ValueError("no answer of a Hub"), "hub_none"),
    ],
)
def test_a_refusal_names_the_repository_and_can_be_told_in_other_languages(
    error: Exception, code: str
) -> None:
    with pytest.raises(PreparationError) as caught, told(ADA, DATASET):
        raise error
    said = said_by(caught.value)
    assert isinstance(said, Said)
    assert said.code == code
    assert said.values["what"] == "The data set ada/model"
    assert said.values["what"].values["noun"].code == "dataset"


def test_what_the_disk_says_is_a_detail() -> None:
    with pytest.raises(PreparationError) as caught, told(ADA, MODEL):
        raise OSError(errno.EACCES, "Permission denied")
    reason = said_by(caught.value).values["reason"]  # type: ignore[union-attr]
    assert isinstance(reason, Detail)
    assert reason == "Permission denied"


@pytest.mark.parametrize("kind", [BundleError, DamagedError])
def test_a_file_of_the_cache_is_called_by_its_repository_within_a_message(
    tmp_path: Path, kind: type[BundleError]
) -> None:
    access = Access(cache_dir=tmp_path)
    path = tmp_path / "models--ada--model" / "snapshots" / SHA / "model.onnx"
    within = Said("file_missing", path=str(path))
    with pytest.raises(kind) as caught, named(access):
        raise kind(Said("hub_unusable", why=Said("hub_slow"), error=within))
    said = said_by(caught.value)
    assert isinstance(said, Said)
    assert said.values["error"].values == {"path": "ada/model (3f2a9c4) model.onnx"}
    assert said == str(caught.value)
    assert str(tmp_path) not in said


def test_a_file_of_the_cache_is_called_so_where_a_message_has_no_code(tmp_path: Path) -> None:
    path = tmp_path / "datasets--ada--data" / "snapshots" / SHA / "users.parquet"
    with pytest.raises(BundleError) as caught, named(Access(cache_dir=tmp_path)):
        raise BundleError(f"{path}: not a parquet file.")
    assert str(caught.value) == "ada/data (3f2a9c4) users.parquet: not a parquet file."


def test_why_a_model_failed_comes_to_whoever_asks_with_its_code(tmp_path: Path) -> None:
    model = SharedModel(FolderSource(tmp_path / "nowhere"))
    with pytest.raises(PreparationError, match=re.escape("there is no such folder")) as caught:
        model.ready()
    for said in (said_by(caught.value), model.status.text):
        assert isinstance(said, Said)
        assert said.code == "folder_missing"
