"""The one address at which this process, and those it starts, find a Hub.

The client reads it when it is imported, so this must be imported before.
"""

from __future__ import annotations

import atexit
import os
import random
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.hub.server import HubServer


def _free_port() -> int:
    """A port that nobody is given by chance: those for connections begin above."""
    while True:
        with socket.socket() as tried:
            port = random.randrange(20_000, 30_000)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


PORT, LFS_PORT = _free_port(), _free_port()
HOME = Path(tempfile.mkdtemp(prefix="hub-home-"))
"""The client's cache; emptied for each Hub."""


def _set_up() -> None:
    if "huggingface_hub" in sys.modules:
        raise ImportError("tests.hub.session must be imported before huggingface_hub")
    for name in list(os.environ):
        if name.startswith(("HF_", "HUGGING_FACE_", "HUGGINGFACE_")):
            del os.environ[name]
    os.environ["HF_ENDPOINT"] = f"http://127.0.0.1:{PORT}"
    os.environ["HF_HOME"] = str(HOME)
    os.environ["HF_HUB_DISABLE_XET"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    atexit.register(shutil.rmtree, HOME, ignore_errors=True)


_set_up()


@contextmanager
def fresh_hub() -> Iterator[HubServer]:
    """A Hub with nothing on it, which the client finds without being told.

    At the end it must have understood all requests, and no token may have been shown to the
    storage.
    """
    _forget()
    with HubServer(PORT, LFS_PORT) as hub:
        yield hub
    _forget()
    assert hub.not_understood == []
    assert hub.leaks == []


def _forget() -> None:
    """Let the client keep neither files nor connections of another test's Hub."""
    for entry in HOME.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink()
    if "huggingface_hub" in sys.modules:
        from huggingface_hub.utils import close_session

        close_session()
    if "huggingface_hub.hf_file_system" in sys.modules:
        from huggingface_hub import HfFileSystem

        HfFileSystem.clear_instance_cache()
