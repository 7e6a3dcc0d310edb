"""What is published of a bundle, of a data set, and as a Space."""

from __future__ import annotations

import re
from pathlib import Path

from hub_upload.access import owner_of
from hub_upload.cards import dataset_card, model_card, space_card
from hub_upload.commit import Kind
from hub_upload.contents import bundle_files, check_secrets, dataset_files, refusals
from hub_upload.errors import Failure, PublishError
from hub_upload.licences import is_restricted, terms
from hub_upload.push import CARD, Publication
from hub_upload.space_files import gradio_version, space_files
from space.errors import BundleError
from space.hub.repository import Repository
from space.manifest import read_json
from space.model_name import model_name

SPACE_TITLE = "Films for you, by AutoInt"
"""Of AutoInt+ too: a Space names a repository, whose model may be another one tomorrow."""

_MODEL_ROOTS = frozenset({"plots/"})
_SPACE_ROOTS = frozenset({"space/"})


@refusals()
def model(
    folder: Path, repo_id: str, *, dataset_repo: str | None = None, tag: str | None = None
) -> Publication:
    """A bundle with its card.

    Args:
        folder: The bundle's folder.
        repo_id: `owner/name`.
        dataset_repo: Repository of the data set that belongs to it, to be named on the card.
        tag: The tag that the push is to get, to be named on the card.

    Raises:
        PublishError: If the bundle is incomplete, damaged, or holds what is not to be published, or
            a name is malformed.
    """
    owner_of(repo_id)
    files = bundle_files(folder)
    facts = dict(read_json(folder / "schema.json")["dataset"])
    card = model_card(folder, repo_id, dataset_repo=dataset_repo, tag=tag)
    return Publication(
        "model",
        repo_id,
        {**files, CARD: _checked(card)},
        message=f"{model_name(folder)} trained on {facts.get('name') or 'ratings'}",
        owned=_MODEL_ROOTS | {"training.json"},
        notices=(terms(facts),) if is_restricted(facts) else (),
    )


@refusals()
def dataset(folder: Path, repo_id: str, *, model_repo: str | None = None) -> Publication:
    """A data set folder with its card.

    Args:
        folder: The data set's folder.
        repo_id: `owner/name`.
        model_repo: Repository of the model that belongs to it, to be named on the card.

    Raises:
        PublishError: If the folder is incomplete, damaged, or holds what is not to be published.
    """
    owner_of(repo_id)
    files = dataset_files(folder)
    facts = read_json(folder / "dataset.json")
    card = dataset_card(folder, repo_id, model_repo=model_repo)
    return Publication(
        "dataset",
        repo_id,
        {**files, CARD: _checked(card)},
        message=f"Ratings of {facts.get('name') or 'films'}",
        restricted=is_restricted(facts),
        notices=(terms(facts),) if is_restricted(facts) else (),
    )


@refusals()
def space(
    repo_id: str, *, model: str, dataset: str | None = None, token: str | None = None
) -> Publication:
    """The page, set up for a model.

    Args:
        repo_id: `owner/name`.
        model: The model's repository, `owner/name` or `owner/name@revision`.
        dataset: The data set's, in the same way.
        token: A token with which the Space reads private repositories, kept as its secret.

    Raises:
        PublishError: If a name is not of that form.
    """
    reads: list[tuple[Kind, str]] = [("model", _with_revision(model))]
    variables = {"MODEL_REPO": reads[0][1]}
    if dataset is not None:
        reads.append(("dataset", _with_revision(dataset)))
        variables["DATASET_REPO"] = reads[1][1]
    owner_of(repo_id)
    card = space_card(
        repo_id, title=SPACE_TITLE, model=model, dataset=dataset, sdk_version=gradio_version()
    )
    return Publication(
        "space",
        repo_id,
        {**space_files(), CARD: _checked(card)},
        message=f"The page for {model}",
        owned=_SPACE_ROOTS,
        variables=variables,
        secrets={} if token is None else {"HF_TOKEN": token},
        reads=tuple(reads),
    )


def names_of_run(run: Path, owner: str, name: str | None = None) -> str:
    """The name that a run's repositories share, `owner/autoint-DATASET` by default.

    Raises:
        PublishError: If the folder holds no exported run.
    """
    if name is None:
        try:
            facts = read_json(run / "bundle" / "schema.json")["dataset"]
        except (BundleError, KeyError, TypeError) as error:
            raise PublishError(
                Failure.REFUSED,
                f"{run}: there should be a finished run with bundle/ and dataset/ ({error}).",
            ) from None
        known = str(facts.get("name") or "movies").rpartition("/")[2]
        kept = re.sub("[^a-z0-9]+", "-", known.lower()).strip("-")
        name = f"autoint-{kept or 'movies'}"
    repo_id = f"{owner}/{name}"
    owner_of(repo_id)
    return repo_id


def _with_revision(repository: str) -> str:
    parsed = Repository.parse(repository)
    return f"{parsed.id}@{parsed.revision}"


def _checked(card: str) -> bytes:
    content = card.encode()
    check_secrets(CARD, content)
    return content
