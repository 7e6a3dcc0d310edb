"""A training run from the ratings to the exported folders."""

from __future__ import annotations

import shutil
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from space.encoding import FeatureEncoder, Indices
from space.schema import FIELD_PRESETS, fields_of
from training import sources
from training.errors import RunError
from training.export import export_bundle, export_dataset, library_versions
from training.fit import fit
from training.folder import locked, read_json, write_json
from training.licences import also_trained_on
from training.measuring import Part, measure
from training.newcomer_calibration import calibrated
from training.presets import MODELS, PRESETS, FitOptions
from training.progress import Reporter
from training.ranking.stage import train_ranking
from training.ratings import MovieLens
from training.splits import SPLITS, Split
from training.start import Start, load_start
from training.vocabularies import encode_ratings, fit_encoder


@dataclass(frozen=True)
class RunOptions:
    """What decides a run's result."""

    dataset: str = "ml-100k"
    """Name of the data set, or a Hub repository."""
    preset: str = "default"
    """A key of `training.presets.PRESETS`."""
    fields: str = "original"
    """A key of `space.schema.FIELD_PRESETS`."""
    split: str = "user-time"
    """A key of `training.splits.SPLITS`."""
    vocabularies: str = "train"
    """Rows whose values get an index: "train", or "all" to reproduce the original's protocol."""
    like_threshold: float = 4.0
    """A rating of at least this is a like."""
    epochs: int | None = None
    """Epochs at the most, where not the preset's."""
    seed: int = 42
    """Seed of the weights, the dropout and the order of rows."""
    deterministic: bool = False
    """Use TensorFlow's deterministic operations, which are slower."""
    init_from: str | None = None
    """A published model or a bundle's folder to go on from; fields and vocabularies are then its own,
    and the preset only says how to fit."""
    ranking: bool = True
    """Train a ranker after the model of P(like)."""


def train(
    options: RunOptions,
    out: Path,
    reporter: Reporter,
    *,
    data: Path | None = None,
    cache: Path | None = None,
) -> dict[str, Any]:
    """Train a model and export it; a run that was interrupted goes on.

    Args:
        options: What to train.
        out: The run's folder. It gets `bundle/`, `dataset/`, `run.json` and `checkpoints/`.
        reporter: Shows the progress.
        data: A folder or zip with the ratings, instead of fetching them.
        cache: Where fetched files are kept; by default in the user's cache folder.

    Returns:
        The content of the bundle's `metrics.json`.

    Raises:
        DataError, SourceError: If the ratings, or the model to go on from, cannot be had or read.
        RunError: If the folder holds another run, or what to go on from is no bundle.
    """
    with locked(out, "trains", reporter):
        for left in out.glob(".export-*"):  # of an export that was killed
            shutil.rmtree(left)
        return _train(options, out, reporter, data, cache)


