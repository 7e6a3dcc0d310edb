"""The card of a model's repository."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

from huggingface_hub import ModelCard, ModelCardData

from hub_upload.cards.example import example_of, newcomer_of
from hub_upload.cards.facts import (
    check_revision,
    licence_name,
    licence_values,
    mapping,
    repository,
    strictest,
    text,
    whole,
)
from hub_upload.cards.figures import ORIGINAL, figure_rows, metric_types, part, results
from hub_upload.cards.files import file_table, plots
from hub_upload.cards.lists import list_figures, list_table, list_users
from hub_upload.cards.markdown import address, code, inline, render, table
from hub_upload.licences import binding, is_restricted
from space.bundle import Bundle, read_bundle
from space.manifest import MANIFEST, read_json
from space.model_name import model_name
from space.ranking_files import ranked_by

_KERAS_FILES = {"config.json", "metadata.json", "model.weights.h5"}
_TOLD = ("gender", "age", "occupation")
_DEMOGRAPHICS = (*_TOLD, "zip")
_PARTS = ("train", "validation", "test")
_ECE = "expected_calibration_error"
_EDITION = re.compile(r"ml-(100k|\d+m|latest|latest-small)")
_HUB_NAME = re.compile(r"\w[\w.-]*/[\w.-]+(@[\w./-]+)?", re.ASCII)
_HUB_COMMIT = re.compile(r"([\w.-]+/[\w.-]+)@[0-9a-f]{40}", re.ASCII)
_NO_PATH = re.compile(r"[\w.-]+(/[\w.-]+)?(@[\w.-]+)?", re.ASCII)
_SPLITS = {
    "user-time": "Each user's ratings are ordered by time. The last fifth are the test rows; of the "
    "rest, the last tenth are the validation rows.",
    "random": "A random fifth of all ratings are the test rows. Of the rest, in random order, the last "
    "tenth are the validation rows. A test row may be older than the training rows of its user.",
}
_VOCABULARIES = {
    "train": "A value has an index of its own if it occurs in the training rows; any other is unknown, "
    "index 0.",
    "init_from": "They are those of the model that training went on from. Any other value is unknown, "
    "index 0.",
    "all": "Every value of the data set has an index of its own, those of the test rows included, as in "
    "the original. Only values from outside the data set are unknown, index 0.",
}


def model_card(
    bundle: Path, repo_id: str, *, dataset_repo: str | None = None, tag: str | None = None
) -> str:
    """The `README.md` of a model's repository.

    Args:
        bundle: The bundle that is published.
        repo_id: The model's repository.
        dataset_repo: The repository of the data set that belongs to it.
        tag: The tag of this version.

    Raises:
        BundleError: If the bundle is damaged.
        ValueError: If a repository or the tag has no proper name.
    """
    repository(repo_id)
    if dataset_repo is not None:
        repository(dataset_repo)
    if tag is not None:
        check_revision(tag)
    read = read_bundle(bundle)
    listed = mapping(read_json(bundle / MANIFEST)["files"])
    config = read_json(bundle / "config.json")
    training = mapping(read_json(bundle / "training.json") if "training.json" in listed else {})
    metrics = mapping(read.metrics)
    # A model that goes on from another one says so here; its vocabularies are then the other's.
    origin = text(mapping(training.get("options")), "init_from")
    origin = origin or text(read.schema.split, "init_from")
    dataset = read.schema.dataset
    figures = figure_rows(metrics)
    return render(
        ModelCard,
        _front_matter(read, metrics, origin, repo_id, dataset_repo),
        "model.md",
        repo_id=repo_id,
        dataset_repo=dataset_repo,
        tag=tag,
        model=model_name(bundle),
        fields=len(read.schema.fields),
        threshold=f"{read.schema.like_threshold:g}",
        demographics=", ".join(n for n in _DEMOGRAPHICS if n in read.schema.names()),
        loads_in_keras=listed.keys() >= _KERAS_FILES,
        train_dataset=_training_source(dataset_repo, text(dataset, "name")),
        figures=table(("metric", "defined by", "better", "test", "validation"), figures),
        original_figures=any(row[1] == ORIGINAL for row in figures),
        validated=bool(part(metrics, "validation")),
        calibration_error=any(_ECE in part(metrics, name) for name in ("test", "validation")),
        scaling=part(metrics, "calibration"),
        bends=_bends(metrics),
        figure_rows=_figure_counts(metrics),
        field_table=_field_table(read),
        options=_options_table(config, training),
        fit=_fit_sentence(metrics),
        ranked_by=ranked_by(ranking_model=read.ranking is not None),
        ranking_model=read.ranking is not None,
        newcomer=newcomer_of(read),
        told=_listed([name for name in _TOLD if read.encoder.vocabularies.get(name)]),
        lists=list_table(metrics),
        list_users=list_users(metrics),
        plots=plots(listed),
        files=file_table(listed),
        versions=table(
            ("library", "version"),
            [(code(key), code(value)) for key, value in sorted(read.schema.versions.items())],
        ),
        **_example_values(read, origin, dataset_repo),
        **_data_values(read),
        **_licence_values(dataset),
    )


def _front_matter(
    bundle: Bundle,
    metrics: Mapping[str, Any],
    origin: str,
    repo_id: str,
    dataset_repo: str | None,
) -> ModelCardData:
    dataset, split = bundle.schema.dataset, bundle.schema.split
    licence = strictest(dataset)
    stated = {
        "split": text(split, "name"),
        "vocabularies": text(split, "vocabularies"),
        "like": f"rating >= {bundle.schema.like_threshold:g}",
    }
    protocol = {name: value for name, value in stated.items() if value}
    repo = None if dataset_repo is None else repository(dataset_repo)
    lists = list_figures(metrics)
    found = results(
        metrics,
        lists,
        data_name=text(dataset, "name"),
        dataset_repo=repo,
        dataset_revision=text(dataset, "revision") or None,
        protocol=protocol,
    )
    base = _HUB_COMMIT.fullmatch(origin)
    return ModelCardData(
        base_model=None if base is None else base[1],
        base_model_relation=None if base is None else "finetune",
        library_name="keras",
        pipeline_tag="tabular-classification",
        tags=["recommendation", "ctr-prediction", "movielens", "autoint", "onnx", "onnxruntime"],
        datasets=None if repo is None else [repo],
        metrics=metric_types(metrics, lists) or None,
        model_name=repo_id.rpartition("/")[2] if found else None,
        eval_results=found or None,
        license="other",
        license_name=licence_name(licence),
        license_link=address(licence.get("licence_url")),
    )


def _example_values(bundle: Bundle, origin: str, dataset_repo: str | None) -> dict[str, Any]:
    """The values of the code."""
    example = example_of(bundle)
    user_id = None if example is None else example.user_id
    # The vocabularies of another model may hold users that are not in the data set.
    if user_id is not None and not origin:
        user = str(user_id)
    else:
        user = "" if user_id is None and dataset_repo is None else "recommender.user_ids[0]"
    return {"user": user, "example": example, "title": inline(example.title) if example else ""}


def _data_values(bundle: Bundle) -> dict[str, Any]:
    dataset, split = bundle.schema.dataset, bundle.schema.split
    nouns = {"ratings": "ratings", "movies": "films", "users": "users"}
    counts = [(whole(dataset, key), noun) for key, noun in nouns.items()]
    rows = mapping(split.get("rows"))
    year, month = whole(dataset, "last_year"), whole(dataset, "last_month")
    dated = year is not None and month is not None
    split_name, vocabularies = text(split, "name"), text(split, "vocabularies")
    return {
        "counts": _listed([f"{count:,} {noun}" for count, noun in counts if count is not None]),
        "revision": code(text(dataset, "revision")),
        "last": f"{year}-{month:02d}" if dated else "",
        "split": code(split_name) if split_name else "",
        "split_rule": _SPLITS.get(split_name, ""),
        "part_rows": ", ".join(
            f"{whole(rows, name):,} {name}" for name in _PARTS if whole(rows, name) is not None
        ),
        "vocabularies": code(vocabularies) if vocabularies else "",
        "vocabulary_rule": _VOCABULARIES.get(vocabularies, ""),
    }


def _licence_values(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of the data set, and of those that the model was trained on before."""
    licences = [licence_values(facts) for facts in binding(dataset)]
    names = [values["data_name"] or "one whose name is not recorded" for values in licences]
    return {
        "data_name": licences[0]["data_name"],
        "earlier": _listed(names[1:]) if names[1:] else "",
        "licences": licences,
        "restricted": is_restricted(dataset),
        "citations": [*dict.fromkeys(v["citation"] for v in licences if v["citation"])],
    }


