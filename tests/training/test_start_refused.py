"""Files of a published model that are not whole, do not fit, or would have something else run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from space.manifest import MANIFEST, write_manifest
from tests.exports import Run, edit_json
from tests.hub import HubServer
from tests.training.test_start import files_of, logits
from training.errors import RunError
from training.start import MODEL_FILES, load_start


@pytest.mark.parametrize("missing", sorted(MODEL_FILES | {MANIFEST}))
def test_a_repository_that_lacks_a_file_is_refused(hub: HubServer, run: Run, missing: str) -> None:
    files = files_of(run.bundle)
    del files[missing]
    hub.add("models", "owner/model", files)
    with pytest.raises(RunError, match=rf"^--init-from owner/model: .*{missing}: the file is miss"):
        load_start("owner/model")


@pytest.mark.parametrize("altered", sorted(MODEL_FILES))
def test_an_altered_file_is_refused(hub: HubServer, run: Run, altered: str) -> None:
    files = files_of(run.bundle)
    last = bytes([files[altered][-1] ^ 1])
    hub.add("models", "owner/model", {**files, altered: files[altered][:-1] + last})
    with pytest.raises(RunError, match=rf"{altered}: its SHA-256 is not the one in manifest.json"):
        load_start("owner/model")


def refused(bundle: Path, file: str, change: Callable[[Any], object]) -> str:
    """What is said of a bundle in which a file was changed before the manifest was written."""
    edit_json(bundle / file, change)
    with pytest.raises(RunError) as caught:
        load_start(str(bundle)).build()
    return str(caught.value)


@pytest.mark.parametrize(
    "named",
    [
        {"class_name": "Lambda", "module": "keras.layers"},
        {"class_name": "system", "module": "os", "registered_name": None},
        {"class_name": ["AutoInt"]},
        {"class_name": None},
    ],
)
def test_a_config_of_another_class_is_refused(bundle_copy: Path, named: Mapping[str, Any]) -> None:
    said = refused(bundle_copy, "config.json", lambda content: content.update(named))
    assert "config.json should describe one of AutoInt, AutoIntPlus in plain values" in said


class Trap:
    """What a config would have made in the way that Keras loads a model."""

    sprung = False

    def __init__(self, **_: Any) -> None:
        Trap.sprung = True


@pytest.mark.parametrize("argument", ["projection_activation", "residual", "dtype", "dnn_units"])
def test_a_config_cannot_have_other_objects_made(bundle_copy: Path, argument: str) -> None:
    hidden = {"module": __name__, "class_name": "Trap", "config": {}, "registered_name": None}
    value = [hidden] if argument == "dnn_units" else hidden
    said = refused(
        bundle_copy, "config.json", lambda content: content["config"].update({argument: value})
    )
    assert "in plain values" in said
    assert not Trap.sprung


def test_a_module_that_a_config_names_is_not_imported(bundle_copy: Path, run: Run) -> None:
    named = {"module": "this", "registered_name": "this>AutoIntPlus"}
    edit_json(bundle_copy / "config.json", lambda content: content.update(named))
    assert np.array_equal(logits(load_start(str(bundle_copy)).build(), run), logits(run.model, run))
    assert "this" not in sys.modules


@pytest.mark.parametrize(
    "arguments", [{"embed_dim": 5}, {"layers": 3}, {"heads": 0}, {"speed": 3}, {"width": "wide"}]
)
def test_a_config_that_the_weights_do_not_fit_is_refused(
    bundle_copy: Path, arguments: Mapping[str, Any]
) -> None:
    said = refused(bundle_copy, "config.json", lambda content: content["config"].update(arguments))
    assert "config.json and model.weights.h5 do not make a model" in said
    assert len(said.splitlines()) == 1


def test_weights_that_are_none_are_refused(bundle_copy: Path) -> None:
    (bundle_copy / "model.weights.h5").write_bytes(b"\x80\x04not HDF5")
    write_manifest(bundle_copy)
    with pytest.raises(RunError, match=r"config\.json and model\.weights\.h5 do not make a model"):
        load_start(str(bundle_copy)).build()


def test_vocabularies_that_do_not_fit_the_model_are_refused(bundle_copy: Path) -> None:
    said = refused(
        bundle_copy, "encoders.json", lambda content: content["vocabularies"]["user_id"].pop()
    )
    assert "encoders.json: the vocabulary of user_id should have" in said
