"""The command line: `python -m hub_upload`, or `autoint-publish` where the package is installed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from huggingface_hub import HfApi

from hub_upload import publications
from hub_upload.access import sign_in
from hub_upload.console import (
    Session,
    fail,
    leave_full_streams,
    prepare_terminal,
    say,
    stopping_at_once,
    warnings_in_words,
)
from hub_upload.contents import left_behind
from hub_upload.errors import Failure, PublishError, explained
from hub_upload.push import NAMES, Options, Publication, check_visibility, preview, publish
from hub_upload.runtime import WAIT_SECONDS, wait_until_running

app = typer.Typer(
    help="Publish trained runs on the Hugging Face Hub. The token is taken from HF_TOKEN or from "
    "`hf auth login`.",
    epilog="Exit codes: 0 done; 2 wrong use; "
    + "; ".join(f"{failure.value} {failure.name.lower().replace('_', ' ')}" for failure in Failure)
    + "; 130 stopped. After any failure the same command goes on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _folder(metavar: str) -> Any:
    return typer.Argument(metavar=metavar, exists=True, file_okay=False)


RepoId = Annotated[str, typer.Option("--repo-id", help="The repository, as owner/name.")]
Private = Annotated[
    bool | None,
    typer.Option(
        "--private/--public",
        help="Visibility. By default it stays as it is; a new repository is public, or private where "
        "the licence of the data forbids redistribution.",
    ),
]
Permission = Annotated[
    bool,
    typer.Option(
        "--i-have-permission",
        help="With --public: I was permitted to publish data whose licence forbids it.",
    ),
]
Tag = Annotated[str | None, typer.Option(help="Tag the commit, as in v1.")]
Message = Annotated[str | None, typer.Option(help="The commit's message.")]
Revision = Annotated[str, typer.Option(help="The branch to push to.")]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Show each file, its size, whether it would change, and the card; touch nothing.",
    ),
]
TokenEnv = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Give the Space the token in this environment variable, as a secret, so that it can read "
        "private repositories. It should be a read-only one.",
    ),
]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until the Space runs.")]
WaitSeconds = Annotated[float, typer.Option(help="How long to wait for it.", min=1)]


@app.command("model")
def model_command(
    bundle: Annotated[Path, _folder("BUNDLE")],
    repo_id: RepoId,
    dataset: Annotated[
        str | None, typer.Option(help="Name this data set repository on the card.")
    ] = None,
    private: Private = None,
    tag: Tag = None,
    message: Message = None,
    revision: Revision = "main",
    dry_run: DryRun = False,
) -> None:
    """Publish the model in BUNDLE, a run's bundle/."""
    options = Options(private, revision=revision, tag=tag, message=message)
    _run(
        lambda: [publications.model(bundle, repo_id, dataset_repo=dataset, tag=tag)],
        options,
        dry_run,
        folders=[bundle],
    )


@app.command("dataset")
def dataset_command(
    folder: Annotated[Path, _folder("FOLDER")],
    repo_id: RepoId,
    model: Annotated[
        str | None, typer.Option(help="Name this model repository on the card.")
    ] = None,
    private: Private = None,
    permission: Permission = False,
    tag: Tag = None,
    message: Message = None,
    revision: Revision = "main",
    dry_run: DryRun = False,
) -> None:
    """Publish the users and ratings in FOLDER, a run's dataset/."""
    options = Options(private, permission, revision, tag, message)
    _run(
        lambda: [publications.dataset(folder, repo_id, model_repo=model)],
        options,
        dry_run,
        folders=[folder],
    )


@app.command("space")
def space_command(
    repo_id: RepoId,
    model: Annotated[str, typer.Option(help="The model it serves, as owner/name[@revision].")],
    dataset: Annotated[
        str | None, typer.Option(help="The data set that belongs to it, in the same way.")
    ] = None,
    private: Private = None,
    tag: Tag = None,
    message: Message = None,
    revision: Revision = "main",
    space_token_env: TokenEnv = None,
    wait: Wait = True,
    wait_seconds: WaitSeconds = WAIT_SECONDS,
    dry_run: DryRun = False,
) -> None:
    """Publish the page as a Space, set up for a model."""
    token = _token_from(space_token_env)
    options = Options(private, revision=revision, tag=tag, message=message)
    _run(
        lambda: [publications.space(repo_id, model=model, dataset=dataset, token=token)],
        options,
        dry_run,
        wait_seconds if wait else None,
    )


