"""How far preparing a model has come, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from space.errors import Detail, Said

STAGES: Mapping[str, str] = {
    "starting": "Starting",
    "reading": "Reading the bundle",
    "with": "{stage}: {more}",
    # Of the Hub.
    "asking": "Asking the Hub for {repository}",
    "fetching": "Fetching {repository}: {done} of {whole}",
    "checking": "Checking {repository}",
    # Of the demo.
    "demo_again": "The kept demo model cannot be read; training it again",
    "demo_starting": "Starting the training process",
    # Of training: its stages.
    "waiting": "Waiting for another process that trains in the same folder",
    "fetching_ratings": "Fetching ml-100k",
    "reading_ratings": "Reading ratings",
    "training": "Training",
    "measuring": "Measuring",
    "ranking": "Ranking",
    "exporting": "Exporting",
    # Of training: how far a stage has come.
    "megabytes": "{done} MB",
    "megabytes_of": "{done} MB of {whole} MB",
    "epoch": "epoch {epoch} of at most {epochs}, loss {loss}, {rate} rows/s, at most {left} s left",
    "item_models_earlier": "item-item models of the earlier rows",
    "item_models_all": "item-item models of all training rows",
    "linear_example": "the linear ranker, example {done} of {whole}",
    "linear_ranker": "the linear ranker",
    "ranker_epoch": "epoch {epoch} of {epochs}, loss {loss}",
    "measuring_lists": "measuring the lists",
}
"""The stages in English; those of other languages are in `space/page/catalogue`."""

TRAINING = tuple(STAGES)[tuple(STAGES).index("waiting") :]
"""Those that training tells of, in English, from a process of its own."""


class Stage(Said):
    """A stage that can be told in another language."""

    __slots__ = ()

    texts: ClassVar[Mapping[str, str]] = STAGES
    family: ClassVar[str] = "stage"


def stage_of(told: str) -> Stage | Detail:
    """The stage that training tells of in English.

    Args:
        told: What is told.
    """
    for code in TRAINING:
        # Split so, every second part is the name of a value, and no value of training has blanks.
        parts = re.split(r"\{(\w+)\}", STAGES[code])
        pattern = "".join(
            rf"(?P<{part}>\S+)" if place % 2 else re.escape(part)
            for place, part in enumerate(parts)
        )
        if found := re.fullmatch(pattern, told):
            return Stage(code, **found.groupdict())
    return Detail(told)
