"""Processes that are the command, without the time that Python takes to import it.

Each line of standard input asks for one: `{"arguments", "environment", "folder"}`. It is a fork of
this process, which has imported the command and done nothing else, and writes to the files "out" and
"err" of the folder. Its id is told, and when it has ended its exit code.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from typing import Any

from typer.testing import CliRunner

from hub_upload import publications
from hub_upload.cli import app, main


def _become_the_command(asked: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(asked["environment"])
    for number, path in enumerate((os.devnull, f"{asked['folder']}/out", f"{asked['folder']}/err")):
        os.dup2(os.open(path, os.O_RDWR), number)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["hub_upload", *asked["arguments"]]
    main()


def _tell(number: int) -> None:
    os.write(1, b"%d\n" % number)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What is imported when it is first needed.
    CliRunner().invoke(app, ["space", "--repo-id", "no name", "--model", "no name"])
    publications.space("owner/name", model="owner/name")
    gc.freeze()  # else each fork copies all this when it ends
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become_the_command(json.loads(line))
        _tell(child)
        _, status = os.waitpid(child, 0)
        _tell(os.waitstatus_to_exitcode(status))
