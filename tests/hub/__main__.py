"""Run a Hub until Ctrl-C, and say how a client finds it."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from tests.hub.server import HubServer


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.hub", description=__doc__)
    parser.add_argument("--port", type=int, default=5555, help="the storage takes the next one")
    parser.add_argument("--folder", type=Path, help="a folder to put on the Hub as ada/NAME")
    parser.add_argument("--kind", default="models", choices=["models", "datasets", "spaces"])
    arguments = parser.parse_args()
    storage = arguments.port and arguments.port + 1
    with HubServer(arguments.port, storage) as hub:
        token = hub.token("ada")
        if arguments.folder is not None:
            root = arguments.folder.resolve()
            files = {
                path.relative_to(root).as_posix(): path.read_bytes()
                for path in sorted(root.rglob("*"))
                if path.is_file()
            }
            hub.add(arguments.kind, f"ada/{root.name}", files)
        print(f"export HF_ENDPOINT={hub.address}")
        print("export HF_HUB_DISABLE_XET=1")
        print(f"export HF_TOKEN={token}", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
