"""Make `bundle-vN/` and `dataset-vN/`: a small synthetic run of the format version N that is now.

    python -m tests.data.make_bundle

They are committed, so that a test can tell whether a later version still reads what this one wrote;
they are made anew only when the format version is raised, under new names.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from space.schema import FORMAT_VERSION
from tests.builders import tiny_movielens
from tests.exports import export_tiny

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Export eight users and fifteen movies."""
    with tempfile.TemporaryDirectory(dir=HERE) as folder:
        made = export_tiny(Path(folder), tiny_movielens(users=8, movies=15, seed=7))
        for path in (made.bundle, made.dataset):
            target = HERE / f"{path.name}-v{FORMAT_VERSION}"
            if target.exists():
                raise SystemExit(f"{target.name} is there; delete it first to make it anew.")
            path.rename(target)


if __name__ == "__main__":
    main()
