"""Scoring encoded rows with the exported AutoInt."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from space.encoding import Indices
from space.errors import BundleError, fault_in
from space.graph import Floats, Graph


class Scorer:
    """Runs `model.onnx`. Safe to use from several threads at once.

    Args:
        model: The ONNX file.
        fields: Number of columns that it should take.
        threads: Chunks scored at the same time; by default one for each core.

    Raises:
        BundleError: If the file is no ONNX graph with the inputs and outputs of AutoInt.
    """

    def __init__(self, model: Path, fields: int, threads: int | None = None) -> None:
        self._graph = Graph(model, threads)
        inputs = {name: shape[1:] for name, (shape, _) in self._graph.inputs.items()}
        outputs = self._graph.outputs
        if inputs != {"fields": [fields]} or not {"logit", "attention"} <= outputs:
            raise BundleError(
                fault_in(
                    model,
                    f"it should read `fields` of shape (rows, {fields}) and give `logit` and "
                    f"`attention`; it reads {inputs} and gives {sorted(outputs)}",
                )
            )

    def logits(self, rows: Indices) -> Floats:
        """The model's logits, `(rows,)`, for encoded rows `(rows, fields)`."""
        return self._graph.run_rows("logit", len(rows), lambda chunk: {"fields": rows[chunk]})

    def logits_as_first(self, rows: Indices) -> Floats:
        """The logits, `(rows,)`, each calibrated as the first row's.

        The model calibrates the logits of somebody new apart, whom it tells by the fields that are
        unknown: here by those of the first row, for all rows. A graph that was exported before it had
        this output goes by each row's own.
        """
        output = "logit_as_first" if "logit_as_first" in self._graph.outputs else "logit"
        return self._graph.run(output, {"fields": rows})

    def attention(self, rows: Indices) -> Floats:
        """Attention weights, `(rows, layers, heads, fields, fields)`; the last axis sums to 1."""
        return self._graph.run("attention", {"fields": rows})


def probability(logits: Floats) -> Floats:
    """The probability of a like for each logit: its sigmoid."""
    # exp of a negative number only, so that nothing overflows.
    small = np.exp(-np.abs(logits))
    return np.where(logits >= 0, 1 / (1 + small), small / (1 + small)).astype(np.float32)
