"""Running an exported graph over many rows with onnxruntime."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from space.errors import BundleError, fault_in

CHUNK_ROWS = 128
"""Rows scored at a time: few enough that a chunk's activations stay small and in a core's cache."""

Floats = npt.NDArray[np.float32]


class Graph:
    """An ONNX graph, on the processor. Safe to use from several threads at once.

    Chunks of rows are spread over the processor's cores, one chunk to a core, which for a graph of
    many small products is faster than sharing each product among the cores.

    Args:
        path: The ONNX file.
        threads: Chunks run at the same time; by default one for each core.

    Raises:
        BundleError: If the file is no ONNX graph.
    """

    def __init__(self, path: Path, threads: int | None = None) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # Plans one block for a whole run's activations, which costs memory and saves no time here.
        options.enable_mem_pattern = False
        # An arena keeps what the largest request needed; without one it costs no more time here.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        try:
            # From bytes: a graph read this way cannot name other files as its weights.
            self._session = onnxruntime.InferenceSession(
                path.read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has no public base class for its errors
            raise BundleError(fault_in(path, f"it should be an ONNX graph ({error})")) from error
        self.inputs: dict[str, tuple[list[Any], str]] = {
            entry.name: (list(entry.shape), str(entry.type)) for entry in self._session.get_inputs()
        }
        """For each input its shape, with a name or nothing where any size will do, and its type."""
        self.outputs = {entry.name for entry in self._session.get_outputs()}
        """The names of the outputs."""
        # Leaves out the nodes that only other outputs need.
        self._only_fetched = onnxruntime.RunOptions()
        self._only_fetched.only_execute_path_to_fetches = True
        self._pool = _pool(threads or os.cpu_count() or 1)

    def run(self, output: str, inputs: Mapping[str, npt.NDArray[Any]]) -> Floats:
        """One output, for inputs as they are."""
        given: Floats = self._session.run([output], dict(inputs), self._only_fetched)[0]
        return given

    def run_rows(
        self, output: str, rows: int, inputs: Callable[[slice], Mapping[str, npt.NDArray[Any]]]
    ) -> Floats:
        """One output with a value for each row, `(rows,)`, computed in chunks.

        Args:
            output: Its name.
            rows: How many there are.
            inputs: Gives the inputs of a chunk of the rows.
        """
        chunks = [slice(start, start + CHUNK_ROWS) for start in range(0, rows, CHUNK_ROWS)]
        if not chunks:
            return np.empty(0, dtype=np.float32)
        spread = map if self._pool is None or len(chunks) == 1 else self._pool.map
        return np.concatenate(list(spread(lambda chunk: self.run(output, inputs(chunk)), chunks)))


@cache
def _pool(threads: int) -> ThreadPoolExecutor | None:
    """The threads that all graphs share."""
    return ThreadPoolExecutor(threads, "score") if threads > 1 else None