def _figure_counts(metrics: Mapping[str, Any]) -> str:
    counts = [(whole(mapping(metrics.get(name)), "rows"), name) for name in ("test", "validation")]
    return _listed([f"{count:,} {name} rows" for count, name in counts if count is not None])


def _bends(metrics: Mapping[str, Any]) -> list[str]:
    """What becomes of the logit x of somebody new, and of the y that this is if they tell nothing."""
    names = [f"calibration_{kind}_user" for kind in ("told", "unknown")]
    fitted = [part(metrics, name) for name in names if name in metrics]
    # The second is of what the first makes, so that none is told after one that is not complete.
    complete = list(takewhile(lambda bend: {"low", "high", "intercept"} <= bend.keys(), fitted))
    return [
        f"{bend['high']:.4f} softplus({name}) - {bend['low']:.4f} softplus(-{name}) plus "
        f"{bend['intercept']:.4f}"
        for name, bend in zip("xy", complete, strict=False)
    ]


def _fit_sentence(metrics: Mapping[str, Any]) -> str:
    """What training says of itself, as far as it is recorded."""
    parameters, best = whole(metrics, "parameters"), whole(metrics, "best_epoch")
    history = metrics.get("history")
    sentences = []
    if parameters is not None:
        sentences.append(f"The model has {parameters:,} parameters.")
    if isinstance(history, list) and history:
        epochs = "1 epoch" if len(history) == 1 else f"{len(history)} epochs"
        sentences.append(f"It was fitted for {epochs}.")
    if best:
        reason = " had the lowest validation log loss, and its weights are these"
        chosen = reason if part(metrics, "validation") else "'s weights are these"
        sentences.append(f"Epoch {best}{chosen}.")
    return " ".join(sentences)


