"""Publishing a model, a data set or a Space, each by one commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from huggingface_hub import HfApi
from huggingface_hub.errors import RepositoryNotFoundError

from hub_upload.access import sign_in
from hub_upload.commit import Content, Kind, Plan, commit, plan
from hub_upload.errors import CLIENT_ERRORS, Failure, PublishError, explained
from space.hub.repository import Repository

CARD = "README.md"
MAIN = "main"
SPACE_VARIABLES = frozenset({"MODEL_REPO", "DATASET_REPO"})
"""The variables of a Space that are a push's to set, and to remove; others are somebody else's."""
NAMES: Mapping[Kind, str] = {"model": "model", "dataset": "data set", "space": "Space"}
"""What the kinds are called in a sentence."""


@dataclass(frozen=True)
class Publication:
    """All that one repository should be."""

    kind: Kind
    """The repository's kind."""
    repo_id: str
    """`owner/name`."""
    files: Mapping[str, Content]
    """Every file by its path, the card among them."""
    message: str
    """The commit's message."""
    owned: frozenset[str] = frozenset()
    """Paths of earlier pushes that go away where `files` lacks them; see `hub_upload.commit.plan`."""
    restricted: bool = False
    """Whether the files hold data that may not be public."""
    notices: tuple[str, ...] = ()
    """What to say before it becomes public."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """A Space's environment."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """A Space's secret environment."""
    reads: tuple[tuple[Kind, str], ...] = ()
    """Repositories that a Space reads, as `owner/name@revision`."""

    @property
    def card(self) -> str:
        """The text of the card."""
        content = self.files[CARD]
        return (content if isinstance(content, bytes) else content.read_bytes()).decode()

    def __str__(self) -> str:
        return f"{NAMES[self.kind]} {self.repo_id}"


@dataclass(frozen=True)
class Options:
    """How to publish."""

    private: bool | None = None
    """Visibility; none leaves that of a repository that exists, and else is public where it may be."""
    permission: bool = False
    """Whether the owner of restricted data has allowed its publication."""
    revision: str = MAIN
    """The branch."""
    tag: str | None = None
    """A tag for the commit."""
    message: str | None = None
    """The commit's message instead of the publication's."""


@dataclass(frozen=True)
class Pushed:
    """A repository as it is on the Hub after a push."""

    kind: Kind
    """The repository's kind."""
    repo_id: str
    """`owner/name`."""
    url: str
    """Its page."""
    sha: str
    """The commit that holds the files."""
    changed: bool
    """Whether a commit was made; if not, all was there already."""


def publish(api: HfApi, what: Publication, options: Options, say: Callable[[str], None]) -> Pushed:
    """Bring a repository to the state of a publication.

    Raises:
        PublishError: Saying in one sentence what happened and how far it came. Doing the same again
            goes on from there.
    """
    _check_names(what, options)
    sign_in(api).check(what.repo_id)
    private = check_visibility(api, what, options)
    check_reads(api, what, private, say)
    if not private:
        for notice in what.notices:
            say(notice)
    doing, committing = f"The {what} was not pushed", False
    try:
        planned = plan(api, what.kind, what.repo_id, what.files, options.revision, what.owned)
        tagged = _is_tagged(api, what, planned, options)
        _make_repository(api, what, private, options.revision, say)
        if planned.head is None:
            planned = plan(api, what.kind, what.repo_id, what.files, options.revision, what.owned)
        if planned.new_branch:
            api.create_branch(
                what.repo_id,
                branch=options.revision,
                revision=planned.head,
                repo_type=what.kind,
                exist_ok=True,
            )
        sha = planned.head or ""
        if not planned.empty:
            say(f"Pushing the {what}")
            committing = True
            message = options.message or what.message
            sha = commit(
                api, what.kind, what.repo_id, what.files, planned, options.revision, message
            )
            committing = False
        if options.tag is not None and not tagged:
            doing = f"The {what} was pushed as {sha[:7]}, its tag {options.tag} was not made"
            api.create_tag(what.repo_id, tag=options.tag, revision=sha, repo_type=what.kind)
    except CLIENT_ERRORS as error:
        failure = explained(error, doing)
        if committing and failure.failure is Failure.UNREACHABLE:
            failure = explained(error, f"It is not known whether the {what} was pushed")
        raise failure from None
    return Pushed(
        what.kind, what.repo_id, address(api, what.kind, what.repo_id), sha, not planned.empty
    )


def preview(api: HfApi, what: Publication, options: Options) -> Plan:
    """What `publish` would do to the files. Asks the Hub and changes nothing.

    Raises:
        PublishError: If the Hub cannot be asked.
    """
    try:
        return plan(api, what.kind, what.repo_id, what.files, options.revision, what.owned)
    except CLIENT_ERRORS as error:
        raise explained(error, f"The {what} could not be compared") from None


