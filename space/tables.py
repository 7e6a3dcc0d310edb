"""Reading tables from parquet files, with checks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from space.errors import BundleError, fault_in

_PART_ROWS = 1 << 17


def read_table(path: Path, schema: pa.Schema, *, key: str | None = None) -> pd.DataFrame:
    """Read some columns of a parquet file.

    Args:
        path: The file.
        schema: The columns to read and their types; other columns are left unread.
        key: A column whose values should all differ.

    Raises:
        BundleError: If the file is no parquet, a column is missing or of a type that does not
            convert without loss, or a key stands twice.
    """
    with _opened(path, schema) as file:
        read = file.read(schema.names, use_threads=False).select(schema.names).cast(schema)
        table: pd.DataFrame = read.to_pandas(use_threads=False, self_destruct=True)
    if key is not None and not table[key].is_unique:
        raise BundleError(
            fault_in(path, f"the column {key} should hold every value once", "export_file")
        )
    return table


def read_parts(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Read some columns of a parquet file, some rows at a time, so that it is never in memory whole.

    Args:
        path: The file.
        schema: The columns to read and their types; other columns are left unread.

    Raises:
        BundleError: As `read_table`.
    """
    with _opened(path, schema) as file:
        for batch in file.iter_batches(_PART_ROWS, columns=schema.names, use_threads=False):
            yield batch.select(schema.names).cast(schema)


@contextmanager
def _opened(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetFile]:
    try:
        with pq.ParquetFile(path) as file:
            missing = [name for name in schema.names if name not in file.schema_arrow.names]
            if missing:
                raise ValueError(f"missing: {', '.join(missing)}")
            yield file
    except (OSError, ValueError, pa.ArrowException) as error:
        raise BundleError(
            fault_in(
                path,
                f"it should be a parquet file with the columns {', '.join(schema.names)} ({error})",
                "export_or_fetch",
            )
        ) from error
