"""Writing a table as the parquet file that `datasets` and the Hub's viewer read as it is."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa


def write_parquet(table: pd.DataFrame, path: Path, schema: pa.Schema) -> None:
    """Write a table through `datasets`; the same rows give the same bytes.

    Args:
        table: The rows; columns that the schema does not name are left out.
        path: The file.
        schema: The columns and their types. A column with a dictionary is written as plain values,
            which parquet encodes with a dictionary by itself, since `datasets` has no such type.

    Raises:
        pyarrow.ArrowInvalid: If a value does not convert without loss.
    """
    import datasets  # slow to import, and needed at the end of a run alone

    datasets.disable_progress_bars()  # they would be drawn over our own

    plain = pa.schema(
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in schema
    )
    features = datasets.Features.from_arrow_schema(plain)
    rows = pa.Table.from_pandas(table, features.arrow_schema, preserve_index=False)
    # Without a fingerprint it would hash a copy of all rows, for a cache that is not used here.
    rows = datasets.Dataset(rows, fingerprint=path.stem)
    # Its row groups are of up to 100 MB: one, for every edition up to ML-1M.
    rows.to_parquet(path)
