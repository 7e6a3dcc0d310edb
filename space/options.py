"""The options of `python app.py`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from space.demo import DemoSource
from space.hub.repository import Repository
from space.manifest import MANIFEST
from space.sources import FolderSource, HubSource, ModelSource, NoSource

ROOT = Path(__file__).resolve().parent.parent


def source_from(arguments: Sequence[str] | None = None) -> ModelSource:
    """Where the model comes from, as the command line and the environment say. Asks the Hub nothing.

    Args:
        arguments: The command line's arguments; by default the process's own.

    Returns:
        The first of: the bundle that is named, the repository that is named, the demo.
    """
    parser = argparse.ArgumentParser(
        prog="app.py",
        description="Open a page that recommends films. Without options it trains a demo model on "
        "MovieLens 100K on first use and keeps it.",
        epilog="The port is 7860, or what GRADIO_SERVER_PORT says. Repositories are fetched when the "
        "first visitor comes, into the cache that HF_HOME names; a private one needs HF_TOKEN or "
        "`hf auth login`.",
    )
    parser.add_argument("--bundle", type=Path, metavar="DIR", help="serve the model in this folder")
    parser.add_argument(
        "--model",
        metavar="OWNER/NAME[@REVISION]",
        help="serve the model in this repository of the Hub (default: MODEL_REPO, where it is set)",
    )
    parser.add_argument(
        "--dataset",
        help="the users and ratings that belong to it: a folder with --bundle, a repository of the "
        "Hub with --model (default there: DATASET_REPO, where it is set)",
    )
    parser.add_argument(
        "--demo",
        type=Path,
        metavar="DIR",
        default=ROOT / "runs" / "demo",
        help="where the demo model is kept (default: runs/demo beside app.py)",
    )
    options = parser.parse_args(arguments)
    if options.bundle is not None:
        if options.model is not None:
            parser.error(
                "one model should be named: --bundle DIR or --model OWNER/NAME. Received: "
                f"--bundle {options.bundle} --model {options.model}"
            )
        dataset = None if options.dataset is None else Path(options.dataset)
        _check_folder(parser, "--bundle", options.bundle, "bundle")
        if dataset is not None:
            _check_folder(parser, "--dataset", dataset, "dataset")
        return FolderSource(options.bundle, dataset)
    model = _repository(parser, options.model, "--model", "MODEL_REPO")
    if model is not None:
        return HubSource(model, _repository(parser, options.dataset, "--dataset", "DATASET_REPO"))
    if options.dataset is not None:
        parser.error("--dataset goes with --bundle, --model or MODEL_REPO")
    if find_spec("training") is None:
        return NoSource()
    return DemoSource(options.demo, ROOT)


def _check_folder(parser: argparse.ArgumentParser, option: str, folder: Path, kind: str) -> None:
    """End if an option names no exported folder. What is in the folder is read when it is loaded.

    Args:
        parser: Ends the program.
        option: The option.
        folder: What it names.
        kind: The folder's name in a run.
    """
    inside = folder / kind
    meant = ""
    try:
        if (folder / MANIFEST).is_file():
            return
        fault = f"has no {MANIFEST}" if folder.is_dir() else "is not there"
        if (inside / MANIFEST).is_file():
            meant = f" Did you mean {inside}?"
    except OSError as error:
        fault = f"cannot be read: {error.strerror}"
    parser.error(
        f"{option} should be an exported folder, such as runs/first/{kind}. "
        f"Received: {folder}, which {fault}.{meant}"
    )


def _repository(
    parser: argparse.ArgumentParser, given: str | None, option: str, variable: str
) -> Repository | None:
    """The repository that an option names, or else an environment variable; ends if it names none."""
    name = variable if given is None else option
    written = os.environ.get(variable, "").strip() if given is None else given
    if given is None and not written:
        return None
    try:
        return Repository.parse(written)
    except ValueError as error:
        parser.error(f"{name}: {error}")