@app.command("all")
def all_command(
    run: Annotated[Path, _folder("RUN")],
    owner: Annotated[str, typer.Option(help="The user or organisation to publish under.")],
    name: Annotated[
        str | None,
        typer.Option(help="The name of all three repositories; by default autoint-DATASET."),
    ] = None,
    private: Private = None,
    permission: Permission = False,
    tag: Tag = None,
    message: Message = None,
    revision: Revision = "main",
    space_token_env: TokenEnv = None,
    wait: Wait = True,
    wait_seconds: WaitSeconds = WAIT_SECONDS,
    dry_run: DryRun = False,
) -> None:
    """Publish all of RUN, a run's folder: model, data set and Space."""
    token = _token_from(space_token_env)
    options = Options(private, permission, revision, tag, message)

    def prepare() -> list[Publication]:
        repo_id = publications.names_of_run(run, owner, name)
        source = f"{repo_id}@{revision}"
        return [
            publications.model(run / "bundle", repo_id, dataset_repo=repo_id, tag=tag),
            publications.dataset(run / "dataset", repo_id, model_repo=repo_id),
            publications.space(repo_id, model=source, dataset=source, token=token),
        ]

    folders = [run / "bundle", run / "dataset"]
    _run(prepare, options, dry_run, wait_seconds if wait else None, folders=folders)


def _run(
    prepare: Callable[[], list[Publication]],
    options: Options,
    dry_run: bool,
    wait_seconds: float | None = None,
    folders: Sequence[Path] = (),
) -> None:
    """Publish in order, or show what would be; ends the process with the failure's exit code."""
    session = Session([])
    with stopping_at_once(session), warnings_in_words():
        try:
            wanted = prepare()
            for folder in folders:
                if left := left_behind(folder):
                    say(
                        f"Not listed in {folder.name}/manifest.json, and left here: {', '.join(left)}"
                    )
            api = HfApi()
            if dry_run:
                for what in wanted:
                    _show(api, what, _options_for(what, options))
                return
            _push_all(api, wanted, options, wait_seconds, session)
        except PublishError as error:
            fail(error, session)
        except OSError as error:  # of this side: the Hub's are explained where they happen
            if error.errno != errno.EPIPE:
                fail(explained(error, "The command ended"), session)
            elif dry_run:  # as in `... --dry-run | head`
                leave_full_streams()
                raise typer.Exit(1) from None
            else:
                said = "The command ended: nobody reads its standard output any more."
                fail(PublishError(Failure.DISK, said), session)


def _push_all(
    api: HfApi,
    wanted: list[Publication],
    options: Options,
    wait_seconds: float | None,
    session: Session,
) -> None:
    account = sign_in(api)
    for what in wanted:  # all that can be known beforehand, before the first push
        account.check(what.repo_id)
        check_visibility(api, what, _options_for(what, options))
    for what in wanted:
        done = publish(api, what, _options_for(what, options), say)
        session.pushed.append(done)
        note = "" if done.changed else " (it was there already; no commit was made)"
        typer.echo(f"{NAMES[done.kind]} {done.repo_id}: {done.url} at {done.sha}{note}")
        if what.kind == "space" and options.revision != "main":
            say(f"The Hub runs a Space's branch main; {options.revision} does not run.")
        elif what.kind == "space" and wait_seconds is not None:
            wait_until_running(api, what.repo_id, done.sha, say, seconds=wait_seconds)


def _options_for(what: Publication, options: Options) -> Options:
    """The permission concerns data alone."""
    return options if what.kind == "dataset" else replace(options, permission=False)


def _show(api: HfApi, what: Publication, options: Options) -> None:
    """Print what a push would do."""
    private = check_visibility(api, what, options)
    planned = preview(api, what, options)
    visibility = {
        True: "private",
        False: "public",
        None: "visibility as it is, or the Hub's default",
    }
    typer.echo(f"{what}, branch {options.revision}, {visibility[private]}:")
    for change in planned.changes:
        typer.echo(f"  {change.status:8}{change.size:>14,} B  {change.path}")
    for name, value in what.variables.items():
        typer.echo(f"  variable {name}={value}")
    for name in what.secrets:
        typer.echo(f"  secret   {name}")
    typer.echo(f"\n{what.card}")


def _token_from(variable: str | None) -> str | None:
    if variable is None:
        return None
    token = os.environ.get(variable)
    if not token:
        raise typer.BadParameter(
            # Without its name, lest somebody gave the token itself.
            "It should name an environment variable that is set.",
            param_hint="--space-token-env",
        )
    return token


def main() -> None:
    """Run the command line."""
    prepare_terminal()
    app()
