"""Delimited text to typed columns, with every bad line named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import csv

from training.errors import DataError, Problems
from training.ratings import Table

_WIDE_DELIMITER = "\x1f"
"""Stands in for a delimiter of several characters, which the parser does not know."""


def read_delimited(
    content: bytes,
    file: str,
    columns: Sequence[str],
    *,
    delimiter: str,
    quoted: bool = False,
    header: bool = False,
) -> Table:
    """Parse delimited text into columns of text.

    Args:
        content: The file's bytes: UTF-8, or else latin-1.
        file: Its name, for errors.
        columns: The names of its columns, in order.
        delimiter: What stands between columns, one or more characters.
        quoted: Whether values may stand in double quotes.
        header: Whether the first line is a header, to be skipped.

    Returns:
        One row for each line, all text.

    Raises:
        DataError: If the file is empty or a line has another number of columns.
    """
    content = _as_utf8(content)
    if len(delimiter) > 1:
        content = content.replace(delimiter.encode(), _WIDE_DELIMITER.encode())
        delimiter = _WIDE_DELIMITER
    first_line = 2 if header else 1
    if not content.strip() or (header and not content.partition(b"\n")[2].strip()):
        raise DataError(f"{file}: the file is empty, expected the columns {', '.join(columns)}.")

    bad: list[csv.InvalidRow] = []

    def note(row: csv.InvalidRow) -> str:
        bad.append(row)
        return "skip"

    parsed = csv.read_csv(
        pa.BufferReader(content),
        # One thread, since only then the parser knows the number of a bad row.
        read_options=csv.ReadOptions(
            column_names=list(columns), skip_rows=int(header), use_threads=False
        ),
        parse_options=csv.ParseOptions(
            delimiter=delimiter,
            quote_char='"' if quoted else False,
            double_quote=quoted,
            invalid_row_handler=note,
            ignore_empty_lines=False,
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()), check_utf8=False
        ),
    )
    problems = Problems(file)
    problems.add(
        f"{len(columns)} columns ({', '.join(columns)})",
        [row.number for row in bad],
        [row.text.replace(_WIDE_DELIMITER, "::") for row in bad],
    )
    problems.raise_if_any()
    rows = pd.DataFrame({name: parsed.column(name).to_pandas() for name in columns})
    return Table(rows, file, first_line)


def read_header(content: bytes, delimiter: str) -> list[str]:
    """The column names in the first line of a file."""
    line = _as_utf8(content.partition(b"\n")[0]).decode().strip("\r\n\ufeff")
    return [name.strip('"') for name in line.split(delimiter)]


def to_numbers(table: Table, types: Mapping[str, Any]) -> Table:
    """Convert columns of text to numbers.

    Args:
        table: A table with columns of text.
        types: For each column to convert: `int`, or `float`, or `"Int64"` for whole numbers of which
            some may be missing (empty).

    Raises:
        DataError: If a value is not such a number.
    """
    rows = table.rows.copy()
    problems = Problems(table.file)
    for name, kind in types.items():
        text = rows[name]
        numbers = pd.to_numeric(text, errors="coerce")
        # Non-numeric, infinite, with decimals where none belong, or too large for whole numbers.
        bad = ~numbers.abs().lt(float("inf") if kind is float else 2**53)
        if kind is not float:
            bad |= numbers.notna() & (numbers != numbers.round())
        if kind == "Int64":
            bad &= text != ""
        problems.add(
            f"a {'number' if kind is float else 'whole number'} as {name}",
            table.lines(bad.to_numpy()),
            text[bad].tolist(),
        )
        if not bad.any():
            rows[name] = numbers.astype({int: "int64", float: "float64"}.get(kind, kind))
    problems.raise_if_any()
    return Table(rows, table.file, table.first_line)


def _as_utf8(content: bytes) -> bytes:
    try:
        content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1").encode()
    return content
