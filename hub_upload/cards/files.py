"""The files of a bundle, as a table, and its plots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub_upload.cards.markdown import code, table

_FILES = {
    "config.json": "the model's configuration, for Keras",
    "encoders.json": "the vocabulary of each field",
    "metadata.json": "Keras's own, such as its version",
    "metrics.json": "the figures, and those of each epoch",
    "model.onnx": (
        "the graph: `fields` (rows, fields) to `logit`, `probability`, `attention`, `logit_as_first`"
    ),
    "model.weights.h5": "the weights, for Keras",
    "audiences.parquet": "ratings and likes of each film by groups of users, for the ranking",
    "items.parquet": "which films go with which, for the ranking",
    "ranking.json": "what the ranking graph reads, and how good its lists are",
    "ranking.onnx": "the ranking graph: a person, lists of films and affinities to `score`",
    "film_vectors.parquet": "a vector for each film, by which films are similar",
    "movies.parquet": "the films, with their counts in the training rows",
    "schema.json": "fields, label rule, data set, split, versions",
    "training.json": "the options of the training run",
}
_PLOTS = {
    "plots/learning_curves.png": "Loss and validation metrics by epoch",
    "plots/roc.png": "ROC curve on the test rows",
    "plots/calibration.png": "Predicted probabilities against the share of likes on the test rows",
    "plots/scores.png": "Predicted probabilities of liked and other test rows",
}


def file_table(listed: Mapping[str, Mapping[str, Any]]) -> str:
    """What each file is, and its size.

    Args:
        listed: The files of the manifest, each with its `size`.
    """
    rows = [
        (code(path), _PLOTS.get(path) or _FILES.get(path, ""), f"{int(listed[path]['size']):,}")
        for path in sorted(listed)
    ]
    return table(("file", "what it is", "bytes"), rows)


def plots(listed: Mapping[str, Any]) -> str:
    """The plots that are there, with what they show in words."""
    return "\n\n".join(f"![{alt}]({path})" for path, alt in _PLOTS.items() if path in listed)
