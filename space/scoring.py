"""Scoring encoded rows with the exported graph on onnxruntime."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from space.encoding import Indices
from space.errors import BundleError

CHUNK_ROWS = 256
"""Rows scored at a time: few enough that a chunk's activations stay small and in a core's cache."""

Floats = npt.NDArray[np.float32]


class Scorer:
    """Runs `model.onnx`. Safe to use from several threads at once.

    Chunks of rows are spread over the processor's cores, one chunk to a core, which for a graph of
    many small products is faster than sharing each product among the cores.

    Args:
        model: The ONNX file.
        fields: Number of columns that it should take.
        threads: Chunks scored at the same time; by default one for each core.

    Raises:
        BundleError: If the file is no ONNX graph with the inputs and outputs of AutoInt.
    """

    def __init__(self, model: Path, fields: int, threads: int | None = None) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # Plans one block for a whole run's activations, which costs memory and saves no time here.
        options.enable_mem_pattern = False
        options.log_severity_level = 3
        try:
            # From bytes: a graph read this way cannot name other files as its weights.
            self._session = onnxruntime.InferenceSession(
                model.read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has no public base class for its errors
            raise BundleError(
                f"{model}: it should be an ONNX graph ({error}). Export the bundle again."
            ) from error
        inputs = {entry.name: list(entry.shape)[1:] for entry in self._session.get_inputs()}
        outputs = {entry.name for entry in self._session.get_outputs()}
        if inputs != {"fields": [fields]} or not {"logit", "attention"} <= outputs:
            raise BundleError(
                f"{model}: it should read `fields` of shape (rows, {fields}) and give `logit` and "
                f"`attention`; it reads {inputs} and gives {sorted(outputs)}. "
                "Export the bundle again."
            )
        # Leaves out the nodes that only the attention output needs.
        self._only_fetched = onnxruntime.RunOptions()
        self._only_fetched.only_execute_path_to_fetches = True
        threads = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(threads, "score") if threads > 1 else None

    def logits(self, rows: Indices) -> Floats:
        """The model's logits, `(rows,)`, for encoded rows `(rows, fields)`."""
        chunks = [rows[start : start + CHUNK_ROWS] for start in range(0, len(rows), CHUNK_ROWS)]
        if not chunks:
            return np.empty(0, dtype=np.float32)
        spread = map if self._pool is None or len(chunks) == 1 else self._pool.map
        return np.concatenate(list(spread(self._logits, chunks)))

    def attention(self, rows: Indices) -> Floats:
        """Attention weights, `(rows, layers, heads, fields, fields)`; the last axis sums to 1."""
        attention: Floats = self._session.run(["attention"], {"fields": rows})[0]
        return attention

    def _logits(self, rows: Indices) -> Floats:
        logits: Floats = self._session.run(["logit"], {"fields": rows}, self._only_fetched)[0]
        return logits


def probability(logits: Floats) -> Floats:
    """The probability of a like for each logit: its sigmoid."""
    # exp of a negative number only, so that nothing overflows.
    small = np.exp(-np.abs(logits))
    return np.where(logits >= 0, 1 / (1 + small), small / (1 + small)).astype(np.float32)
