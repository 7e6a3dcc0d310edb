from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd

PROGRAM = """
import sys
import app
import pyarrow as pa
import pyarrow.parquet as pq
pq.ParquetFile(sys.argv[1]).read()
print(pa.mimalloc_memory_pool().max_memory())
"""


def test_arrow_decodes_in_the_memory_of_the_system_and_not_in_a_pool_that_keeps_it(
    tmp_path: Path,
) -> None:
    pd.DataFrame({"a": range(100_000)}).to_parquet(tmp_path / "a.parquet")
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "a.parquet")]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert told.stdout.split() == ["0"]
