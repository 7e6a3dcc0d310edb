"""Waiting until a Space runs what was pushed."""

from __future__ import annotations

import time
from collections.abc import Callable

from huggingface_hub import HfApi

from hub_upload.errors import CLIENT_ERRORS, Failure, PublishError, explained, redact

WAIT_SECONDS = 900.0
"""How long a build may take; a first one takes some minutes."""

_RUNNING = frozenset({"RUNNING"})
_ASLEEP = frozenset({"SLEEPING"})
_AT_REST = frozenset({"PAUSED", "STOPPED"})
"""Stages that a commit does not end; its owner does."""
_BROKEN = frozenset({"BUILD_ERROR", "RUNTIME_ERROR", "CONFIG_ERROR", "NO_APP_FILE"})
_SHOWN_LINES = 20
_PATIENCE = 5
"""Questions in a row that may go unanswered."""


def wait_until_running(
    api: HfApi,
    repo_id: str,
    sha: str,
    say: Callable[[str], None],
    *,
    seconds: float = WAIT_SECONDS,
    interval: float = 2.0,
) -> str:
    """Follow a Space until it runs a commit.

    Args:
        api: The client.
        repo_id: The Space.
        sha: The commit that should run.
        say: Called with each new stage.
        seconds: How long to wait.
        interval: Seconds between two questions.

    Returns:
        The stage: "RUNNING", or that of a Space that was put to rest and wakes with its next visitor
        or by its owner.

    Raises:
        PublishError: If the build or the start failed, with the end of its log, or it takes longer.
    """
    end = time.monotonic() + seconds
    shown, unanswered = "", 0
    while True:
        try:
            runtime = api.get_space_runtime(repo_id)
            unanswered = 0
        except CLIENT_ERRORS as error:
            failure = explained(error, f"The Space {repo_id} was pushed, how it runs is not known")
            unanswered += 1
            if failure.failure is not Failure.UNREACHABLE or unanswered > _PATIENCE:
                raise failure from None
            time.sleep(interval)
            continue
        stage = str(runtime.stage)
        # Just after a commit the old version still runs, or its fault is still shown.
        current = runtime.raw.get("sha") in (None, sha)
        if stage != shown:
            say(f"The Space is {stage.lower().replace('_', ' ')}")
            shown = stage
        if stage in _AT_REST or (current and stage in _RUNNING | _ASLEEP):
            return stage
        if current and stage in _BROKEN:
            raise PublishError(Failure.SPACE, _what_broke(api, repo_id, stage, runtime.raw))
        if time.monotonic() > end:
            raise PublishError(
                Failure.SPACE,
                f"The Space {repo_id} was pushed and is still {stage.lower().replace('_', ' ')} after "
                f"{seconds:.0f} seconds; its page on the Hub shows its log.",
            )
        time.sleep(interval)


def _what_broke(api: HfApi, repo_id: str, stage: str, raw: dict[str, object]) -> str:
    message = str(raw.get("errorMessage") or "").strip()
    lines: list[str] = []
    try:
        for line in api.fetch_space_logs(repo_id, build=stage != "RUNTIME_ERROR"):
            lines.append(redact(line.rstrip("\n")))
    except CLIENT_ERRORS:
        pass  # the log is an extra; the stage and the message are known without it
    said = "\n".join([message, *lines[-_SHOWN_LINES:]]).strip()
    told = f":\n{said}\n" if said else "."
    fault = stage.lower().replace("_", " ")
    fault = fault if fault.startswith("no ") else f"a {fault}"
    return f"The Space {repo_id} was pushed and does not run, it has {fault}{told}"
