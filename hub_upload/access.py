"""Who is publishing, and whether they may, asked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from huggingface_hub import HfApi

from hub_upload.errors import CLIENT_ERRORS, Failure, PublishError, explained
from space.hub.repository import Repository

WRITING_ROLES = frozenset({"admin", "write", "contributor"})
"""Roles in an organisation that may write to its repositories."""

_WRITE = "repo.write"
"""The permission of a fine-grained token to create repositories and to change them."""

_REPO_ID = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


@dataclass(frozen=True)
class Account:
    """The owner of a token."""

    name: str
    """The user's name."""
    organisations: Mapping[str, str | None] = field(default_factory=dict)
    """The role in each organisation; none where the Hub does not say."""
    role: str | None = None
    """The token's: "read", "write" or "fineGrained"; none where the Hub does not say."""
    writable: frozenset[str] | None = None
    """What a fine-grained token may write to, owners and repositories, in lower case; none where it
    is not limited to some, or the Hub does not say."""

    def check(self, repo_id: str) -> None:
        """Refuse what the Hub would refuse later.

        Raises:
            PublishError: If the token is read-only or made for something else, or the owner is
                neither the user nor an organisation in which the user may write.
        """
        owner = owner_of(repo_id)
        if self.role == "read":
            raise PublishError(
                Failure.FORBIDDEN,
                f"The token of {self.name} may only read; {repo_id} needs one with the role `write`.",
            )
        if self.writable is not None and self.writable.isdisjoint({owner.lower(), repo_id.lower()}):
            raise PublishError(
                Failure.FORBIDDEN,
                f"The fine-grained token of {self.name} may not write to {repo_id}; give it the "
                f"permission to write to the repositories of {owner}.",
            )
        if owner == self.name:
            return
        if owner not in self.organisations:
            raise PublishError(
                Failure.FORBIDDEN,
                f"{repo_id}: its owner should be {' or '.join([self.name, *self.organisations])}, the "
                "token's user or an organisation of theirs.",
            )
        role = self.organisations[owner]
        if role is not None and role not in WRITING_ROLES:
            raise PublishError(
                Failure.FORBIDDEN,
                f"{repo_id}: {self.name} has the role `{role}` in {owner} and may not write there.",
            )


def sign_in(api: HfApi) -> Account:
    """Ask the Hub whose token this is.

    Raises:
        PublishError: If there is none, the Hub does not know it, or cannot be asked.
    """
    try:
        answer = api.whoami(cache=True)  # the Hub lets it be asked rarely
    except CLIENT_ERRORS as error:
        raise explained(error, "Nothing was pushed") from None
    try:
        token = answer.get("auth", {}).get("accessToken", {})
        return Account(
            name=answer["name"],
            organisations={
                entry["name"]: entry.get("roleInOrg")
                for entry in answer.get("orgs", ())
                if "name" in entry
            },
            role=token.get("role"),
            writable=_writable(token.get("fineGrained")),
        )
    except (AttributeError, KeyError, TypeError):
        raise PublishError(
            Failure.UNREACHABLE,
            f"Nothing was pushed: {api.endpoint} does not answer as a Hub does; check HF_ENDPOINT.",
        ) from None


def owner_of(repo_id: str) -> str:
    """The part before the slash.

    Raises:
        PublishError: If the name is not `owner/name`.
    """
    try:
        if not _REPO_ID.fullmatch(repo_id):
            raise ValueError(repo_id)
        Repository(repo_id)
    except ValueError:
        raise PublishError(
            Failure.REFUSED, f"A repository should be named owner/name. Received: {repo_id!r}"
        ) from None
    return repo_id.partition("/")[0]


def _writable(scopes: Mapping[str, Any] | None) -> frozenset[str] | None:
    """The owners and repositories that a fine-grained token may write to."""
    if scopes is None or _WRITE in scopes.get("global", ()):
        return None
    return frozenset(
        str(entry.get("entity", {}).get("name")).lower()
        for entry in scopes.get("scoped", ())
        if _WRITE in entry.get("permissions", ())
    )
