"""What serves recommendations: the only package that the deployed Space needs."""

import os

# Arrow's C++ side decodes parquet in a pool of its own, which keeps what it needed then, and which
# `pyarrow.set_memory_pool` does not reach. It reads this once, so it is set before Arrow is imported.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