def _train(
    options: RunOptions, out: Path, reporter: Reporter, data: Path | None, cache: Path | None
) -> dict[str, Any]:
    record = out / "run.json"
    known = _known_run(record, options)
    if known.get("finished") and all((out / name).is_dir() for name in ("bundle", "dataset")):
        reporter.note(f"{out} holds this run already, finished.")
        return _exported_metrics(out)

    start = None
    if options.init_from is not None:
        reporter.stage("Reading the model to go on from")
        start = load_start(options.init_from, known.get("init_from"))
    ratings = sources.load(options.dataset, data, reporter, cache)
    fingerprint = ratings.fingerprint()
    before = [] if start is None else also_trained_on(start.schema.dataset, ratings.facts)
    if not known:
        _introduce(ratings, reporter)
        if start is not None:
            for note in start.notes(options.split, options.like_threshold, fingerprint):
                reporter.note(note)
        for facts_before in before:
            reporter.note(
                f"The licence of {facts_before.get('name', 'the data')} that it was trained on stays "
                f"with it: {facts_before.get('licence', 'none is recorded')}"
            )
        # What is left of a run without a record belongs to nothing.
        shutil.rmtree(out / "checkpoints", ignore_errors=True)
    elif known["fingerprint"] != fingerprint:
        raise RunError(
            f"{out} was started with other ratings than these. Choose another --out, or delete it."
        )
    facts: dict[str, Any] = {
        "options": asdict(options),
        "data": ratings.facts,
        "fingerprint": fingerprint,
        "versions": library_versions(),
    }
    if start is not None:
        facts["init_from"] = start.label
    write_json(record, {**facts, "finished": False})

    started = time.perf_counter()
    split = SPLITS[options.split](ratings.ratings)
    if not len(split.train) or not len(split.test):
        raise RunError(f"{len(ratings.ratings)} ratings are too few to split into train and test.")
    encoder, rows, labels = _encode(options, ratings, split, start)
    fit_options = PRESETS[options.preset].fit
    if options.epochs is not None:
        fit_options = replace(fit_options, epochs=options.epochs)
    model = _model(options, encoder, start)
    reporter.stage("Training")
    state = fit(
        model,
        (rows[split.train], labels[split.train]),
        (rows[split.validation], labels[split.validation]),
        fit_options,
        checkpoints=out / "checkpoints",
        seed=options.seed,
        reporter=reporter,
    )

    reporter.stage("Measuring")
    # The checkpoints stay as they are: a run that goes on from them comes here again.
    held_out = rows[split.validation], labels[split.validation]
    model, calibration = calibrated(model, encoder, *held_out, reporter)
    user_ids = ratings.ratings["user_id"].to_numpy()
    picked = {"validation": split.validation, "test": split.test}
    metrics: dict[str, Any] = calibration | measure(
        model,
        encoder,
        {name: Part(rows[of], labels[of], user_ids[of]) for name, of in picked.items()},
        state.history,
        kept=state.best_epoch,
        plots=out / "plots",
        reporter=reporter,
    )
    metrics |= {
        "best_epoch": state.best_epoch,
        "history": state.history,
        "parameters": int(model.count_params()),
        "seconds": time.perf_counter() - started,
    }
    ranking = None
    if options.ranking:
        reporter.stage("Ranking")
        ranking = train_ranking(
            ratings,
            split,
            options.split,
            encoder,
            options.like_threshold,
            checkpoints=out / "checkpoints" / "ranking",
            seed=options.seed,
            reporter=reporter,
        )
        metrics |= {"ranking": ranking.metrics} if ranking is not None else {}

    reporter.stage("Exporting")
    split_facts = {"name": options.split, "vocabularies": options.vocabularies}
    if start is not None:
        split_facts |= {"vocabularies": "init_from", "init_from": start.label}
    export_bundle(
        out / "bundle",
        model=model,
        encoder=encoder,
        data=ratings,
        split=split,
        split_facts=split_facts,
        like_threshold=options.like_threshold,
        metrics=metrics,
        training=_how_trained(options, model, fit_options, start),
        plots=out / "plots",
        also_trained_on=before,
        ranking=ranking,
    )
    export_dataset(out / "dataset", ratings, split)
    write_json(record, {**facts, "finished": True})
    reporter.note(f"Exported {out / 'bundle'} and {out / 'dataset'}")
    return _exported_metrics(out)


def _known_run(record: Path, options: RunOptions) -> dict[str, Any]:
    """The record of the run that the folder holds; empty if it holds none."""
    if not record.exists():
        return {}
    known: dict[str, Any] = read_json(record)
    changed = [
        f"{name} {known['options'].get(name)!r}, not {value!r}"
        for name, value in asdict(options).items()
        if known["options"].get(name) != value
    ]
    if changed:
        raise RunError(
            f"{record.parent} holds a run with other options ({'; '.join(changed)}). Choose another "
            "--out, or delete that folder."
        )
    return known


def _introduce(ratings: MovieLens, reporter: Reporter) -> None:
    """Say what the data set is, once for each run."""
    reporter.note(
        f"{ratings.facts['name']}: {len(ratings.ratings):,} ratings of {len(ratings.movies):,} movies "
        f"by {len(ratings.users):,} users"
    )
    for fact in ("licence", "citation"):
        if fact in ratings.facts:
            reporter.note(f"{fact.capitalize()}: {ratings.facts[fact]}")


def _encode(
    options: RunOptions, data: MovieLens, split: Split, start: Start | None
) -> tuple[FeatureEncoder, Indices, np.ndarray]:
    if start is not None:
        encoder = start.encoder
    else:
        fitted_on = split.train if options.vocabularies == "train" else np.arange(len(data.ratings))
        encoder = fit_encoder(fields_of(FIELD_PRESETS[options.fields]), data, fitted_on)
    rows = encode_ratings(encoder, data, data.ratings)
    labels = (data.ratings["rating"] >= options.like_threshold).to_numpy(dtype="float32")
    return encoder, rows, labels


def _model(options: RunOptions, encoder: FeatureEncoder, start: Start | None) -> keras.Model:
    keras.utils.set_random_seed(options.seed)
    if options.deterministic:
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()
    if start is not None:
        return start.build()
    return PRESETS[options.preset].build(encoder.vocabulary_sizes)


def _how_trained(
    options: RunOptions, model: keras.Model, fit_options: FitOptions, start: Start | None
) -> dict[str, Any]:
    """The content of the bundle's `training.json`."""
    told = asdict(options)
    if start is not None:
        # The commit instead of a branch or a path of this machine; and these two had no effect.
        told["init_from"] = start.label
        del told["fields"], told["vocabularies"]
    names = {cls: name for name, cls in MODELS.items()}
    return {"options": told, "model": names[type(model)], "fit": asdict(fit_options)}


def _exported_metrics(out: Path) -> dict[str, Any]:
    metrics: dict[str, Any] = read_json(out / "bundle" / "metrics.json")
    return metrics