def _field_table(bundle: Bundle) -> str:
    schema = bundle.schema
    rows = zip(schema.fields, schema.vocabulary_sizes, strict=True)
    return table(
        ("field", "of the", "indices"),
        [(code(field.name), field.source, f"{size:,}") for field, size in rows],
    )


def _options_table(config: Mapping[str, Any], training: Mapping[str, Any]) -> str:
    """All options of model, fitting and run, under the names that the code gives them."""
    left_out = {"name", "trainable", "vocabulary_sizes"}
    options = mapping(config.get("config"))
    rows = [("model", key, value) for key, value in options.items() if key not in left_out]
    rows += [("fitting", key, value) for key, value in mapping(training.get("fit")).items()]
    rows += [("run", key, value) for key, value in mapping(training.get("options")).items()]
    return table(
        ("of", "option", "value"), [(of, code(key), _option(key, value)) for of, key, value in rows]
    )


def _option(key: str, value: Any) -> str:
    if key == "init_from" and isinstance(value, str) and not _NO_PATH.fullmatch(value):
        return "a bundle on disk"  # where it lies there is nobody's business
    if value is None:
        return "not set"
    return code(value) if isinstance(value, str) else code(json.dumps(value))


def _training_source(dataset_repo: str | None, name: str) -> str:
    """How the command line names the ratings."""
    if dataset_repo is not None:
        return f"--dataset {dataset_repo}"
    known = _EDITION.fullmatch(name) or _HUB_NAME.fullmatch(name)
    return f"--dataset {name}" if known else "--data ratings.zip"


def _listed(items: list[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
