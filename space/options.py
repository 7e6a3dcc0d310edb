"""The options of `python app.py`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from space.artifacts import FolderSource, ModelSource, NoSource
from space.demo import DemoSource

ROOT = Path(__file__).resolve().parent.parent


def source_from(arguments: Sequence[str] | None = None) -> ModelSource:
    """Where the model comes from, as the command line says.

    Args:
        arguments: The command line's arguments; by default the process's own.

    Returns:
        The bundle that is named, or else the demo.
    """
    parser = argparse.ArgumentParser(
        prog="app.py",
        description="Open a page that recommends films. Without options it trains a demo model on "
        "MovieLens 100K on first use and keeps it.",
        epilog="The port is 7860, or what GRADIO_SERVER_PORT says.",
    )
    parser.add_argument("--bundle", type=Path, help="serve the model in this folder")
    parser.add_argument("--dataset", type=Path, help="the users and ratings that belong to it")
    parser.add_argument(
        "--demo",
        type=Path,
        default=ROOT / "runs" / "demo",
        help="where the demo model is kept (default: runs/demo beside app.py)",
    )
    options = parser.parse_args(arguments)
    if options.bundle is not None:
        return FolderSource(options.bundle, options.dataset)
    if options.dataset is not None:
        parser.error("--dataset goes with --bundle")
    if find_spec("training") is None:
        return NoSource()
    return DemoSource(options.demo, ROOT)