def check_visibility(api: HfApi, what: Publication, options: Options) -> bool | None:
    """Whether the repository is to be private; none leaves the Hub's choice.

    Raises:
        PublishError: If restricted data would become public without permission.
    """
    if not what.restricted or (options.permission and options.private is False):
        return options.private
    if options.private is False:
        raise PublishError(
            Failure.REFUSED,
            f"The {what} cannot be public: {' '.join(what.notices)} If you have permission, say so with "
            "--public --i-have-permission. Nothing was pushed.",
        )
    if options.private is None and _is_private(api, what) is False:
        raise PublishError(
            Failure.REFUSED,
            f"The {what} is public on the Hub, and its data may not be: {' '.join(what.notices)} Make "
            "it private with --private or, if you have permission, say so with --public "
            "--i-have-permission. Nothing was pushed.",
        )
    return True


def check_reads(
    api: HfApi, what: Publication, private: bool | None, say: Callable[[str], None]
) -> None:
    """Look whether a Space finds what it is set up for, and will be let in.

    Raises:
        PublishError: If a repository or revision does not exist.
    """
    for kind, repository in what.reads:
        name, _, revision = repository.partition("@")
        try:
            hidden = api.repo_info(name, repo_type=kind, revision=revision).private
        except CLIENT_ERRORS as error:
            raise explained(
                error, f"The {what} was not pushed, since it needs {repository}"
            ) from None
        if hidden and not what.secrets:
            say(
                f"The {NAMES[kind]} {name} is private: the Space reads it only with a token, see "
                "--space-token-env."
            )
        elif hidden and not private:
            say(
                f"The {NAMES[kind]} {name} is private, and the Space shows what is in it to all its "
                "visitors: see that the licence of the data allows that, or make the Space private."
            )


def _check_names(what: Publication, options: Options) -> None:
    """Refuse a branch or a tag that the Hub would refuse when the files are there already."""
    for name in (options.revision, options.tag):
        try:
            if name is not None:
                Repository(what.repo_id, name)
        except ValueError as error:
            raise PublishError(Failure.REFUSED, f"The {what} was not pushed: {error}") from None


def address(api: HfApi, kind: Kind, repo_id: str) -> str:
    """The page of a repository."""
    return f"{api.endpoint}/{'' if kind == 'model' else kind + 's/'}{repo_id}"


def _is_private(api: HfApi, what: Publication) -> bool | None:
    """Visibility of a repository on the Hub; none where there is none."""
    try:
        return bool(api.repo_info(what.repo_id, repo_type=what.kind).private)
    except RepositoryNotFoundError:
        return None
    except CLIENT_ERRORS as error:
        raise explained(error, f"The {what} was not pushed") from None


def _make_repository(
    api: HfApi,
    what: Publication,
    private: bool | None,
    branch: str,
    say: Callable[[str], None],
) -> None:
    """Create the repository, or settle the visibility and the environment of the one that is there."""
    known = _is_private(api, what)
    if known is None:
        is_space = what.kind == "space"
        api.create_repo(
            what.repo_id,
            repo_type=what.kind,
            private=private,  # and not `exist_ok`: one that came in between may be public
            space_sdk="gradio" if is_space else None,
            space_variables=_pairs(what.variables) if is_space else None,
            space_secrets=_pairs(what.secrets) if is_space and what.secrets else None,
        )
        return
    if private is not None and private != known:
        if not private:
            say(f"The {what} becomes public, with its whole history.")
        api.update_repo_settings(what.repo_id, repo_type=what.kind, private=private)
    # The environment is that of what runs, and the Hub runs the main branch.
    if what.kind == "space" and branch == MAIN:
        _settle_environment(api, what)


def _settle_environment(api: HfApi, what: Publication) -> None:
    """Set a Space's variables that differ, and its secrets, which cannot be compared."""
    there = {name: entry.value for name, entry in api.get_space_variables(what.repo_id).items()}
    for name, value in what.variables.items():
        if there.get(name) != value:
            api.add_space_variable(what.repo_id, name, value)
    for name in SPACE_VARIABLES & there.keys() - what.variables.keys():
        api.delete_space_variable(what.repo_id, name)
    for name, value in what.secrets.items():
        api.add_space_secret(what.repo_id, name, value)


def _pairs(environment: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": name, "value": value} for name, value in environment.items()]


def _is_tagged(api: HfApi, what: Publication, planned: Plan, options: Options) -> bool:
    """Whether the tag is there already.

    Raises:
        PublishError: If it names another commit, before anything is sent.
    """
    if options.tag is None or planned.head is None:
        return False
    tags = {
        ref.name: ref.target_commit
        for ref in api.list_repo_refs(what.repo_id, repo_type=what.kind).tags
    }
    target = tags.get(options.tag)
    if target is not None and not (planned.empty and target == planned.head):
        raise PublishError(
            Failure.CONFLICT,
            f"The {what} was not pushed: the tag {options.tag} exists and names the commit "
            f"{target[:7]}; choose another.",
        )
    return target is not None
