"""Publishing trained runs on the Hugging Face Hub: the model, its data set, and a Space."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from huggingface_hub import HfApi

from hub_upload import publications
from hub_upload.access import sign_in
from hub_upload.errors import Failure, PublishError
from hub_upload.push import Options, Pushed, publish
from hub_upload.runtime import wait_until_running

__all__ = [
    "Failure",
    "PublishError",
    "Pushed",
    "check_access",
    "push_dataset",
    "push_model",
    "push_space",
]


def _silent(_: str) -> None:
    """Say nothing."""


def check_access(repo_id: str, *, token: str | None = None) -> None:
    """See that a push would be let in, before the work that is to be pushed is done.

    Args:
        repo_id: `owner/name`.
        token: A token that may write; by default the one that the Hub's libraries find.

    Raises:
        PublishError: If the name is malformed, there is no valid token, or it may not write there.
    """
    sign_in(HfApi(token=token)).check(repo_id)


def push_model(
    folder: str | Path,
    repo_id: str,
    *,
    private: bool | None = None,
    token: str | None = None,
    revision: str = "main",
    tag: str | None = None,
    message: str | None = None,
    dataset_repo: str | None = None,
    say: Callable[[str], None] = _silent,
) -> Pushed:
    """Publish a bundle and its card in one commit.

    Args:
        folder: The bundle's folder.
        repo_id: `owner/name`; it is created where it does not exist.
        private: Visibility; by default it stays, and is the Hub's default for a new repository.
        token: A token that may write; by default the one that the Hub's libraries find.
        revision: The branch; it is made from the main branch where it does not exist.
        tag: A tag for the commit.
        message: The commit's message.
        dataset_repo: Repository of the data set, to be named on the card.
        say: Called with what is being done, and with the terms of a licence that restricts use.

    Returns:
        The repository's address and commit; `changed` is false if all was there already.

    Raises:
        PublishError: Saying what happened; its `failure` says of what kind. Nothing is overwritten
            that somebody else committed in between, and calling again goes on.
    """
    what = publications.model(Path(folder), repo_id, dataset_repo=dataset_repo, tag=tag)
    options = Options(private, revision=revision, tag=tag, message=message)
    return publish(HfApi(token=token), what, options, say)


def push_dataset(
    folder: str | Path,
    repo_id: str,
    *,
    private: bool | None = None,
    permission: bool = False,
    token: str | None = None,
    revision: str = "main",
    tag: str | None = None,
    message: str | None = None,
    model_repo: str | None = None,
    say: Callable[[str], None] = _silent,
) -> Pushed:
    """Publish a data set folder and its card in one commit.

    Args:
        folder: The data set's folder.
        repo_id: `owner/name`; it is created where it does not exist.
        private: Visibility. By default data is private unless its licence is known to allow
            redistribution.
        permission: Whether you were permitted to publish data whose licence forbids it.
        token: As in `push_model`, and so are `revision`, `tag`, `message` and `say`.
        revision: The branch.
        tag: A tag for the commit.
        message: The commit's message.
        model_repo: Repository of the model, to be named on the card.
        say: Called with what is being done.

    Raises:
        PublishError: As `push_model`, and if restricted data would become public.
    """
    what = publications.dataset(Path(folder), repo_id, model_repo=model_repo)
    options = Options(private, permission, revision, tag, message)
    return publish(HfApi(token=token), what, options, say)


def push_space(
    repo_id: str,
    *,
    model: str,
    dataset: str | None = None,
    private: bool | None = None,
    token: str | None = None,
    space_token: str | None = None,
    revision: str = "main",
    tag: str | None = None,
    message: str | None = None,
    wait: bool = True,
    say: Callable[[str], None] = _silent,
) -> Pushed:
    """Publish the page as a Space and wait until it runs.

    Args:
        repo_id: `owner/name`; it is created where it does not exist.
        model: The model's repository, `owner/name` or `owner/name@revision`.
        dataset: The data set's, in the same way; without it users are known by their ids alone.
        private: Visibility of the Space.
        token: As in `push_model`, and so are `revision`, `tag`, `message` and `say`.
        space_token: A token that the Space keeps as a secret to read private repositories with.
        revision: The branch.
        tag: A tag for the commit.
        message: The commit's message.
        wait: Whether to wait until the Space runs; the Hub runs the main branch alone.
        say: Called with what is being done and the Space's stages.

    Raises:
        PublishError: As `push_model`; with the end of the log if the Space does not start.
    """
    api = HfApi(token=token)
    what = publications.space(repo_id, model=model, dataset=dataset, token=space_token)
    pushed = publish(api, what, Options(private, False, revision, tag, message), say)
    if wait and revision == "main":
        wait_until_running(api, repo_id, pushed.sha, say)
    return pushed
