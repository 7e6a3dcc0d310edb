"""Going on from a model that is there: one published on the Hub, or a bundle's folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
from huggingface_hub import constants, snapshot_download
from huggingface_hub.utils.tqdm import disable_progress_bars

from space.bundle import read_inputs
from space.encoding import FeatureEncoder
from space.errors import BundleError, DamagedError
from space.hub.repository import MODEL, Repository
from space.manifest import MANIFEST, read_json, sha256, verify_manifest
from space.schema import Schema
from training import hub
from training.errors import RunError
from training.model import AutoInt
from training.newcomer_calibration import recalibrating
from training.presets import MODELS

MODEL_FILES = frozenset(
    {"config.json", "encoders.json", "metadata.json", "model.weights.h5", "schema.json"}
)
"""The files of a bundle from which training can go on; nothing else is fetched."""

_CLASSES: Mapping[str, type[AutoInt]] = {cls.__name__: cls for cls in MODELS.values()}


@dataclass(frozen=True)
class Start:
    """A verified model to go on from, with its fields and vocabularies."""

    label: str
    """Where it comes from: `owner/name@commit`, or a folder's name `@` the SHA-256 of its manifest."""
    folder: Path
    """Where its files lie."""
    schema: Schema
    """Its fields and what it was trained on."""
    encoder: FeatureEncoder
    """Its vocabularies."""

    def build(self) -> keras.Model:
        """The model with its weights, without the calibration for somebody new: that is fitted anew.

        Of its `config.json` only the arguments of our own two classes are taken, as plain values:
        Keras's way of loading would import whatever the file names.

        Raises:
            RunError: If the files are not those of such a model.
        """
        config = read_json(self.folder / "config.json")
        named, arguments = config.get("class_name"), config["config"]
        cls = _CLASSES.get(named) if isinstance(named, str) else None
        if cls is None or not _is_plain(arguments):
            raise RunError(
                f"{self.label}: config.json should describe one of {', '.join(_CLASSES)} in plain "
                f"values. Received: {named!r}. Give a bundle that `train` exported."
            )
        try:
            model = cls.from_config(arguments)
            model.build((None, len(self.schema.fields)))
            model.load_weights(self.folder / "model.weights.h5")
        except (TypeError, ValueError, KeyError, OSError) as error:
            raise RunError(
                f"{self.label}: config.json and model.weights.h5 do not make a model "
                f"({(str(error) or repr(error)).splitlines()[0]}). Give a bundle that `train` exported."
            ) from error
        return recalibrating(model)

    def notes(self, split: str, like_threshold: float, fingerprint: str) -> list[str]:
        """What the user should know about going on from it with these ratings.

        Args:
            split: The name of the run's split.
            like_threshold: The run's label rule.
            fingerprint: The fingerprint of the run's ratings.
        """
        before = self.schema.like_threshold
        notes = [f"Going on from {self.label}; the fields and vocabularies are its own."]
        if before != like_threshold:
            notes.append(
                f"It was trained to tell {before:g} stars or more, not {like_threshold:g}."
            )
        if self.schema.dataset.get("fingerprint") != fingerprint:
            notes.append(
                "It was trained on other ratings: values that it has not seen count as unknown."
            )
        elif self.schema.split.get("name") != split:
            notes.append(
                f"It was trained on another split of these ratings, {self.schema.split.get('name')!r}: "
                "it has seen part of the test rows, so that the metrics will be too good."
            )
        elif "init_from" in self.schema.split:
            notes.append(
                f"It went on from {self.schema.split['init_from']} itself. If that was trained on "
                "another split of these ratings, test rows were seen, and the metrics will be too good."
            )
        return notes


def load_start(init_from: str, label: str | None = None) -> Start:
    """Fetch, verify and read a model to go on from.

    Args:
        init_from: A bundle's folder, or a model repository, `owner/name` or `owner/name@revision`.
        label: The label of the start that a run was begun with; the same is taken again, even if the
            branch has moved since.

    Raises:
        SourceError: If the repository cannot be had.
        RunError: If the files are not a whole bundle, or the folder is not the one of the label.
    """
    folder, repository = Path(init_from), hub.parse(label or init_from)
    if folder.is_dir():
        repository = None
        found = f"{folder.absolute().name}@"
        if (folder / MANIFEST).is_file():
            found += sha256(folder / MANIFEST)
        if label not in (None, found):
            raise RunError(
                f"--init-from {init_from}: this run was started from {label}, and the folder now is "
                f"{found}. Choose another --out, or put back what it was started from."
            )
    elif repository is not None:
        repository = hub.resolve(repository, MODEL)
        found, folder = str(repository), _download(repository)
    else:
        raise RunError(
            f"--init-from {init_from}: there is no such folder. Give a bundle's folder, or a model "
            "repository on the Hub as owner/name or owner/name@revision."
        )
    try:
        try:
            verify_manifest(folder, MODEL_FILES)
        except DamagedError:
            if repository is None or constants.HF_HUB_OFFLINE:
                raise
            # It may be the cache that is damaged.
            verify_manifest(_download(repository, anew=True), MODEL_FILES)
        schema, encoder = read_inputs(folder)
    except BundleError as error:
        raise RunError(f"--init-from {init_from}: {error}") from error
    return Start(found, folder, schema, encoder)


def _download(repository: Repository, *, anew: bool = False) -> Path:
    disable_progress_bars()  # they would be drawn over our own
    with hub.in_words(repository, MODEL):
        folder = snapshot_download(
            repository.id,
            revision=repository.revision,
            allow_patterns=[MANIFEST, *sorted(MODEL_FILES)],
            force_download=anew,
        )
    return Path(folder)


def _is_plain(arguments: Any) -> bool:
    """Whether nothing but numbers, texts and lists of numbers is in a config."""
    return isinstance(arguments, dict) and all(
        value is None
        or isinstance(value, bool | int | float | str)
        or (isinstance(value, list) and all(isinstance(entry, int | float) for entry in value))
        for value in arguments.values()
    )
