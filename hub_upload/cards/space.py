"""The card of a Space."""

from __future__ import annotations

from typing import Literal

from huggingface_hub import SpaceCardData
from huggingface_hub.repocard import SpaceCard

from hub_upload.cards.facts import repository
from hub_upload.cards.markdown import inline, one_line, render

Colour = Literal["red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"]

DESCRIPTION = "Film recommendations from MovieLens, with AutoInt"
LONGEST_DESCRIPTION = 60
"""The Hub refuses a longer one."""


def space_card(
    repo_id: str,
    *,
    title: str,
    model: str,
    dataset: str | None,
    sdk_version: str,
    python_version: str = "3.11",
    description: str = DESCRIPTION,
    emoji: str = "🎬",
    color_from: Colour = "indigo",
    color_to: Colour = "red",
) -> str:
    """The `README.md` of a Space, which is its configuration too.

    Args:
        repo_id: The Space's repository.
        title: What the Hub shows above the page.
        model: The model's repository, `owner/name` or `owner/name@revision`.
        dataset: The data set's, in the same way.
        sdk_version: The version of Gradio to install.
        python_version: The version of Python to run on.
        description: At most 60 characters below the title.
        emoji: One, for the thumbnail.
        color_from: Where the thumbnail's gradient begins.
        color_to: Where it ends.

    Raises:
        ValueError: If a repository has no proper name, the title is empty or the description too
            long.
    """
    repository(repo_id)
    named, short = one_line(title), one_line(description)
    if not named or len(short) > LONGEST_DESCRIPTION:
        raise ValueError(
            f"A Space should have a title, and a description of at most {LONGEST_DESCRIPTION} "
            f"characters. Received: {title!r}, {description!r}"
        )
    data = SpaceCardData(
        title=named,
        emoji=emoji,
        colorFrom=color_from,
        colorTo=color_to,
        sdk="gradio",
        sdk_version=sdk_version,
        python_version=python_version,
        app_file="app.py",
        short_description=short,
        models=[repository(model)],
        datasets=None if dataset is None else [repository(dataset)],
        tags=["recommendation", "movielens", "autoint"],
        license="mit",
        suggested_hardware="cpu-basic",
        startup_duration_timeout="10m",
        pinned=False,
    )
    return render(SpaceCard, data, "space.md", title=inline(named), model=model, dataset=dataset)
